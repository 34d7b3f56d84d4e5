"""Held by PostgreSQL: what a booking asks of rows that other apps keep, and what is noted of slots."""

import pgtrigger

# At the instant when the booking is made or answered. Both rows are held until the commit: a suspension at the same
# moment waits, or is seen. One row after the other by its key: a plan kept from when the tables were empty cannot join
# them the wrong way round.
_PARTIES_MAY = """
        SELECT state, room_id, availability_id, starts_at, ends_at INTO offered
        FROM companies_slot WHERE id = NEW.slot_id FOR SHARE;
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

_SERIES_IS_AWAKE = """
        SELECT confirm_by_at INTO confirm_by FROM companies_availability WHERE id = offered.availability_id;
        IF confirm_by <= NEW.created_at THEN
            RAISE EXCEPTION 'The series sleeps.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_of_open_slot';
        END IF;
"""

_SLOT_IS_FREE = """
        IF offered.state <> 'open' THEN
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

# Where the slot is held already: who asks at the same moment waits for its row, or is seen.
_NOBODY_WAITS_BESIDE = """
        IF NEW.state IN ('pending', 'held') AND EXISTS (
            SELECT FROM workshops_booking WHERE slot_id = NEW.slot_id AND (
                NEW.state = 'held' AND state = 'pending' AND expires_at > NEW.created_at
                OR NEW.state = 'pending' AND state = 'held' AND expires_at > NEW.created_at
                OR NEW.state = 'pending' AND state IN ('confirmed', 'completed', 'no_show')
            )
        ) THEN
            RAISE EXCEPTION 'Somebody would wait beside who has the slot.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_nobody_waits_beside';
        END IF;
"""

_ANSWERED_IN_TIME = """
        IF NEW.settled_at >= OLD.expires_at THEN
            RAISE EXCEPTION 'The clock of the booking has run out.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_answered_in_time';
        END IF;
"""

# What was agreed with it on approval may be moved to any slot of the company's.
_NEW_ONE_WAITS = """
        IF asking = 'new' AND NEW.state = 'confirmed' AND NEW.moved_from_id IS NULL THEN
            RAISE EXCEPTION 'The association is not admitted yet: its booking waits for an answer.'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_by_association_that_may';
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
    """A new booking is of an open slot of a signatory, by an association that may book, at once if it is admitted."""
    return pgtrigger.Trigger(
        name="booking_may_be_made",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=_PARTIES_MAY + _NEW_ONE_WAITS + _SERIES_IS_AWAKE + _SLOT_IS_FREE + _NOBODY_WAITS_BESIDE + _KEEP,
        declare=[*_PARTIES, ("confirm_by", "TIMESTAMPTZ")],
    )


def booking_may_be_confirmed() -> pgtrigger.Trigger:
    """A booking that waited goes on in time, on a free slot of a signatory, for an association that may book."""
    return pgtrigger.Trigger(
        name="booking_may_be_confirmed",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(old__state__in=["pending", "held"], new__state="confirmed")
        | pgtrigger.Q(old__state="held", new__state="pending"),
        func=_PARTIES_MAY + _SLOT_IS_FREE + _ANSWERED_IN_TIME + _KEEP,
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


_BEFORE_IT_BEGINS = """
    IF NEW.visitors_told_at >= (
        SELECT s.starts_at FROM companies_slot AS s JOIN workshops_booking AS b ON b.slot_id = s.id
        WHERE b.id = NEW.booking_id
    ) THEN
        RAISE EXCEPTION 'The workshop has begun.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'workshop_visitors_in_time';
    END IF;
    RETURN NEW;
"""


def visitors_are_told_in_time() -> pgtrigger.Trigger:
    """How many come is told before they do; afterwards they are counted."""
    return pgtrigger.Trigger(
        name="visitors_are_told_in_time",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("visitors_told_at"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(old__visitors_told_at__df=pgtrigger.F("new__visitors_told_at")),
        func=_BEFORE_IT_BEGINS,
    )


# The course's row is held: who brings another of its sessions to that time at the same moment waits, or is seen. Where
# a session was stays its own until it has left.
_IN_ONE_PLACE = """
    PERFORM FROM workshops_course WHERE id = NEW.course_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT FROM companies_slot AS there
        JOIN workshops_booking AS other ON other.course_id = NEW.course_id AND other.state IN ('held', 'confirmed')
        JOIN companies_slot AS taken ON taken.id = other.slot_id
        WHERE there.id = NEW.slot_id AND other.id <> NEW.id AND other.id IS DISTINCT FROM NEW.moved_from_id
        AND taken.starts_at < there.ends_at AND taken.ends_at > there.starts_at
    ) THEN
        RAISE EXCEPTION 'The group is elsewhere at that time.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_course_in_one_place';
    END IF;
    RETURN NEW;
"""


def booking_course_in_one_place() -> pgtrigger.Trigger:
    """Two sessions of a course are never at one time: it is one group."""
    return pgtrigger.Trigger(
        name="booking_course_in_one_place",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(new__course__isnull=False, new__state__in=["held", "confirmed"]),
        func=_IN_ONE_PLACE,
    )


# `Booking.TRANSITIONS`, as PostgreSQL has it: what was reported stays, unless a moderator has said otherwise.
_DRAWN = """
    IF (OLD.state, NEW.state) NOT IN (
        ('pending', 'confirmed'), ('pending', 'declined'), ('pending', 'not_selected'), ('pending', 'expired'),
        ('pending', 'cancelled_by_association'),
        ('held', 'confirmed'), ('held', 'pending'), ('held', 'declined'), ('held', 'expired'),
        ('held', 'cancelled_by_association'),
        ('confirmed', 'cancelled_by_association'), ('confirmed', 'cancelled_by_company'), ('confirmed', 'completed'),
        ('confirmed', 'no_show')
    ) AND NOT (OLD.state IN ('completed', 'no_show') AND EXISTS (
        SELECT FROM workshops_dispute AS told JOIN workshops_workshop AS shown ON shown.id = told.workshop_id
        WHERE shown.booking_id = NEW.id
        AND (told.state, NEW.state) IN (('held', 'completed'), ('missed', 'no_show'))
    )) THEN
        RAISE EXCEPTION 'A booking that is % does not become %.', OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_goes_as_drawn';
    END IF;
    RETURN NEW;
