from django.apps import AppConfig


class SolidariteConfig(AppConfig):
    name = "solidarite"
    verbose_name = "Portail"

    def ready(self) -> None:
        from solidarite import checks  # noqa: F401, PLC0415  # registers itself once apps are loaded
