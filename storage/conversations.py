"""Where people speak with the bot: conversations, subscriptions, what was said last, what was seen already."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from storage.database import Reading, Writing
from storage.outbox import give_up_all
from storage.plan import Action, unit_holds
from storage.record import By, tell
from storage.refusals import Refusal
from storage.rights import Act, check_unit
from storage.sight import PUBLIC
from storage.tables import action, conversation, memory, revision, seen, subscription

MEMORY = timedelta(days=1)
"""How long a pending question or the last list is remembered."""


LONGEST_NAME = 300
"""What is kept of a channel's name."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A conversation as Teams names it: `kind` is personal, groupChat or channel."""

    teams_id: str
    kind: str
    service_url: str
    name: str = ""
    zone: str = ""
    """The time zone of whoever speaks here, in a personal chat."""

    def values(self, member_id: int | None) -> dict[str, Any]:
        """What is kept of it; what this activity did not tell stays as it was."""
        told: dict[str, Any] = {"service_url": self.service_url, "is_open": True}
        if self.name:
            told["name"] = self.name[:LONGEST_NAME]
        if self.kind == "personal" and member_id:
            told["member"] = member_id
        if self.kind == "personal" and self.zone:
            told["zone"] = self.zone
        return told


def remember_place(writing: Writing, place: Place, member_id: int | None = None) -> int:
    """The number of this conversation, with its newest address; one that had been closed is open again."""
    values = place.values(member_id)
    where = (conversation.c.tenant == writing.tenant, conversation.c.teams_id == place.teams_id)

    def known() -> int | None:
        writing.connection.execute(update(conversation).where(*where).values(**values))
        return writing.connection.execute(select(conversation.c.id).where(*where)).scalar()

    if (number := known()) is not None:
        return number
    try:
        with writing.connection.begin_nested():
            new = {"tenant": writing.tenant, "teams_id": place.teams_id, "kind": place.kind, "name": ""}
            return writing.add(conversation, **(new | values))
    except IntegrityError:
        # Somebody else spoke here for the first time at this very moment.
        number = known()
        if number is None:
            raise
        return number


def close_place(writing: Writing, conversation_id: int, now: datetime) -> None:
    """The bot was removed or blocked: nothing more is posted there, and nothing old when it is installed again."""
    here = (conversation.c.tenant == writing.tenant, conversation.c.id == conversation_id)
    writing.connection.execute(update(conversation).where(*here).values(is_open=False, welcomed=False))
    give_up_all(writing, conversation_id, problem="closed", now=now)


