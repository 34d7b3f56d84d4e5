"""Held by PostgreSQL: what a booking asks of rows that other apps keep."""

import pgtrigger

# At the instant when the booking is made or answered. Both rows are held until the commit: a suspension at the same
# moment waits, or is seen. One row after the other by its key: a plan kept from when the tables were empty cannot join
# them the wrong way round.
_PARTIES_MAY = """
        SELECT state, room_id, availability_id, starts_at, ends_at INTO offered
        FROM companies_slot WHERE id = NEW.slot_id;
        SELECT site_id INTO visited FROM companies_room WHERE id = offered.room_id;
        SELECT company_id INTO inviting FROM companies_site WHERE id = visited;
        SELECT charter_approved_at, charter_until_at INTO company
        FROM companies_company WHERE id = inviting FOR SHARE;
        SELECT state INTO asking FROM associations_association WHERE id = NEW.association_id FOR SHARE;
        IF company.charter_approved_at IS NULL
            OR company.charter_until_at <= COALESCE(NEW.settled_at, NEW.created_at)
        THEN
            RAISE EXCEPTION 'The company is no signatory.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_signatory';
        END IF;
        IF asking NOT IN ('new', 'admitted') THEN
            RAISE EXCEPTION 'The association may not book.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_by_association_that_may';
        END IF;
"""


_PARTIES = [
    ("offered", "RECORD"),
    ("visited", "BIGINT"),
    ("inviting", "BIGINT"),
    ("company", "RECORD"),
    ("asking", "TEXT"),
]

_SLOT_IS_OFFERED = """
        SELECT confirm_by_at INTO confirm_by FROM companies_availability WHERE id = offered.availability_id;
        IF offered.state <> 'open' OR confirm_by <= NEW.created_at THEN
            RAISE EXCEPTION 'The slot is not open.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_open_slot';
        END IF;
        IF EXISTS (
            SELECT 1 FROM companies_busytime AS b WHERE b.room_id = offered.room_id
            AND b.starts_at < offered.ends_at AND b.ends_at > offered.starts_at
        ) THEN
            RAISE EXCEPTION 'The room is taken.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_free_room';
        END IF;
"""

_ANSWERED_IN_TIME = """
        IF NEW.settled_at >= OLD.expires_at THEN
            RAISE EXCEPTION 'The clock of the booking has run out.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_answered_in_time';
        END IF;
"""

_KEEP = """
        RETURN NEW;
"""

_FITS = """
    IF NEW.participants > (SELECT places FROM companies_slot WHERE id = NEW.slot_id) THEN
        RAISE EXCEPTION 'More participants than places.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_within_places';
    END IF;
    RETURN NEW;
"""


_IN_TIME = """
    IF NEW.cancelled_at >= (SELECT starts_at FROM companies_slot WHERE id = NEW.slot_id) THEN
        RAISE EXCEPTION 'The workshop has begun.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_cancelled_in_time';
    END IF;
    RETURN NEW;
"""


def booking_may_be_made() -> pgtrigger.Trigger:
    """A new booking is of an open slot of a signatory, by an association that may book."""
    return pgtrigger.Trigger(
        name="booking_may_be_made",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=_PARTIES_MAY + _SLOT_IS_OFFERED + _KEEP,
        declare=[*_PARTIES, ("confirm_by", "TIMESTAMPTZ")],
    )


def booking_may_be_confirmed() -> pgtrigger.Trigger:
    """A booking that waited is confirmed in time, at a signatory, for an association that may book."""
    return pgtrigger.Trigger(
        name="booking_may_be_confirmed",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(old__state__in=["pending", "held"], new__state="confirmed"),
        func=_PARTIES_MAY + _ANSWERED_IN_TIME + _KEEP,
        declare=_PARTIES,
    )


def booking_fits_its_slot() -> pgtrigger.Trigger:
    """No more participants than the slot has places."""
    return pgtrigger.Trigger(
        name="booking_fits_its_slot",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("participants", "slot_id"),  # type: ignore[no-untyped-call]  # the library has no types here
        func=_FITS,
    )


def booking_is_cancelled_in_time() -> pgtrigger.Trigger:
    """What was confirmed is called off before it begins, or not at all."""
    return pgtrigger.Trigger(
        name="booking_is_cancelled_in_time",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(
            old__state="confirmed", new__state__in=["cancelled_by_association", "cancelled_by_company"]
        ),
        func=_IN_TIME,
    )
