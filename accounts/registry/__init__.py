"""The national registry of organisations (API Recherche d'entreprises): a port with time-out, breaker and memory.

Sign-up and moderation never depend on it: what it said is kept (`RegistryRecord`), and when it is silent the page
says so. Its facts stand beside what was typed and never replace it.
"""

from accounts.registry.facts import RegistryFacts, RegistryView, facts_for

__all__ = ["RegistryFacts", "RegistryView", "facts_for"]
