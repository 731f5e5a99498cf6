"""What was promised to be posted: written with its cause, claimed with a lease, never lost and never marked wrongly.

States: pending (something is owed), uncertain (tried, and nobody knows whether it arrived), held (kept for the next
gathering of its channel), sent (the post shows what is wanted), merged (another post says it), late (was no longer
worth sending), withdrawn (taken back before anything was sent), dead (cannot be delivered).
"""

import base64
import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select, update
from sqlalchemy.exc import IntegrityError

from storage.database import Writing
from storage.notices import owe_notice
from storage.tables import conversation, outbox

COMPLETION, STORY, GATHERING, DIGEST, NOTICE = "completion", "story", "gathering", "digest", "notice"
ONCE = (NOTICE,)
"""Kinds that are never sent again when nobody knows whether they arrived: the next one covers them."""
OWED = ("pending", "uncertain")
WORTH = timedelta(hours=12)
"""How long the news of a completion is worth a post of its own."""


@dataclass(frozen=True, kw_only=True)
class Post:
    """What is owed: once for ever for one kind, subject, recipient and period."""

    kind: str
    subject: str
    conversation: int
    content: dict[str, Any]
    """The finished card: language, summary, card."""
    recipient: str = ""
    """Empty: the conversation. A person keeps their own when their chat changes."""
    period: str = ""
    event: int | None = None
    cause: int | None = None
    """The member who is told when it cannot be delivered."""
    parent: int | None = None
    held: bool = False
    worth_until: datetime | None = None

    @property
    def addressee(self) -> str:
        return self.recipient or f"conversation:{self.conversation}"


def reference_of(tenant: str, kind: str, subject: str, addressee: str, period: str) -> str:
    """The number by which people can tell that two posts are one and the same: six signs."""
    told = "\n".join((tenant, kind, subject, addressee, period)).encode()
    return base64.b32encode(hashlib.sha256(told).digest())[:6].decode()


def promise(writing: Writing, post: Post, now: datetime) -> int | None:
    """Owe a post; its number, None where it was owed before, however long ago."""
    key = {"kind": post.kind, "subject": post.subject, "recipient": post.addressee, "period": post.period}
    values = key | {
        "tenant": writing.tenant,
        "reference": reference_of(writing.tenant, post.kind, post.subject, post.addressee, post.period),
        "conversation": post.conversation,
        "event": post.event,
        "cause": post.cause,
        "parent": post.parent,
        "content": post.content,
        "state": "held" if post.held else "pending",
        "made_at": now,
        "due_at": now,
        "worth_until": post.worth_until,
    }
    try:
        with writing.connection.begin_nested():
            return writing.add(outbox, **values)
    except IntegrityError:
        return None


def correct(
    writing: Writing,
    event_id: int,
    content_for: Callable[[Any], dict[str, Any]],
    now: datetime,
    *,
    revive: bool = False,
) -> list[Any]:
    """Make the posts of an event say something else; the rows as they stood. What surely never arrived is withdrawn.

    `content_for` takes the old content; with `revive` it holds after all, and what was withdrawn is owed again.
    """
    states = (*OWED, "sent", "held", "merged")
    rows = writing.connection.execute(
        select(outbox)
        .where(
            outbox.c.tenant == writing.tenant,
            outbox.c.event == event_id,
            outbox.c.state.in_((*states, "withdrawn") if revive else states),
        )
        .order_by(outbox.c.id)
        .with_for_update()
    ).all()
    for row in rows:
        unseen = row.activity_id is None and row.uncertain == 0 and row.owner is None and row.state != "merged"
        if unseen and not revive:
            withdrawn = update(outbox).where(_row(writing, row.id)).values(state="withdrawn")
            writing.connection.execute(withdrawn)
        else:
            rewrite(writing, row.id, content_for(row.content), now, revive=revive)
    return list(rows)


def rewrite(writing: Writing, number: int, content: dict[str, Any], now: datetime, *, revive: bool = False) -> None:
    """The post is to show this instead; what another post says, or nobody sent yet, only remembers it."""
    again = ("sent", "withdrawn") if revive else ("sent",)
    state = case((outbox.c.state.in_(again), "pending"), else_=outbox.c.state)
    due = case((outbox.c.state.in_(again), now), else_=outbox.c.due_at)
    values = {"content": content, "wanted": outbox.c.wanted + 1, "state": state, "due_at": due}
    writing.connection.execute(update(outbox).where(_row(writing, number)).values(**values))


