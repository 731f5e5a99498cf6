"""Changing an action: each command checks the right, changes, and records it in the same transaction.

What cannot be done is raised as a `Refusal` before anything is touched. Nothing here commits, and nothing
is overwritten without an event that holds what stood before.
"""

from datetime import date
from typing import Any

from sqlalchemy import insert, select, update

from storage.calendar import AcademicCalendar
from storage.conditions import visible
from storage.database import Writing
from storage.plan import OPEN, Action, Kind, Status, occurrence_from
from storage.queries import get_action
from storage.record import By, Change, tell
from storage.refusals import AlreadyDone, AlreadySo, ChangedSince, NoSuchAction, NotOpen
from storage.rights import Act, check
from storage.sight import EVERYTHING
from storage.tables import action as actions
from storage.tables import action_body, action_member


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
        # An abandoned one is taken up again by being done.
        values["status"] = before.status if before.status in OPEN else Status.TODO
        values["closed_until"] = occurrence_from(before.deadline.rhythm, by.today, calendar)
    return change_action(writing, before, by, "marked_done", values)


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
    return change_action(writing, before, by, KINDS[to], values, why=why)


KINDS = {Status.IN_PROGRESS: "started", Status.ABANDONED: "abandoned", Status.TODO: "reopened"}


def postpone(writing: Writing, ref: str, to: date, by: By, *, why: str, version: int | None = None) -> Change:
    """A new day to be done by; the plan's own words stay in the record."""
    before = changeable(writing, ref, by)
    if version is not None and version != before.version:
        raise ChangedSince(before)
    if before.status not in OPEN:
        raise NotOpen(before)
    if before.deadline.kind is Kind.DAY and before.deadline.end == to:
        raise AlreadySo(before)
    values: dict[str, Any] = {"kind": Kind.DAY, "start": to, "end": to, "rhythm": None, "deadline": to.isoformat()}
    if before.deadline.rhythm is not None:
        # What recurred and now has one day is yet to be done; the occurrence that was closed stays in the record.
        values |= {"closed_until": None, "done_by": None, "done_on": None}
    return change_action(writing, before, by, "postponed", values, why=why)


def add_note(writing: Writing, ref: str, by: By, *, note: str, link: str = "") -> Change:
    """A remark, or a link that shows what was done."""
    action = changeable(writing, ref, by)
    kind = "evidence_added" if link else "noted"
    details = {"note": note, "link": link}
    number = tell(writing, action.id, by, kind, {}, details)
    return Change(event=number, before=action, after=action, details=details)


def assign(writing: Writing, ref: str, by: By, *, body_id: int | None = None, member_id: int | None = None) -> Change:
    """Make a body or a person answer for an action, beside those who do already."""
    before = locked(writing, ref)
    check(by.member, Act.TAKE_ON if member_id == by.member.id else Act.GIVE, before)
    if any(body.id == body_id for body in before.bodies) or any(one.id == member_id for one in before.assignees):
        raise AlreadySo(before)
    if body_id is not None:
        values: dict[str, Any] = {"action": before.id, "body": body_id, "position": len(before.bodies)}
        writing.connection.execute(insert(action_body).values(**values))
    else:
        values = {"action": before.id, "member": member_id}
        writing.connection.execute(insert(action_member).values(**values))
    after = get_action(writing.seeing(EVERYTHING), ref)
    assert after is not None
    number = tell(writing, before.id, by, "assigned", {}, {"body": body_id, "member": member_id})
    return Change(event=number, before=before, after=after)


def changeable(writing: Writing, ref: str, by: By) -> Action:
    """The action, locked for this transaction; raises where there is none or this person may not change it."""
    action = locked(writing, ref)
    check(by.member, Act.CHANGE, action)
    return action


def locked(writing: Writing, ref: str) -> Action:
    """The action, which nobody else changes before this transaction ends; what may be done with it is to be checked."""
    action = get_action(writing, ref, lock=True)
    if action is None:
        raise NoSuchAction(ref)
    return action


_KEPT = (
    "status", "closed_until", "done_by", "done_on", "kind", "start", "end", "rhythm", "deadline", "version",
)  # fmt: skip


def change_action(
    writing: Writing,
    before: Action,
    by: By,
    kind: str,
    values: dict[str, Any],
    *,
    undoes: int | None = None,
    why: str = "",
) -> Change:
    # Whoever may no longer see it when it is changed has changed it all the same.
    writing = writing.seeing(EVERYTHING)
    here = (actions.c.tenant == writing.tenant, actions.c.id == before.id, visible(writing))
    kept = select(*(actions.c[name] for name in _KEPT)).where(*here)
    old = writing.connection.execute(kept).mappings().one()
    writing.connection.execute(update(actions).where(*here).values(**values, version=before.version + 1))
    new = writing.connection.execute(kept).mappings().one()
    number = tell(writing, before.id, by, kind, _to_json(old), _to_json(new), undoes=undoes, why=why)
    after = get_action(writing, before.ref)
    assert after is not None
    return Change(event=number, before=before, after=after)


def _to_json(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
