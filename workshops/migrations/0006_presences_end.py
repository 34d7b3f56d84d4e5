"""A presence is of a workshop where and when it took place."""

from django.db import migrations

# Who said « je suis là » ahead of time was not at a workshop that is called off or moved since: whoever writes.
TAKEN_BACK = """
CREATE FUNCTION workshop_takes_presences_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM workshops_attendance WHERE workshop_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER workshop_takes_presences_back AFTER UPDATE OF state, booking_id ON workshops_workshop
    FOR EACH ROW WHEN (
        NEW.state = 'cancelled' AND OLD.state <> 'cancelled' OR NEW.booking_id <> OLD.booking_id
    )
    EXECUTE FUNCTION workshop_takes_presences_back();
"""
DROP_TAKEN_BACK = """
DROP TRIGGER workshop_takes_presences_back ON workshops_workshop;
DROP FUNCTION workshop_takes_presences_back();
"""


class Migration(migrations.Migration):
    dependencies = [("workshops", "0005_offers")]

    operations = [migrations.RunSQL(TAKEN_BACK, DROP_TAKEN_BACK)]
