"""Addresses of the search, of bookings and of workshops."""

from django.urls import path

from workshops.views import bookings as views
from workshops.views import calendars, closing, series, volunteers

app_name = "workshops"

company = "entreprises/<slug:slug>/"
association = "associations/<slug:slug>/"

urlpatterns = [
    path("creneaux/", views.search, name="search"),
    path("creneaux/<int:slot_id>/", views.slot, name="slot"),
    path("creneaux/<int:slot_id>/reserver/", views.book, name="book"),
    path("demandes/", views.requests, name="requests"),
    path("ateliers/accord/<str:token>/", views.agreement, name="agreement"),
    path("benevolat/", volunteers.volunteering, name="volunteering"),
    path("benevolat/reperes/", volunteers.guidance, name="guidance"),
    path("benevolat/<int:slot_id>/participer/", volunteers.join, name="volunteer_join"),
    path("benevolat/<int:slot_id>/renoncer/", volunteers.leave, name="volunteer_leave"),
    path("benevolat/<int:slot_id>/remplacement/", volunteers.ask_stand_in, name="stand_in_ask"),
    path("benevolat/series/<int:series_id>/participer/", volunteers.join_series, name="volunteer_join_series"),
    path("benevolat/places/<int:promise_id>/prendre/", volunteers.take_over, name="stand_in_take"),
    path("agenda/", calendars.feeds, name="feeds"),
    path("agenda/ouvrir/", calendars.feed_open, name="feed_open"),
    path("agenda/fermer/", calendars.feed_close, name="feed_close"),
    path("agenda/sites/<int:site_id>/ouvrir/", calendars.feed_open, name="site_feed_open"),
    path("agenda/sites/<int:site_id>/fermer/", calendars.feed_close, name="site_feed_close"),
    path("agenda/<str:token>.ics", calendars.feed, name="feed"),
    path(f"{company}calendrier/", calendars.agenda, name="agenda"),
    path(f"{company}salles/<int:room_id>/agenda/", calendars.room_calendar, name="room_calendar"),
    path(f"{company}salles/<int:room_id>/agenda/oublier/", calendars.room_calendar_forget, name="room_calendar_forget"),
    path(f"{company}benevoles/", volunteers.volunteers, name="volunteers"),
    path(f"{company}benevoles/<int:membership_id>/accord/", volunteers.consent, name="volunteer_consent"),
    path(f"{company}creneaux/", views.company_slots, name="company_slots"),
    path(f"{company}creneaux/<int:slot_id>/modifier/", series.slot_change, name="slot_change"),
    path(f"{company}fermer/", closing.everything, name="company_close"),
    path(f"{company}sites/<int:site_id>/fermer/", closing.site, name="site_close"),
    path(f"{company}salles/<int:room_id>/fermer/", closing.room, name="room_close"),
    path(f"{company}series/<int:series_id>/", series.detail, name="series"),
    path(f"{company}series/<int:series_id>/arreter/", series.end, name="series_end"),
    path(f"{company}series/<int:series_id>/ouvrir/", series.date_open, name="series_date_open"),
    path(f"{company}series/<int:series_id>/confirmer/", series.confirm, name="series_confirm"),
    path(f"{company}creneaux/<int:slot_id>/retirer/", views.slot_withdraw, name="slot_withdraw"),
    path(f"{company}reservations/<int:booking_id>/", views.company_booking, name="company_booking"),
    path(f"{company}reservations/<int:booking_id>/accepter/", views.booking_accept, name="booking_accept"),
    path(f"{company}reservations/<int:booking_id>/decliner/", views.booking_decline, name="booking_decline"),
    path(f"{company}reservations/<int:booking_id>/annuler/", views.company_cancel, name="company_cancel"),
    path(f"{company}reservations/<int:booking_id>/accord/", views.company_agree, name="company_agree"),
    path(f"{company}reservations/<int:booking_id>/bilan/", views.company_report, name="company_report"),
    path(f"{association}reservations/<int:booking_id>/", views.association_booking, name="association_booking"),
    path(
        f"{association}reservations/<int:booking_id>/annuler/",
        views.association_cancel,
        name="association_cancel",
    ),
    path(
        f"{association}reservations/<int:booking_id>/accord/",
        views.association_agree,
        name="association_agree",
    ),
    path(
        f"{association}reservations/<int:booking_id>/bilan/",
        views.association_report,
        name="association_report",
    ),
]
