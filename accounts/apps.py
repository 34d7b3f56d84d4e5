from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        """Have other sessions end when somebody gives themselves a second factor."""
        import_module("accounts.signals")
