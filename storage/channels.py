"""What a channel chose to hear, and how; what it was told last and will be told next. It sends nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from storage.conversations import Scope, list_subscriptions
from storage.database import Reading, Writing
from storage.outbox import OWED
from storage.record import By, tell
from storage.selection import Selection
from storage.tables import conversation, outbox, subscription

RHYTHMS = ("at_once", "daily", "weekly")
STORIES = ("month", "quadrimestre")
DIGESTS = ("weekly", "monthly", "never")


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel with what it follows and how: `rhythm` at_once, daily or weekly; `digest` weekly, monthly or never."""

    id: int
    name: str
    language: str
    scopes: tuple[Scope, ...]
    rhythm: str
    threads: bool
    story: str
    """What one parent card tells: a month or a quadrimestre."""
    digest: str


def get_channel(reading: Reading, conversation_id: int) -> Channel:
    row = reading.connection.execute(
        select(conversation).where(conversation.c.tenant == reading.tenant, conversation.c.id == conversation_id)
    ).one()
    spoken = select(subscription.c.language).where(
        subscription.c.tenant == reading.tenant, subscription.c.conversation == conversation_id
    )
    language = reading.connection.execute(spoken.order_by(subscription.c.id).limit(1)).scalar()
    return Channel(
        id=row.id,
        name=row.name,
        language=language or "",
        scopes=tuple(list_subscriptions(reading, conversation_id)),
        rhythm=row.rhythm,
        threads=row.threads,
        story=row.story,
        digest=row.digest,
    )


def list_channels(reading: Reading) -> list[Channel]:
    """The open channels that follow something."""
    query = (
        select(conversation.c.id)
        .where(conversation.c.tenant == reading.tenant, conversation.c.is_open.is_(True))
        .where(
            conversation.c.id.in_(select(subscription.c.conversation).where(subscription.c.tenant == reading.tenant))
        )
        .order_by(conversation.c.id)
    )
    return [get_channel(reading, number) for number in reading.connection.scalars(query)]


def choose(writing: Writing, channel: Channel, values: dict[str, Any], by: By) -> Channel:
    """The channel hears otherwise from now on; who chose it is kept."""
    here = (conversation.c.tenant == writing.tenant, conversation.c.id == channel.id)
    writing.connection.execute(update(conversation).where(*here).values(**values))
    before = {name: getattr(channel, name) for name in values}
    tell(writing, None, by, "channel_chose", {"conversation": channel.id, **before}, values)
    return get_channel(writing, channel.id)


def selection_of(scope: Scope) -> Selection:
    """The actions that a scope means, as a question about it would select them."""
    match scope.kind:
        case "plan":
            return Selection(plan=scope.target)
        case "axis":
            return Selection(axis=scope.target)
        case "body":
            return Selection(body=scope.target)
        case _:
            return Selection(unit=scope.target)


def last_post(reading: Reading, conversation_id: int) -> datetime | None:
    """When something was last posted there unasked."""
    here = (outbox.c.tenant == reading.tenant, outbox.c.conversation == conversation_id)
    query = select(func.max(outbox.c.sent_at)).where(*here)
    return reading.connection.execute(query).scalar()


def count_waiting(reading: Reading, conversation_id: int) -> int:
    """How many posts are owed there, those kept for its next gathering included."""
    owed = (
        outbox.c.tenant == reading.tenant,
        outbox.c.conversation == conversation_id,
        outbox.c.state.in_((*OWED, "held")),
    )
    return reading.connection.execute(select(func.count()).select_from(outbox).where(*owed)).scalar_one()
