"""A real hotel's bookings, played again as evenings: see `bench/README.md`, « Replaying real bookings »."""

from bench.replay.measures import measure

__all__ = ["measure"]
