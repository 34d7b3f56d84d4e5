from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        """Hear of second factors and silent addresses, and say which mails are overtaken."""
        import_module("accounts.signals")
        import_module("accounts.silence")
        import_module("accounts.wanted")
