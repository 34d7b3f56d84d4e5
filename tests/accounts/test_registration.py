"""An organisation is entered once, however often its form is sent and by however many people at once."""

from __future__ import annotations

import datetime as dt
from functools import partial

from accounts.actions.registration import RnaAlreadyRegistered
from accounts.models import User
from associations import actions as associations
from associations.models import Association
from companies import actions as companies
from companies.models import Company
from tests import factories
from tests.races import at_once


def enter(by: User, now: dt.datetime, **fields: str) -> None:
    company = Company(**{"name": "Double Clic", "legal_form": "company", "commune_id": factories.LILLE, **fields})
    companies.register_company(company=company, by=by, now=now)


def test_form_sent_twice_is_one_registration(now: dt.datetime, committed: None) -> None:
    owner = factories.make_user()
    assert at_once(*[partial(enter, owner, now)] * 4) == {"done": 4}
    assert Company.objects.get().slug == "double-clic"


def test_same_name_in_several_places_at_once(now: dt.datetime, committed: None) -> None:
    moves = [
        partial(enter, factories.make_user(), now, commune_id=commune)
        for commune in (factories.LILLE, factories.ROUBAIX, factories.NOUMEA)
    ]
    assert at_once(*moves) == {"done": 3}
    assert sorted(Company.objects.values_list("slug", flat=True)) == ["double-clic", "double-clic-2", "double-clic-3"]


def test_same_number_at_once_is_refused_to_the_second(now: dt.datetime, committed: None) -> None:
    moves = [partial(enter, factories.make_user(), now, siren="356000000") for _ in range(3)]
    assert at_once(*moves) == {"done": 1, "AlreadyRegistered": 2}


def test_registration_number_at_once_is_refused_beside_its_field(now: dt.datetime, committed: None) -> None:
    moves = [partial(enter, factories.make_user(), now, name=name, rna="W751234567") for name in ("Un", "Deux")]
    assert at_once(*moves) == {"done": 1, "RnaAlreadyRegistered": 1}
    assert RnaAlreadyRegistered.field == "rna"


def test_associations_too(now: dt.datetime, committed: None) -> None:
    owner = factories.make_user()

    def once() -> None:
        new = Association(name="Les Clics", legal_form="association", commune_id=factories.LILLE)
        associations.register_association(association=new, by=owner, now=now)

    assert at_once(*[once] * 3) == {"done": 3}
    assert Association.objects.count() == 1
