"""Each stored state with its stamps, one statement a table; and what else holds of single rows everywhere.

An unknown state is an offence too: `CASE` without a branch for it gives nothing.
"""

from solidarite.invariants.check import Check


def _state(table: str, branches: str, promise: str) -> Check:
    name = table.partition("_")[2]
    app = table.partition("_")[0]
    sql = f"SELECT id FROM {table} WHERE (CASE state {branches} END) IS NOT TRUE"  # noqa: S608  # names of our own
    return Check(f"{app}_{name}_stamped", promise, table, sql)


def _has_owner(organisations: str, memberships: str, key: str, promise: str) -> Check:
    sql = f"""
        SELECT o.id FROM {organisations} AS o
        WHERE NOT EXISTS (SELECT FROM {memberships} AS m WHERE m.{key} = o.id AND m.role = 'owner')
    """  # noqa: S608  # names of our own
    return Check(f"{organisations}_has_owner", promise, organisations, sql)


_ASKED = """
    WHEN 'pending' THEN decided_at IS NULL AND decided_by_id IS NULL
    WHEN 'accepted' THEN decided_at IS NOT NULL
    WHEN 'declined' THEN decided_at IS NOT NULL
"""
_WAITS = """
    settled_at IS NULL AND settled_by_id IS NULL AND expires_at IS NOT NULL
    AND cancelled_at IS NULL AND reason_code = '' AND NOT is_late
"""
_AGREED = "settled_at IS NOT NULL AND cancelled_at IS NULL AND reason_code = '' AND NOT is_late"
_CANCELLED = """
    cancelled_at IS NOT NULL AND (reason_code <> 'other' OR reason <> '')
    AND (settled_at IS NOT NULL OR NOT is_late)
"""
_DECIDED = "signed_at IS NOT NULL AND submitted_at IS NOT NULL AND decided_at IS NOT NULL AND claimed_at IS NULL"
_UNSENT = "failed_at IS NULL AND skipped_at IS NULL"

