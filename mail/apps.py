from importlib import import_module

from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "mail"
    verbose_name = "Courriels"

    def ready(self) -> None:
        """Hear what the provider tells of our mail."""
        import_module("mail.webhooks")
