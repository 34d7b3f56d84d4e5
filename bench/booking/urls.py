"""The portal's addresses, and those of what it is measured against."""

from django.urls import include, path

from bench.booking import views

urlpatterns = [
    path("bench/un/<int:slot_id>/", views.in_one_statement),
    path("bench/orm/<int:slot_id>/", views.through_the_orm),
    path("bench/sans/<int:slot_id>/", views.without_guards),
    path("", include("solidarite.urls")),
]
