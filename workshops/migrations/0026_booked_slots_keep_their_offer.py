"""A booked slot keeps all that it offered, and stays in its state when nobody came, whoever writes."""

from django.db import migrations

STANDS = """
CREATE OR REPLACE FUNCTION slot_booked_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE most INTEGER;
BEGIN
    SELECT participants INTO most FROM workshops_booking
    WHERE slot_id = NEW.id AND state IN ('held', 'confirmed', 'completed', 'no_show');
    IF most IS NULL THEN
        RETURN NEW;
    END IF;
    IF (NEW.starts_at, NEW.ends_at, NEW.room_id) IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id) THEN
        RAISE EXCEPTION 'A booked slot stays where it is.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_booked_stands';
    END IF;
    IF NEW.places < most THEN
        RAISE EXCEPTION 'A booked slot keeps the places that were booked.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_booked_has_places';
    END IF;
    IF NEW.computers < OLD.computers OR NEW.volunteers_offered < OLD.volunteers_offered THEN
        RAISE EXCEPTION 'A booked slot keeps the computers and the volunteers that it offered.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_booked_keeps_its_offer';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER slot_booked_stands ON companies_slot;
CREATE TRIGGER slot_booked_stands
    BEFORE UPDATE OF starts_at, ends_at, room_id, places, computers, volunteers_offered ON companies_slot
    FOR EACH ROW WHEN (
        (NEW.starts_at, NEW.ends_at, NEW.room_id) IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id)
        OR NEW.places < OLD.places OR NEW.computers < OLD.computers
        OR NEW.volunteers_offered < OLD.volunteers_offered
    )
    EXECUTE FUNCTION slot_booked_stands();
"""
DROP_STANDS = """
DROP TRIGGER slot_booked_stands ON companies_slot;
CREATE TRIGGER slot_booked_stands BEFORE UPDATE OF starts_at, ends_at, room_id, places ON companies_slot
    FOR EACH ROW WHEN (
        (NEW.starts_at, NEW.ends_at, NEW.room_id) IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id)
        OR NEW.places < OLD.places
    )
    EXECUTE FUNCTION slot_booked_stands();
"""
UNBOOKED = """
CREATE OR REPLACE FUNCTION slot_withdrawn_unbooked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM workshops_booking WHERE slot_id = NEW.id AND state IN ('confirmed', 'completed', 'no_show')
    ) THEN
        RAISE EXCEPTION 'A booking stands on the slot.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_withdrawn_unbooked';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0029_sites_close_with_their_rooms"),
        ("workshops", "0025_closed_lists_are_held"),
    ]

    operations = [
        migrations.RunSQL(STANDS, DROP_STANDS),
        migrations.RunSQL(UNBOOKED, migrations.RunSQL.noop),
    ]
