"""Addresses of an association's own pages."""

from django.urls import path

from associations import views

app_name = "associations"
urlpatterns = [
    *views.member_pages.urls(),
    path("inscrire/", views.association_create, name="create"),
    path("demandes/garder/<str:token>/", views.request_keep_by_link, name="request_keep_by_link"),
    path("<slug:slug>/modifier/", views.association_edit, name="edit"),
    path("<slug:slug>/assurance/", views.insurance, name="insurance"),
    path("<slug:slug>/assurance/<int:certificate_id>/", views.insurance_file, name="insurance_file"),
    path("<slug:slug>/assurance/<int:certificate_id>/ecarter/", views.insurance_withdraw, name="insurance_withdraw"),
    path("<slug:slug>/demandes/", views.requests, name="requests"),
    path("<slug:slug>/demandes/nouvelle/", views.request_create, name="request_create"),
    path("<slug:slug>/demandes/<int:request_id>/garder/", views.request_keep, name="request_keep"),
]
