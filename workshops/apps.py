from importlib import import_module

from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "workshops"
    verbose_name = "Ateliers"

    def ready(self) -> None:
        """Have the outbox ask us before it sends what facts may have overtaken, and companies who would come."""
        import_module("workshops.wanted")
        import_module("workshops.demand")
