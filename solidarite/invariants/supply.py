"""What companies offer and volunteers promise."""

from solidarite.invariants.check import Check

# A sweep by start instead of a join of all with all: an earlier period that is not over yet overlaps.
_OVERLAPPING = """
SELECT id FROM (
    SELECT id, starts_at, max(ends_at) OVER (
        PARTITION BY {of} ORDER BY starts_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS others_until FROM {rows}
) AS swept WHERE starts_at < others_until
"""

_PROMISES = """
SELECT p.id FROM companies_slotvolunteer AS p
JOIN companies_slot AS s ON s.id = p.slot_id JOIN companies_room AS r ON r.id = s.room_id
JOIN companies_site AS site ON site.id = r.site_id
LEFT JOIN companies_membership AS m ON m.company_id = site.company_id AND m.user_id = p.volunteer_id
LEFT JOIN companies_volunteerprofile AS profile ON profile.membership_id = m.id
"""

CHECKS = [
    Check(
        "room_used_once",
        "une salle n’a qu’un créneau ouvert à la fois",
        "companies_slot",
        _OVERLAPPING.format(of="room_id", rows="companies_slot WHERE state = 'open'"),
    ),
    Check(
        "volunteer_in_one_place",
        "un bénévole n’est promis qu’à un endroit à la fois",
        "companies_slotvolunteer",
        _OVERLAPPING.format(of="volunteer_id", rows="companies_slotvolunteer"),
    ),
    Check(
        "company_knows_topics",
        "une entreprise connaît les thèmes de ses bénévoles",
        "companies_company",
        """
        SELECT company.id FROM companies_company AS company LEFT JOIN LATERAL (
            SELECT array_agg(DISTINCT topic ORDER BY topic) AS topics
            FROM companies_membership AS m JOIN companies_volunteerprofile AS profile ON profile.membership_id = m.id,
                unnest(profile.topics) AS topic
            WHERE m.company_id = company.id
        ) AS known ON true
        WHERE company.known_topics <> coalesce(known.topics, '{}')
        """,
    ),
    Check(
        "room_within_site",
        "une salle ne compte pas plus de places que son site n’admet de visiteurs",
        "companies_room",
        """
        SELECT r.id FROM companies_room AS r LEFT JOIN companies_site AS site ON site.id = r.site_id
        WHERE (r.capacity BETWEEN 1 AND site.max_visitors AND r.site_max_visitors = site.max_visitors) IS NOT TRUE
        """,
    ),
    Check(
        "slot_within_room",
        "un créneau n’offre pas plus que sa salle n’a, à l’heure de son site",
        "companies_slot",
        """
        SELECT s.id FROM companies_slot AS s LEFT JOIN companies_room AS r ON r.id = s.room_id
        LEFT JOIN companies_site AS site ON site.id = r.site_id
        WHERE (
            s.places BETWEEN 1 AND r.capacity AND s.computers <= r.computers
            AND (s.room_capacity, s.room_computers, s.time_zone, s.cell)
                = (r.capacity, r.computers, site.time_zone, site.cell)
        ) IS NOT TRUE
        """,
    ),
    Check(
        "series_within_room",
        "une série n’offre pas plus que sa salle n’a",
        "companies_availability",
        """
        SELECT a.id FROM companies_availability AS a LEFT JOIN companies_room AS r ON r.id = a.room_id
        WHERE (a.places BETWEEN 1 AND r.capacity AND a.computers <= r.computers) IS NOT TRUE
        """,
    ),
    Check(
        "slot_period_in_order",
        "un créneau finit après son début, et ses réservations avant",
        "companies_slot",
        "SELECT id FROM companies_slot WHERE (ends_at > starts_at AND closes_at <= starts_at) IS NOT TRUE",
    ),
    Check(
        "promise_follows_slot",
        "une promesse a la période de son créneau, et un des sièges qu’il offre",
        "companies_slotvolunteer",
        """
        SELECT p.id FROM companies_slotvolunteer AS p LEFT JOIN companies_slot AS s ON s.id = p.slot_id
        WHERE (
            (p.starts_at, p.ends_at, p.volunteers_offered) = (s.starts_at, s.ends_at, s.volunteers_offered)
            AND p.seat BETWEEN 1 AND s.volunteers_offered AND s.state = 'open'
        ) IS NOT TRUE
        """,
    ),
    Check(
        "seat_taken_once",
        "un siège de bénévole n’a qu’un bénévole",
        "companies_slotvolunteer",
        """
        SELECT min(id) FROM companies_slotvolunteer GROUP BY slot_id, seat HAVING count(*) > 1
        """,
    ),
    # Of what is over nothing is said: people leave companies, and what they gave stays.
    Check(
        "promise_of_a_member",
        "qui promet de venir est membre de l’entreprise",
        "companies_slotvolunteer",
        _PROMISES + "WHERE p.starts_at > %(now)s AND m.id IS NULL",
    ),
    Check(
        "promise_with_consent",
        "qui viendra sur son temps de travail en a l’accord",
        "companies_slotvolunteer",
        _PROMISES + "WHERE p.starts_at > %(now)s AND p.engagement_type = 'mecenat' AND profile.consented_at IS NULL",
    ),
]
