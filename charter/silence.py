"""Who hears that the address of somebody who signs a charter refuses our mail."""

from __future__ import annotations

import datetime as dt

from accounts import emails
from charter.models import Signature
from mail import bounces
from mail.models import Suppression


@bounces.when_set_aside
def tell_company(suppression: Suppression, now: dt.datetime) -> None:
    """The company prepared a signature for somebody at this address: the link did not arrive."""
    asked = Signature.objects.filter(signatory_email__iexact=suppression.address, state=Signature.State.DRAFT)
    for signature in asked.select_related("company").order_by("pk"):
        name, company = signature.signatory_name, signature.company
        emails.address_silent(suppression=suppression, name=name, organisation=company, now=now)
