"""What was achieved in a time: actions that were marked done in it and still are. Looks only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select

from storage.calendar import AcademicCalendar
from storage.conditions import visible, where
from storage.database import Reading
from storage.plan import Member, Role, Status
from storage.selection import Selection
from storage.tables import action as actions
from storage.tables import event
from storage.tables import member as members
from storage.tables import plan as plans

ANYBODY = Member(id=0, name="", email="", role=Role.READER)
"""Whoever reads a channel: nothing is theirs, and nothing is shown to them that is not shown to all."""


@dataclass(frozen=True, kw_only=True)
class Achievement:
    ref: str
    title: str
    who: str
    at: datetime


def list_achieved(
    reading: Reading,
    selections: Sequence[Selection],
    since: datetime,
    until: datetime,
    today: date,
    calendar: AcademicCalendar,
    reader: Member = ANYBODY,
) -> list[Achievement]:
    """Each action once, the newest first, whichever of the selections it is in."""
    if not selections:
        return []
    undone = select(event.c.undoes).where(event.c.tenant == reading.tenant, event.c.undoes.is_not(None))
    newest = (
        select(func.max(event.c.id))
        .where(
            event.c.tenant == reading.tenant,
            event.c.kind == "marked_done",
            event.c.at >= since,
            event.c.at < until,
            event.c.id.not_in(undone),
        )
        .group_by(event.c.action)
    )
    chosen = [where(reading, each, reader, today, calendar, any_status=True) for each in selections]
    still = or_(
        actions.c.status == Status.DONE, and_(actions.c.rhythm.is_not(None), actions.c.closed_until.is_not(None))
    )
    query = (
        select(actions.c.ref, actions.c.title, members.c.name.label("who"), event.c.at)
        .select_from(event)
        .join(actions, actions.c.id == event.c.action)
        .join(plans, plans.c.id == actions.c.plan)
        .join(members, members.c.id == event.c.member)
        .where(event.c.tenant == reading.tenant, visible(reading), event.c.id.in_(newest), still, or_(*chosen))
        .order_by(event.c.id.desc())
    )
    return [
        Achievement(ref=row.ref, title=row.title, who=row.who, at=row.at) for row in reading.connection.execute(query)
    ]
