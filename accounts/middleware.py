"""What each request tells the database of who acts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware


class WhoActs(HistoryMiddleware):
    """Tells the triggers of the audit which account acts. The address is left out: it may hold a secret."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"user": super().get_context(request)["user"]}
