"""A plan as JSON, in document order, as the contract has it."""

from typing import Any

from sqlalchemy import select

from storage.conditions import visible
from storage.database import Reading
from storage.indicators import list_indicators
from storage.queries import list_actions_by_ref
from storage.tables import action, plan


def export_plan(reading: Reading, key: str) -> list[dict[str, Any]] | None:
    """Every action of the plan that whoever looks may see; None where there is no such plan."""
    known = select(plan.c.id).where(plan.c.tenant == reading.tenant, plan.c.key == key)
    plan_id = reading.connection.execute(known).scalar()
    if plan_id is None:
        return None
    here = (action.c.tenant == reading.tenant, action.c.plan == plan_id, visible(reading))
    refs = reading.connection.execute(select(action.c.ref).where(*here).order_by(action.c.number))
    return [
        {
            "ref": each.ref,
            "axis": each.axis,
            "goal": each.goal,
            "objective": each.objective,
            "title": each.title,
            "bodies": [body.name for body in each.bodies],
            "deadline": {
                "kind": each.deadline.kind.value,
                "start": each.deadline.start.isoformat() if each.deadline.start else None,
                "end": each.deadline.end.isoformat() if each.deadline.end else None,
                "text": each.deadline.text,
            },
            "status": each.status.value,
            "priority": each.priority,
            "indicators": [indicator.name for indicator in list_indicators(reading, each.ref)],
            "unit": each.unit,
        }
        for each in list_actions_by_ref(reading, refs.scalars())
    ]