"""

# Where two entries of one association are united the former one is gone, and what was agreed stays as it is.
_HANDS = """
    IF NEW.state IN ('pending', 'held', 'confirmed')
        AND EXISTS (SELECT FROM associations_association WHERE id = OLD.association_id)
        AND (SELECT state FROM associations_association WHERE id = NEW.association_id) NOT IN ('new', 'admitted')
    THEN
        RAISE EXCEPTION 'The association may not book.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_by_association_that_may';
    END IF;
    RETURN NULL;
"""


def booking_goes_as_drawn() -> pgtrigger.Trigger:
    """From one state to another that may follow it."""
    return pgtrigger.Trigger(
        name="booking_goes_as_drawn",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
        func=_DRAWN,
    )


def booking_changes_hands() -> pgtrigger.Trigger:
    """At commit: what is to come went over to an association that may book, or to one that its own was united with."""
    return pgtrigger.Trigger(
        name="booking_changes_hands",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("association_id"),  # type: ignore[no-untyped-call]  # idem
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(old__association__df=pgtrigger.F("new__association")),
        func=_HANDS,
    )


# A season that changes makes its evenings anew in its room: who had asked for one has asked for that of the new ones.
_STAYS = """
    IF OLD.state NOT IN ('pending', 'held') OR NOT EXISTS (
        SELECT FROM companies_slot AS was
        JOIN companies_slot AS becomes ON becomes.room_id = was.room_id
        AND becomes.starts_at = was.starts_at AND becomes.ends_at = was.ends_at
        WHERE was.id = OLD.slot_id AND becomes.id = NEW.slot_id AND becomes.state = 'open'
    ) THEN
        RAISE EXCEPTION 'A booking stays on its slot.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_stays_on_its_slot';
    END IF;
    RETURN NEW;
"""


def booking_stays_on_its_slot() -> pgtrigger.Trigger:
    """What waits for a word may go over to the same evening made anew in its room; another slot is another booking."""
    return pgtrigger.Trigger(
        name="booking_stays_on_its_slot",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("slot_id"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(old__slot__df=pgtrigger.F("new__slot")),
        func=_STAYS,
    )


_AS_IT_IS = """
    SELECT slot.weekday, slot.local_time, room.site_id INTO NEW.weekday, NEW.local_time, NEW.site_id
    FROM companies_slot AS slot JOIN companies_room AS room ON room.id = slot.room_id WHERE slot.id = NEW.slot_id;
    RETURN NEW;
"""


def dismissed_as_it_is() -> pgtrigger.Trigger:
    """The day, the hour and the site that an association refuses are those of the slot when it says so."""
    return pgtrigger.Trigger(
        name="dismissed_as_it_is",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("why"),  # type: ignore[no-untyped-call]  # the library has no types here
        func=_AS_IT_IS,
    )


# A booking that waited for an answer did not take its slot.
_MATCHED_AGAIN = """
    INSERT INTO workshops_matchagain (slot_id, is_free)
    VALUES (NEW.slot_id, OLD.state IN ('held', 'confirmed', 'waiting'));
    RETURN NULL;
"""
_ENDED = ["declined", "not_selected", "expired", "cancelled_by_association", "cancelled_by_company"]


def slot_is_free_again() -> pgtrigger.Trigger:
    """Requests and saved searches hear of what nobody has any more, however that came."""
    return pgtrigger.Trigger(
        name="slot_is_free_again",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state"), new__state__in=_ENDED),
        func=_MATCHED_AGAIN,
    )


def nobody_queues_again() -> pgtrigger.Trigger:
    """The same of a slot for which somebody queues no more. Who comes to have it holds it by a booking."""
    return pgtrigger.Trigger(
        name="nobody_queues_again",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # idem
        condition=pgtrigger.Q(old__state="waiting", new__state__in=["left", "closed"]),
        func=_MATCHED_AGAIN,
    )


# Who was told of it loses it, and the best that is left for them is told instead.
_LOST = """
    INSERT INTO workshops_matchagain (slot_id, is_free)
    SELECT id, %s FROM companies_slot WHERE id = NEW.slot_id AND starts_at > portal_now();
    RETURN NULL;
"""


def slot_is_claimed() -> pgtrigger.Trigger:
    """Requests that were told of a slot that somebody asks for or has are looked at again (`MatchAgain`)."""
    return pgtrigger.Trigger(
        name="slot_is_claimed",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=_LOST % "FALSE",
    )


def slot_is_agreed() -> pgtrigger.Trigger:
    """The same where a claim takes its slot, or gives it back while it waits for the company."""
    return pgtrigger.Trigger(
        name="slot_is_agreed",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # the library has no types here
        condition=pgtrigger.Q(old__state="pending", new__state="confirmed")
        | pgtrigger.Q(old__state="held", new__state="pending"),
        func=_LOST % "NEW.state = 'pending'",
    )


def somebody_queues() -> pgtrigger.Trigger:
    """The same of a slot for which somebody queues: whoever queues comes first."""
    return pgtrigger.Trigger(
        name="somebody_queues",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=_LOST % "FALSE",
    )
