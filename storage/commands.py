"""Changing the plan: each command checks the right, changes, and records who did what in the same transaction.

What cannot be done is raised as a `Refusal` before anything is touched. Nothing here commits, and nothing
here is overwritten without an event that holds what stood before.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from storage.calendar import AcademicCalendar
from storage.database import Reading, Writing
from storage.naming import bump_revision
from storage.plan import (
    Action,
    Indicator,
    IndicatorKind,
    Kind,
    Member,
    Status,
    may_change,
    may_take_on,
    occurrence_from,
)
from storage.queries import get_action, list_indicators
from storage.tables import action as actions
from storage.tables import action_body, action_indicator, action_member, event, measurement
from storage.tables import indicator as indicators


class Refusal(Exception):
    """A change that is not made, and the fact that is the reason."""


@dataclass
class NoSuchAction(Refusal):
    ref: str


@dataclass
class NotYourAction(Refusal):
    action: Action


@dataclass
class AlreadyDone(Refusal):
    action: Action


@dataclass
class AlreadySo(Refusal):
    """The action has this status, or this owner, already."""

    action: Action


@dataclass
class NoSuchOwner(Refusal):
    """No body and no person has this name, or several have."""

    name: str


@dataclass
class ChangedSince(Refusal):
    """The button was drawn from an older state of the action than the one it met."""

    action: Action


@dataclass
class NothingToUndo(Refusal):
    """Nothing of theirs is left to take back, or it was taken back already."""

    action: Action | None = None


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


def mark_done(writing: Writing, ref: str, by: By, calendar: AcademicCalendar, *, version: int | None = None) -> Change:
    """Done for good, or one occurrence closed where the action recurs. `version`: what the button was drawn from."""
    before = changeable(writing, ref, by)
    if before.is_done(by.today, calendar):
        raise AlreadyDone(before)
    if version is not None and version != before.version:
        raise ChangedSince(before)
    values: dict[str, Any] = {"done_by": by.member.id, "done_on": by.today}
    if before.deadline.rhythm is None:
        values["status"] = Status.DONE
    else:
        values["closed_until"] = occurrence_from(before.deadline.rhythm, by.today, calendar)
    return _change(writing, before, by, "marked_done", values)


def set_status(
    writing: Writing, ref: str, to: Status, by: By, calendar: AcademicCalendar, *, why: str, version: int | None = None
) -> Change:
    """In progress, abandoned, or to do again (done is `mark_done`). What recurs has its occurrence opened again."""
    before = changeable(writing, ref, by)
    if version is not None and version != before.version:
        raise ChangedSince(before)
    is_closed = before.deadline.rhythm is not None and before.is_done(by.today, calendar)
    if before.status is to and not is_closed:
        raise AlreadySo(before)
    values: dict[str, Any] = {"status": to, "done_by": None, "done_on": None}
    if is_closed:
        values["closed_until"] = None
    return _change(writing, before, by, _KINDS[to], values, why=why)


_KINDS = {Status.IN_PROGRESS: "started", Status.ABANDONED: "abandoned", Status.TODO: "reopened"}


def postpone(writing: Writing, ref: str, to: date, by: By, *, why: str, version: int | None = None) -> Change:
    """A new day to be done by; the plan's own words stay in the record."""
    before = changeable(writing, ref, by)
    if version is not None and version != before.version:
        raise ChangedSince(before)
    if before.deadline.kind is Kind.DAY and before.deadline.end == to:
        raise AlreadySo(before)
    values = {"kind": Kind.DAY, "start": to, "end": to, "rhythm": None, "deadline": to.isoformat()}
    return _change(writing, before, by, "postponed", values, why=why)


def add_note(writing: Writing, ref: str, by: By, *, note: str, link: str = "") -> Change:
    """A remark, or a link that shows what was done."""
    action = changeable(writing, ref, by)
    kind = "evidence_added" if link else "noted"
    details = {"note": note, "link": link}
    number = tell(writing, action.id, by, kind, {}, details)
    return Change(event=number, before=action, after=action, details=details)


