"""Workshops, what both sides report of them, who was there, and the requests that they answer.

Deliberately not promised:
- that a request with a confirmed booking is in progress: one that was hidden, in review or fulfilled when the booking
  was confirmed stays so, and comes online again by a moderator's decision alone;
- that both reports say the same: the first word is the state of the booking, a second one that disagrees is kept
  beside it, and counts for nobody until a moderator has said what happened; a request that was fulfilled before stays.
"""

from solidarite.invariants.check import Check

CHECKS = [
    Check(
        "workshop_of_its_booking",
        "une réservation accordée a son atelier, dans l’état qui convient",
        "workshops_booking",
        """
        SELECT b.id FROM workshops_booking AS b LEFT JOIN workshops_workshop AS w ON w.booking_id = b.id
        WHERE (
            CASE
                WHEN b.state = 'confirmed' THEN w.state = 'planned'
                WHEN b.state IN ('completed', 'no_show') THEN w.state IN ('planned', 'closed')
                WHEN b.reason_code = 'moved' THEN w.id IS NULL
                WHEN b.state IN ('cancelled_by_association', 'cancelled_by_company') AND b.settled_at IS NOT NULL
                    THEN w.state = 'cancelled'
                ELSE w.id IS NULL
            END
        ) IS NOT TRUE
        """,
    ),
    Check(
        "one_workshop_a_booking",
        "une réservation n’a qu’un atelier",
        "workshops_booking",
        "SELECT booking_id FROM workshops_workshop GROUP BY booking_id HAVING count(*) > 1",
    ),
    Check(
        "closed_by_both_reports",
        "un atelier est clos quand les deux côtés ont rendu compte, ou qu’un mois est passé sans qu’aucun ne le fasse",
        "workshops_workshop",
        """
        SELECT w.id FROM workshops_workshop AS w JOIN workshops_booking AS b ON b.id = w.booking_id
        LEFT JOIN workshops_report AS r ON r.workshop_id = w.id
        GROUP BY w.id, b.state
        HAVING (count(DISTINCT r.side) = 2 OR count(r.id) = 0 AND b.state = 'completed') <> (w.state = 'closed')
        OR count(r.id) > count(DISTINCT r.side)
        """,
    ),
    Check(
        "report_of_what_was",
        "un compte rendu est écrit après l’atelier, d’un atelier qui n’est pas annulé",
        "workshops_report",
        """
        SELECT r.id FROM workshops_report AS r JOIN workshops_workshop AS w ON w.id = r.workshop_id
        JOIN workshops_booking AS b ON b.id = w.booking_id JOIN companies_slot AS s ON s.id = b.slot_id
        WHERE w.state = 'cancelled' OR r.created_at < s.ends_at
        """,
    ),
    Check(
        "outcome_was_reported",
        "un atelier tenu ou manqué l’est par un compte rendu, clos sans aucun ou tranché, et tout compte rendu compte",
        "workshops_booking",
        """
        SELECT b.id FROM workshops_booking AS b JOIN workshops_workshop AS w ON w.booking_id = b.id
        LEFT JOIN workshops_report AS r ON r.workshop_id = w.id
        WHERE b.state IN ('confirmed', 'completed', 'no_show')
            AND NOT EXISTS (SELECT FROM workshops_dispute AS d WHERE d.workshop_id = w.id AND d.state <> 'open')
        GROUP BY b.id, w.state
        HAVING (
            CASE b.state
                WHEN 'completed' THEN bool_or(r.absent = '') OR w.state = 'closed' AND count(r.id) = 0
                WHEN 'no_show' THEN bool_or(r.absent <> '' OR r.attended = 0)
                ELSE bool_and(r.id IS NULL OR r.side = 'company' AND r.absent = '')
            END
        ) IS NOT TRUE
        """,
    ),
    Check(
        "dispute_of_two_accounts",
        "deux récits contraires sont à la modération, et la réservation suit ce qu’elle en dit",
        "workshops_workshop",
        """
        SELECT w.id FROM workshops_workshop AS w JOIN workshops_booking AS b ON b.id = w.booking_id
        JOIN workshops_report AS r ON r.workshop_id = w.id LEFT JOIN workshops_dispute AS d ON d.workshop_id = w.id
        GROUP BY w.id, b.state, d.id
        HAVING count(DISTINCT r.absent) > 1 AND d.id IS NULL OR d.id IS NOT NULL AND count(r.id) < 2
        OR d.state = 'held' AND b.state <> 'completed' OR d.state = 'missed' AND b.state <> 'no_show'
        """,
    ),
    Check(
        "attendance_of_a_promise",
        "qui est venu l’avait promis",
        "workshops_attendance",
        """
        SELECT t.id FROM workshops_attendance AS t JOIN workshops_workshop AS w ON w.id = t.workshop_id
        JOIN workshops_booking AS b ON b.id = w.booking_id
        LEFT JOIN companies_slotvolunteer AS p ON p.slot_id = b.slot_id AND p.volunteer_id = t.volunteer_id
        WHERE t.volunteer_id IS NOT NULL AND p.id IS NULL
        """,
    ),
    Check(
        "attendance_of_what_was",
        "une présence est notée à partir d’une heure avant l’atelier, d’un atelier qui n’est pas annulé",
        "workshops_attendance",
        """
        SELECT t.id FROM workshops_attendance AS t JOIN workshops_workshop AS w ON w.id = t.workshop_id
        JOIN workshops_booking AS b ON b.id = w.booking_id JOIN companies_slot AS s ON s.id = b.slot_id
        WHERE w.state = 'cancelled' OR t.told_at < s.starts_at - interval '1 hour'
        """,
    ),
    Check(
        "request_in_progress",
        "une demande en cours a une réservation confirmée",
        "associations_request",
        """
        SELECT q.id FROM associations_request AS q WHERE q.state = 'in_progress' AND NOT EXISTS (
            SELECT FROM workshops_booking AS b WHERE b.request_id = q.id AND b.state = 'confirmed'
        )
        """,
    ),
    Check(
        "request_fulfilled",
        "une demande satisfaite a eu son atelier",
        "associations_request",
        """
        SELECT q.id FROM associations_request AS q WHERE q.state = 'fulfilled' AND NOT EXISTS (
            SELECT FROM workshops_booking AS b WHERE b.request_id = q.id AND (b.state = 'completed' OR EXISTS (
                SELECT FROM workshops_dispute AS d JOIN workshops_workshop AS w ON w.id = d.workshop_id
                WHERE w.booking_id = b.id AND d.state = 'missed'
            ))
        )
        """,
    ),
    Check(
        "request_follows_its_booking",
        "une demande ouverte n’a pas été servie depuis",
        "associations_request",
        """
        SELECT q.id FROM associations_request AS q JOIN workshops_booking AS b ON b.request_id = q.id
        WHERE q.state = 'open' AND b.state = 'confirmed' AND b.settled_at > q.state_changed_at
        """,
    ),
    Check(
        "request_of_a_new_association",
        "une demande d’une association qui n’est pas admise est en ligne par une décision",
        "associations_request",
        """
        SELECT q.id FROM associations_request AS q JOIN associations_association AS a ON a.id = q.association_id
        WHERE a.state = 'new' AND q.state IN ('open', 'in_progress', 'fulfilled') AND NOT EXISTS (
            SELECT FROM accounts_decision AS d
            WHERE d.subject = 'request' AND d.subject_id = q.id AND d.outcome IN ('approved', 'reinstated')
        )
        """,
    ),
]
