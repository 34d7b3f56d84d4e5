"""Services of somebody else over HTTP: never waited for long, never trusted, never asked too often."""

from territories.outward.service import Service, Unavailable, UnreadableAnswer

__all__ = ["Service", "Unavailable", "UnreadableAnswer"]
