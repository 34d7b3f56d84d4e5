"""Addresses of the charter and of its signatories."""

from django.urls import path

from charter import views

app_name = "charter"
urlpatterns = [
    path("charte/", views.current, name="current"),
    path("charte/<int:number>/", views.version, name="version"),
    path("entreprises/<slug:slug>/charte/signer/", views.sign, name="sign"),
    path("signataires/", views.signatories, name="signatories"),
    path("signataires/<slug:slug>/", views.signatory, name="signatory"),
]
