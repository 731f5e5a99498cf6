"""The record: who changed what, when, through what, from what to what, and why. It is only ever added to."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from storage.calendar import AcademicCalendar
from storage.conditions import visible, where
from storage.database import Reading, Writing
from storage.plan import Action, Member
from storage.selection import Selection
from storage.tables import action as actions
from storage.tables import body as bodies
from storage.tables import event
from storage.tables import member as members
from storage.tables import plan as plans

UNDONE = "undone"
"""The kind of an event that takes another back."""


@dataclass(frozen=True, kw_only=True)
class By:
    """Who makes a change, when, through what (chat, button, cli)."""

    member: Member
    at: datetime
    today: date
    through: str
    batch: int | None = None
    """The first event of those that are made together."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that was made: the action before and after, and the event that tells it."""

    event: int
    before: Action
    after: Action
    details: dict[str, Any] = field(default_factory=dict)


def tell(
    writing: Writing,
    action_id: int | None,
    by: By,
    kind: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    undoes: int | None = None,
    why: str = "",
    person: int | None = None,
    body: int | None = None,
) -> int:
    """Append one event; its number. `person` and `body` are whom a change of people is about."""
    return writing.add(
        event,
        tenant=writing.tenant,
        action=action_id,
        # At the command line it is whoever runs it.
        member=by.member.id or None,
        kind=kind,
        at=by.at,
        through=by.through,
        before=before,
        after=after,
        undoes=undoes,
        why=why,
        batch=by.batch,
        person=person,
        body=body,
    )


def taken_back(reading: Reading) -> Select[tuple[int]]:
    """The numbers of the events that were undone."""
    return select(event.c.undoes).where(event.c.tenant == reading.tenant, event.c.undoes.is_not(None))


def last_event(reading: Reading, ref: str, kind: str) -> int | None:
    """The newest event of this kind about an action that was not taken back."""
    query = (
        select(func.max(event.c.id))
        .join(actions, actions.c.id == event.c.action)
        .where(
            event.c.tenant == reading.tenant,
            actions.c.ref == ref,
            visible(reading),
            event.c.kind == kind,
            event.c.id.not_in(taken_back(reading)),
        )
    )
    return reading.connection.execute(query).scalar()


@dataclass(frozen=True, kw_only=True)
class Told:
    """One event of the record: who did what to which action, when, through what, from what to what, and why."""

    number: int
    ref: str
    title: str
    kind: str
    who: str
    """Empty where no person did it."""
    at: datetime
    through: str
    before: dict[str, Any]
    after: dict[str, Any]
    why: str
    undid: str = ""
    """Of an event that takes another back: the kind of that one, whose `before` and `after` stand here."""
    is_taken_back: bool = False
    owner: str = ""
    """To whom an action was given, as they are called now."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """Which events are asked for; all that is set must hold."""

    ref: str | None = None
    kinds: Collection[str] = ()
    author: str | None = None
    """A member's name."""
    author_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    whole: bool = False
    """Also what was taken back, and the taking back."""


_undone, _undoing = event.alias("undone"), event.alias("undoing")
_SOURCE = (
    event.join(actions, actions.c.id == event.c.action)
    .join(plans, plans.c.id == actions.c.plan)
    .join(members, members.c.id == event.c.member, isouter=True)
    .join(_undone, and_(_undone.c.id == event.c.undoes, _undone.c.tenant == event.c.tenant), isouter=True)
    .join(_undoing, and_(_undoing.c.undoes == event.c.id, _undoing.c.tenant == event.c.tenant), isouter=True)
)
_EVENTS = select(
    event,
    actions.c.ref,
    actions.c.title,
    members.c.name.label("who"),
    _undone.c.kind.label("undid"),
    _undone.c.before.label("undid_before"),
    _undone.c.after.label("undid_after"),
    _undoing.c.id.label("undoing"),
).select_from(_SOURCE)


def get_event(reading: Reading, number: int) -> Told:
    """One event of the record; the number must be one that the record gave."""
    query = _EVENTS.where(event.c.tenant == reading.tenant, event.c.id == number, visible(reading))
    return _told(reading.connection.execute(query).one())


