from django.db import migrations

STANDS = """
CREATE OR REPLACE FUNCTION slot_booked_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE taken RECORD;
BEGIN
    SELECT id, participants, state, course_id INTO taken FROM workshops_booking
    WHERE slot_id = NEW.id AND state IN ('held', 'confirmed', 'completed', 'no_show');
    IF NOT FOUND THEN
        RETURN NEW;
    END IF;
    IF (NEW.starts_at, NEW.room_id) IS DISTINCT FROM (OLD.starts_at, OLD.room_id)
        OR NEW.ends_at < OLD.ends_at OR (NEW.ends_at > OLD.ends_at AND taken.state <> 'confirmed')
    THEN
        RAISE EXCEPTION 'A booked slot stays where it is.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_booked_stands';
    END IF;
    IF NEW.ends_at > OLD.ends_at AND taken.course_id IS NOT NULL THEN
        PERFORM FROM workshops_course WHERE id = taken.course_id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT FROM workshops_booking AS other JOIN companies_slot AS there ON there.id = other.slot_id
            WHERE other.course_id = taken.course_id AND other.state IN ('held', 'confirmed') AND other.id <> taken.id
            AND there.starts_at < NEW.ends_at AND there.ends_at > NEW.starts_at
        ) THEN
            RAISE EXCEPTION 'The group is elsewhere at that time.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_course_in_one_place';
        END IF;
    END IF;
    IF NEW.places < taken.participants THEN
        RAISE EXCEPTION 'A booked slot keeps the places that were booked.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_booked_has_places';
    END IF;
    IF NEW.computers < OLD.computers OR NEW.volunteers_offered < OLD.volunteers_offered THEN
        RAISE EXCEPTION 'A booked slot keeps the computers and the volunteers that it offered.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_booked_keeps_its_offer';
    END IF;
    RETURN NEW;
END $$;
"""
STOOD = """
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
"""


class Migration(migrations.Migration):
    """A confirmed evening may end later; where its group is elsewhere by then it may not."""

    dependencies = [("workshops", "0029_free_again_is_new")]

    operations = [migrations.RunSQL(STANDS, STOOD)]
