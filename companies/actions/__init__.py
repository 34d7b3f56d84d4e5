"""What companies do: join, describe their sites and rooms, open slots and take them back."""

from companies.actions.organisations import (
    describe_company,
    limit_charter_standings,
    register_company,
    remove_member,
    set_charter_standing,
)
from companies.actions.places import add_room, add_site
from companies.actions.series import (
    DaytimeOpening,
    NothingToOpen,
    ProposedDate,
    RoomArchived,
    Season,
    SeasonRefused,
    SeasonTooLong,
    TooFarAhead,
    ask_to_confirm_series,
    confirm_availability,
    cut_series,
    dates_taken_out,
    extend_series,
    preview_availability,
    publish_availability,
)
from companies.actions.slots import SlotNotOpen, withdraw_slot, withdraw_slots
from companies.actions.volunteers import AlreadyElsewhere, join_slot, leave_slot

__all__ = [
    "AlreadyElsewhere",
    "DaytimeOpening",
    "NothingToOpen",
    "ProposedDate",
    "RoomArchived",
    "Season",
    "SeasonRefused",
    "SeasonTooLong",
    "SlotNotOpen",
    "TooFarAhead",
    "add_room",
    "add_site",
    "ask_to_confirm_series",
    "confirm_availability",
    "cut_series",
    "dates_taken_out",
    "describe_company",
    "extend_series",
    "join_slot",
    "leave_slot",
    "limit_charter_standings",
    "preview_availability",
    "publish_availability",
    "register_company",
    "remove_member",
    "set_charter_standing",
    "withdraw_slot",
    "withdraw_slots",
]