def list_events(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
    *,
    sought: Sought,
    limit: int,
    offset: int = 0,
) -> tuple[list[Told], int]:
    """The newest events about the selected actions, and how many there are."""
    conditions = _conditions(reading, selection, member, today, calendar, titled, sought)
    number = select(func.count()).select_from(_SOURCE).where(*conditions)
    count = reading.connection.execute(number).scalar_one()
    page = _EVENTS.where(*conditions).order_by(event.c.id.desc()).limit(limit).offset(offset)
    events = [_told(row) for row in reading.connection.execute(page)]
    return _with_owners(reading, events), count


def _with_owners(reading: Reading, events: list[Told]) -> list[Told]:
    """The record keeps the numbers of those who were given an action: names change, and people may be forgotten."""
    named: dict[tuple[str, int], str] = {}
    for column, table in (("body", bodies), ("member", members)):
        numbers = {number for event in events if (number := event.after.get(column)) is not None}
        if numbers:
            query = select(table.c.id, table.c.name).where(table.c.tenant == reading.tenant, table.c.id.in_(numbers))
            named |= {(column, row.id): row.name for row in reading.connection.execute(query)}
    owner = {
        event.number: name
        for event in events
        for column in ("body", "member")
        if (name := named.get((column, event.after.get(column, 0))))
    }
    return [replace(event, owner=owner.get(event.number, "")) for event in events]


def list_changed_refs(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
    *,
    sought: Sought,
) -> list[str]:
    """The references that `list_events` speaks of over all its pages, what was changed last first."""
    conditions = _conditions(reading, selection, member, today, calendar, titled, sought)
    query = select(actions.c.ref).select_from(_SOURCE).where(*conditions).group_by(actions.c.ref)
    return list(reading.connection.scalars(query.order_by(func.max(event.c.id).desc())))


def _conditions(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str],
    sought: Sought,
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [event.c.tenant == reading.tenant]
    if not sought.whole:
        conditions += [event.c.kind != UNDONE, _undoing.c.id.is_(None)]
    if sought.ref is not None:
        conditions += [actions.c.ref == sought.ref, visible(reading)]
    else:
        conditions.append(where(reading, selection, member, today, calendar, titled, any_status=True))
    if sought.kinds:
        conditions.append(event.c.kind.in_(sought.kinds))
    if sought.author is not None:
        conditions.append(members.c.name == sought.author)
    if sought.author_id is not None:
        conditions.append(event.c.member == sought.author_id)
    if sought.since is not None:
        conditions.append(event.c.at >= sought.since)
    if sought.until is not None:
        conditions.append(event.c.at < sought.until)
    return conditions


def _told(row: Any) -> Told:
    return Told(
        number=row.id,
        ref=row.ref,
        title=row.title,
        kind=row.kind,
        who=row.who or "",
        at=row.at,
        through=row.through,
        before=row.undid_before if row.undid else row.before,
        after=row.undid_after if row.undid else row.after,
        why=row.why,
        undid=row.undid or "",
        is_taken_back=row.undoing is not None,
    )


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One event as it is kept; `action` by its number, `undoes` the event that it took back."""

    id: int
    action: int
    kind: str
    who: str
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    why: str
    undoes: int | None


def list_record(reading: Reading, plan_id: int) -> list[Recorded]:
    """All that happened to the actions of a plan, oldest first; what was taken back, and its taking back, too."""
    query = (
        select(event, members.c.name.label("who"))
        .join(actions, actions.c.id == event.c.action)
        .join(members, members.c.id == event.c.member, isouter=True)
        .where(event.c.tenant == reading.tenant, actions.c.plan == plan_id, visible(reading))
        .order_by(event.c.at, event.c.id)
    )
    return [
        Recorded(
            id=row.id,
            action=row.action,
            kind=row.kind,
            who=row.who or "",
            at=row.at,
            before=row.before,
            after=row.after,
            why=row.why,
            undoes=row.undoes,
        )
        for row in reading.connection.execute(query)
    ]
