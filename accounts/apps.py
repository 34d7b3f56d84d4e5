from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        """Have other sessions end with a second factor, and others told when an address falls silent."""
        import_module("accounts.signals")
        import_module("accounts.silence")
