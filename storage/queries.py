"""Looking at the plan: each function takes a `Reading` and gives plain objects of storage.plan. Changes nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from storage.calendar import AcademicCalendar, Period
from storage.database import Reading
from storage.plan import (
    OPEN,
    Action,
    Assignee,
    Body,
    Deadline,
    Indicator,
    IndicatorKind,
    Kind,
    Measurement,
    Member,
    Rhythm,
    Role,
    Status,
    last_occurrence_in,
    may_change,
    occurrence_from,
)
from storage.selection import Selection
from storage.tables import action as actions
from storage.tables import action_body, action_indicator, action_member, event, measurement, membership
from storage.tables import body as bodies
from storage.tables import indicator as indicators
from storage.tables import member as members
from storage.tables import plan as plans

LAST_VALUES = 3
"""How many values of an indicator an action shows."""

_ACTIONS = (
    select(actions, plans.c.key.label("plan_key"), members.c.name.label("done_by_name"))
    .join(plans, plans.c.id == actions.c.plan)
    .join(members, members.c.id == actions.c.done_by, isouter=True)
)


def get_action(reading: Reading, ref: str, *, lock: bool = False) -> Action | None:
    """The action with this reference; with `lock`, nobody else changes it before this transaction ends."""
    here = (actions.c.tenant == reading.tenant, actions.c.ref == ref)
    if lock:
        # First, and apart: whoever waits for the lock then reads what the one before them wrote.
        reading.connection.execute(select(actions.c.id).where(*here).with_for_update())
    found = _actions(reading, _ACTIONS.where(*here))
    return found[0] if found else None


def list_actions_by_ref(reading: Reading, refs: Iterable[str]) -> list[Action]:
    wanted = list(refs)
    found = {
        action.ref: action
        for action in _actions(reading, _ACTIONS.where(actions.c.tenant == reading.tenant, actions.c.ref.in_(wanted)))
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
    due_from = selection.due.start if selection.due and selection.due.start else today
    due_day = case(
        (actions.c.rhythm == Rhythm.LAST_DAY, occurrence_from(Rhythm.LAST_DAY, due_from, calendar)),
        (actions.c.rhythm == Rhythm.RENTREE, occurrence_from(Rhythm.RENTREE, due_from, calendar)),
        else_=actions.c.end,
    )
    above = [] if selection.unit is None else [case((_in_unit(selection.unit), 0), else_=1)]
    query = (
        _ACTIONS.where(_where(reading, selection, member, today, calendar, titled))
        .order_by(
            *above,
            due_day.is_(None),
            due_day,
            func.coalesce(actions.c.priority, 0).desc(),
            plans.c.key,
            actions.c.number,
        )
        .limit(limit)
        .offset(offset)
    )
    return _actions(reading, query)


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
        .where(_where(reading, selection, member, today, calendar, titled))
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
    query = (
        select(func.count())
        .select_from(actions.join(plans, plans.c.id == actions.c.plan))
        .where(_where(reading, selection, member, today, calendar, titled))
    )
    return reading.connection.execute(query).scalar_one()


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
    closed = [
        and_(actions.c.rhythm == rhythm, actions.c.closed_until >= occurrence_from(rhythm, today, calendar))
        for rhythm in Rhythm
    ]
    status = case((or_(*closed), Status.DONE.value), else_=actions.c.status)
    query = (
        select(
            actions.c.axis,
            status.label("status"),
            func.count().label("number"),
            func.sum(case((_is_late(today), 1), else_=0)).label("late"),
            func.min(actions.c.number).label("first"),
            plans.c.key,
        )
        .join(plans, plans.c.id == actions.c.plan)
        .where(_where(reading, selection, member, today, calendar, titled, any_status=True))
        .group_by(plans.c.key, actions.c.axis, status)
    )
    rows = sorted(reading.connection.execute(query), key=lambda row: (row.key, row.first))
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        counts[row.axis][row.status] += row.number
        counts[row.axis]["late"] += row.late
    return [Progress(label=axis, **count) for axis, count in counts.items()]


def list_indicators(reading: Reading, ref: str) -> list[Indicator]:
    """The indicators of an action, each with its last values, newest first."""
    linked = (
        select(indicators, action_indicator.c.position)
        .join(action_indicator, action_indicator.c.indicator == indicators.c.id)
        .join(actions, actions.c.id == action_indicator.c.action)
        .where(actions.c.tenant == reading.tenant, actions.c.ref == ref)
        .order_by(action_indicator.c.position)
    )
    rows = reading.connection.execute(linked).all()
    values = _last_values(reading, [row.id for row in rows])
    return [
        Indicator(id=row.id, name=row.name, kind=IndicatorKind(row.kind), measurements=tuple(values[row.id]))
        for row in rows
    ]


def list_holders(reading: Reading, indicator: str) -> list[Action]:
    """The actions that have an indicator of exactly this name."""
    linked = (
        select(action_indicator.c.action)
        .join(indicators, indicators.c.id == action_indicator.c.indicator)
        .where(indicators.c.tenant == reading.tenant, indicators.c.name == indicator)
    )
    query = _ACTIONS.where(actions.c.tenant == reading.tenant, actions.c.id.in_(linked))
    return _actions(reading, query.order_by(plans.c.key, actions.c.number))


def list_coordinators(reading: Reading, action: Action) -> list[str]:
    """The coordinators who answer for this action's unit, by name."""
    query = select(members).where(members.c.tenant == reading.tenant, members.c.role == Role.COORDINATOR)
    people = [
        Member(id=row.id, name=row.name, email=row.email, role=Role.COORDINATOR, unit=row.unit)
        for row in reading.connection.execute(query.order_by(members.c.name))
    ]
    return [each.name for each in people if may_change(each, action)]


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
    taken_back = select(event.c.undoes).where(event.c.undoes.is_not(None))
    conditions: list[ColumnElement[bool]] = [
        event.c.tenant == reading.tenant,
        event.c.kind != "undone",
        event.c.id.not_in(taken_back),
    ]
    if ref is not None:
        conditions.append(actions.c.ref == ref)
    else:
        conditions.append(_where(reading, selection, member, today, calendar, titled, any_status=True))
    if kinds:
        conditions.append(event.c.kind.in_(kinds))
    if since is not None:
        conditions.append(event.c.at >= since)
    if until is not None:
        conditions.append(event.c.at < until)
    query = (
        select(event, actions.c.ref, actions.c.title, members.c.name.label("who"))
        .join(actions, actions.c.id == event.c.action)
        .join(plans, plans.c.id == actions.c.plan)
        .join(members, members.c.id == event.c.member)
        .where(*conditions)
    )
    count = reading.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = reading.connection.execute(query.order_by(event.c.id.desc()).limit(limit))
    told = [
        Told(
            ref=row.ref,
            title=row.title,
            kind=row.kind,
            who=row.who,
            at=row.at,
            before=row.before,
            after=row.after,
            why=row.why,
        )
        for row in rows
    ]
    return told, count


