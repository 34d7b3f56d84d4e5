"""Booking over HTTP: how fast, how many statements, and what becomes of people who race for one slot."""
