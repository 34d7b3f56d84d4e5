"""The form of a company's identity."""

from accounts.forms import OrganisationForm
from companies.models import Company


class CompanyForm(OrganisationForm[Company]):
    """Identity of a company."""

    class Meta(OrganisationForm.Meta):
        model = Company
