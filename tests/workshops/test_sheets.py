"""Sheets to prepare a workshop with, and the guides beside them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.vocabulary import Topic
from workshops.sheets import SHEETS


@pytest.mark.parametrize("topic", Topic)
def test_each_topic_has_a_sheet_that_leads_somewhere(topic: Topic) -> None:
    sheet = SHEETS[topic]
    assert sheet.goals
    assert len(sheet.exercises) >= 3
    assert {urlsplit(one.url).scheme for one in sheet.resources} == {"https"}


def test_sheets_speak_french_as_it_is_printed() -> None:
    words = [line for sheet in SHEETS.values() for line in (*sheet.goals, *sheet.exercises)]
    assert [line for line in words if re.search(r" [:;!?]|'", line)] == []


def test_every_sheet_is_listed_and_shown(client: Client) -> None:
    listed = client.get(reverse("workshops:sheets")).text
    for topic, sheet in SHEETS.items():
        address = reverse("workshops:sheet", args=[topic.value])
        assert address in listed
        page = client.get(address).text
        assert str(topic.label) in page
        assert all(one.url in page for one in sheet.resources)


def test_topic_that_is_none_is_not_found(client: Client) -> None:
    assert client.get("/aide/fiches/poterie/").status_code == 404
