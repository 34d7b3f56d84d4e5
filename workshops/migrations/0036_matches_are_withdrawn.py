"""Who was told of a slot that is no longer had, or serves less, is looked at again; and what no mail has told is noted."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Whoever takes a slot back or changes it, its promises, its site, its room's calendar, or its company's standing.
CHANGES = """
CREATE FUNCTION slot_is_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_matchagain (slot_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER slot_is_another AFTER UPDATE OF
    state, room_id, starts_at, closes_at, places, computers, volunteers_offered, booking_mode ON companies_slot
    FOR EACH ROW WHEN (
        OLD.starts_at > portal_now() AND (
            OLD.state, OLD.room_id, OLD.starts_at, OLD.closes_at, OLD.places, OLD.computers, OLD.volunteers_offered,
            OLD.booking_mode
        ) IS DISTINCT FROM (
            NEW.state, NEW.room_id, NEW.starts_at, NEW.closes_at, NEW.places, NEW.computers, NEW.volunteers_offered,
            NEW.booking_mode
        )
    )
    EXECUTE FUNCTION slot_is_another();
CREATE FUNCTION slot_loses_who_comes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_matchagain (slot_id)
    SELECT id FROM companies_slot WHERE id = OLD.slot_id AND starts_at > portal_now();
    RETURN NULL;
END $$;
CREATE TRIGGER slot_loses_who_comes AFTER DELETE ON companies_slotvolunteer
    FOR EACH ROW EXECUTE FUNCTION slot_loses_who_comes();
CREATE TRIGGER slot_may_lose_who_comes AFTER UPDATE OF stand_in_asked_at ON companies_slotvolunteer
    FOR EACH ROW WHEN (OLD.stand_in_asked_at IS NULL AND NEW.stand_in_asked_at IS NOT NULL)
    EXECUTE FUNCTION slot_loses_who_comes();
CREATE TRIGGER site_serves_fewer AFTER UPDATE OF step_free ON companies_site
    FOR EACH ROW WHEN (OLD.step_free AND NEW.step_free IS NOT TRUE) EXECUTE FUNCTION site_serves_others();
CREATE FUNCTION room_is_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_matchagain (slot_id)
    SELECT DISTINCT slot.id FROM changed JOIN companies_slot AS slot ON slot.room_id = changed.room_id
    WHERE slot.state = 'open' AND slot.starts_at > portal_now()
    AND slot.starts_at < changed.ends_at AND slot.ends_at > changed.starts_at;
    RETURN NULL;
END $$;
CREATE TRIGGER room_is_taken AFTER INSERT ON companies_busytime
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION room_is_another();
CREATE TRIGGER room_is_free AFTER DELETE ON companies_busytime
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION room_is_another();
CREATE FUNCTION company_is_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_matchagain (slot_id)
    SELECT slot.id FROM companies_site AS site JOIN companies_room AS room ON room.site_id = site.id
    JOIN companies_slot AS slot ON slot.room_id = room.id
    WHERE site.company_id = NEW.id AND slot.state = 'open' AND slot.starts_at > portal_now();
    RETURN NULL;
END $$;
CREATE TRIGGER company_is_another AFTER UPDATE OF charter_approved_at, charter_until_at ON companies_company
    FOR EACH ROW WHEN (
        (OLD.charter_approved_at IS NULL) <> (NEW.charter_approved_at IS NULL)
        OR OLD.charter_until_at <= portal_now() OR NEW.charter_until_at <= portal_now()
    )
    EXECUTE FUNCTION company_is_another();
CREATE FUNCTION series_is_awake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_matchagain (slot_id)
    SELECT id FROM companies_slot
    WHERE availability_id = NEW.id AND state = 'open' AND starts_at > portal_now();
    RETURN NULL;
END $$;
CREATE TRIGGER series_is_awake AFTER UPDATE OF confirm_by_at ON companies_availability
    FOR EACH ROW WHEN (OLD.confirm_by_at <= portal_now() OR NEW.confirm_by_at <= portal_now())
    EXECUTE FUNCTION series_is_awake();
"""
DROP_CHANGES = """
DROP TRIGGER series_is_awake ON companies_availability;
DROP FUNCTION series_is_awake();
DROP TRIGGER company_is_another ON companies_company;
DROP FUNCTION company_is_another();
DROP TRIGGER room_is_free ON companies_busytime;
DROP TRIGGER room_is_taken ON companies_busytime;
DROP FUNCTION room_is_another();
DROP TRIGGER site_serves_fewer ON companies_site;
DROP TRIGGER slot_may_lose_who_comes ON companies_slotvolunteer;
DROP TRIGGER slot_loses_who_comes ON companies_slotvolunteer;
DROP FUNCTION slot_loses_who_comes();
DROP TRIGGER slot_is_another ON companies_slot;
DROP FUNCTION slot_is_another();
"""
# What was told before stands as long as its slot is open to bookings.
STAND = """
UPDATE workshops_matchnotice AS told SET stands_until_at = slot.closes_at
FROM companies_slot AS slot WHERE slot.id = told.slot_id AND slot.closes_at > now();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0008_names_hold_characters"),
        ("companies", "0010_names_hold_characters"),
        ("workshops", "0035_reports_are_corrected"),
    ]

    operations = [
        migrations.AddField(
            model_name="matchnotice",
            name="heard_starts_at",
            field=models.DateTimeField(
                editable=False, help_text="la dernière date qui est partie dans un courriel avant celle-ci", null=True
            ),
        ),
        migrations.AddField(
            model_name="matchnotice",
            name="stands_until_at",
            field=models.DateTimeField(
                editable=False,
                help_text="quand regarder si le créneau peut toujours être réservé\xa0; vide\xa0: non",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="matchnotice",
            index=models.Index(
                condition=models.Q(("stands_until_at__isnull", False)),
                fields=["stands_until_at"],
                name="match_stands_until",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="slot_is_claimed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO workshops_matchagain (slot_id, is_free)\n    SELECT id, FALSE FROM companies_slot WHERE id = NEW.slot_id AND starts_at > portal_now();\n    RETURN NULL;\n",
                    hash="de373e0110383fc96ccd6746d9da5f464103c418",
                    operation="INSERT",
                    pgid="pgtrigger_slot_is_claimed_a5131",
                    table="workshops_booking",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="slot_is_agreed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((NEW.\"state\" = 'confirmed' AND OLD.\"state\" = 'pending') OR (NEW.\"state\" = 'pending' AND OLD.\"state\" = 'held'))",
                    func="\n    INSERT INTO workshops_matchagain (slot_id, is_free)\n    SELECT id, NEW.state = 'pending' FROM companies_slot WHERE id = NEW.slot_id AND starts_at > portal_now();\n    RETURN NULL;\n",
                    hash="0c03cfae36aaaff0bd9c7260251c143556587902",
                    operation='UPDATE OF "state"',
                    pgid="pgtrigger_slot_is_agreed_1bef0",
                    table="workshops_booking",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="waitlistentry",
            trigger=pgtrigger.compiler.Trigger(
                name="somebody_queues",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    INSERT INTO workshops_matchagain (slot_id, is_free)\n    SELECT id, FALSE FROM companies_slot WHERE id = NEW.slot_id AND starts_at > portal_now();\n    RETURN NULL;\n",
                    hash="37d48e8e124b8dde0ca27b7c4dbb85d3b3244508",
                    operation="INSERT",
                    pgid="pgtrigger_somebody_queues_0a324",
                    table="workshops_waitlistentry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(CHANGES, DROP_CHANGES),
        migrations.RunSQL(STAND, migrations.RunSQL.noop),
    ]
