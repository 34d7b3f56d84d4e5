"""Pages of a company about its own supply: identity, sites, rooms, openings."""

from companies.views.organisations import company_create, managed_company, member_pages

__all__ = ["company_create", "managed_company", "member_pages"]