CHECKS = [
    _state(
        "workshops_booking",
        f"""
        WHEN 'pending' THEN {_WAITS}
        WHEN 'held' THEN {_WAITS}
        WHEN 'confirmed' THEN {_AGREED}
        WHEN 'completed' THEN {_AGREED}
        WHEN 'no_show' THEN {_AGREED}
        WHEN 'declined' THEN
            settled_at IS NOT NULL AND cancelled_at IS NULL AND NOT is_late
            AND (reason_code <> 'other' OR reason <> '')
        WHEN 'not_selected' THEN {_AGREED}
        WHEN 'expired' THEN {_AGREED} AND settled_at >= expires_at
        WHEN 'cancelled_by_association' THEN {_CANCELLED}
        WHEN 'cancelled_by_company' THEN {_CANCELLED} AND settled_at IS NOT NULL
        """,
        "l’état d’une réservation et ses dates s’accordent",
    ),
    _state(
        "workshops_waitlistentry",
        """
        WHEN 'waiting' THEN ended_at IS NULL AND booking_id IS NULL
        WHEN 'offered' THEN ended_at IS NULL AND booking_id IS NOT NULL
        WHEN 'taken' THEN ended_at IS NOT NULL AND booking_id IS NOT NULL
        WHEN 'passed' THEN ended_at IS NOT NULL AND booking_id IS NOT NULL
        WHEN 'left' THEN ended_at IS NOT NULL AND booking_id IS NULL
        WHEN 'closed' THEN ended_at IS NOT NULL AND booking_id IS NULL
        """,
        "l’état d’une place en liste d’attente et ses dates s’accordent",
    ),
    _state(
        "workshops_workshop",
        """
        WHEN 'planned' THEN closed_at IS NULL AND cancelled_at IS NULL
        WHEN 'closed' THEN closed_at IS NOT NULL AND cancelled_at IS NULL
        WHEN 'cancelled' THEN closed_at IS NULL AND cancelled_at IS NOT NULL
        """,
        "l’état d’un atelier et ses dates s’accordent",
    ),
    _state(
        "companies_slot",
        """
        WHEN 'open' THEN withdrawn_at IS NULL AND withdrawn_by_id IS NULL
        WHEN 'withdrawn' THEN withdrawn_at IS NOT NULL
        """,
        "l’état d’un créneau et ses dates s’accordent",
    ),
    _state(
        "associations_association",
        """
        WHEN 'new' THEN decided_at IS NULL AND decided_by_id IS NULL
        WHEN 'admitted' THEN decided_at IS NOT NULL AND claimed_at IS NULL
        WHEN 'refused' THEN decided_at IS NOT NULL AND claimed_at IS NULL
        WHEN 'suspended' THEN decided_at IS NOT NULL AND claimed_at IS NULL
        """,
        "l’état d’une association et ses dates s’accordent",
    ),
    _state(
        "associations_request",
        """
        WHEN 'in_review' THEN withdrawn_at IS NULL AND hidden_reason = ''
        WHEN 'open' THEN withdrawn_at IS NULL AND hidden_reason = '' AND claimed_at IS NULL
        WHEN 'hidden' THEN withdrawn_at IS NULL AND hidden_reason <> '' AND claimed_at IS NULL
        WHEN 'in_progress' THEN withdrawn_at IS NULL AND hidden_reason = '' AND claimed_at IS NULL
        WHEN 'fulfilled' THEN withdrawn_at IS NULL AND hidden_reason = '' AND claimed_at IS NULL
        WHEN 'withdrawn' THEN withdrawn_at IS NOT NULL AND hidden_reason = '' AND claimed_at IS NULL
        """,
        "l’état d’une demande, ses dates et son motif s’accordent",
    ),
    _state(
        "charter_signature",
        f"""
        WHEN 'draft' THEN
            signed_at IS NULL AND submitted_at IS NULL AND decided_at IS NULL AND claimed_at IS NULL
            AND ended_at IS NULL
        WHEN 'submitted' THEN
            signed_at IS NOT NULL AND submitted_at IS NOT NULL AND decided_at IS NULL AND claimed_at IS NULL
            AND ended_at IS NULL
        WHEN 'in_review' THEN
            signed_at IS NOT NULL AND submitted_at IS NOT NULL AND decided_at IS NULL AND claimed_at IS NOT NULL
            AND ended_at IS NULL
        WHEN 'changes_requested' THEN {_DECIDED} AND ended_at IS NULL AND reason <> ''
        WHEN 'approved' THEN {_DECIDED} AND ended_at IS NULL
        WHEN 'refused' THEN {_DECIDED} AND ended_at IS NULL AND reason <> '' AND reason_code <> ''
        WHEN 'suspended' THEN {_DECIDED} AND ended_at IS NULL AND reason <> ''
        WHEN 'withdrawn' THEN ended_at IS NOT NULL AND claimed_at IS NULL
        WHEN 'lapsed' THEN {_DECIDED} AND ended_at IS NOT NULL
        """,
        "l’état d’une signature et ses dates s’accordent",
    ),
    _state("companies_joinrequest", _ASKED, "l’état d’une demande d’entrée dans une entreprise et sa date s’accordent"),
    _state(
        "associations_joinrequest", _ASKED, "l’état d’une demande d’entrée dans une association et sa date s’accordent"
    ),
    _state(
        "accounts_abusereport",
        """
        WHEN 'open' THEN decided_at IS NULL AND decided_by_id IS NULL
        WHEN 'upheld' THEN decided_at IS NOT NULL AND claimed_at IS NULL
        WHEN 'dismissed' THEN decided_at IS NOT NULL AND claimed_at IS NULL
        """,
        "l’état d’un signalement et sa date s’accordent",
    ),
    _state(
        "accounts_appeal",
        """
        WHEN 'open' THEN decided_at IS NULL AND decided_by_id IS NULL
        WHEN 'accepted' THEN decided_at IS NOT NULL AND claimed_at IS NULL
        WHEN 'rejected' THEN decided_at IS NOT NULL AND claimed_at IS NULL AND answer <> ''
        WHEN 'moot' THEN decided_at IS NOT NULL AND claimed_at IS NULL
        """,
        "l’état d’un recours et sa date s’accordent",
    ),
    _state(
        "workshops_dispute",
        """
        WHEN 'open' THEN decided_at IS NULL AND decided_by_id IS NULL
        WHEN 'held' THEN decided_at IS NOT NULL AND claimed_at IS NULL AND reason <> ''
        WHEN 'missed' THEN decided_at IS NOT NULL AND claimed_at IS NULL AND reason <> ''
        """,
        "l’état de récits différents et sa date s’accordent",
    ),
    _state(
        "workshops_plan",
        """
        WHEN 'waiting' THEN ended_at IS NULL AND offered_at IS NULL
        WHEN 'computing' THEN started_at IS NOT NULL AND ended_at IS NULL AND offered_at IS NULL
        WHEN 'ready' THEN ended_at IS NOT NULL AND offered_at IS NULL
        WHEN 'failed' THEN ended_at IS NOT NULL AND offered_at IS NULL
        WHEN 'offering' THEN ended_at IS NOT NULL AND offered_at IS NOT NULL
        WHEN 'offered' THEN ended_at IS NOT NULL AND offered_at IS NOT NULL
        """,
        "l’état d’un plan et ses dates s’accordent",
    ),
    _state(
        "mail_message",
        f"""
        WHEN 'queued' THEN sent_at IS NULL AND gathered_at IS NULL AND {_UNSENT}
        WHEN 'sent' THEN sent_at IS NOT NULL AND gathered_at IS NULL AND {_UNSENT}
        WHEN 'gathered' THEN sent_at IS NULL AND gathered_at IS NOT NULL AND {_UNSENT}
        WHEN 'failed' THEN
            sent_at IS NULL AND gathered_at IS NULL AND failed_at IS NOT NULL AND skipped_at IS NULL
            AND last_error <> ''
        WHEN 'skipped' THEN
            sent_at IS NULL AND failed_at IS NULL AND skipped_at IS NOT NULL AND last_error <> ''
        """,
        "l’état d’un message et ses dates s’accordent",
    ),
    Check(
        "message_once",
        "une chose ne se dit qu’une fois\u00a0: une clé, un message",
        "mail_message",
        "SELECT min(id) FROM mail_message GROUP BY key HAVING count(*) > 1",
    ),
    _has_owner("companies_company", "companies_membership", "company_id", "une entreprise a au moins un propriétaire"),
    _has_owner(
        "associations_association",
        "associations_membership",
        "association_id",
        "une association a au moins un propriétaire",
    ),
    Check(
        "signatory_has_signed",
        "une entreprise est signataire par une signature approuvée, et l’est tant que celle-ci tient",
        "companies_company",
        """
        SELECT c.id FROM companies_company AS c WHERE (c.charter_approved_at IS NOT NULL) <> EXISTS (
            SELECT FROM charter_signature AS s WHERE s.company_id = c.id AND s.state = 'approved'
        )
        """,
    ),
]