def welcome_once(writing: Writing, conversation_id: int) -> bool:
    """True the first time only."""
    first = (
        update(conversation)
        .where(
            conversation.c.tenant == writing.tenant,
            conversation.c.id == conversation_id,
            conversation.c.welcomed.is_(False),
        )
        .values(welcomed=True)
    )
    return writing.connection.execute(first).rowcount == 1


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a channel hears of: `kind` is plan (target: its key), axis or body (its name) or unit (its path)."""

    kind: str
    target: str


@dataclass
class AlreadySubscribed(Refusal):
    scope: Scope


@dataclass
class NotSubscribed(Refusal):
    scope: Scope | None


def subscribe(writing: Writing, conversation_id: int, scope: Scope, language: str, by: By) -> None:
    check_unit(by.member, Act.SUBSCRIBE, None)
    if scope in list_subscriptions(writing, conversation_id):
        raise AlreadySubscribed(scope)
    writing.connection.execute(
        insert(subscription).values(
            tenant=writing.tenant,
            conversation=conversation_id,
            scope=scope.kind,
            target=scope.target,
            language=language,
            member=by.member.id,
        )
    )
    tell(writing, None, by, "subscribed", {}, _as_json(conversation_id, scope))


def unsubscribe(writing: Writing, conversation_id: int, scope: Scope | None, by: By) -> list[Scope]:
    """End one subscription of a channel, or all of them; which ones ended."""
    check_unit(by.member, Act.SUBSCRIBE, None)
    ended = [known for known in list_subscriptions(writing, conversation_id) if scope in (None, known)]
    if not ended:
        raise NotSubscribed(scope)
    for gone in ended:
        writing.connection.execute(
            delete(subscription).where(
                subscription.c.tenant == writing.tenant,
                subscription.c.conversation == conversation_id,
                subscription.c.scope == gone.kind,
                subscription.c.target == gone.target,
            )
        )
        tell(writing, None, by, "unsubscribed", _as_json(conversation_id, gone), {})
    return ended


def list_subscriptions(reading: Reading, conversation_id: int) -> list[Scope]:
    here = (subscription.c.tenant == reading.tenant, subscription.c.conversation == conversation_id)
    query = select(subscription).where(*here).order_by(subscription.c.id)
    return [Scope(kind=row.scope, target=row.target) for row in reading.connection.execute(query)]


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    conversation: int
    language: str


def list_subscribers(reading: Reading, action: Action) -> list[Subscriber]:
    """The open channels that hear of this action, each once however many of its subscriptions match."""
    if not PUBLIC.sees(action):
        return []
    query = (
        select(subscription)
        .join(conversation, conversation.c.id == subscription.c.conversation)
        .where(subscription.c.tenant == reading.tenant, conversation.c.is_open.is_(True))
        .order_by(subscription.c.id)
    )
    found: dict[int, Subscriber] = {}
    for row in reading.connection.execute(query):
        if _covers(Scope(kind=row.scope, target=row.target), action):
            found.setdefault(row.conversation, Subscriber(conversation=row.conversation, language=row.language))
    return list(found.values())


def _covers(scope: Scope, action: Action) -> bool:
    if scope.kind == "plan":
        return action.plan == scope.target
    if scope.kind == "axis":
        return action.axis == scope.target
    if scope.kind == "body":
        return any(body.name == scope.target for body in action.bodies)
    return action.unit is not None and unit_holds(scope.target, action.unit)


def _as_json(conversation_id: int, scope: Scope) -> dict[str, Any]:
    return {"conversation": conversation_id, "scope": scope.kind, "target": scope.target}


def first_time(writing: Writing, place: str, activity_id: str, now: datetime) -> bool:
    """Whether this activity is new; it is remembered for a day. Teams delivers again what was answered too slowly."""
    if not activity_id:
        return True
    key = hashlib.sha256(f"{place}\n{activity_id}".encode()).hexdigest()
    try:
        with writing.connection.begin_nested():
            writing.connection.execute(insert(seen).values(tenant=writing.tenant, activity=key, at=now))
    except IntegrityError:
        return False
    writing.connection.execute(delete(seen).where(seen.c.tenant == writing.tenant, seen.c.at < now - MEMORY))
    return True


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known when somebody speaks: what was kept of them here, the place's number, how new the names are.

    What was kept is empty after a day; the number is None where nobody spoke before.
    """

    kept: dict[str, Any]
    place: int | None
    is_current: bool
    """Whether all that is kept of the place is what this activity tells."""
    revision: int
    any_discreet: bool


@lru_cache(maxsize=100)
def _standing(tenant: str) -> Select[Any]:
    here: BindParameter[str] = bindparam("here", type_=String)
    kept = select(memory.c.content).where(
        memory.c.tenant == tenant,
        memory.c.conversation == here,
        memory.c.member == bindparam("who", type_=Integer),
        memory.c.at > bindparam("since", type_=memory.c.at.type),
    )
    names = select(revision.c.number).where(revision.c.tenant == tenant)
    always = select(literal(1).label("one")).subquery()
    there = and_(conversation.c.tenant == tenant, conversation.c.teams_id == here)
    return select(
        conversation,
        kept.scalar_subquery().label("remembered"),
        names.scalar_subquery().label("revision"),
        exists().where(action.c.tenant == tenant, action.c.discreet).label("any_discreet"),
    ).select_from(always.outerjoin(conversation, there))


def recall(reading: Reading, place: Place, member_id: int, now: datetime) -> Standing:
    """All of it, asked at once."""
    values = {"here": place.teams_id, "who": member_id, "since": now - MEMORY}
    row = reading.connection.execute(_standing(reading.tenant), values).mappings().one()
    return Standing(
        kept=row["remembered"] or {},
        place=row["id"],
        is_current=all(row[name] == value for name, value in place.values(member_id).items()),
        revision=row["revision"] or 0,
        any_discreet=row["any_discreet"],
    )


def remember(writing: Writing, place: str, member_id: int, content: dict[str, Any], now: datetime) -> None:
    """Replace what was kept."""
    where = (memory.c.tenant == writing.tenant, memory.c.conversation == place, memory.c.member == member_id)
    replaced = update(memory).where(*where).values(content=content, at=now)
    if writing.connection.execute(replaced).rowcount:
        return
    new = insert(memory).values(tenant=writing.tenant, conversation=place, member=member_id, content=content, at=now)
    try:
        with writing.connection.begin_nested():
            writing.connection.execute(new)
    except IntegrityError:
        # They said two things at once: what came last is what is kept.
        writing.connection.execute(replaced)
