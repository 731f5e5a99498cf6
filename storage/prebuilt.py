"""Statements over actions, kept for the questions that are asked again: building one costs more than asking it.

A statement depends on the question, on the day and, where "mine" is meant, on who asks; never on what the plan holds.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, case, func, literal, select, union_all

from storage.calendar import AcademicCalendar
from storage.conditions import OfTenant, in_unit, where
from storage.plan import Member, Rhythm, Role, occurrence_from
from storage.selection import Selection
from storage.sight import Sight
from storage.tables import action as actions
from storage.tables import action_body, action_member
from storage.tables import body as bodies
from storage.tables import member as members
from storage.tables import plan as plans

_KEPT = 2_000
_NOBODY = Member(id=0, name="", email="", role=Role.READER)

ACTIONS = (
    select(actions, plans.c.key.label("plan_key"), members.c.name.label("done_by_name"))
    .join(plans, plans.c.id == actions.c.plan)
    .join(members, members.c.id == actions.c.done_by, isouter=True)
)


@lru_cache(maxsize=_KEPT)
def belonging_query(tenant: str) -> CompoundSelect[Any]:
    """Bodies and people of the actions with these `ids`, in no order."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    owners = (
        select(
            action_body.c.action,
            literal(False).label("is_person"),
            action_body.c.position.label("place"),
            bodies.c.id,
            bodies.c.name,
        )
        .join(bodies, bodies.c.id == action_body.c.body)
        .where(action_body.c.tenant == tenant, action_body.c.action.in_(ids))
    )
    given = (
        select(action_member.c.action, literal(True), literal(0), members.c.id, members.c.name)
        .join(members, members.c.id == action_member.c.member)
        .where(action_member.c.tenant == tenant, action_member.c.action.in_(ids))
    )
    return union_all(owners, given)


@dataclass(frozen=True)
class _Whose:
    tenant: str
    sight: Sight


def page_query(
    reading: OfTenant,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str],
    limit: int,
    offset: int,
) -> Select[Any]:
    """One page of `ACTIONS`, each row with the `total` over all pages."""
    whose = _Whose(reading.tenant, reading.sight)
    asked = (whose, selection, member if selection.mine else _NOBODY, today, calendar, limit, offset)
    return _page.__wrapped__(*asked, titled) if titled else _page(*asked)


def count_query(
    reading: OfTenant,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str],
) -> Select[Any]:
    whose = _Whose(reading.tenant, reading.sight)
    asked = (whose, selection, member if selection.mine else _NOBODY, today, calendar)
    return _count.__wrapped__(*asked, titled) if titled else _count(*asked)


@lru_cache(maxsize=_KEPT)
def _page(
    whose: _Whose,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    limit: int,
    offset: int,
    titled: Collection[str] = (),
) -> Select[Any]:
    due_from = selection.due.start if selection.due and selection.due.start else today
    due_day = case(
        (actions.c.rhythm == Rhythm.LAST_DAY, occurrence_from(Rhythm.LAST_DAY, due_from, calendar)),
        (actions.c.rhythm == Rhythm.RENTREE, occurrence_from(Rhythm.RENTREE, due_from, calendar)),
        else_=actions.c.end,
    )
    above = [] if selection.unit is None else [case((in_unit(selection.unit), 0), else_=1)]
    return (
        ACTIONS.add_columns(func.count().over().label("total"))
        .where(where(whose, selection, member, today, calendar, titled))
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


@lru_cache(maxsize=_KEPT)
def _count(
    whose: _Whose,
    selection: Selection,
    member: Member,
    today: date,
    calendar: AcademicCalendar,
    titled: Collection[str] = (),
) -> Select[Any]:
    # Each action has its plan: the plan is looked up only where it is asked about.
    counted = actions if selection.plan is None else actions.join(plans, plans.c.id == actions.c.plan)
    return select(func.count()).select_from(counted).where(where(whose, selection, member, today, calendar, titled))
