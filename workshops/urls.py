"""Addresses of the search, of bookings and of workshops."""

from django.urls import path

from workshops.views import (
    answers,
    booking,
    bookings,
    calendars,
    closing,
    moving,
    reports,
    search,
    series,
    slots,
    volunteers,
)

app_name = "workshops"

company = "entreprises/<slug:slug>/"
association = "associations/<slug:slug>/"

urlpatterns = [
    path("creneaux/", search.search, name="search"),
    path("creneaux/<int:slot_id>/", search.slot, name="slot"),
    path("creneaux/<int:slot_id>/reserver/", booking.book, name="book"),
    path("creneaux/<int:slot_id>/attendre/", booking.wait, name="waitlist_join"),
    path("demandes/", search.requests, name="requests"),
    path("ateliers/accord/<str:token>/", answers.agreement, name="agreement"),
    path("reservations/repondre/<str:token>/", answers.answer, name="answer"),
    path("reservations/prendre/<str:token>/", answers.hold, name="hold"),
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
    path(f"{company}creneaux/", slots.company_slots, name="company_slots"),
    path(f"{company}creneaux/<int:slot_id>/modifier/", series.slot_change, name="slot_change"),
    path(f"{company}fermer/", closing.everything, name="company_close"),
    path(f"{company}sites/<int:site_id>/fermer/", closing.site, name="site_close"),
    path(f"{company}salles/<int:room_id>/fermer/", closing.room, name="room_close"),
    path(f"{company}series/<int:series_id>/", series.detail, name="series"),
    path(f"{company}series/<int:series_id>/arreter/", series.end, name="series_end"),
    path(f"{company}series/<int:series_id>/ouvrir/", series.date_open, name="series_date_open"),
    path(f"{company}series/<int:series_id>/confirmer/", series.confirm, name="series_confirm"),
    path(f"{company}creneaux/<int:slot_id>/retirer/", slots.slot_withdraw, name="slot_withdraw"),
    path(f"{company}reservations/<int:booking_id>/", bookings.company_booking, name="company_booking"),
    path(f"{company}reservations/<int:booking_id>/accepter/", bookings.booking_accept, name="booking_accept"),
    path(f"{company}reservations/<int:booking_id>/decliner/", bookings.booking_decline, name="booking_decline"),
    path(f"{company}reservations/<int:booking_id>/annuler/", bookings.company_cancel, name="company_cancel"),
    path(f"{company}reservations/<int:booking_id>/deplacer/", moving.company_move, name="company_move"),
    path(f"{company}reservations/<int:booking_id>/accord/", bookings.company_agree, name="company_agree"),
    path(f"{company}reservations/<int:booking_id>/bilan/", reports.company_report, name="company_report"),
    path(f"{association}reservations/<int:booking_id>/", bookings.association_booking, name="association_booking"),
    path(f"{association}attente/<int:entry_id>/quitter/", booking.wait_no_more, name="association_wait_no_more"),
    path(f"{association}reservations/<int:booking_id>/deplacer/", moving.association_move, name="association_move"),
    path(f"{association}reservations/<int:booking_id>/prendre/", bookings.hold_answer, name="association_hold"),
    path(
        f"{association}reservations/<int:booking_id>/annuler/",
        bookings.association_cancel,
        name="association_cancel",
    ),
    path(
        f"{association}reservations/<int:booking_id>/accord/",
        bookings.association_agree,
        name="association_agree",
    ),
    path(
        f"{association}reservations/<int:booking_id>/bilan/",
        reports.association_report,
        name="association_report",
    ),
]
