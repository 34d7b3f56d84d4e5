"""Bookings, queues and calendar events.

Deliberately not promised, since it is decided at one instant and may change afterwards:
- that the company of a booking is a signatory still, or its association admitted still: a suspension leaves what was
  agreed as it is, and shows it to people; the triggers of `workshops.guards` look when a booking is made and confirmed;
- that an association has no more bookings than the settings allow: an operator may allow fewer than it has by then, and
  asking to move a workshop is no request more;
- that a free slot is held for who queues: a series that wakes is passed on by the next scan, and is not bookable until
  then.
"""

from solidarite.invariants.check import Check

_IN_TIME = "expires_at > %(now)s"
_LIVE = "('held', 'confirmed', 'completed', 'no_show')"
_AGREED = "('confirmed', 'completed', 'no_show')"
_CANCELLED = "('cancelled_by_association', 'cancelled_by_company')"
# Was agreed once, whatever came of it.
_WAS_AGREED = f"(state IN {_AGREED} OR (state IN {_CANCELLED} AND settled_at IS NOT NULL))"

CHECKS = [
    Check(
        "slot_booked_once",
        "un créneau n’a qu’une réservation vivante",
        "companies_slot",
        f"SELECT slot_id FROM workshops_booking WHERE state IN {_LIVE} GROUP BY slot_id HAVING count(*) > 1",  # noqa: S608
    ),
    Check(
        "association_asks_once",
        "une association n’a qu’une réservation en cours d’un créneau",
        "workshops_booking",
        """
        SELECT min(id) FROM workshops_booking WHERE state IN ('pending', 'held', 'confirmed', 'completed', 'no_show')
        GROUP BY slot_id, association_id HAVING count(*) > 1
        """,
    ),
    Check(
        "booking_of_an_open_slot",
        "une réservation en cours est d’une association, et d’un créneau ouvert",
        "workshops_booking",
        f"""
        SELECT b.id FROM workshops_booking AS b LEFT JOIN companies_slot AS s ON s.id = b.slot_id
        LEFT JOIN associations_association AS a ON a.id = b.association_id
        WHERE s.id IS NULL OR a.id IS NULL OR s.state <> 'open'
        AND (b.state IN {_AGREED} OR b.state IN ('pending', 'held') AND b.{_IN_TIME})
        """,  # noqa: S608
    ),
    Check(
        "booking_within_places",
        "une réservation en cours ne compte pas plus de participants que son créneau de places",
        "workshops_booking",
        f"""
        SELECT b.id FROM workshops_booking AS b JOIN companies_slot AS s ON s.id = b.slot_id
        WHERE (b.participants BETWEEN 1 AND s.places) IS NOT TRUE
        AND (b.state IN {_LIVE} OR b.state = 'pending' AND b.{_IN_TIME})
        """,  # noqa: S608
    ),
    Check(
        "booking_for_its_own_request",
        "une réservation répond à une demande de son association, ou à aucune",
        "workshops_booking",
        """
        SELECT b.id FROM workshops_booking AS b LEFT JOIN associations_request AS r ON r.id = b.request_id
        WHERE b.request_id IS NOT NULL AND r.association_id IS DISTINCT FROM b.association_id
        """,
    ),
    Check(
        "wait_ends_before_the_workshop",
        "personne n’attend de réponse au-delà du début du créneau",
        "workshops_booking",
        """
        SELECT b.id FROM workshops_booking AS b JOIN companies_slot AS s ON s.id = b.slot_id
        WHERE b.state IN ('pending', 'held') AND b.expires_at > s.starts_at
        """,
    ),
    Check(
        "nobody_waits_beside_live",
        "personne n’attend de réponse pour un créneau accordé à un autre, ou gardé pour lui",
        "workshops_booking",
        f"""
        SELECT p.id FROM workshops_booking AS p JOIN workshops_booking AS other USING (slot_id)
        WHERE p.state = 'pending' AND p.{_IN_TIME}
        AND (other.state IN {_AGREED} OR other.state = 'held' AND other.{_IN_TIME})
        """,  # noqa: S608
    ),
    Check(
        "new_association_asks_once",
        "une association qui n’est pas admise n’attend qu’une réponse",
        "associations_association",
        f"""
        SELECT a.id FROM associations_association AS a JOIN workshops_booking AS b ON b.association_id = a.id
        WHERE a.state = 'new' AND b.state = 'pending' AND b.{_IN_TIME} GROUP BY a.id HAVING count(*) > 1
        """,  # noqa: S608
    ),
    Check(
        "booking_of_its_own_course",
        "une réservation d’un parcours est de l’association de ce parcours",
        "workshops_booking",
        """
        SELECT b.id FROM workshops_booking AS b LEFT JOIN workshops_course AS c ON c.id = b.course_id
        WHERE b.course_id IS NOT NULL AND c.association_id IS DISTINCT FROM b.association_id
        """,
    ),
    Check(
        "course_in_one_place",
        "deux séances d’un parcours ne sont jamais au même moment",
        "workshops_booking",
        """
        SELECT b.id FROM workshops_booking AS b JOIN companies_slot AS s ON s.id = b.slot_id
        JOIN workshops_booking AS o ON o.course_id = b.course_id AND o.id <> b.id AND o.state IN ('held', 'confirmed')
        JOIN companies_slot AS t ON t.id = o.slot_id AND t.starts_at < s.ends_at AND t.ends_at > s.starts_at
        WHERE b.state IN ('held', 'confirmed')
        """,
    ),
    # --- queues ---------------------------------------------------------------------------------------------------
    Check(
        "hold_is_offered",
        "un créneau gardé l’est pour une place de sa file, une seule, ou proposé par une entreprise ou par un plan",
        "workshops_booking",
        """
        SELECT b.id FROM workshops_booking AS b LEFT JOIN workshops_waitlistentry AS e ON e.booking_id = b.id
        WHERE b.state = 'held' GROUP BY b.id
        HAVING count(*) FILTER (WHERE e.state = 'offered') <> (b.offered_at IS NULL AND b.planned_at IS NULL)::int
        """,
    ),
    Check(
        "one_offer_a_request",
        "une demande n’a qu’un créneau proposé à la fois",
        "associations_request",
        f"""
        SELECT request_id FROM workshops_booking
        WHERE state = 'held' AND (offered_at IS NOT NULL OR planned_at IS NOT NULL)
        AND request_id IS NOT NULL AND {_IN_TIME}
        GROUP BY request_id HAVING count(*) > 1
        """,  # noqa: S608
    ),
    Check(
        "offer_is_the_answer",
        "un créneau que l’entreprise a proposé n’attend pas sa réponse",
        "workshops_booking",
        "SELECT id FROM workshops_booking WHERE offered_at IS NOT NULL AND state IN ('pending', 'not_selected')",
    ),
    Check(
        "queue_agrees_with_bookings",
        "une place servie a la réservation de la même association, dans l’état qui convient",
        "workshops_waitlistentry",
        """
        SELECT e.id FROM workshops_waitlistentry AS e LEFT JOIN workshops_booking AS b ON b.id = e.booking_id
        WHERE (
            CASE e.state
                WHEN 'offered' THEN b.state = 'held'
                WHEN 'taken' THEN b.state <> 'held'
                WHEN 'passed' THEN b.state IN ('expired', 'declined', 'cancelled_by_association')
                ELSE b.id IS NULL
            END
            AND (b.id IS NULL OR (b.slot_id, b.association_id) = (e.slot_id, e.association_id))
        ) IS NOT TRUE
        """,
    ),
    Check(
        "one_hold_a_slot",
        "un créneau n’est gardé que pour une place de sa file",
        "companies_slot",
        "SELECT slot_id FROM workshops_waitlistentry WHERE state = 'offered' GROUP BY slot_id HAVING count(*) > 1",
    ),
    Check(
        "one_place_in_a_queue",
        "une association n’a qu’une place dans une file",
        "workshops_waitlistentry",
        """
        SELECT min(id) FROM workshops_waitlistentry WHERE state IN ('waiting', 'offered')
        GROUP BY slot_id, association_id HAVING count(*) > 1
        """,
    ),
    Check(
        "queue_keeps_its_order",
        "un créneau est gardé pour qui attend depuis le plus longtemps",
        "workshops_waitlistentry",
        """
        SELECT e.id FROM workshops_waitlistentry AS e JOIN workshops_waitlistentry AS ahead USING (slot_id)
        WHERE e.state = 'offered' AND ahead.state = 'waiting'
        AND (ahead.created_at, ahead.id) < (e.created_at, e.id) GROUP BY e.id
        """,
    ),
    Check(
        "queue_of_an_open_slot",
        "on n’attend qu’un créneau ouvert, que l’on n’a pas déjà demandé",
        "workshops_waitlistentry",
        f"""
        SELECT e.id FROM workshops_waitlistentry AS e LEFT JOIN companies_slot AS s ON s.id = e.slot_id
        WHERE e.state = 'waiting' AND (s.state IS DISTINCT FROM 'open' OR EXISTS (
            SELECT FROM workshops_booking AS b WHERE b.slot_id = e.slot_id AND b.association_id = e.association_id
            AND (b.state IN {_AGREED} OR b.state IN ('pending', 'held') AND b.{_IN_TIME})
        ))
        """,  # noqa: S608
    ),
    # --- moves and calendars --------------------------------------------------------------------------------------
    Check(
        "moved_to_one_place",
        "un atelier déplacé est à un autre endroit, un seul",
        "workshops_booking",
        f"""
        SELECT was.id FROM workshops_booking AS was WHERE was.reason_code = 'moved' AND 1 <> (
            SELECT count(*) FROM workshops_booking AS b WHERE b.moved_from_id = was.id AND {_WAS_AGREED}
        )
        """,  # noqa: S608
    ),
    Check(
        "move_is_one_event",
        "une réservation déplacée reste le même événement d’agenda",
        "workshops_booking",
        """
        SELECT b.id FROM workshops_booking AS b LEFT JOIN workshops_booking AS was ON was.id = b.moved_from_id
        WHERE b.event_of_id IS DISTINCT FROM COALESCE(was.event_of_id, was.id)
        OR was.id IS NOT NULL AND b.association_id <> was.association_id
        """,
    ),
    # Of what was agreed: a request to move that came to nothing is in nobody's calendar.
    Check(
        "event_rises",
        "chaque changement d’un événement d’agenda a une SEQUENCE plus grande",
        "workshops_booking",
        f"""
        SELECT id FROM (
            SELECT id, sequence, lag(sequence) OVER (
                PARTITION BY COALESCE(event_of_id, id) ORDER BY settled_at, id
            ) AS before FROM workshops_booking WHERE {_WAS_AGREED}
        ) AS told WHERE sequence <= before
        """,  # noqa: S608
    ),
    Check(
        "event_on_once",
        "un événement d’agenda n’a lieu qu’une fois",
        "workshops_booking",
        f"""
        SELECT COALESCE(event_of_id, id) FROM workshops_booking WHERE state IN {_AGREED}
        GROUP BY COALESCE(event_of_id, id) HAVING count(*) > 1
        """,  # noqa: S608
    ),
]
