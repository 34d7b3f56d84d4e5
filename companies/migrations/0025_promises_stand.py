"""Who has promised to come is a member, with consent where it is on working time; and each stays in its company.

Looked at when the transaction ends, so that a membership, a consent or a site may go in any order with its promises.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# What is still to come, at the instant that `territories.instants.tell_database` gave, else now.
PORTAL_NOW = """
CREATE FUNCTION portal_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('solidarite.now', true), '')::timestamptz, now())
$$;
"""
PROMISES_STAND = """
CREATE FUNCTION promises_stand(of_company bigint, of_person bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE broken TEXT;
BEGIN
    SELECT CASE WHEN m.id IS NULL THEN 'promise_of_a_member' ELSE 'promise_with_consent' END INTO broken
    FROM companies_slotvolunteer AS p
    JOIN companies_slot AS s ON s.id = p.slot_id JOIN companies_room AS r ON r.id = s.room_id
    JOIN companies_site AS site ON site.id = r.site_id
    LEFT JOIN companies_membership AS m ON m.company_id = site.company_id AND m.user_id = p.volunteer_id
    LEFT JOIN companies_volunteerprofile AS profile ON profile.membership_id = m.id
    WHERE site.company_id = of_company AND (of_person IS NULL OR p.volunteer_id = of_person)
    AND p.starts_at > portal_now()
    AND (m.id IS NULL OR p.engagement_type = 'mecenat' AND profile.consented_at IS NULL)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'A promise needs a member of the company, and consent for time at work.'
            USING ERRCODE = 'check_violation', CONSTRAINT = broken;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0024_the_hour_of_its_commune"),
    ]

    operations = [
        migrations.RunSQL(PORTAL_NOW, "DROP FUNCTION portal_now();"),
        migrations.RunSQL(PROMISES_STAND, "DROP FUNCTION promises_stand(bigint, bigint);"),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="member_keeps_promises",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM promises_stand(OLD.company_id, OLD.user_id); RETURN NULL;",
                    hash="c44d0dd07304ed979521a12143f1b5e4442bdf78",
                    operation='DELETE OR UPDATE OF "company_id", "user_id"',
                    pgid="pgtrigger_member_keeps_promises_100d2",
                    table="companies_membership",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="room",
            trigger=pgtrigger.compiler.Trigger(
                name="room_stays_at_its_site",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."site_id" IS DISTINCT FROM (NEW."site_id"))',
                    func="\n                    RAISE EXCEPTION 'A room stays at its site.'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'room_stays_at_its_site';\n                ",
                    hash="b6124077ac0501f67d34839924d816da8a84e3f2",
                    operation='UPDATE OF "site_id"',
                    pgid="pgtrigger_room_stays_at_its_site_1b506",
                    table="companies_room",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="site",
            trigger=pgtrigger.compiler.Trigger(
                name="site_keeps_its_promises",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="PERFORM promises_stand(NEW.company_id, NULL); RETURN NULL;",
                    hash="8c1753a23415533356cc7bfeca43e62447accabc",
                    operation='UPDATE OF "company_id"',
                    pgid="pgtrigger_site_keeps_its_promises_ec103",
                    table="companies_site",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="slot",
            trigger=pgtrigger.compiler.Trigger(
                name="slot_stays_in_its_company",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."room_id" IS DISTINCT FROM (NEW."room_id"))',
                    func="\n                    IF (\n                        SELECT count(DISTINCT s.company_id) FROM companies_room AS r\n                        JOIN companies_site AS s ON s.id = r.site_id WHERE r.id IN (OLD.room_id, NEW.room_id)\n                    ) > 1 THEN\n                        RAISE EXCEPTION 'A slot stays in its company.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_stays_in_its_company';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="4dd59b89491c2e22e95e266e021f1a4c002e1279",
                    operation='UPDATE OF "room_id"',
                    pgid="pgtrigger_slot_stays_in_its_company_694ff",
                    table="companies_slot",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="volunteerprofile",
            trigger=pgtrigger.compiler.Trigger(
                name="consent_keeps_promises",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n                    PERFORM promises_stand(company_id, user_id) FROM companies_membership\n                    WHERE id = OLD.membership_id;\n                    RETURN NULL;\n                ",
                    hash="e7ead90b7b4904117d5089e379f028a3e791135d",
                    operation='DELETE OR UPDATE OF "consented_at", "membership_id"',
                    pgid="pgtrigger_consent_keeps_promises_3d1d6",
                    table="companies_volunteerprofile",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
