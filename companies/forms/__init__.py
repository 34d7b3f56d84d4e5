"""Forms of a company: its identity, its sites and rooms, and its openings."""

from companies.forms.openings import SeasonForm, time_input
from companies.forms.organisations import CompanyForm
from companies.forms.places import AccessibilityForm, AccessKitForm, PhotoForm, RoomForm, SiteEditForm, SiteForm
from companies.forms.positions import PositionForm
from companies.forms.volunteers import VolunteerForm

__all__ = [
    "AccessKitForm",
    "AccessibilityForm",
    "CompanyForm",
    "PhotoForm",
    "PositionForm",
    "RoomForm",
    "SeasonForm",
    "SiteEditForm",
    "SiteForm",
    "VolunteerForm",
    "time_input",
]
