"""What bookings ask of tables that another app keeps, and Django's models cannot declare there."""

from django.db import migrations

COURSE_KEY = """
ALTER TABLE workshops_booking ADD CONSTRAINT booking_course_of_association
    FOREIGN KEY (course_id, association_id) REFERENCES workshops_course (id, association_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
DROP_COURSE_KEY = "ALTER TABLE workshops_booking DROP CONSTRAINT booking_course_of_association;"

# A booked slot keeps its time, its room and all that it offered, whoever writes.
STANDS = """
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
    IF NEW.computers < OLD.computers OR NEW.volunteers_offered < OLD.volunteers_offered THEN
        RAISE EXCEPTION 'A booked slot keeps the computers and the volunteers that it offered.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_booked_keeps_its_offer';
    END IF;
    RETURN NEW;
END $$;
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
DROP FUNCTION slot_booked_stands();
"""

# It is not taken back either, nor is one where nobody came.
UNBOOKED = """
CREATE FUNCTION slot_withdrawn_unbooked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM workshops_booking WHERE slot_id = NEW.id AND state IN ('confirmed', 'completed', 'no_show')
    ) THEN
        RAISE EXCEPTION 'A booking stands on the slot.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'slot_withdrawn_unbooked';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER slot_withdrawn_unbooked BEFORE UPDATE OF state ON companies_slot
    FOR EACH ROW WHEN (NEW.state = 'withdrawn' AND OLD.state <> 'withdrawn')
    EXECUTE FUNCTION slot_withdrawn_unbooked();
"""
DROP_UNBOOKED = """
DROP TRIGGER slot_withdrawn_unbooked ON companies_slot;
DROP FUNCTION slot_withdrawn_unbooked();
"""

# Who said « je suis là » ahead of time, and does not come, was not there: the word goes with the promise.
# At commit: a promise may be handed on in several steps, and an account that is erased takes its promises with it
# while what it gave stays.
WORD_GOES = """
CREATE FUNCTION promise_takes_its_word_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM workshops_attendance AS t USING workshops_workshop AS w, workshops_booking AS b
    WHERE t.volunteer_id = OLD.volunteer_id AND w.id = t.workshop_id AND b.id = w.booking_id
    AND EXISTS (SELECT FROM accounts_user WHERE id = OLD.volunteer_id)
    AND NOT EXISTS (
        SELECT FROM companies_slotvolunteer AS p WHERE p.slot_id = b.slot_id AND p.volunteer_id = t.volunteer_id
    );
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER promise_takes_its_word_back AFTER DELETE OR UPDATE OF volunteer_id, slot_id
    ON companies_slotvolunteer DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION promise_takes_its_word_back();
"""
DROP_WORD_GOES = """
DROP TRIGGER promise_takes_its_word_back ON companies_slotvolunteer;
DROP FUNCTION promise_takes_its_word_back();
"""


class Migration(migrations.Migration):
    # A database that took all steps before the first release has these.
    replaces = [("workshops", "0026_booked_slots_keep_their_offer")]
    dependencies = [("companies", "0002_bonds"), ("workshops", "0001_tables")]

    operations = [
        migrations.RunSQL(COURSE_KEY, DROP_COURSE_KEY),
        migrations.RunSQL(STANDS, DROP_STANDS),
        migrations.RunSQL(UNBOOKED, DROP_UNBOOKED),
        migrations.RunSQL(WORD_GOES, DROP_WORD_GOES),
    ]
