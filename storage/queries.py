"""Looking at actions: each function takes a `Reading` and gives plain objects of storage.plan. Changes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from storage.calendar import AcademicCalendar
from storage.conditions import effective_status, holds_today, is_late, visible, where
from storage.database import Reading
from storage.plan import (
    Action,
    Assignee,
    Body,
    Deadline,
    Kind,
    Member,
    Office,
    Rhythm,
    Role,
    Status,
)
from storage.prebuilt import ACTIONS as ACTIONS
from storage.prebuilt import belonging_query, count_query, page_query
from storage.rights import is_within
from storage.selection import Selection
from storage.tables import action as actions
from storage.tables import body as bodies
from storage.tables import member as members
from storage.tables import membership
from storage.tables import plan as plans


def get_action(reading: Reading, ref: str, *, lock: bool = False) -> Action | None:
    """The action with this reference; with `lock`, nobody else changes it before this transaction ends."""
    here = (actions.c.tenant == reading.tenant, actions.c.ref == ref, visible(reading))
    if lock:
        # First, and apart: whoever waits for the lock then reads what the one before them wrote.
        reading.connection.execute(select(actions.c.id).where(*here).with_for_update())
    found = read_actions(reading, ACTIONS.where(*here))
    return found[0] if found else None


def list_actions_by_id(reading: Reading, numbers: Collection[int]) -> list[Action]:
    """In the order of the numbers."""
    query = ACTIONS.where(actions.c.tenant == reading.tenant, actions.c.id.in_(numbers))
    found = {action.id: action for action in read_actions(reading, query)}
    return [found[number] for number in numbers if number in found]


def list_actions_by_ref(reading: Reading, refs: Iterable[str]) -> list[Action]:
    wanted = list(refs)
    found = {
        action.ref: action
        for action in read_actions(
            reading, ACTIONS.where(actions.c.tenant == reading.tenant, actions.c.ref.in_(wanted))
        )
    }
    return [found[ref] for ref in wanted if ref in found]


def list_actions(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
    *,
    limit: int,
    offset: int = 0,
) -> list[Action]:
    """One page, by due day, then priority; where a unit is meant, its own and lower actions before those above.

    `titled`: the references whose titles hold the words of the selection, where it has any.
    """
    return list_page(reading, selection, member, today, calendar, titled, limit=limit, offset=offset)[0]


def list_page(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
    *,
    limit: int,
    offset: int = 0,
) -> tuple[list[Action], int]:
    """The same, and how many there are over all pages; beyond the last page there are none, of none."""
    query = page_query(reading, selection, member, today, calendar, titled, limit, offset)
    rows = reading.connection.execute(query).all()
    return _as_actions(reading, rows), rows[0].total if rows else 0


def list_refs(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
) -> list[str]:
    """Every reference that `list_actions` would give over all its pages, in document order."""
    query = (
        select(actions.c.ref)
        .join(plans, plans.c.id == actions.c.plan)
        .where(where(reading, selection, member, today, calendar, titled))
        .order_by(plans.c.key, actions.c.number)
    )
    return list(reading.connection.scalars(query))


def count_actions(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
) -> int:
    query = count_query(reading, selection, member, today, calendar, titled)
    number: int = reading.connection.execute(query).scalar_one()
    return number


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many of each status; `late` counts again those of them that are late."""

    label: str
    todo: int = 0
    in_progress: int = 0
    done: int = 0
    abandoned: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        return self.todo + self.in_progress + self.done + self.abandoned

    @property
    def share_done(self) -> int:
        """Per cent, of the actions that were not abandoned, rounded down so that 100 means all."""
        followed = self.total - self.abandoned
        return 100 * self.done // followed if followed else 0