def _last_values(reading: Reading, ids: list[int]) -> dict[int, list[Measurement]]:
    recency = (
        func.row_number()
        .over(partition_by=measurement.c.indicator, order_by=(measurement.c.on.desc(), measurement.c.id.desc()))
        .label("recency")
    )
    ranked = select(measurement, recency).where(measurement.c.indicator.in_(ids)).subquery()
    query = (
        select(ranked, members.c.name.label("author"))
        .join(members, members.c.id == ranked.c.member)
        .where(ranked.c.recency <= LAST_VALUES)
        .order_by(ranked.c.indicator, ranked.c.recency)
    )
    values: dict[int, list[Measurement]] = defaultdict(list)
    for row in reading.connection.execute(query):
        values[row.indicator].append(
            Measurement(on=row.on, value=row.value, number=row.number, note=row.note, link=row.link, author=row.author)
        )
    return values


def list_people_of(reading: Reading, body_ids: Iterable[int], today: date) -> dict[int, list[str]]:
    """Who are members today of each of these bodies, by name."""
    query = (
        select(membership.c.body, members.c.name)
        .join(members, members.c.id == membership.c.member)
        .where(membership.c.body.in_(list(body_ids)), members.c.tenant == reading.tenant, holds_today(today))
        .order_by(members.c.name)
    )
    people: dict[int, list[str]] = defaultdict(list)
    for row in reading.connection.execute(query):
        people[row.body].append(row.name)
    return people


def list_body_names(reading: Reading, body_ids: Collection[int]) -> list[str]:
    query = select(bodies.c.name).where(bodies.c.id.in_(body_ids)).order_by(bodies.c.name)
    return list(reading.connection.execute(query).scalars())


def holds_today(today: date) -> ColumnElement[bool]:
    """A membership that counts on this day; one without dates is open at both ends."""
    return and_(
        or_(membership.c.start.is_(None), membership.c.start <= today),
        or_(membership.c.end.is_(None), membership.c.end >= today),
    )


def _is_late(today: date) -> ColumnElement[bool]:
    return and_(actions.c.status.in_(OPEN), actions.c.rhythm.is_(None), actions.c.end < today)


def _in_unit(path: str) -> ColumnElement[bool]:
    return or_(actions.c.unit == path, actions.c.unit.startswith(path + "/", autoescape=True))


