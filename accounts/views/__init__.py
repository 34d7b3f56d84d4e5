"""Pages about members of organisations, and about lost second factors."""

from accounts.views.members import MemberPages

__all__ = ["MemberPages"]