def assign(writing: Writing, ref: str, by: By, *, body_id: int | None = None, member_id: int | None = None) -> Change:
    """Make a body or a person answer for an action, beside those who do already."""
    before = get_action(writing, ref, lock=True)
    if before is None:
        raise NoSuchAction(ref)
    if not (may_take_on if member_id == by.member.id else may_change)(by.member, before):
        raise NotYourAction(before)
    if any(body.id == body_id for body in before.bodies) or any(one.id == member_id for one in before.assignees):
        raise AlreadySo(before)
    if body_id is not None:
        values: dict[str, Any] = {"action": before.id, "body": body_id, "position": len(before.bodies)}
        writing.connection.execute(insert(action_body).values(**values))
    else:
        values = {"action": before.id, "member": member_id}
        writing.connection.execute(insert(action_member).values(**values))
    after = get_action(writing, ref)
    assert after is not None
    number = tell(writing, before.id, by, "assigned", {}, {"body": body_id, "member": member_id})
    return Change(event=number, before=before, after=after)


@dataclass(frozen=True, kw_only=True)
class Value:
    """What a measurement says; `number` is None for states and documents."""

    value: str
    on: date
    number: float | None = None
    note: str = ""
    link: str = ""


def record_measurement(writing: Writing, ref: str, indicator: Indicator, value: Value, by: By) -> Change:
    """A new dated value. The same value of the same day by the same person is one measurement, however often sent."""
    action = changeable(writing, ref, by)
    same = select(measurement.c.id).where(
        measurement.c.indicator == indicator.id,
        measurement.c.member == by.member.id,
        measurement.c.on == value.on,
        measurement.c.value == value.value,
        measurement.c.note == value.note,
        measurement.c.link == value.link,
    )
    known = writing.connection.scalars(same).first()
    if known is not None:
        earlier = select(func.max(event.c.id)).where(event.c.action == action.id, event.c.kind == "measured")
        told = writing.connection.scalar(earlier)
        return Change(event=told or 0, before=action, after=action, details={"measurement": known})
    number = writing.add(
        measurement,
        indicator=indicator.id,
        member=by.member.id,
        at=by.at,
        on=value.on,
        value=value.value,
        number=value.number,
        note=value.note,
        link=value.link,
    )
    details = {"measurement": number, "indicator": indicator.name, "value": value.value, "on": value.on.isoformat()}
    return Change(
        event=tell(writing, action.id, by, "measured", {}, details), before=action, after=action, details=details
    )


def create_indicator(writing: Writing, ref: str, name: str, kind: IndicatorKind, by: By) -> Indicator:
    """An indicator that the plan did not name, attached to one action."""
    action = changeable(writing, ref, by)
    plan_id = writing.connection.execute(select(actions.c.plan).where(actions.c.id == action.id)).scalar_one()
    number = writing.add(indicators, tenant=writing.tenant, plan=plan_id, name=name, kind=kind)
    position = len(list_indicators(writing, ref))
    writing.connection.execute(insert(action_indicator).values(action=action.id, indicator=number, position=position))
    tell(writing, action.id, by, "indicator_created", {}, {"indicator": number, "name": name})
    bump_revision(writing)
    return Indicator(id=number, name=name, kind=kind)


def undo(writing: Writing, by: By, *, told: int | None = None) -> Change:
    """Take back a change of one's own: the named event, or the last one. Only while nobody changed the action since."""
    row = _last_of(writing, by, told)
    if row is None:
        raise NothingToUndo()
    ref = writing.connection.execute(select(actions.c.ref).where(actions.c.id == row.action)).scalar_one()
    before = changeable(writing, ref, by)
    if row.kind == "measured":
        gone = delete(measurement).where(measurement.c.id == row.after["measurement"])
        if writing.connection.execute(gone).rowcount == 0:
            raise NothingToUndo(before)
        number = tell(writing, before.id, by, "undone", row.after, {}, undoes=row.id)
        return Change(
            event=number, before=before, after=before, details={"undid": row.id, "kind": row.kind, **row.after}
        )
    if row.kind in ("noted", "evidence_added", "assigned"):
        _unassign(writing, before, row.after if row.kind == "assigned" else {})
        number = tell(writing, before.id, by, "undone", row.after, {}, undoes=row.id)
        after = get_action(writing, ref) or before
        return Change(event=number, before=before, after=after, details={"undid": row.id, "kind": row.kind})
    if row.after["version"] != before.version:
        raise ChangedSince(before)
    values = {name: _from_json(name, value) for name, value in row.before.items() if name != "version"}
    change = _change(writing, before, by, "undone", values, undoes=row.id)
    return Change(event=change.event, before=before, after=change.after, details={"undid": row.id, "kind": row.kind})


