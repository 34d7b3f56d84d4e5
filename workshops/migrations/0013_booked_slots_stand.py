"""What an association booked stays as it was booked, whoever writes."""

from django.db import migrations

BOOKED_STANDS = """
CREATE FUNCTION slot_booked_stands() RETURNS trigger LANGUAGE plpgsql AS $$
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
    RETURN NEW;
END $$;
CREATE TRIGGER slot_booked_stands BEFORE UPDATE OF starts_at, ends_at, room_id, places ON companies_slot
    FOR EACH ROW WHEN (
        (NEW.starts_at, NEW.ends_at, NEW.room_id) IS DISTINCT FROM (OLD.starts_at, OLD.ends_at, OLD.room_id)
        OR NEW.places < OLD.places
    )
    EXECUTE FUNCTION slot_booked_stands();
"""
DROP_BOOKED_STANDS = """
DROP TRIGGER slot_booked_stands ON companies_slot;
DROP FUNCTION slot_booked_stands();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0020_series_may_stop_before_they_begin"),
        ("workshops", "0012_moves"),
    ]

    operations = [migrations.RunSQL(BOOKED_STANDS, DROP_BOOKED_STANDS)]
