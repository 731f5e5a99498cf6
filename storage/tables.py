"""The tables, as SQLAlchemy Core; names follow storage.plan. Every row carries its tenant."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as UTC; SQLite forgets the zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _of_the_transaction(context: Any) -> Any:
    return context.execution_options["tenant"]


def _tenant() -> Column[str]:
    """Whose row it is: where an insert does not say, whose transaction writes it."""
    return Column("tenant", String(64), nullable=False, default=_of_the_transaction)


def _to(table: str, name: str | None = None, *, nullable: bool = False, **options: Any) -> Column[int]:
    return Column(name or table, Integer, ForeignKey(f"{table}.id", **options), nullable=nullable, index=True)


unit = Table(
    "unit",
    metadata,
    _id(),
    _tenant(),
    Column("path", String(400), nullable=False),
    UniqueConstraint("tenant", "path"),
)

body = Table(
    "body",
    metadata,
    _id(),
    _tenant(),
    Column("name", String(200), nullable=False),
    Column("full_name", String(300), nullable=False, server_default=""),
    Column("initials", String(32), nullable=False, server_default=""),
    Column("kind", String(16)),
    _to("body", "parent", nullable=True),
    # Two spellings of one body: this row stays for the record, and whatever it had is the other's.
    _to("body", "merged_into", nullable=True),
    UniqueConstraint("tenant", "name"),
)

# What else a body is called: former names, other spellings, habits.
body_alias = Table(
    "body_alias",
    metadata,
    _id(),
    _tenant(),
    _to("body", ondelete="CASCADE"),
    Column("name", String(200), nullable=False),
    UniqueConstraint("tenant", "name"),
)

member = Table(
    "member",
    metadata,
    _id(),
    _tenant(),
    Column("entra_id", String(64)),
    Column("email", String(320), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("unit", String(400)),
    Column("chosen_unit", String(400)),
    Column("language", String(8)),
    # Since when somebody unknown who wrote waits for a place; empty once they have one or stay a reader.
    Column("waiting_since", Instant),
    Column("reminded", Boolean, nullable=False, server_default=true()),
    # The day for which it was last decided what they are told.
    Column("noticed_on", Date),
    # weekly, monthly or never; empty: as their role has it.
    Column("digest", String(8)),
    UniqueConstraint("tenant", "entra_id"),
    UniqueConstraint("tenant", "email"),
)

membership = Table(
    "membership",
    metadata,
    _id(),
    _tenant(),
    _to("member", ondelete="CASCADE"),
    _to("body", ondelete="CASCADE"),
    Column("start", Date),
    Column("end", Date),
    Column("office", String(16), nullable=False, server_default="member"),
)

plan = Table(
    "plan",
    metadata,
    _id(),
    _tenant(),
    Column("key", String(16), nullable=False),
    Column("title", String(300), nullable=False),
    Column("unit", String(400)),
    UniqueConstraint("tenant", "key"),
)

action = Table(
    "action",
    metadata,
    _id(),
    _tenant(),
    _to("plan"),
    Column("number", Integer, nullable=False),
    Column("ref", String(32), nullable=False),
    Column("axis", String(300), nullable=False),
    Column("goal", Text, nullable=False),
    Column("objective", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("unit", String(400)),
    Column("kind", String(16), nullable=False),
    Column("deadline", String(200), nullable=False),
    Column("start", Date),
    Column("end", Date),
    Column("rhythm", String(16)),
    Column("closed_until", Date),
    Column("status", String(16), nullable=False),
    Column("priority", Integer),
    Column("version", Integer, nullable=False, server_default="1"),
    _to("member", "done_by", nullable=True),
    Column("done_on", Date),
    # What other columns of the plan's file say of it: pairs of heading and words.
    Column("extra", JSON),
    # Not announced, and seen by few; proposed to be so until a coordinator says yes or no.
    Column("discreet", Boolean, nullable=False, server_default=false()),
    Column("proposed_discreet", Boolean, nullable=False, server_default=false()),
    # How often the deadline was moved to a later day.
    Column("extended", Integer, nullable=False, server_default="0"),
    UniqueConstraint("tenant", "ref"),
    Index(None, "tenant", "end"),
    Index(None, "tenant", "status", "end"),
    Index("ix_action_discreet", "tenant", "ref", sqlite_where=text("discreet = 1"), postgresql_where=text("discreet")),
)

action_body = Table(
    "action_body",
    metadata,
    _tenant(),
    Column("action", Integer, ForeignKey("action.id", ondelete="CASCADE"), primary_key=True),
    Column("body", Integer, ForeignKey("body.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

# Whoever took an action on, or was given it by name.
action_member = Table(
    "action_member",
    metadata,
    _tenant(),
    Column("action", Integer, ForeignKey("action.id", ondelete="CASCADE"), primary_key=True),
    Column("member", Integer, ForeignKey("member.id"), primary_key=True, index=True),
)

indicator = Table(
    "indicator",
    metadata,
    _id(),
    _tenant(),
    _to("plan"),
    Column("name", Text, nullable=False),
    Column("kind", String(16), nullable=False),
)

action_indicator = Table(
    "action_indicator",
    metadata,
    _tenant(),
    Column("action", Integer, ForeignKey("action.id", ondelete="CASCADE"), primary_key=True),
    Column("indicator", Integer, ForeignKey("indicator.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

measurement = Table(
    "measurement",
    metadata,
    _id(),
    _tenant(),
    _to("indicator"),
    Column("on", Date, nullable=False),
    Column("value", String(400), nullable=False),
    Column("number", Float),
    Column("note", Text, nullable=False, server_default=""),
    Column("link", Text, nullable=False, server_default=""),
    _to("member"),
    Column("at", Instant, nullable=False),
)

event = Table(
    "event",
    metadata,
    _id(),
    _tenant(),
    _to("action", nullable=True),
    _to("member", nullable=True),
    Column("kind", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("through", String(16), nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("undoes", Integer, ForeignKey("event.id"), unique=True),
    # The first event of those that were made together by one press.
    Column("batch", Integer, index=True),
    # Whom or which body a change of people is about.
    _to("member", "person", nullable=True),
    _to("body", nullable=True),
)

doubt = Table(
    "doubt",
    metadata,
    _id(),
    _tenant(),
    _to("plan"),
    Column("place", String(200), nullable=False),
    Column("code", String(32), nullable=False),
    Column("words", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("refs", JSON, nullable=False),
)

conversation = Table(
    "conversation",
    metadata,
    _id(),
    _tenant(),
    Column("teams_id", String(400), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("service_url", String(400), nullable=False),
    Column("name", String(300), nullable=False, server_default=""),
    Column("welcomed", Boolean, nullable=False, server_default="0"),
    Column("is_open", Boolean, nullable=False, server_default="1"),
    # Whose chat it is, where it is a personal one.
    _to("member", nullable=True, ondelete="SET NULL"),
    # A name such as Europe/Brussels, as their Teams says it.
    Column("zone", String(64), nullable=False, server_default=""),
    # What a channel chose: when it hears (at_once, daily, weekly), in threads or not, per month or quadrimestre.
    Column("rhythm", String(8), nullable=False, server_default="at_once"),
    Column("threads", Boolean, nullable=False, server_default=true()),
    Column("story", String(16), nullable=False, server_default="month"),
    Column("digest", String(8), nullable=False, server_default="never"),
    Column("throttled_until", Instant),
    UniqueConstraint("tenant", "teams_id"),
)

subscription = Table(
    "subscription",
    metadata,
    _id(),
    _tenant(),
    _to("conversation"),
    # What the channel hears of: a plan's key, an axis's name or a unit's path.
    Column("scope", String(8), nullable=False),
    Column("target", String(400), nullable=False),
    Column("language", String(8), nullable=False),
    _to("member", nullable=True),
    UniqueConstraint("conversation", "scope", "target"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _tenant(),
    # What is said, about what, to whom, for when: once for ever.
    Column("kind", String(16), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("recipient", String(80), nullable=False),
    Column("period", String(32), nullable=False),
    Column("reference", String(16), nullable=False),
    _to("conversation"),
    _to("event", nullable=True),
    Column("content", JSON, nullable=False),
    # `wanted` counts what the post should show, `shown` what was delivered; they differ while something is owed.
    Column("wanted", Integer, nullable=False, server_default="1"),
    Column("shown", Integer, nullable=False, server_default="0"),
    Column("state", String(16), nullable=False),
    Column("activity_id", String(400)),
    # The post under which this one is a reply, and the one that says it in place of this one.
    _to("outbox", "parent", nullable=True),
    _to("outbox", "into", nullable=True),
    _to("member", "cause", nullable=True, ondelete="SET NULL"),
    Column("made_at", Instant),
    Column("due_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("worth_until", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # How often nobody could tell whether it had arrived.
    Column("uncertain", Integer, nullable=False, server_default="0"),
    Column("owner", String(64)),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("leased_until", Instant),
    Column("problem", String(200), nullable=False, server_default=""),
    UniqueConstraint("tenant", "kind", "subject", "recipient", "period"),
    Index(None, "state", "due_at"),
)

# When something was sent where, for an hour: what keeps the pace, over all processes.
sending = Table(
    "sending",
    metadata,
    _id(),
    _tenant(),
    _to("conversation", ondelete="CASCADE"),
    Column("at", Instant, nullable=False),
    Index(None, "tenant", "at"),
)

# "Remind me on Monday": asked by a person about an action; until then they hear nothing else of it.
reminder = Table(
    "reminder",
    metadata,
    _id(),
    _tenant(),
    _to("member", ondelete="CASCADE"),
    _to("action", ondelete="CASCADE"),
    Column("on", Date, nullable=False),
    UniqueConstraint("member", "action"),
)

# What a person was reminded of, and in which notice; what that notice did not bring is still to be said.
said = Table(
    "said",
    metadata,
    _id(),
    _tenant(),
    _to("member", ondelete="CASCADE"),
    _to("action", ondelete="CASCADE"),
    Column("milestone", String(40), nullable=False),
    Column("on", Date, nullable=False),
    _to("outbox", ondelete="CASCADE"),
)

# What a person is to be told unasked; said in the one notice of the day.
notice = Table(
    "notice",
    metadata,
    _id(),
    _tenant(),
    _to("member", ondelete="CASCADE"),
    Column("kind", String(32), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("content", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    Column("said_at", Instant),
    # What caused it; taken back, nobody needs to be told any more.
    Column("event", Integer, index=True),
    Index(None, "tenant", "said_at"),
)

seen = Table(
    "seen",
    metadata,
    Column("tenant", String(64), primary_key=True),
    # A hash of conversation and activity id.
    Column("activity", String(64), primary_key=True),
    Column("at", Instant, nullable=False, index=True),
)

# Changes that a person asked for a moment ago, as hashes: what Teams delivers again changes nothing twice.
heard = Table(
    "heard",
    metadata,
    _id(),
    _tenant(),
    _to("member", ondelete="CASCADE"),
    Column("meaning", String(64), nullable=False),
    # Teams is known to have delivered it again.
    Column("again", Boolean, nullable=False, server_default="0"),
    Column("at", Instant, nullable=False),
)

memory = Table(
    "memory",
    metadata,
    _id(),
    _tenant(),
    Column("conversation", String(400), nullable=False),
    _to("member"),
    Column("content", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("conversation", "member"),
)

revision = Table(
    "revision",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("number", Integer, nullable=False),
)
