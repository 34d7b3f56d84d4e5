from django.apps import AppConfig


class SolidariteConfig(AppConfig):
    name = "solidarite"
    verbose_name = "Portail"
