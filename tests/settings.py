"""The portal's own settings, on services of the tests' own. What a test changes, it changes by a fixture."""

import os

from tests import services

services.provide()

from solidarite.settings import *  # noqa: E402, F403  # the services must be up before

STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_AUTOREFRESH = True
# Asked for by the tests that are about it.
STAFF_NEED_SECOND_FACTOR = False
# Rate limits and the clock live in the cache: each worker of pytest-xdist has one of its own.
CACHES["default"]["OPTIONS"] = {"db": 2 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])}  # noqa: F405
# A query in a loop fails the test that runs it; `lintmigrations` looks for migrations that lock or lose.
INSTALLED_APPS += ["zeal", "django_migration_linter"]  # noqa: F405
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]  # noqa: F405
# allauth looks a person and their address up again in each step of a form.
ZEAL_ALLOWLIST = [{"model": model, "field": "get()"} for model in ("accounts.User", "account.EmailAddress")]
