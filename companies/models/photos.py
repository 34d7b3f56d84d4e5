"""Photographs of rooms."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.names import visible
from companies.models.places import Room

MOST_PHOTOS = 6


def photo_path(_photo: RoomPhoto, _name: str) -> str:
    """Where the file is kept: under a name of our own, never under that of the file that came."""
    return f"salles/{uuid.uuid4()}.webp"


class RoomPhoto(models.Model):
    """A photograph of a room, which everybody sees; `description` says it to who does not."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField(editable=False)
    file = models.FileField(upload_to=photo_path, editable=False)
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    description = models.CharField(
        "ce que l’on voit",
        max_length=200,
        validators=[visible],
        help_text="Pour qui ne voit pas la photo\u00a0: «\u00a0Six tables en îlots, un écran au mur\u00a0».",
    )
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "photo d’une salle"
        verbose_name_plural = "photos des salles"
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(name="room_photo_place", fields=["room", "position"]),
            models.CheckConstraint(name="room_photos_few", condition=Q(position__range=(1, MOST_PHOTOS))),
            models.CheckConstraint(name="room_photo_described", condition=~Q(description="")),
        ]

    def __str__(self) -> str:
        return self.description
