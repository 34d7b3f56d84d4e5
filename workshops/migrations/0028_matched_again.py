"""Slots that may serve others than when they were matched are noted, whoever frees them or comes to them."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# The database takes what is kept along with a slot.
KEY = """
ALTER TABLE workshops_matchagain ADD CONSTRAINT match_again_goes_with_slot
    FOREIGN KEY (slot_id) REFERENCES companies_slot (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
DROP_KEY = "ALTER TABLE workshops_matchagain DROP CONSTRAINT match_again_goes_with_slot;"

# Who promises to come, does not seek anybody in their place any more, or says what they know.
COMES = """
CREATE FUNCTION slot_has_who_comes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_matchagain (slot_id) VALUES (NEW.slot_id);
    RETURN NULL;
END $$;
CREATE TRIGGER slot_has_who_comes AFTER INSERT ON companies_slotvolunteer
    FOR EACH ROW EXECUTE FUNCTION slot_has_who_comes();
CREATE TRIGGER slot_has_who_comes_again AFTER UPDATE OF stand_in_asked_at ON companies_slotvolunteer
    FOR EACH ROW WHEN (OLD.stand_in_asked_at IS NOT NULL AND NEW.stand_in_asked_at IS NULL)
    EXECUTE FUNCTION slot_has_who_comes();
CREATE FUNCTION slots_have_who_knows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_matchagain (slot_id)
    SELECT promise.slot_id FROM companies_membership AS member
    JOIN companies_slotvolunteer AS promise ON promise.volunteer_id = member.user_id
    JOIN companies_slot AS slot ON slot.id = promise.slot_id
    JOIN companies_room AS room ON room.id = slot.room_id
    JOIN companies_site AS site ON site.id = room.site_id AND site.company_id = member.company_id
    WHERE member.id = NEW.membership_id AND promise.starts_at > portal_now();
    RETURN NULL;
END $$;
CREATE TRIGGER slots_have_who_knows AFTER INSERT ON companies_volunteerprofile
    FOR EACH ROW EXECUTE FUNCTION slots_have_who_knows();
CREATE TRIGGER slots_have_who_knows_more AFTER UPDATE OF topics, languages ON companies_volunteerprofile
    FOR EACH ROW WHEN ((OLD.topics, OLD.languages) IS DISTINCT FROM (NEW.topics, NEW.languages))
    EXECUTE FUNCTION slots_have_who_knows();
"""
DROP_COMES = """
DROP TRIGGER slots_have_who_knows_more ON companies_volunteerprofile;
DROP TRIGGER slots_have_who_knows ON companies_volunteerprofile;
DROP FUNCTION slots_have_who_knows();
DROP TRIGGER slot_has_who_comes_again ON companies_slotvolunteer;
DROP TRIGGER slot_has_who_comes ON companies_slotvolunteer;
DROP FUNCTION slot_has_who_comes();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0007_slots_know_their_way"),
        ("workshops", "0027_dismissed_as_it_was"),
    ]

    operations = [
        migrations.CreateModel(
            name="MatchAgain",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slot",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="companies.slot",
                    ),
                ),
            ],
            options={
                "verbose_name": "créneau à rapprocher de nouveau",
                "verbose_name_plural": "créneaux à rapprocher de nouveau",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="slot_is_free_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"state\" IN ('declined', 'not_selected', 'expired', 'cancelled_by_association', 'cancelled_by_company') AND OLD.\"state\" IS DISTINCT FROM (NEW.\"state\"))",
                    func="\n    INSERT INTO workshops_matchagain (slot_id) VALUES (NEW.slot_id);\n    RETURN NULL;\n",
                    hash="1b9ddc259214726d34dcb987f07c5321b90c03d1",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_slot_is_free_again_5b063",
                    table="workshops_booking",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="nobody_queues_again",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"state\" IN ('left', 'closed') AND OLD.\"state\" = 'waiting')",
                    func="\n    INSERT INTO workshops_matchagain (slot_id) VALUES (NEW.slot_id);\n    RETURN NULL;\n",
                    hash="0c821be5c67be1130fb04da2d2b8127047f352fb",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_nobody_queues_again_63ad4",
                    table="workshops_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(KEY, DROP_KEY),
        migrations.RunSQL(COMES, DROP_COMES),
    ]
