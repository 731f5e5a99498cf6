"""Taking back one's own last change, while nobody changed the same thing since."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select

from storage.commands import change_action, locked
from storage.conditions import visible
from storage.database import Reading, Writing
from storage.discretion import MADE_DISCREET, MADE_PUBLIC, set_discreet
from storage.people_undoing import PeopleChange, last_people_change, undo_people
from storage.plan import Action
from storage.queries import get_action
from storage.record import UNDONE, By, Change, taken_back, tell
from storage.refusals import ChangedSince, NothingToUndo, Refusal
from storage.rights import Act, check, check_author
from storage.sight import EVERYTHING
from storage.tables import action as actions
from storage.tables import action_body, action_member, event, measurement
from storage.tables import member as members


def undo(
    writing: Writing, by: By, *, told: int | None = None, ref: str | None = None, again: bool = False
) -> Change | PeopleChange:
    """Take back a change of one's own: the named event, or the last one (of the action `ref`).

    Only while nobody changed the action since. One change after the other can be taken back; `again` says that this
    one is asked for besides the one before, which a message that Teams delivers twice cannot.
    """
    row = _last_of(writing, by, told, ref)
    of_people = last_people_change(writing, by, told) if ref is None else None
    if told is None and not again and _has_just_undone(writing, by):
        raise JustUndone(_left(row))
    if of_people is not None and (row is None or of_people.id > row.id):
        return undo_people(writing, by, of_people)
    if row is None:
        raise NothingToUndo()
    before = locked(writing, row.ref)
    check_author(by.member, row.member, row.author, before)
    check(by.member, Act.CHANGE, before)
    if row.kind == "measured":
        gone = delete(measurement).where(
            measurement.c.tenant == writing.tenant, measurement.c.id == row.after["measurement"]
        )
        if writing.connection.execute(gone).rowcount == 0:
            raise NothingToUndo(before)
        number = tell(writing, before.id, by, "undone", row.after, {}, undoes=row.id)
        return Change(
            event=number, before=before, after=before, details={"undid": row.id, "kind": row.kind, **row.after}
        )
    if row.kind in ("noted", "evidence_added", "assigned"):
        _unassign(writing, before, row.after if row.kind == "assigned" else {})
        number = tell(writing, before.id, by, "undone", row.after, {}, undoes=row.id)
        after = get_action(writing.seeing(EVERYTHING), before.ref) or before
        return Change(event=number, before=before, after=after, details={"undid": row.id, "kind": row.kind})
    if row.kind in (MADE_DISCREET, MADE_PUBLIC):
        change = set_discreet(writing, row.ref, by, discreet=bool(row.before["discreet"]), undoes=row.id)
        return replace(change, details={"undid": row.id, "kind": row.kind})
    if row.after["version"] != before.version:
        raise ChangedSince(before)
    values = {name: from_json(name, value) for name, value in row.before.items() if name != "version"}
    change = change_action(writing, before, by, "undone", values, undoes=row.id)
    return Change(event=change.event, before=before, after=change.after, details={"undid": row.id, "kind": row.kind})


@dataclass(frozen=True, kw_only=True)
class Left:
    """A change that its author could take back next."""

    event: int
    ref: str
    kind: str


@dataclass
class JustUndone(Refusal):
    """They took something back a moment ago: one more is taken back where they say so."""

    left: Left | None


def made_together(reading: Reading, by: By, *, told: int | None, again: bool) -> list[int]:
    """The events of one press, where what is to be taken back is one of several; empty for what stands alone."""
    row = _last_of(reading, by, told, None)
    if row is None or (told is None and not again and _has_just_undone(reading, by)):
        return []
    newer = last_people_change(reading, by, told)
    if newer is not None and newer.id > row.id:
        return []
    first = row.batch or row.id
    query = select(event.c.id).where(
        event.c.tenant == reading.tenant,
        event.c.member == row.member,
        (event.c.id == first) | (event.c.batch == first),
        event.c.id.not_in(taken_back(reading)),
    )
    return list(reading.connection.scalars(query))


def left_to_undo(reading: Reading, by: By) -> Left | None:
    """The person's newest change of an action that was not taken back."""
    return _left(_last_of(reading, by, None, None))


def _left(row: Any) -> Left | None:
    return None if row is None else Left(event=row.id, ref=row.ref, kind=row.kind)


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
    MADE_DISCREET,
    MADE_PUBLIC,
)
"""What its author can take back."""


_DAYS = ("closed_until", "done_on", "start", "end")


def from_json(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if value is not None and name in _DAYS else value


def _unassign(writing: Writing, action: Action, given: dict[str, Any]) -> None:
    if given.get("body") is not None:
        ended = delete(action_body).where(
            action_body.c.tenant == writing.tenant,
            action_body.c.action == action.id,
            action_body.c.body == given["body"],
        )
        writing.connection.execute(ended)
    if given.get("member") is not None:
        ended = delete(action_member).where(
            action_member.c.tenant == writing.tenant,
            action_member.c.action == action.id,
            action_member.c.member == given["member"],
        )
        writing.connection.execute(ended)


def _has_just_undone(reading: Reading, by: By) -> bool:
    """Teams delivers a message again under a new id after half a minute: "annule" must not eat a second change."""
    own = (event.c.tenant == reading.tenant, event.c.member == by.member.id)
    last = reading.connection.execute(select(event).where(*own).order_by(event.c.id.desc()).limit(1)).first()
    return last is not None and last.kind == UNDONE and by.at - last.at < REPEATED


def _last_of(reading: Reading, by: By, told: int | None, ref: str | None) -> Any:
    query = (
        select(event, members.c.name.label("author"), actions.c.ref)
        .join(members, members.c.id == event.c.member)
        .join(actions, actions.c.id == event.c.action)
        .where(event.c.tenant == reading.tenant, visible(reading))
        .order_by(event.c.id.desc())
        .limit(1)
    )
    query = query.where(event.c.id == told if told is not None else event.c.member == by.member.id)
    if ref is not None:
        query = query.where(actions.c.ref == ref)
    return reading.connection.execute(
        query.where(event.c.kind.in_(UNDOABLE), event.c.id.not_in(taken_back(reading)))
    ).first()