def _concerns(path: str) -> ColumnElement[bool]:
    steps = path.split("/")
    above = ["/".join(steps[:depth]) for depth in range(1, len(steps))]
    return or_(_in_unit(path), actions.c.unit.in_(above), actions.c.unit.is_(None))


def _where(
    reading: Reading,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
    *,
    any_status: bool = False,
) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [actions.c.tenant == reading.tenant]
    if selection.status is not None:
        conditions.append(actions.c.status == selection.status)
    elif not any_status:
        conditions.append(actions.c.status.in_(OPEN))
    if selection.late:
        conditions.append(_is_late(today))
    if selection.due is not None:
        conditions.append(_is_due(selection.due, calendar))
    elif selection.status is None and not any_status:
        conditions.append(_is_unclosed(today, calendar))
    columns: list[tuple[ColumnElement[Any], object]] = [
        (plans.c.key, selection.plan),
        (actions.c.axis, selection.axis),
        (actions.c.goal, selection.goal),
        (actions.c.priority, selection.priority),
        (actions.c.kind, selection.kind),
    ]
    conditions += [column == value for column, value in columns if value is not None]
    if selection.unit is not None:
        conditions.append(_concerns(selection.unit))
    if selection.body is not None:
        conditions.append(_answers(bodies.c.name == selection.body))
    if selection.mine:
        given = select(action_member.c.action).where(action_member.c.member == member.id)
        conditions.append(or_(_answers(bodies.c.id.in_(member.bodies)), actions.c.id.in_(given)))
    if selection.person is not None:
        conditions.append(_is_of(reading, selection.person, today))
    if selection.indicator is not None:
        holders = select(action_indicator.c.action).join(indicators, indicators.c.id == action_indicator.c.indicator)
        conditions.append(actions.c.id.in_(holders.where(indicators.c.name == selection.indicator)))
    if selection.words:
        conditions.append(actions.c.ref.in_(titled))
    return and_(true(), *conditions)


def _is_of(reading: Reading, person: str, today: date) -> ColumnElement[bool]:
    """Of the bodies this person belongs to today, or given to them by name."""
    named = select(members.c.id).where(members.c.tenant == reading.tenant, members.c.name == person)
    belongs = select(membership.c.body).where(membership.c.member.in_(named), holds_today(today))
    given = select(action_member.c.action).where(action_member.c.member.in_(named))
    return or_(_answers(bodies.c.id.in_(belongs)), actions.c.id.in_(given))


def _answers(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    named = select(action_body.c.action).join(bodies, bodies.c.id == action_body.c.body).where(condition)
    return actions.c.id.in_(named)


def _is_due(period: Period, calendar: AcademicCalendar) -> ColumnElement[bool]:
    dated: list[ColumnElement[bool]] = [actions.c.rhythm.is_(None), actions.c.end.is_not(None)]
    if period.start is not None:
        dated.append(actions.c.end >= period.start)
    if period.end is not None:
        dated.append(actions.c.end <= period.end)
    ways = [and_(*dated)]
    for rhythm in Rhythm:
        last = last_occurrence_in(rhythm, period, calendar)
        if last is not None:
            ways.append(and_(actions.c.rhythm == rhythm, _open_on(last)))
    return or_(*ways)


def _is_unclosed(today: date, calendar: AcademicCalendar) -> ColumnElement[bool]:
    """Not a recurring action whose current occurrence is closed."""
    return or_(
        actions.c.rhythm.is_(None),
        *(and_(actions.c.rhythm == rhythm, _open_on(occurrence_from(rhythm, today, calendar))) for rhythm in Rhythm),
    )


def _open_on(occurrence: date) -> ColumnElement[bool]:
    return or_(actions.c.closed_until.is_(None), actions.c.closed_until < occurrence)


def _actions(reading: Reading, query: Any) -> list[Action]:
    rows = reading.connection.execute(query).all()
    ids = [row.id for row in rows]
    given: dict[int, list[Assignee]] = defaultdict(list)
    for row in reading.connection.execute(
        select(action_member.c.action, members.c.id, members.c.name)
        .join(members, members.c.id == action_member.c.member)
        .where(action_member.c.action.in_(ids))
        .order_by(members.c.name)
    ):
        given[row.action].append(Assignee(id=row.id, name=row.name))
    owners: dict[int, list[Body]] = defaultdict(list)
    for row in reading.connection.execute(
        select(action_body.c.action, bodies.c.id, bodies.c.name)
        .join(bodies, bodies.c.id == action_body.c.body)
        .where(action_body.c.action.in_(ids))
        .order_by(action_body.c.action, action_body.c.position)
    ):
        owners[row.action].append(Body(id=row.id, name=row.name))
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
        )
        for row in rows
    ]