def list_progress(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
) -> list[Progress]:
    """Progress per axis, in document order, over whatever is selected. Recurring ones count by their occurrence."""
    status = effective_status(today, calendar)
    query = (
        select(
            actions.c.axis,
            status.label("status"),
            func.count().label("number"),
            func.sum(case((is_late(today), 1), else_=0)).label("late"),
            func.min(actions.c.number).label("first"),
            plans.c.key,
        )
        .join(plans, plans.c.id == actions.c.plan)
        .where(where(reading, selection, member, today, calendar, titled, any_status=True))
        .group_by(plans.c.key, actions.c.axis, status)
    )
    rows = sorted(reading.connection.execute(query), key=lambda row: (row.key, row.first))
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        counts[row.axis][row.status] += row.number
        counts[row.axis]["late"] += row.late
    return [Progress(label=axis, **count) for axis, count in counts.items()]


def list_coordinators(reading: Reading, unit: str | None) -> list[Member]:
    """The coordinators who answer for this unit (None: the whole institution), by name."""
    return [each for each in _list_of_role(reading, Role.COORDINATOR) if is_within(each, unit)]


def list_admins(reading: Reading) -> list[Member]:
    return _list_of_role(reading, Role.ADMIN)


def _list_of_role(reading: Reading, role: Role) -> list[Member]:
    query = select(members).where(members.c.tenant == reading.tenant, members.c.role == role)
    return [
        Member(id=row.id, name=row.name, email=row.email, role=role, unit=row.unit, language=row.language)
        for row in reading.connection.execute(query.order_by(members.c.name))
    ]


def list_people_of(reading: Reading, body_ids: Iterable[int], today: date) -> dict[int, list[str]]:
    """Who are members today of each of these bodies, whoever coordinates it first, then by name."""
    query = (
        select(membership.c.body, members.c.name)
        .join(members, members.c.id == membership.c.member)
        .where(membership.c.body.in_(list(body_ids)), members.c.tenant == reading.tenant, holds_today(today))
        .order_by(membership.c.office != Office.COORDINATOR, members.c.name)
    )
    people: dict[int, list[str]] = defaultdict(list)
    for row in reading.connection.execute(query):
        people[row.body].append(row.name)
    return people


def list_body_names(reading: Reading, body_ids: Collection[int]) -> list[str]:
    named = (bodies.c.tenant == reading.tenant, bodies.c.id.in_(body_ids))
    query = select(bodies.c.name).where(*named).order_by(bodies.c.name)
    return list(reading.connection.execute(query).scalars())


def read_actions(reading: Reading, query: Any) -> list[Action]:
    """The actions that a query over `ACTIONS` finds, of those that whoever looks may see."""
    return _as_actions(reading, reading.connection.execute(query.where(visible(reading))).all())


def _as_actions(reading: Reading, rows: Sequence[Any]) -> list[Action]:
    given: dict[int, list[Assignee]] = defaultdict(list)
    owners: dict[int, list[Body]] = defaultdict(list)
    if rows:
        belonging = reading.connection.execute(belonging_query(reading.tenant), {"ids": [row.id for row in rows]})
        for action, is_person, _, number, name in sorted(belonging, key=lambda row: (row.place, row.name)):
            if is_person:
                given[action].append(Assignee(id=number, name=name))
            else:
                owners[action].append(Body(id=number, name=name))
    return [
        Action(
            id=row.id,
            ref=row.ref,
            plan=row.plan_key,
            axis=row.axis,
            goal=row.goal,
            objective=row.objective,
            title=row.title,
            deadline=Deadline(
                kind=Kind(row.kind),
                text=row.deadline,
                start=row.start,
                end=row.end,
                rhythm=Rhythm(row.rhythm) if row.rhythm else None,
            ),
            status=Status(row.status),
            priority=row.priority,
            version=row.version,
            bodies=tuple(owners[row.id]),
            assignees=tuple(given[row.id]),
            unit=row.unit,
            closed_until=row.closed_until,
            done_by=row.done_by_name or "",
            done_on=row.done_on,
            extra=tuple((heading, words) for heading, words in row.extra or ()),
            discreet=row.discreet,
        )
        for row in rows
    ]
