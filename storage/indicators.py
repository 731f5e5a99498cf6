"""Looking at indicators and their values. Changes nothing."""

from collections import defaultdict
from typing import Any

from sqlalchemy import func, select

from storage.conditions import visible
from storage.database import Reading
from storage.plan import Action, Indicator, IndicatorKind, Measurement
from storage.prebuilt import ACTIONS
from storage.queries import read_actions
from storage.tables import action as actions
from storage.tables import action_indicator, measurement
from storage.tables import indicator as indicators
from storage.tables import member as members
from storage.tables import plan as plans

LAST_VALUES = 3
"""How many values of an indicator an action shows."""


def list_indicators(reading: Reading, ref: str) -> list[Indicator]:
    """The indicators of an action, each with its last values, newest first."""
    linked = (
        select(indicators, action_indicator.c.position)
        .join(action_indicator, action_indicator.c.indicator == indicators.c.id)
        .join(actions, actions.c.id == action_indicator.c.action)
        .where(actions.c.tenant == reading.tenant, actions.c.ref == ref, visible(reading))
        .order_by(action_indicator.c.position)
    )
    rows = reading.connection.execute(linked).all()
    values = _last_values(reading, [row.id for row in rows])
    return [
        Indicator(id=row.id, name=row.name, kind=IndicatorKind(row.kind), measurements=tuple(values[row.id]))
        for row in rows
    ]


def list_indicators_of_plan(reading: Reading, plan_id: int) -> dict[int, list[Indicator]]:
    """For each action of the plan, by its number, its indicators with all their values, newest first."""
    linked = (
        select(indicators, action_indicator.c.action)
        .join(action_indicator, action_indicator.c.indicator == indicators.c.id)
        .where(indicators.c.tenant == reading.tenant, indicators.c.plan == plan_id)
        .order_by(action_indicator.c.action, action_indicator.c.position)
    )
    measured = (
        select(measurement, members.c.name.label("author"))
        .join(indicators, indicators.c.id == measurement.c.indicator)
        .join(members, members.c.id == measurement.c.member)
        .where(measurement.c.tenant == reading.tenant, indicators.c.plan == plan_id)
        .order_by(measurement.c.on.desc(), measurement.c.id.desc())
    )
    values: dict[int, list[Measurement]] = defaultdict(list)
    for row in reading.connection.execute(measured):
        values[row.indicator].append(_measurement(row))
    known: dict[int, Indicator] = {}
    found: dict[int, list[Indicator]] = defaultdict(list)
    for row in reading.connection.execute(linked):
        if row.id not in known:
            known[row.id] = Indicator(
                id=row.id, name=row.name, kind=IndicatorKind(row.kind), measurements=tuple(values[row.id])
            )
        found[row.action].append(known[row.id])
    return found


def list_holders(reading: Reading, indicator: str) -> list[Action]:
    """The actions that have an indicator of exactly this name."""
    linked = (
        select(action_indicator.c.action)
        .join(indicators, indicators.c.id == action_indicator.c.indicator)
        .where(indicators.c.tenant == reading.tenant, indicators.c.name == indicator)
    )
    query = ACTIONS.where(actions.c.tenant == reading.tenant, actions.c.id.in_(linked))
    return read_actions(reading, query.order_by(plans.c.key, actions.c.number))


def _last_values(reading: Reading, ids: list[int]) -> dict[int, list[Measurement]]:
    recency = (
        func.row_number()
        .over(partition_by=measurement.c.indicator, order_by=(measurement.c.on.desc(), measurement.c.id.desc()))
        .label("recency")
    )
    theirs = (measurement.c.tenant == reading.tenant, measurement.c.indicator.in_(ids))
    ranked = select(measurement, recency).where(*theirs).subquery()
    query = (
        select(ranked, members.c.name.label("author"))
        .join(members, members.c.id == ranked.c.member)
        .where(ranked.c.recency <= LAST_VALUES)
        .order_by(ranked.c.indicator, ranked.c.recency)
    )
    values: dict[int, list[Measurement]] = defaultdict(list)
    for row in reading.connection.execute(query):
        values[row.indicator].append(_measurement(row))
    return values


def _measurement(row: Any) -> Measurement:
    return Measurement(
        id=row.id, on=row.on, value=row.value, number=row.number, note=row.note, link=row.link, author=row.author
    )
