"""Delivering what is owed: which row is whose for now, and what became of it.

A claim is one guarded statement: whoever's epoch is no longer the row's has lost the lease and can record nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from storage.database import Writing
from storage.outbox import ONCE, OWED, tell_cause
from storage.pace import may_send_from, note_sending
from storage.tables import conversation, outbox

_FREE: dict[str, Any] = {"owner": None, "leased_until": None}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A row that this process, and no other, may deliver until its lease ends."""

    id: int
    epoch: int
    kind: str
    reference: str
    wanted: int
    content: dict[str, Any]
    activity_id: str | None
    attempts: int
    """How often it was tried before."""
    is_repeated: bool
    """It may have arrived before: nobody knows."""
    conversation: int
    teams_id: str
    """Of the conversation, or of the thread it belongs to."""
    service_url: str


def claim(writing: Writing, *, owner: str, now: datetime, lease: timedelta, limit: int = 20) -> list[Claim]:
    """Rows that are due and nobody holds, now held by `owner` until `now + lease`.

    At most one row of a conversation is held at a time, in the order in which they were promised and no faster than
    Teams allows.
    """
    ready = _ready(writing.tenant, now)
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
        free = may_send_from(writing, row.conversation, now)
        if free > now:
            hold_back(writing, row.conversation, free)
            continue
        was_left = row.owner is not None and not row.activity_id
        if was_left and row.kind in ONCE:
            _leave(writing, row)
            continue
        values = {"owner": owner, "epoch": row.epoch + 1, "leased_until": now + lease, "attempts": row.attempts + 1}
        if was_left:
            values |= {"state": "uncertain", "uncertain": row.uncertain + 1}
        taken = (
            update(outbox)
            .where(outbox.c.tenant == writing.tenant, outbox.c.id == row.id, outbox.c.epoch == row.epoch, ready)
            .values(**values)
        )
        if writing.connection.execute(taken).rowcount == 1:
            note_sending(writing, row.conversation, now)
            claims.append(_claimed(writing, row, was_left))
    return claims


def _ready(tenant: str, now: datetime) -> ColumnElement[bool]:
    other = outbox.alias("other")
    same = and_(other.c.tenant == tenant, other.c.conversation == outbox.c.conversation, other.c.id != outbox.c.id)
    # What was posted once and is to be corrected holds nobody up; neither does what is no longer worth sending.
    before = and_(
        other.c.id < outbox.c.id,
        _may_go(other),
        other.c.activity_id.is_(None),
        or_(other.c.worth_until.is_(None), other.c.worth_until >= now),
    )
    return and_(
        outbox.c.tenant == tenant,
        _may_go(outbox),
        outbox.c.due_at <= now,
        or_(outbox.c.worth_until.is_(None), outbox.c.worth_until >= now, outbox.c.activity_id.is_not(None)),
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < now),
        ~exists().where(same, or_(other.c.leased_until >= now, before)),
    )


def _may_go(table: Any) -> ColumnElement[bool]:
    again = and_(table.c.state == "uncertain", table.c.kind.not_in(ONCE))
    return or_(table.c.state == "pending", again)


def _claimed(writing: Writing, row: Any, was_left: bool) -> Claim:
    thread = None
    if row.parent is not None:
        parent = select(outbox.c.activity_id).where(outbox.c.tenant == writing.tenant, outbox.c.id == row.parent)
        thread = writing.connection.execute(parent).scalar()
    return Claim(
        id=row.id,
        epoch=row.epoch + 1,
        kind=row.kind,
        reference=row.reference,
        wanted=row.wanted,
        content=row.content,
        # Teams may take a post and keep its number to itself.
        activity_id=row.activity_id or None,
        attempts=row.attempts,
        is_repeated=was_left or row.uncertain > 0,
        conversation=row.conversation,
        teams_id=f"{row.teams_id};messageid={thread}" if thread else row.teams_id,
        service_url=row.service_url,
    )


