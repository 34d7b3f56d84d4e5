"""Photographs of rooms: added, taken away."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from companies.models import Room, RoomPhoto
from companies.models.photos import MOST_PHOTOS
from companies.photos import UnusablePhoto, clean_photo


class PhotoRefused(Refused):
    """The file is no picture that can be shown. The text says why."""

    field = "file"


class TooManyPhotos(Refused):
    """A room has six at most."""


@transaction.atomic
def add_photo(*, room: Room, file: bytes, description: str, by: User, now: dt.datetime) -> RoomPhoto:
    """Keep a photograph of a room, encoded anew.

    Raises:
        PhotoRefused, TooManyPhotos: nothing is kept.
    """
    try:
        photo = clean_photo(file)
    except UnusablePhoto as error:
        raise PhotoRefused(str(error)) from error
    Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    taken = set(RoomPhoto.objects.filter(room=room).values_list("position", flat=True))
    position = next((number for number in range(1, MOST_PHOTOS + 1) if number not in taken), None)
    if position is None:
        raise TooManyPhotos(f"Cette salle a déjà {MOST_PHOTOS} photos\u00a0: retirez-en une d’abord.")
    kept = RoomPhoto(
        room=room,
        position=position,
        width=photo.width,
        height=photo.height,
        description=description,
        created_at=now,
        created_by=by,
    )
    kept.file.save("photo.webp", ContentFile(photo.data), save=False)
    try:
        kept.save()
    except BaseException:
        kept.file.delete(save=False)
        raise
    return kept


@transaction.atomic
def remove_photo(*, photo: RoomPhoto) -> None:
    """Take a photograph away; its file goes once that is certain."""
    stored, name = photo.file.storage, str(photo.file.name)
    photo.delete()
    transaction.on_commit(lambda: stored.delete(name))
