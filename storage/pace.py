"""How fast Teams lets us speak: when the next post to a conversation may leave, over all our processes together.

It keeps the moments of the last hour's posts; it sends nothing, and never decides what is sent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from storage.database import Reading, Writing
from storage.tables import sending

CONVERSATION = ((1, 6), (2, 7), (30, 55), (3600, 1_700))
"""(seconds, posts): a little below what Teams allows (7, 8, 60, 1,800), because answers go to the same conversation."""
TENANT = ((1, 45),)
"""Teams allows 50."""
_HOUR = timedelta(hours=1)
_SKEW = timedelta(seconds=5)
"""Clocks of two machines differ; a clock that jumped back must not keep everybody silent."""


def free_from(sent: Sequence[datetime], limits: Sequence[tuple[int, int]], now: datetime) -> datetime:
    """The first moment from `now` on at which one more keeps to every limit; `sent` has the newest first."""
    free = now
    for seconds, most in limits:
        if len(sent) >= most:
            free = max(free, sent[most - 1] + timedelta(seconds=seconds))
    return free


def may_send_from(reading: Reading, conversation_id: int, now: datetime) -> datetime:
    """When the next post to this conversation may leave."""
    recent = (sending.c.tenant == reading.tenant, sending.c.at <= now + _SKEW, sending.c.at > now - _HOUR)
    here = select(sending.c.at).where(*recent, sending.c.conversation == conversation_id)
    everywhere = select(sending.c.at).where(*recent)
    return max(
        free_from(list(reading.connection.scalars(newest_first.order_by(sending.c.at.desc()).limit(most))), limits, now)
        for newest_first, limits, most in (
            (here, CONVERSATION, CONVERSATION[-1][1]),
            (everywhere, TENANT, TENANT[-1][1]),
        )
    )


def note_sending(writing: Writing, conversation_id: int, now: datetime) -> None:
    """One more leaves; what is older than an hour is forgotten."""
    old = (sending.c.tenant == writing.tenant, sending.c.conversation == conversation_id, sending.c.at < now - _HOUR)
    writing.connection.execute(delete(sending).where(*old))
    writing.add(sending, tenant=writing.tenant, conversation=conversation_id, at=now)
