"""The portal's own settings as in production, and two views of the measures beside its own.

Nothing is changed of what answers a request. Static files have plain names: nobody asks for them.
"""

from solidarite.settings import *  # noqa: F403

ROOT_URLCONF = "bench.booking.urls"
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
# So many clients book for one association in a measure as no association does in life.
BOOKINGS_PER_ASSOCIATION = PENDING_PER_ASSOCIATION = 1_000_000
