"""The word of a promise that ends comes after that of its evening's booking, which takes a sequence too."""

from django.db import migrations

LEAVES = """
CREATE OR REPLACE FUNCTION promise_leaves_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_lostpromise (promise, slot_id, volunteer_id, sequence, lost_at)
    SELECT OLD.id, s.id, u.id, s.sequence + %s, portal_now() FROM companies_slot AS s, accounts_user AS u
    WHERE s.id = OLD.slot_id AND u.id = OLD.volunteer_id;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("workshops", "0018_plans")]

    operations = [migrations.RunSQL(LEAVES % 2, LEAVES % 1)]
