"""A plan as it stood on a past day: today's plan, with what happened since taken back from the record, newest first.

Pure. What was taken back later counts as it counted then.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from storage.exports.content import Content
from storage.plan import Action, Deadline, Indicator, Kind, Measurement, Rhythm, Status
from storage.record import UNDONE, Recorded

_ADDED = ("created", "added")
"""Kinds of events before which the action was not there."""


def as_of(content: Content, on: date) -> Content:
    """The plan as it was when this day ended; the day is one of the time zone that the content was read for."""
    later = [event for event in content.record if event.at >= _end_of(on, event.at)]
    earlier = tuple(event for event in content.record if event.at < _end_of(on, event.at))
    actions = {action.id: action for action in content.actions}
    indicators = dict(content.indicators)
    known = {body.id: body for action in content.actions for body in action.bodies}
    people = {person.id: person for action in content.actions for person in action.assignees}
    for event in reversed(later):
        action = actions.get(event.action)
        if action is None:
            continue
        if event.kind in _ADDED:
            del actions[event.action]
            continue
        given = event.after if event.kind == "assigned" else event.before if event.kind == UNDONE else {}
        body, person = given.get("body"), given.get("member")
        if event.kind == "assigned":
            action = replace(
                action,
                bodies=tuple(each for each in action.bodies if each.id != body),
                assignees=tuple(each for each in action.assignees if each.id != person),
            )
        elif body in known:
            action = replace(action, bodies=(*action.bodies, known[body]))
        elif person in people and "measurement" not in given:
            action = replace(action, assignees=(*action.assignees, people[person]))
        actions[event.action] = _rewound(action, event.before)
        _rewind_indicators(indicators, event)
    return replace(
        content,
        actions=tuple(_with_author(actions[each.id], earlier) for each in content.actions if each.id in actions),
        indicators=indicators,
        record=earlier,
    )


def _end_of(on: date, at: datetime) -> datetime:
    return datetime.combine(on + timedelta(days=1), time.min, tzinfo=at.tzinfo)


def _rewound(action: Action, before: dict[str, Any]) -> Action:
    """The action with those of its traits that the event found."""
    if "status" not in before:
        return action
    return replace(
        action,
        status=Status(before["status"]),
        closed_until=_day(before.get("closed_until")),
        done_on=_day(before.get("done_on")),
        done_by="",
        version=before.get("version", action.version),
        deadline=Deadline(
            kind=Kind(before["kind"]),
            text=before["deadline"],
            start=_day(before.get("start")),
            end=_day(before.get("end")),
            rhythm=Rhythm(before["rhythm"]) if before.get("rhythm") else None,
        ),
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def _with_author(action: Action, record: tuple[Recorded, ...]) -> Action:
    """Who had marked it done, which the traits of an action tell by a number only."""
    if action.done_on is None or action.done_by:
        return action
    marked = [event.who for event in record if event.action == action.id and event.kind == "marked_done"]
    return replace(action, done_by=marked[-1]) if marked else action


def _rewind_indicators(indicators: dict[int, tuple[Indicator, ...]], event: Recorded) -> None:
    """Values are shared by the actions of their indicator, so each action's copy is put right."""
    if event.kind == "indicator_created":
        theirs = indicators.get(event.action, ())
        indicators[event.action] = tuple(each for each in theirs if each.id != event.after.get("indicator"))
        return
    given = event.after if event.kind == "measured" else event.before if event.kind == UNDONE else {}
    number = given.get("measurement")
    if number is None:
        return
    for action, theirs in indicators.items():
        indicators[action] = tuple(
            _with_value(each, given) if event.kind == UNDONE else _without(each, number) for each in theirs
        )


def _without(indicator: Indicator, number: int) -> Indicator:
    return replace(indicator, measurements=tuple(each for each in indicator.measurements if each.id != number))


def _with_value(indicator: Indicator, given: dict[str, Any]) -> Indicator:
    if indicator.name != given.get("indicator"):
        return indicator
    value = Measurement(on=date.fromisoformat(given["on"]), value=given["value"], id=given["measurement"])
    values = sorted((*indicator.measurements, value), key=lambda each: (each.on, each.id), reverse=True)
    return replace(indicator, measurements=tuple(values))
