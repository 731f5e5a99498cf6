"""A plan as JSON, in document order, as the contract has it."""

from typing import Any

from storage.exports.content import Content


def plan_as_json(content: Content) -> list[dict[str, Any]]:
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
            "indicators": [indicator.name for indicator in content.indicators_of(each)],
            "unit": each.unit,
        }
        for each in content.actions
    ]
