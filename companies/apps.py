from importlib import import_module

from django.apps import AppConfig


class CompaniesConfig(AppConfig):
    name = "companies"
    verbose_name = "Entreprises"

    def ready(self) -> None:
        """Have the outbox ask us before it sends what facts may have overtaken."""
        import_module("companies.wanted")
