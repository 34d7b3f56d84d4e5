"""What binds rows of several tables, and Django's models cannot declare.

A site has the hour of its commune, a room what its site admits, a slot what its room has, a promise the slot's period
and seats: composite foreign keys make the copies follow, so that a plain CHECK on one row holds the rule, race or not.
Who has promised to come is a member, with consent where it is on working time. That is looked at when the transaction
ends, so that a membership, a consent or a site may go in any order with its promises.
"""

from django.db import migrations


def key(table: str, name: str, columns: str, target: str, target_columns: str, follows: str = "") -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {target} ({target_columns}) {follows} DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


FOLLOWS = "ON UPDATE CASCADE"
SITE, ROOM, SLOT, PROMISE = "companies_site", "companies_room", "companies_slot", "companies_slotvolunteer"
KEYS = (
    key(SITE, "site_follows_commune", "commune_id, time_zone", "territories_commune", "code, time_zone", FOLLOWS),
    key(
        ROOM, "room_follows_site", "site_id, site_max_visitors, time_zone", SITE, "id, max_visitors, time_zone", FOLLOWS
    ),
    key(
        SLOT,
        "slot_follows_room",
        "room_id, room_capacity, room_computers, time_zone",
        ROOM,
        "id, capacity, computers, time_zone",
        FOLLOWS,
    ),
    key(SLOT, "slot_of_the_room_of_its_series", "availability_id, room_id", "companies_availability", "id, room_id"),
    key(PROMISE, "promise_follows_slot", "slot_id, starts_at, ends_at", SLOT, "id, starts_at, ends_at", FOLLOWS),
    key(PROMISE, "promise_within_offer", "slot_id, volunteers_offered", SLOT, "id, volunteers_offered", FOLLOWS),
)

# What is still to come, at the instant that `territories.instants.tell_database` gave, else now.
PORTAL_NOW = """
CREATE FUNCTION portal_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('solidarite.now', true), '')::timestamptz, now())
$$;
"""
PROMISES_STAND = """
CREATE FUNCTION promises_stand(of_company bigint, of_person bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE broken TEXT;
BEGIN
    SELECT CASE WHEN m.id IS NULL THEN 'promise_of_a_member' ELSE 'promise_with_consent' END INTO broken
    FROM companies_slotvolunteer AS p
    JOIN companies_slot AS s ON s.id = p.slot_id JOIN companies_room AS r ON r.id = s.room_id
    JOIN companies_site AS site ON site.id = r.site_id
    LEFT JOIN companies_membership AS m ON m.company_id = site.company_id AND m.user_id = p.volunteer_id
    LEFT JOIN companies_volunteerprofile AS profile ON profile.membership_id = m.id
    WHERE site.company_id = of_company AND (of_person IS NULL OR p.volunteer_id = of_person)
    AND p.starts_at > portal_now()
    AND (m.id IS NULL OR p.engagement_type = 'mecenat' AND profile.consented_at IS NULL)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'A promise needs a member of the company, and consent for time at work.'
            USING ERRCODE = 'check_violation', CONSTRAINT = broken;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    # A database that took all steps before the first release has these.
    replaces = [("companies", "0030_closed_lists_are_held")]
    dependencies = [("companies", "0001_tables")]

    operations = [
        *KEYS,
        migrations.RunSQL(PORTAL_NOW, "DROP FUNCTION portal_now();"),
        migrations.RunSQL(PROMISES_STAND, "DROP FUNCTION promises_stand(bigint, bigint);"),
    ]
