"""Periodic edges of what spans apps."""

from celery import shared_task
from django.conf import settings

from accounts.registry.lookups import look_up_missing
from associations.models import Association
from charter.models import Signature
from territories import clock

FILES_AHEAD = 200


@shared_task
def look_up_registry() -> int:
    """Have the registry's facts ready before a moderator opens a file."""
    if not settings.REGISTRY_URL:
        return 0
    signatures = Signature.objects.awaiting_decision().exclude(company__siren="")
    associations = Association.objects.awaiting_decision().exclude(siren="")
    sirens = [
        *signatures.values_list("company__siren", flat=True)[:FILES_AHEAD],
        *associations.values_list("siren", flat=True)[:FILES_AHEAD],
    ]
    return look_up_missing(sirens=sirens, now=clock.now())
