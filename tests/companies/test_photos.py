"""Photographs of rooms: what is kept of a file, what is refused, who sees and who takes away."""

from __future__ import annotations

import base64
import datetime as dt
import io
import struct
import zlib
from collections.abc import Callable
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.models import User
from companies import actions
from companies.models import RoomPhoto
from companies.photos import UnusablePhoto, clean_photo
from tests import factories
from tests.factories import World
from tests.pictures import picture
from tests.races import at_once

Visitor = Callable[[User], Client]


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def header_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds nothing."""
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", b"x"))
    told = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(told)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_the_picture_is_kept(kind: str) -> None:
    photo = clean_photo(picture(kind))
    shown = opened(photo.data)
    assert (shown.format, shown.size, len(shown.getexif())) == ("WEBP", (120, 80), 0)
    assert b"Appareil secret" not in photo.data
    assert b"Exif" not in photo.data


def test_picture_is_shown_upright() -> None:
    photo = clean_photo(picture(turned=True))
    assert (photo.width, photo.height) == (80, 120)
    red, _, blue = opened(photo.data).convert("RGB").getpixel((40, 10))  # type: ignore[misc]
    assert (red > 200, blue < 100) == (True, True)


def test_large_picture_is_made_smaller() -> None:
    photo = clean_photo(picture(size=(4000, 1000)))
    assert (photo.width, photo.height) == (1600, 400)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "au format JPEG"),
        (b"<svg onload=alert(1)>", "au format JPEG"),
        (b"GIF89a" + b"\0" * 50, "au format JPEG"),
        (b"%PDF-1.7", "au format JPEG"),
        (picture()[:600], "abîmée"),
        (header_of(100, 100), "abîmée"),
        (header_of(60_000, 60_000), "trop de pixels"),
        (b"\xff" * 5_000_001, "dépasse 5"),
    ],
)
def test_what_is_no_picture_says_why(file: bytes, said: str) -> None:
    with pytest.raises(UnusablePhoto) as refusal:
        clean_photo(file)
    assert said in str(refusal.value)


@pytest.mark.filterwarnings("ignore::UserWarning")  # the library warns of what it then leaves out
@given(st.integers(0, 700), st.binary(min_size=1, max_size=8))
def test_damaged_picture_never_crashes(at: int, bytes_: bytes) -> None:
    whole = picture()
    try:
        clean_photo(whole[:at] + bytes_ + whole[at + len(bytes_) :])
    except UnusablePhoto:
        return


# A picture of ours whose EXIF says that it is longer than the file.
BROKEN_EXIF = base64.b64decode(
    "UklGRrQAAABXRUJQVlA4WAoAAAAIAAAAOwAAJwAAVlA4ICwAAABQAwCdASo8ACgAPm02mEkkIyKhIqgAgA2JaQAAE/GOHwhFgAD+"
    "+5zAAAAAAEVYSUZiAAAATU0AKgAAAAgAAwFUAAIAAAAGAAAAMgESAAMAAAABAAYAAIglAAQAAAABAAAAOAAAAABNYWtlcgAAAQAC"
    "AAUAAAADAAAASgAAAAAAAAAwAAAAAQAAAAIAAAABAAAAAQAAAAE="
)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damaged_exif_is_a_refusal_too() -> None:
    with pytest.raises(UnusablePhoto, match="abîmée"):
        clean_photo(BROKEN_EXIF)


def add(world: World, now: dt.datetime) -> RoomPhoto:
    return actions.add_photo(
        room=world.room, file=picture(), description="Six tables.", by=world.company_owner, now=now
    )


def test_room_has_six_photos_at_most_and_a_place_becomes_free(
    world: World, now: dt.datetime, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    photos = [add(world, now) for _ in range(6)]
    with pytest.raises(actions.TooManyPhotos):
        add(world, now)
    stored, name = photos[2].file.storage, str(photos[2].file.name)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        actions.remove_photo(photo=photos[2])
    assert not stored.exists(name)
    assert add(world, now).position == 3


def test_last_place_goes_to_one_of_many_at_once(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    for _ in range(5):
        add(world, now)
    assert at_once(*[partial(add, world, now)] * 4) == {"done": 1, "TooManyPhotos": 3}


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE companies_roomphoto SET position = 7", "room_photos_few"),
        ("UPDATE companies_roomphoto SET position = 0", "room_photos_few"),
        ("UPDATE companies_roomphoto SET description = ''", "room_photo_described"),
        (
            "INSERT INTO companies_roomphoto (room_id, position, file, width, height, description, created_at) "
            "SELECT room_id, position, file, width, height, description, created_at FROM companies_roomphoto",
            "room_photo_place",
        ),
    ],
)
def test_database_keeps_photos_in_order(world: World, now: dt.datetime, change: str, constraint: str) -> None:
    add(world, now)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_photo_is_added_on_the_page_shown_to_everybody_and_taken_away(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.company_owner)
    page = reverse("companies:room_photos", args=[world.company.slug, world.room.pk])
    typed = {"file": SimpleUploadedFile("../../etc/passwd.jpg", picture()), "description": "Six tables."}
    assert client.post(page, typed).status_code == 302
    photo = RoomPhoto.objects.get()
    assert "passwd" not in str(photo.file.name)
    public = Client()
    assert 'alt="Six tables."' in public.get(reverse("workshops:slot", args=[world.slot.pk])).text
    answer = public.get(reverse("companies:photo", args=[photo.pk]))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert opened(answer.content).size == (120, 80)
    client.post(reverse("companies:photo_remove", args=[world.company.slug, photo.pk]))
    assert public.get(reverse("companies:photo", args=[photo.pk])).status_code == 404


@pytest.mark.parametrize(
    ("file", "description", "said"),
    [
        (b"nothing", "Six tables.", "au format JPEG"),
        (picture(), "", "obligatoire"),
        (None, "Six tables.", "obligatoire"),
    ],
)
def test_photo_that_is_none_comes_back(
    world: World, visitor: Visitor, file: bytes | None, description: str, said: str
) -> None:
    page = reverse("companies:room_photos", args=[world.company.slug, world.room.pk])
    given_file = {} if file is None else {"file": SimpleUploadedFile("a.jpg", file)}
    answer = visitor(world.company_owner).post(page, {"description": description, **given_file})
    assert (answer.status_code, said in answer.text) == (422, True)
