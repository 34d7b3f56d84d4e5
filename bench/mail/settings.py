"""The portal's own settings, for the outbox alone: the beat ticks mail and nothing else, and sooner.

A measure cannot wait 15 seconds for each tick. What a tick does is not changed.
"""

from solidarite.settings import *  # noqa: F403

TICK_SECONDS = 2.0
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": TICK_SECONDS, "options": {"expires": 15}}
    for name, task in [("deliver mail", "mail.tasks.deliver"), ("tell digests", "mail.tasks.tell_digests")]
}
