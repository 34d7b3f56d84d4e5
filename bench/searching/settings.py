"""The portal's own settings as in production, with its static files, and two views of the measures beside its own."""

from bench.booking.settings import *  # noqa: F403
from solidarite.embedded.addresses import data_directory

ROOT_URLCONF = "bench.searching.urls"
STATIC_ROOT = data_directory() / "static"
STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"  # noqa: F405
