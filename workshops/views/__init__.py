"""Pages of slots, bookings, workshops and series."""
