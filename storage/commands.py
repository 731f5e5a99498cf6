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
from storage.plan import Action, Indicator, IndicatorKind, Member, Status, may_change, occurrence_from
from storage.queries import get_action, list_indicators
from storage.tables import action as actions
from storage.tables import action_indicator, event, measurement
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
    before = _to_change(writing, ref, by)
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
    action = _to_change(writing, ref, by)
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
    action = _to_change(writing, ref, by)
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
    before = _to_change(writing, ref, by)
    if row.kind == "measured":
        gone = delete(measurement).where(measurement.c.id == row.after["measurement"])
        if writing.connection.execute(gone).rowcount == 0:
            raise NothingToUndo(before)
        number = tell(writing, before.id, by, "undone", row.after, {}, undoes=row.id)
        return Change(
            event=number, before=before, after=before, details={"undid": row.id, "kind": row.kind, **row.after}
        )
    if row.after["version"] != before.version:
        raise ChangedSince(before)
    values = {name: _from_json(name, value) for name, value in row.before.items() if name != "version"}
    change = _change(writing, before, by, "undone", values, undoes=row.id)
    return Change(event=change.event, before=before, after=change.after, details={"undid": row.id, "kind": row.kind})


REPEATED = timedelta(seconds=90)
UNDOABLE = ("marked_done", "measured")


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


def _to_change(writing: Writing, ref: str, by: By) -> Action:
    action = get_action(writing, ref, lock=True)
    if action is None:
        raise NoSuchAction(ref)
    may_be_changed(by.member, action)
    return action


def may_be_changed(member: Member, action: Action) -> None:
    """Raises `NotYourAction` where this person may not."""
    if not may_change(member, action):
        raise NotYourAction(action)


_KEPT = ("status", "closed_until", "done_by", "done_on", "version")


def _change(
    writing: Writing, before: Action, by: By, kind: str, values: dict[str, Any], *, undoes: int | None = None
) -> Change:
    kept = select(*(actions.c[name] for name in _KEPT)).where(actions.c.id == before.id)
    old = writing.connection.execute(kept).mappings().one()
    writing.connection.execute(
        update(actions).where(actions.c.id == before.id).values(**values, version=before.version + 1)
    )
    new = writing.connection.execute(kept).mappings().one()
    number = tell(writing, before.id, by, kind, _to_json(old), _to_json(new), undoes=undoes)
    after = get_action(writing, before.ref)
    assert after is not None
    return Change(event=number, before=before, after=after)


def _to_json(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _from_json(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value is not None and name in ("closed_until", "done_on") else value


def tell(
    writing: Writing,
    action_id: int | None,
    by: By,
    kind: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    undoes: int | None = None,
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
    )
