"""What tests of workshops may use."""

from tests.mail.conftest import smtp_sink

__all__ = ["smtp_sink"]
