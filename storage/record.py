"""The record: who changed what, when, through what, from what to what, and why. It is only ever added to."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from storage.calendar import AcademicCalendar
from storage.conditions import visible, where
from storage.database import Reading, Writing
from storage.plan import Action, Member
from storage.selection import Selection
from storage.tables import action as actions
from storage.tables import event
from storage.tables import member as members
from storage.tables import plan as plans


@dataclass(frozen=True, kw_only=True)
class By:
    """Who makes a change, when, through what (chat, button, cli)."""

    member: Member
    at: datetime
    today: date
    through: str


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
) -> int:
    """Append one event; its number."""
    return writing.add(
        event,
        tenant=writing.tenant,
        action=action_id,
        member=by.member.id,
        kind=kind,
        at=by.at,
        through=by.through,
        before=before,
        after=after,
        undoes=undoes,
        why=why,
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
    """One event of the record: who did what to which action, when, from what to what, and why."""

    ref: str
    title: str
    kind: str
    who: str
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]
    why: str


_EVENTS = (
    select(event, actions.c.ref, actions.c.title, members.c.name.label("who"))
    .join(actions, actions.c.id == event.c.action)
    .join(plans, plans.c.id == actions.c.plan)
    .join(members, members.c.id == event.c.member)
)


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
    since: datetime | None = None,
    until: datetime | None = None,
    ref: str | None = None,
    kinds: Collection[str] = (),
    limit: int,
) -> tuple[list[Told], int]:
    """The newest events about the selected actions, and how many there are; what was taken back is left out."""
    conditions: list[ColumnElement[bool]] = [
        event.c.tenant == reading.tenant,
        event.c.kind != "undone",
        event.c.id.not_in(taken_back(reading)),
    ]
    if ref is not None:
        conditions += [actions.c.ref == ref, visible(reading)]
    else:
        conditions.append(where(reading, selection, member, today, calendar, titled, any_status=True))
    if kinds:
        conditions.append(event.c.kind.in_(kinds))
    if since is not None:
        conditions.append(event.c.at >= since)
    if until is not None:
        conditions.append(event.c.at < until)
    query = _EVENTS.where(*conditions)
    count = reading.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = reading.connection.execute(query.order_by(event.c.id.desc()).limit(limit))
    return [_told(row) for row in rows], count


def _told(row: Any) -> Told:
    return Told(
        ref=row.ref,
        title=row.title,
        kind=row.kind,
        who=row.who,
        at=row.at,
        before=row.before,
        after=row.after,
        why=row.why,
    )
