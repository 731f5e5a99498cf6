"""What a selection means in SQL: which actions are due, late, of a unit, of a person. Reads nothing itself."""

from collections.abc import Collection
from datetime import date
from typing import Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, and_, case, not_, or_, select, true

from storage.calendar import AcademicCalendar, Period
from storage.plan import OPEN, Member, Rhythm, Role, Status, last_occurrence_in, occurrence_from
from storage.rights import TABLE, Act, Ground, is_within
from storage.selection import Selection
from storage.sight import Sight
from storage.tables import action as actions
from storage.tables import action_body, action_indicator, action_member, body_alias, membership
from storage.tables import body as bodies
from storage.tables import indicator as indicators
from storage.tables import member as members
from storage.tables import plan as plans


class OfTenant(Protocol):
    """What a condition has to know of a transaction."""

    @property
    def tenant(self) -> str: ...

    @property
    def sight(self) -> Sight: ...


def where(
    reading: OfTenant,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
    *,
    any_status: bool = False,
) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [actions.c.tenant == reading.tenant, visible(reading)]
    if selection.status is not None:
        conditions.append(effective_status(today, calendar) == selection.status)
    elif not any_status:
        conditions.append(actions.c.status.in_(OPEN))
    if selection.late:
        conditions.append(is_late(today))
    if selection.due is not None:
        conditions.append(_is_due(selection.due, calendar, closed=selection.status is Status.DONE))
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
        conditions.append(_answers(reading, _is_called(reading, selection.body)))
    if selection.mine:
        given = _given(reading, action_member.c.member == member.id)
        conditions.append(or_(_answers(reading, bodies.c.id.in_(member.bodies)), given))
    if selection.unowned:
        conditions.append(not_(or_(_answers(reading, true()), _given(reading, true()))))
    if selection.person is not None:
        conditions.append(_is_of(reading, selection.person, today))
    if selection.indicator is not None:
        holders = select(action_indicator.c.action).join(indicators, indicators.c.id == action_indicator.c.indicator)
        named = (indicators.c.tenant == reading.tenant, indicators.c.name == selection.indicator)
        conditions.append(actions.c.id.in_(holders.where(*named)))
    if selection.words:
        conditions.append(actions.c.ref.in_(titled))
    return and_(true(), *conditions)


def visible(reading: OfTenant) -> ColumnElement[bool]:
    """Whether there is such an action for whoever looks: part of every query that looks at actions.

    It says in SQL what `Sight.sees` says of one action.
    """
    sight, member = reading.sight, reading.sight.member
    whatever = actions.c.discreet.in_((False, True))
    ways: list[ColumnElement[bool]] = [actions.c.discreet.is_(False)]
    if sight.everything:
        return whatever
    if member is None or not sight.alone:
        return ways[0]
    grounds = TABLE[Act.READ_DISCREET]
    if Ground.ADMIN in grounds and member.role is Role.ADMIN:
        return whatever
    if Ground.COORDINATOR in grounds and member.role is Role.COORDINATOR:
        if member.unit is None:
            return whatever
        ways.append(in_unit(member.unit))
        if is_within(member, None):
            ways.append(actions.c.unit.is_(None))
    if Ground.RESPONSIBLE in grounds and member.role is not Role.READER:
        ways += [
            _answers(reading, bodies.c.id.in_(member.bodies)),
            _given(reading, action_member.c.member == member.id),
        ]
    return or_(*ways)


def holds_today(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """A membership that counts on this day; one without dates is open at both ends."""
    return and_(
        or_(membership.c.start.is_(None), membership.c.start <= today),
        or_(membership.c.end.is_(None), membership.c.end >= today),
    )


def is_late(today: date) -> ColumnElement[bool]:
    return and_(actions.c.status.in_(OPEN), actions.c.rhythm.is_(None), actions.c.end < today)


def in_unit(path: str) -> ColumnElement[bool]:
    return or_(actions.c.unit == path, actions.c.unit.startswith(path + "/", autoescape=True))


def _concerns(path: str) -> ColumnElement[bool]:
    steps = path.split("/")
    above = ["/".join(steps[:depth]) for depth in range(1, len(steps))]
    return or_(in_unit(path), actions.c.unit.in_(above), actions.c.unit.is_(None))


def _is_of(reading: OfTenant, person: str, today: date) -> ColumnElement[bool]:
    """Of the bodies this person belongs to today, or given to them by name."""
    named = select(members.c.id).where(members.c.tenant == reading.tenant, members.c.name == person)
    belongs = select(membership.c.body).where(
        membership.c.tenant == reading.tenant, membership.c.member.in_(named), holds_today(today)
    )
    return or_(_answers(reading, bodies.c.id.in_(belongs)), _given(reading, action_member.c.member.in_(named)))


def _answers(reading: OfTenant, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    named = (
        select(action_body.c.action)
        .join(bodies, bodies.c.id == action_body.c.body)
        .where(bodies.c.tenant == reading.tenant, condition)
    )
    return actions.c.id.in_(named)


def _is_called(reading: OfTenant, name: str) -> ColumnElement[bool]:
    """The body of this name, or that had it when an older card was drawn."""
    renamed = select(body_alias.c.body).where(body_alias.c.tenant == reading.tenant, body_alias.c.name == name)
    return or_(bodies.c.name == name, bodies.c.id.in_(renamed))


def _given(reading: OfTenant, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Given by name to whom the condition says."""
    given = select(action_member.c.action).where(action_member.c.tenant == reading.tenant, condition)
    return actions.c.id.in_(given)


def effective_status(today: date, calendar: AcademicCalendar) -> ColumnElement[str]:
    """The status as it is seen: a recurring action is done while its current occurrence is closed."""
    closed = [
        and_(actions.c.rhythm == rhythm, actions.c.closed_until >= occurrence_from(rhythm, today, calendar))
        for rhythm in Rhythm
    ]
    return case((or_(*closed), Status.DONE.value), else_=actions.c.status)


def _is_due(period: Period, calendar: AcademicCalendar, *, closed: bool) -> ColumnElement[bool]:
    """Due in the period; of what recurs, the occurrences that are still open, or those that are `closed`."""
    dated: list[ColumnElement[bool]] = [actions.c.rhythm.is_(None), actions.c.end.is_not(None)]
    if period.start is not None:
        dated.append(actions.c.end >= period.start)
    if period.end is not None:
        dated.append(actions.c.end <= period.end)
    ways = [and_(*dated)]
    for rhythm in Rhythm:
        last = last_occurrence_in(rhythm, period, calendar)
        if last is not None:
            ways.append(and_(actions.c.rhythm == rhythm, actions.c.closed_until >= last if closed else _open_on(last)))
    return or_(*ways)


def _is_unclosed(today: date, calendar: AcademicCalendar) -> ColumnElement[bool]:
    """Not a recurring action whose current occurrence is closed."""
    return or_(
        actions.c.rhythm.is_(None),
        *(and_(actions.c.rhythm == rhythm, _open_on(occurrence_from(rhythm, today, calendar))) for rhythm in Rhythm),
    )


def _open_on(occurrence: date) -> ColumnElement[bool]:
    return or_(actions.c.closed_until.is_(None), actions.c.closed_until < occurrence)
