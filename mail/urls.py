"""Addresses behind the links of mails."""

from django.urls import path

from mail import views, webhooks

app_name = "mail"
urlpatterns = [
    path("retours/", webhooks.provider, name="provider"),
    path("<str:token>/", views.preferences, name="preferences"),
    path("<str:token>/stop/", views.unsubscribe, name="unsubscribe"),
]
