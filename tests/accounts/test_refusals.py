import pytest
from django.db import IntegrityError

from accounts.models import User
from accounts.refusals import Refused, refusing
from tests import factories


@pytest.mark.django_db
def test_violation_becomes_its_refusal_and_the_transaction_goes_on() -> None:
    user = factories.make_user()
    with (
        pytest.raises(Refused, match="déjà inscrite"),
        refusing({"accounts_user_email_key": Refused("Adresse déjà inscrite.")}),
    ):
        User.objects.create(email=user.email)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_violation_of_another_constraint_goes_on_as_it_is() -> None:
    with pytest.raises(IntegrityError), refusing({"another": Refused("Autre chose.")}):
        User.objects.create(email="Capitale@example.org")
