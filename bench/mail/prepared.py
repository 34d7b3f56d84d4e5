"""Imported once by the process from which others are forked: what they would each load first."""

import django

django.setup()

from bench.mail.messages import FACTS  # noqa: E402  # models only after the set-up
from mail.models import Message  # noqa: E402
from mail.rendering import render  # noqa: E402

render(Message(pk=1, template="booking_confirmed", to_email="ana@example.org", context=FACTS, message_id="<1@a.org>"))
