"""What was promised to be posted: written with its cause, claimed with a lease, never lost and never marked wrongly.

States: pending (something is owed), sent (the post shows what is wanted), withdrawn (taken back before anything
was sent), dead (cannot be delivered). A claim is one guarded statement: whoever's epoch is no longer the
row's has lost the lease and can record nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select, update

from storage.database import Reading, Writing
from storage.tables import conversation, outbox


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row that this process, and no other, may deliver until its lease ends."""

    id: int
    epoch: int
    wanted: int
    content: dict[str, Any]
    activity_id: str | None
    attempts: int
    """How often it was tried before."""
    conversation: int
    teams_id: str
    service_url: str


def promise(
    writing: Writing, *, key: str, conversation_id: int, event_id: int, content: dict[str, Any], now: datetime
) -> None:
    """Owe a post. `key` is unique for ever, so that one cause owes one post however often it is told."""
    writing.connection.execute(
        insert(outbox).values(
            tenant=writing.tenant,
            key=key,
            conversation=conversation_id,
            event=event_id,
            content=content,
            state="pending",
            due_at=now,
        )
    )


def correct(writing: Writing, event_id: int, content_for: Callable[[str], dict[str, Any]], now: datetime) -> int:
    """Make the posts of an event say something else; how many. What nobody tried to send yet is withdrawn.

    `content_for` takes the language of the old content.
    """
    rows = writing.connection.execute(
        select(outbox)
        .where(outbox.c.tenant == writing.tenant, outbox.c.event == event_id, outbox.c.state.in_(("pending", "sent")))
        .with_for_update()
    ).all()
    for row in rows:
        untouched = row.activity_id is None and row.attempts == 0 and row.owner is None
        values: dict[str, Any] = (
            {"state": "withdrawn"}
            if untouched
            else {
                "content": content_for(row.content.get("language", "")),
                "wanted": row.wanted + 1,
                "state": "pending",
                "due_at": now,
            }
        )
        here = (outbox.c.tenant == writing.tenant, outbox.c.id == row.id)
        writing.connection.execute(update(outbox).where(*here).values(**values))
    return len(rows)


def claim(writing: Writing, *, owner: str, now: datetime, lease: timedelta, limit: int = 20) -> list[Claim]:
    """Rows that are due and nobody holds, now held by `owner` until `now + lease`.

    At most one row of a conversation is held at a time, so that its posts keep their order and do not collide.
    """
    other = outbox.alias("other")
    ready = and_(
        outbox.c.tenant == writing.tenant,
        outbox.c.state == "pending",
        outbox.c.due_at <= now,
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < now),
        ~exists().where(
            other.c.tenant == writing.tenant,
            other.c.conversation == outbox.c.conversation,
            other.c.id != outbox.c.id,
            other.c.leased_until >= now,
        ),
    )
    candidates = writing.connection.execute(
        select(outbox, conversation.c.teams_id, conversation.c.service_url)
        .join(conversation, conversation.c.id == outbox.c.conversation)
        .where(ready)
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
        # The conversation is locked too: two processes that look at once never hold two of its rows.
        .with_for_update(of=[outbox, conversation], key_share=True, skip_locked=True)
    ).all()
    claims = []
    for row in candidates:
        taken = (
            update(outbox)
            .where(outbox.c.id == row.id, outbox.c.epoch == row.epoch, ready)
            .values(owner=owner, epoch=row.epoch + 1, leased_until=now + lease, attempts=row.attempts + 1)
        )
        if writing.connection.execute(taken).rowcount == 1:
            claims.append(
                Claim(
                    id=row.id,
                    epoch=row.epoch + 1,
                    wanted=row.wanted,
                    content=row.content,
                    activity_id=row.activity_id,
                    attempts=row.attempts,
                    conversation=row.conversation,
                    teams_id=row.teams_id,
                    service_url=row.service_url,
                )
            )
    return claims


def mark_shown(writing: Writing, held: Claim, activity_id: str, now: datetime) -> bool:
    """Delivered. False where the lease was lost. What was corrected meanwhile stays owed, as an update of this post."""
    free = {"owner": None, "leased_until": None, "activity_id": activity_id, "shown": held.wanted, "problem": ""}
    sent = (
        update(outbox)
        .where(_holds(writing, held), outbox.c.wanted == held.wanted)
        .values(**free, state="sent", attempts=0)
    )
    if writing.connection.execute(sent).rowcount == 1:
        return True
    corrected = update(outbox).where(_holds(writing, held)).values(**free, attempts=0, due_at=now)
    return writing.connection.execute(corrected).rowcount == 1


def put_back(writing: Writing, held: Claim, *, due_at: datetime, problem: str) -> bool:
    """Not delivered this time: try again from `due_at`."""
    values = {"owner": None, "leased_until": None, "due_at": due_at, "problem": problem[:200]}
    return writing.connection.execute(update(outbox).where(_holds(writing, held)).values(**values)).rowcount == 1


def hold_back(writing: Writing, conversation_id: int | None, until: datetime) -> None:
    """Send nothing to this conversation (None: to nobody) before `until`."""
    waiting = [outbox.c.tenant == writing.tenant, outbox.c.state == "pending", outbox.c.due_at < until]
    if conversation_id is not None:
        waiting.append(outbox.c.conversation == conversation_id)
    writing.connection.execute(update(outbox).where(*waiting).values(due_at=until))


def give_up_all(writing: Writing, conversation_id: int, *, problem: str) -> None:
    """What is owed to this conversation cannot be delivered; what is being sent just now may still say that it was."""
    here = (outbox.c.tenant == writing.tenant, outbox.c.conversation == conversation_id)
    owed = (*here, outbox.c.state == "pending")
    writing.connection.execute(update(outbox).where(*owed).values(state="dead", problem=problem[:200]))


def give_up(writing: Writing, held: Claim, *, problem: str) -> bool:
    """Cannot be delivered, now or later."""
    values = {"owner": None, "leased_until": None, "state": "dead", "problem": problem[:200]}
    return writing.connection.execute(update(outbox).where(_holds(writing, held)).values(**values)).rowcount == 1


def list_states(reading: Reading) -> dict[str, int]:
    """How many rows are in each state."""
    rows = reading.connection.execute(select(outbox.c.state).where(outbox.c.tenant == reading.tenant)).scalars()
    counts: dict[str, int] = {}
    for state in rows:
        counts[state] = counts.get(state, 0) + 1
    return counts


def _holds(writing: Writing, held: Claim) -> ColumnElement[bool]:
    return and_(
        outbox.c.tenant == writing.tenant,
        outbox.c.id == held.id,
        outbox.c.epoch == held.epoch,
        outbox.c.owner.is_not(None),
    )
