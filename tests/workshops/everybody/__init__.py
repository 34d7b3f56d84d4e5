"""Everybody does anything, in any order: random sequences of all moves by all actors, each step asked of PostgreSQL."""