def post_of(writing: Writing, kind: str, conversation_id: int, period: str) -> Any:
    """The one post of this kind for this period in a conversation, locked; None where there is none."""
    query = select(outbox).where(
        outbox.c.tenant == writing.tenant,
        outbox.c.kind == kind,
        outbox.c.conversation == conversation_id,
        outbox.c.period == period,
    )
    return writing.connection.execute(query.with_for_update()).first()


def withdraw_empty(writing: Writing, story: Any) -> bool:
    """Take a story back that nobody tried to send and under which nothing is left to be said."""
    if story.activity_id is not None or story.attempts or story.owner is not None:
        return False
    replies = (
        select(outbox.c.id)
        .where(outbox.c.tenant == writing.tenant, outbox.c.parent == story.id, outbox.c.state != "withdrawn")
        .limit(1)
    )
    if writing.connection.execute(replies).first() is not None:
        return False
    writing.connection.execute(update(outbox).where(_row(writing, story.id)).values(state="withdrawn"))
    return True


def hold_late(writing: Writing, now: datetime) -> None:
    """What came too late to be sent waits for the next gathering; what nothing gathers is told by what follows it."""
    late = (
        outbox.c.tenant == writing.tenant,
        outbox.c.state.in_(OWED),
        outbox.c.activity_id.is_(None),
        outbox.c.worth_until < now,
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < now),
    )
    state = case((outbox.c.kind == COMPLETION, "held"), (outbox.c.state == "uncertain", "uncertain"), else_="late")
    writing.connection.execute(update(outbox).where(*late).values(state=state, worth_until=None, owner=None))


def held_in(writing: Writing, conversation_id: int, before: datetime) -> list[Any]:
    """What waits for the next gathering of a channel, oldest first, locked."""
    held = (
        outbox.c.tenant == writing.tenant,
        outbox.c.conversation == conversation_id,
        outbox.c.state == "held",
        outbox.c.made_at < before,
    )
    return list(writing.connection.execute(select(outbox).where(*held).order_by(outbox.c.id).with_for_update()))


def merge(writing: Writing, numbers: Collection[int], into: int) -> None:
    """Another post says these from now on."""
    values = {"state": "merged", "into": into}
    writing.connection.execute(
        update(outbox).where(outbox.c.tenant == writing.tenant, outbox.c.id.in_(numbers)).values(**values)
    )


def list_merged(writing: Writing, into: int) -> list[Any]:
    query = select(outbox).where(outbox.c.tenant == writing.tenant, outbox.c.into == into).order_by(outbox.c.id)
    return list(writing.connection.execute(query))


def give_up_all(writing: Writing, conversation_id: int, *, problem: str, now: datetime) -> None:
    """What is owed to this conversation cannot be delivered; what is being sent just now may still say that it was."""
    owed = (
        outbox.c.tenant == writing.tenant,
        outbox.c.conversation == conversation_id,
        outbox.c.state.in_((*OWED, "held")),
    )
    rows = writing.connection.execute(select(outbox).where(*owed).with_for_update()).all()
    writing.connection.execute(update(outbox).where(*owed).values(state="dead", problem=problem[:200]))
    for row in rows:
        tell_cause(writing, row, problem, now)


UNDELIVERED = "undelivered"
"""The kind of notice that says so."""


def tell_cause(writing: Writing, row: Any, problem: str, now: datetime) -> None:
    if row.cause is None or row.state == "dead":
        return
    name = select(conversation.c.name).where(
        conversation.c.tenant == writing.tenant, conversation.c.id == row.conversation
    )
    where = writing.connection.execute(name).scalar() or ""
    content = {"channel": where, "summary": row.content.get("summary", "")[:300], "problem": problem[:200]}
    owe_notice(writing, row.cause, UNDELIVERED, f"post:{row.id}", content, now)


def _row(writing: Writing, number: int) -> ColumnElement[bool]:
    return and_(outbox.c.tenant == writing.tenant, outbox.c.id == number)
