"""Who said « je suis là » ahead of time, and does not come, was not there: the word goes with the promise."""

from django.db import migrations

# At commit: a promise may be handed on in several steps, and an account that is erased takes its promises with it while
# what it gave stays.
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
    dependencies = [
        ("companies", "0023_slots_count_their_moves"),
        ("workshops", "0019_hosting_agreements"),
    ]

    operations = [migrations.RunSQL(WORD_GOES, DROP_WORD_GOES)]
