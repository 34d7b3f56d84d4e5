from importlib import import_module

from django.apps import AppConfig


class AssociationsConfig(AppConfig):
    name = "associations"
    verbose_name = "Associations"

    def ready(self) -> None:
        """Have the outbox ask us before it sends what facts may have overtaken."""
        import_module("associations.wanted")
