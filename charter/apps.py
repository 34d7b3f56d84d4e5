from importlib import import_module

from django.apps import AppConfig


class CharterConfig(AppConfig):
    name = "charter"
    verbose_name = "Charte"

    def ready(self) -> None:
        """Have those told whom a silent signatory concerns, and say which mails are overtaken."""
        import_module("charter.silence")
        import_module("charter.wanted")