REPEATED = timedelta(seconds=90)
UNDOABLE = (
    "marked_done",
    "started",
    "abandoned",
    "reopened",
    "postponed",
    "measured",
    "noted",
    "evidence_added",
    "assigned",
)
"""What its author can take back."""


def _unassign(writing: Writing, action: Action, given: dict[str, Any]) -> None:
    if given.get("body") is not None:
        ended = delete(action_body).where(action_body.c.action == action.id, action_body.c.body == given["body"])
        writing.connection.execute(ended)
    if given.get("member") is not None:
        ended = delete(action_member).where(
            action_member.c.action == action.id, action_member.c.member == given["member"]
        )
        writing.connection.execute(ended)


def _last_of(reading: Reading, by: By, told: int | None) -> Any:
    taken_back = select(event.c.undoes).where(event.c.undoes.is_not(None))
    query = (
        select(event)
        .where(event.c.tenant == reading.tenant, event.c.member == by.member.id)
        .order_by(event.c.id.desc())
        .limit(1)
    )
    if told is not None:
        query = query.where(event.c.id == told)
    elif (last := reading.connection.execute(query).first()) is not None and (
        last.kind == "undone" and by.at - last.at < REPEATED
    ):
        # Teams delivers a message again under a new id after half a minute: "annule" must not eat a second change.
        return None
    return reading.connection.execute(query.where(event.c.kind.in_(UNDOABLE), event.c.id.not_in(taken_back))).first()


def last_event(reading: Reading, ref: str, kind: str) -> int | None:
    """The newest event of this kind about an action that was not taken back."""
    taken_back = select(event.c.undoes).where(event.c.undoes.is_not(None))
    query = (
        select(func.max(event.c.id))
        .join(actions, actions.c.id == event.c.action)
        .where(
            event.c.tenant == reading.tenant,
            actions.c.ref == ref,
            event.c.kind == kind,
            event.c.id.not_in(taken_back),
        )
    )
    return reading.connection.execute(query).scalar()


def changeable(writing: Writing, ref: str, by: By) -> Action:
    """The action, locked for this transaction; raises where there is none or this person may not change it."""
    action = get_action(writing, ref, lock=True)
    if action is None:
        raise NoSuchAction(ref)
    may_be_changed(by.member, action)
    return action


def may_be_changed(member: Member, action: Action) -> None:
    """Raises `NotYourAction` where this person may not."""
    if not may_change(member, action):
        raise NotYourAction(action)


_KEPT = (
    "status", "closed_until", "done_by", "done_on", "kind", "start", "end", "rhythm", "deadline", "version",
)  # fmt: skip
_DAYS = ("closed_until", "done_on", "start", "end")


def _change(
    writing: Writing,
    before: Action,
    by: By,
    kind: str,
    values: dict[str, Any],
    *,
    undoes: int | None = None,
    why: str = "",
) -> Change:
    kept = select(*(actions.c[name] for name in _KEPT)).where(actions.c.id == before.id)
    old = writing.connection.execute(kept).mappings().one()
    writing.connection.execute(
        update(actions).where(actions.c.id == before.id).values(**values, version=before.version + 1)
    )
    new = writing.connection.execute(kept).mappings().one()
    number = tell(writing, before.id, by, kind, _to_json(old), _to_json(new), undoes=undoes, why=why)
    after = get_action(writing, before.ref)
    assert after is not None
    return Change(event=number, before=before, after=after)


def _to_json(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _from_json(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value is not None and name in _DAYS else value


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
