"""What became of posts, for whoever asks: what was not delivered, what waits, who cannot be reached. Looks only."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select

from storage.conditions import holds_today
from storage.database import Reading
from storage.outbox import NOTICE, OWED
from storage.tables import conversation, membership, outbox
from storage.tables import member as members

STATES = ("pending", "uncertain", "held", "sent", "merged", "late", "withdrawn", "dead")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A post that did not arrive, or of which nobody knows it."""

    where: str
    """The channel's name, or the person's."""
    kind: str
    summary: str
    at: datetime | None
    problem: str
    is_uncertain: bool
    cause: int | None


def list_failures(reading: Reading, *, since: datetime, limit: int = 20) -> list[Failure]:
    """The newest posts that could not be delivered, or of which it is not known; personal ones without their words."""
    failed = or_(
        outbox.c.state == "dead",
        outbox.c.state == "uncertain",
        and_(outbox.c.uncertain > 0, outbox.c.state.in_(OWED)),
    )
    query = (
        select(outbox, conversation.c.name, conversation.c.kind.label("place"), members.c.name.label("person"))
        .join(conversation, conversation.c.id == outbox.c.conversation)
        .join(members, members.c.id == conversation.c.member, isouter=True)
        .where(outbox.c.tenant == reading.tenant, failed, outbox.c.made_at >= since)
        .order_by(outbox.c.id.desc())
        .limit(limit)
    )
    return [
        Failure(
            where=row.name or row.person or "",
            kind=row.kind,
            summary="" if row.kind == NOTICE else str(row.content.get("summary", "")),
            at=row.made_at,
            problem=row.problem,
            is_uncertain=row.state == "uncertain",
            cause=row.cause,
        )
        for row in reading.connection.execute(query)
    ]


def list_unreachable(reading: Reading, today: date) -> list[str]:
    """The people of some body who did not install the bot, by name."""
    reached = select(conversation.c.member).where(
        conversation.c.tenant == reading.tenant,
        conversation.c.kind == "personal",
        conversation.c.is_open.is_(True),
        conversation.c.member.is_not(None),
    )
    belongs = select(membership.c.member).where(membership.c.tenant == reading.tenant, holds_today(today))
    query = (
        select(members.c.name)
        .where(members.c.tenant == reading.tenant, members.c.id.in_(belongs), members.c.id.not_in(reached))
        .order_by(members.c.name)
    )
    return list(reading.connection.scalars(query))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One channel (None: all personal chats together) and kind of post, and when one last arrived."""

    conversation: int | None
    where: str
    kind: str
    last: datetime | None


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """How the outbox stands."""

    states: dict[str, int]
    uncertain: int
    """Posts of which it was once unknown whether they had arrived."""
    oldest: datetime | None
    """When the oldest of those that still wait was promised."""
    standings: tuple[Standing, ...]


def count_deliveries(reading: Reading) -> Deliveries:
    mine = outbox.c.tenant == reading.tenant
    states = dict.fromkeys(STATES, 0)
    for row in reading.connection.execute(
        select(outbox.c.state, func.count().label("n")).where(mine).group_by(outbox.c.state)
    ):
        states[row.state] = row.n
    uncertain = select(func.count()).select_from(outbox).where(mine, outbox.c.uncertain > 0)
    waits = and_(mine, outbox.c.state.in_(OWED), ~and_(outbox.c.kind == NOTICE, outbox.c.state == "uncertain"))
    oldest = select(func.min(func.coalesce(outbox.c.made_at, outbox.c.due_at))).where(waits)
    places = (
        select(conversation.c.id, conversation.c.name, outbox.c.kind, func.max(outbox.c.sent_at).label("last"))
        .join(conversation, conversation.c.id == outbox.c.conversation)
        .where(mine, conversation.c.kind != "personal", outbox.c.sent_at.is_not(None))
        .group_by(conversation.c.id, conversation.c.name, outbox.c.kind)
        .order_by(conversation.c.name, outbox.c.kind)
    )
    standings = [
        Standing(conversation=row.id, where=row.name, kind=row.kind, last=row.last)
        for row in reading.connection.execute(places)
    ]
    personal = select(func.max(outbox.c.sent_at)).where(mine, outbox.c.kind == NOTICE)
    last = reading.connection.execute(personal).scalar()
    standings.append(Standing(conversation=None, where="", kind=NOTICE, last=last))
    return Deliveries(
        states=states,
        uncertain=reading.connection.execute(uncertain).scalar_one(),
        oldest=reading.connection.execute(oldest).scalar(),
        standings=tuple(standings),
    )
