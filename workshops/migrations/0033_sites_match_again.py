"""Slots of a site that is entered without a step now, or is elsewhere than was said, are held against requests anew."""

from django.db import migrations

CHANGES = """
CREATE FUNCTION site_serves_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workshops_matchagain (slot_id)
    SELECT slot.id FROM companies_room AS room JOIN companies_slot AS slot ON slot.room_id = room.id
    WHERE room.site_id = NEW.id AND slot.state = 'open' AND slot.starts_at > portal_now();
    RETURN NULL;
END $$;
CREATE TRIGGER site_serves_others AFTER UPDATE OF step_free, latitude, longitude ON companies_site
    FOR EACH ROW WHEN (
        (OLD.latitude, OLD.longitude) IS DISTINCT FROM (NEW.latitude, NEW.longitude)
        OR (NEW.step_free AND OLD.step_free IS DISTINCT FROM NEW.step_free)
    )
    EXECUTE FUNCTION site_serves_others();
"""
DROP_CHANGES = """
DROP TRIGGER site_serves_others ON companies_site;
DROP FUNCTION site_serves_others();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0007_slots_know_their_way"),
        ("workshops", "0032_plans_say_all_that_lacks"),
    ]

    operations = [migrations.RunSQL(CHANGES, DROP_CHANGES)]
