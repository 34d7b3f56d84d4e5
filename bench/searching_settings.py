"""The portal's own settings as in production, and two views of the measures beside its own."""

from bench.booking.settings import *  # noqa: F403

ROOT_URLCONF = "bench.searching_urls"
