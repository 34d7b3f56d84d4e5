"""Addresses of a company's own pages."""

from django.urls import path

from companies import views
from companies.views import openings, places, volunteers

app_name = "companies"
urlpatterns = [
    *views.member_pages.urls(),
    path("inscrire/", views.company_create, name="create"),
    path("series/confirmer/<str:token>/", openings.series_confirm, name="series_confirm"),
    path("<slug:slug>/benevole/", volunteers.profile, name="volunteer_profile"),
    path("<slug:slug>/series/", openings.series, name="series"),
    path("<slug:slug>/sites/", places.sites, name="sites"),
    path("<slug:slug>/sites/nouveau/", places.site_create, name="site_create"),
    path("<slug:slug>/sites/adresses/", places.addresses, name="addresses"),
    path("<slug:slug>/sites/<int:site_id>/modifier/", places.site_edit, name="site_edit"),
    path("<slug:slug>/sites/<int:site_id>/rouvrir/", places.site_reopen, name="site_reopen"),
    path("<slug:slug>/sites/<int:site_id>/position/", places.site_position, name="site_position"),
    path("<slug:slug>/sites/<int:site_id>/accessibilite/", places.site_accessibility, name="site_accessibility"),
    path("<slug:slug>/sites/<int:site_id>/acces/", places.site_access, name="site_access"),
    path("photos/<int:photo_id>.webp", places.photo, name="photo"),
    path("<slug:slug>/salles/<int:room_id>/photos/", places.room_photos, name="room_photos"),
    path("<slug:slug>/photos/<int:photo_id>/retirer/", places.photo_remove, name="photo_remove"),
    path("<slug:slug>/salles/<int:room_id>/modifier/", places.room_edit, name="room_edit"),
    path("<slug:slug>/salles/<int:room_id>/rouvrir/", places.room_reopen, name="room_reopen"),
    path("<slug:slug>/sites/<int:site_id>/salles/nouvelle/", places.room_create, name="room_create"),
    path("<slug:slug>/salles/<int:room_id>/ouvrir/", openings.availability_create, name="availability_create"),
]
