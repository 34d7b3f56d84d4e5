"""A promise leaves a word behind for calendars, whatever ends it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# The database takes what is kept along with a slot or an account: a promise that goes with it leaves its word meanwhile.
GOES = "ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
KEYS = f"""
ALTER TABLE workshops_lostpromise
    ADD CONSTRAINT lost_promise_goes_with_slot FOREIGN KEY (slot_id) REFERENCES companies_slot (id) {GOES},
    ADD CONSTRAINT lost_promise_goes_with_volunteer FOREIGN KEY (volunteer_id) REFERENCES accounts_user (id) {GOES};
"""
DROP_KEYS = """
ALTER TABLE workshops_lostpromise
    DROP CONSTRAINT lost_promise_goes_with_slot, DROP CONSTRAINT lost_promise_goes_with_volunteer;
"""

# At the instant that `territories.instants.tell_database` gave.
LEAVES = """
CREATE FUNCTION promise_leaves_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_lostpromise (promise, slot_id, volunteer_id, sequence, lost_at)
    SELECT OLD.id, s.id, u.id, s.sequence + 1, portal_now() FROM companies_slot AS s, accounts_user AS u
    WHERE s.id = OLD.slot_id AND u.id = OLD.volunteer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER promise_leaves_its_word AFTER DELETE ON companies_slotvolunteer
    FOR EACH ROW EXECUTE FUNCTION promise_leaves_its_word();
"""
DROP_LEAVES = """
DROP TRIGGER promise_leaves_its_word ON companies_slotvolunteer;
DROP FUNCTION promise_leaves_its_word();
"""


class Migration(migrations.Migration):
    dependencies = [("companies", "0005_sites_by_cell"), ("workshops", "0006_presences_end")]

    operations = [
        migrations.AlterField(
            model_name="lostpromise",
            name="slot",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="companies.slot",
            ),
        ),
        migrations.AlterField(
            model_name="lostpromise",
            name="volunteer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(KEYS, DROP_KEYS),
        migrations.RunSQL(LEAVES, DROP_LEAVES),
    ]