def mark_shown(writing: Writing, held: Claim, activity_id: str, now: datetime) -> bool:
    """Delivered. False where the lease was lost. What was corrected meanwhile stays owed, as an update of this post."""
    free = _FREE | {"activity_id": activity_id, "shown": held.wanted, "problem": "", "sent_at": now, "attempts": 0}
    sent = update(outbox).where(_holds(writing, held), outbox.c.wanted == held.wanted).values(**free, state="sent")
    if writing.connection.execute(sent).rowcount == 1:
        return True
    corrected = update(outbox).where(_holds(writing, held)).values(**free, due_at=now, state="pending")
    return writing.connection.execute(corrected).rowcount == 1


def put_back(writing: Writing, held: Claim, *, due_at: datetime, problem: str, uncertain: bool = False) -> bool:
    """Not delivered this time, or nobody knows (`uncertain`): try again from `due_at`."""
    values: dict[str, Any] = _FREE | {"due_at": due_at, "problem": problem[:200]}
    if uncertain and held.activity_id is None:
        # An update repeats nothing, whatever became of it.
        values |= {"state": "uncertain", "uncertain": outbox.c.uncertain + 1}
    return writing.connection.execute(update(outbox).where(_holds(writing, held)).values(**values)).rowcount == 1


def hold_back(writing: Writing, conversation_id: int | None, until: datetime) -> None:
    """Send nothing to this conversation (None: to nobody) before `until`."""
    waiting = [outbox.c.tenant == writing.tenant, outbox.c.state.in_(OWED), outbox.c.due_at < until]
    if conversation_id is not None:
        waiting.append(outbox.c.conversation == conversation_id)
    writing.connection.execute(update(outbox).where(*waiting).values(due_at=until))


def throttled(writing: Writing, conversation_id: int, now: datetime, until: datetime) -> None:
    """Teams asked to wait: that conversation does; where a second one is asked at the same time, the tenant does."""
    here = (conversation.c.tenant == writing.tenant, conversation.c.id == conversation_id)
    writing.connection.execute(update(conversation).where(*here).values(throttled_until=until))
    others = select(conversation.c.id).where(
        conversation.c.tenant == writing.tenant,
        conversation.c.id != conversation_id,
        conversation.c.throttled_until > now,
    )
    everybody = writing.connection.execute(others.limit(1)).first() is not None
    hold_back(writing, None if everybody else conversation_id, until)


def give_up(writing: Writing, held: Claim, *, problem: str, now: datetime) -> bool:
    """Cannot be delivered, now or later; whoever caused it is told."""
    row = writing.connection.execute(select(outbox).where(_holds(writing, held))).first()
    if row is None:
        return False
    values = _FREE | {"state": "dead", "problem": problem[:200]}
    writing.connection.execute(update(outbox).where(_holds(writing, held)).values(**values))
    tell_cause(writing, row, problem, now)
    return True


def leave_uncertain(writing: Writing, held: Claim, *, problem: str) -> bool:
    """Nobody knows whether it arrived, and it is not sent again."""
    values = _FREE | {"state": "uncertain", "uncertain": outbox.c.uncertain + 1, "problem": problem[:200]}
    return writing.connection.execute(update(outbox).where(_holds(writing, held)).values(**values)).rowcount == 1


def _leave(writing: Writing, row: Any) -> None:
    values = _FREE | {"state": "uncertain", "uncertain": row.uncertain + 1, "problem": "the process ended"}
    mine = (outbox.c.tenant == writing.tenant, outbox.c.id == row.id, outbox.c.epoch == row.epoch)
    writing.connection.execute(update(outbox).where(*mine).values(**values, epoch=row.epoch + 1))


def _holds(writing: Writing, held: Claim) -> ColumnElement[bool]:
    return and_(
        outbox.c.tenant == writing.tenant,
        outbox.c.id == held.id,
        outbox.c.epoch == held.epoch,
        outbox.c.owner.is_not(None),
    )
