"""Addresses of a company's own pages."""

from django.urls import path

from companies import views

app_name = "companies"
urlpatterns = [
    *views.member_pages.urls(),
    path("inscrire/", views.company_create, name="create"),
    path("series/confirmer/<str:token>/", views.series_confirm, name="series_confirm"),
    path("<slug:slug>/series/", views.series, name="series"),
    path("<slug:slug>/sites/", views.sites, name="sites"),
    path("<slug:slug>/sites/nouveau/", views.site_create, name="site_create"),
    path("<slug:slug>/sites/<int:site_id>/modifier/", views.site_edit, name="site_edit"),
    path("<slug:slug>/salles/<int:room_id>/modifier/", views.room_edit, name="room_edit"),
    path("<slug:slug>/sites/<int:site_id>/salles/nouvelle/", views.room_create, name="room_create"),
    path("<slug:slug>/salles/<int:room_id>/ouvrir/", views.availability_create, name="availability_create"),
]
