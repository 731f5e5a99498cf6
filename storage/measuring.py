"""Giving indicators values, and new indicators to actions; rights and record as for every change."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select

from storage.commands import changeable
from storage.conditions import visible
from storage.database import Reading, Writing
from storage.indicators import list_indicators
from storage.naming import bump_revision
from storage.plan import Indicator, IndicatorKind
from storage.record import By, Change, tell
from storage.tables import action as actions
from storage.tables import action_indicator, event, measurement
from storage.tables import indicator as indicators


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
    newest = (
        select(measurement)
        .where(measurement.c.tenant == writing.tenant, measurement.c.indicator == indicator.id)
        .order_by(measurement.c.on.desc(), measurement.c.id.desc())
        .limit(1)
    )
    last = writing.connection.execute(newest).first()
    said = (by.member.id, value.on, value.value, value.note, value.link)
    if last is not None and (last.member, last.on, last.value, last.note, last.link) == said:
        return Change(event=_told_of(writing, last.id), before=action, after=action, details={"measurement": last.id})
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


def _told_of(reading: Reading, number: int) -> int:
    """The event that tells of this measurement."""
    told = select(event.c.id, event.c.after).where(event.c.tenant == reading.tenant, event.c.kind == "measured")
    rows = reading.connection.execute(told.order_by(event.c.id.desc()).limit(500))
    return next((row.id for row in rows if row.after.get("measurement") == number), 0)


def create_indicator(writing: Writing, ref: str, name: str, kind: IndicatorKind, by: By) -> Indicator:
    """An indicator that the plan did not name, attached to one action."""
    action = changeable(writing, ref, by)
    here = (actions.c.tenant == writing.tenant, actions.c.id == action.id, visible(writing))
    planned = select(actions.c.plan).where(*here)
    plan_id = writing.connection.execute(planned).scalar_one()
    number = writing.add(indicators, tenant=writing.tenant, plan=plan_id, name=name, kind=kind)
    position = len(list_indicators(writing, ref))
    writing.connection.execute(insert(action_indicator).values(action=action.id, indicator=number, position=position))
    tell(writing, action.id, by, "indicator_created", {}, {"indicator": number, "name": name})
    bump_revision(writing)
    return Indicator(id=number, name=name, kind=kind)
