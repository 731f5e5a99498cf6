"""Putting a plan that was read from a file into the database: all of it or nothing."""

import re
from dataclasses import dataclass

from sqlalchemy import insert, select

from storage.bodies import ensure_body
from storage.database import Writing
from storage.imports.draft import DraftPlan
from storage.naming import bump_revision
from storage.people import ensure_unit
from storage.plan import IndicatorKind
from storage.refusals import Refusal
from storage.tables import action, action_body, action_indicator, doubt, indicator, plan

KEY = re.compile(r"[A-Z][A-Z0-9]{0,11}")


@dataclass
class PlanExists(Refusal):
    key: str


@dataclass
class BadKey(Refusal):
    key: str


def load_plan(writing: Writing, draft: DraftPlan, *, key: str, title: str | None, unit: str | None) -> int:
    """Store every action of `draft` as `key-1`, `key-2` …; the number of actions."""
    if not KEY.fullmatch(key):
        raise BadKey(key)
    ask = writing.connection.execute
    if ask(select(plan.c.id).where(plan.c.tenant == writing.tenant, plan.c.key == key)).first():
        raise PlanExists(key)
    path = ensure_unit(writing, unit) if unit else None
    plan_id = writing.add(plan, tenant=writing.tenant, key=key, title=title or draft.title or key, unit=path)
    bodies = {name: ensure_body(writing, name) for drafted in draft.actions for name in drafted.bodies}
    known: dict[str, int] = {}
    for drafted in draft.actions:
        deadline = drafted.deadline
        action_id = writing.add(
            action,
            tenant=writing.tenant,
            plan=plan_id,
            number=drafted.number,
            ref=f"{key}-{drafted.number}",
            axis=drafted.axis,
            goal=drafted.goal,
            objective=drafted.objective,
            title=drafted.title,
            unit=path,
            kind=deadline.kind,
            deadline=deadline.text,
            start=deadline.start,
            end=deadline.end,
            rhythm=deadline.rhythm,
            status=drafted.status,
            priority=drafted.priority,
            extra=[list(pair) for pair in drafted.extra],
        )
        for position, name in enumerate(drafted.bodies):
            ask(insert(action_body).values(action=action_id, body=bodies[name], position=position))
        for position, name in enumerate(drafted.indicators):
            # The indicators of a row are shared by its actions, and one name in a plan is one indicator.
            if name not in known:
                known[name] = writing.add(indicator, tenant=writing.tenant, plan=plan_id, name=name, kind=kind_of(name))
            ask(insert(action_indicator).values(action=action_id, indicator=known[name], position=position))
    for drafted_doubt in draft.doubts:
        writing.add(
            doubt,
            plan=plan_id,
            place=drafted_doubt.place,
            code=drafted_doubt.code,
            words=drafted_doubt.words,
            reading=drafted_doubt.reading,
            refs=[f"{key}-{number}" for number in drafted_doubt.numbers],
        )
    bump_revision(writing)
    return len(draft.actions)


_PERCENTAGE = re.compile(r"%|\b(pourcentage|taux|proportion|percentage|rate)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b(nombre|augmentation|number|aantal|nb)\b", re.IGNORECASE)
_STATE = re.compile(r"à jour|actualisée?s?|réalisée?s?|présence|satisfaction|acceptée?s?", re.IGNORECASE)


def kind_of(name: str) -> IndicatorKind:
    """What an indicator's wording says it is; where it says nothing, plans mean a document to show."""
    for pattern, kind in (
        (_PERCENTAGE, IndicatorKind.PERCENTAGE),
        (_NUMBER, IndicatorKind.NUMBER),
        (_STATE, IndicatorKind.STATE),
    ):
        if pattern.search(name):
            return kind
    return IndicatorKind.DOCUMENT
