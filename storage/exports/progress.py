"""How a plan stands and what became of it, as facts for a report: per axis, each action in one group. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from storage.calendar import AcademicCalendar
from storage.exports.content import Content
from storage.plan import Action, Indicator, Kind, Status
from storage.record import Recorded


class Group(StrEnum):
    """What became of an action; each is in the first that fits."""

    DONE = "done"
    ABANDONED = "abandoned"
    LATE = "late"
    IN_PROGRESS = "in_progress"
    ONGOING = "ongoing"
    TODO = "todo"


@dataclass(frozen=True, kw_only=True)
class Extended:
    """A deadline that was moved: from what to what, when and why."""

    action: Action
    before: str
    """As it was written."""
    after: date
    why: str
    at: date


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An axis, or the whole plan."""

    axis: str
    groups: dict[Group, tuple[Action, ...]]
    extended: tuple[Extended, ...]
    indicators: tuple[tuple[Action, Indicator], ...]
    """Each once, with the first action that has it."""

    def count(self, *groups: Group) -> int:
        return sum(len(self.groups[group]) for group in groups)

    @property
    def total(self) -> int:
        return self.count(*Group)

    @property
    def share_done(self) -> int:
        """Per cent of the actions that were not abandoned, rounded down so that 100 means all."""
        followed = self.total - self.count(Group.ABANDONED)
        return 100 * self.count(Group.DONE) // followed if followed else 0


@dataclass(frozen=True, kw_only=True)
class Progress:
    whole: Standing
    axes: tuple[Standing, ...]
    reasons: dict[int, Recorded]
    """For each action that was abandoned, the event that says when and why."""
    evidence: dict[int, tuple[str, ...]]
    """For each action, the links that show what was done."""
    remarks: int
    changes: int
    authors: tuple[str, ...]
    since: date | None
    """The day of the first event."""
    done_over_time: tuple[tuple[date, int], ...]
    """After each day on which that changed, how many actions were done."""


def progress_of(content: Content, on: date, calendar: AcademicCalendar) -> Progress:
    undone = {event.undoes for event in content.record if event.undoes is not None}
    standing = [event for event in content.record if event.id not in undone and event.undoes is None]
    axes = tuple(
        _standing(content, axis, tuple(actions), standing, on, calendar)
        for axis, actions in groupby(_by_axis(content.actions), key=lambda action: action.axis)
    )
    evidence: dict[int, tuple[str, ...]] = {}
    for event in standing:
        if event.kind == "evidence_added" and event.after.get("link"):
            evidence[event.action] = (*evidence.get(event.action, ()), event.after["link"])
    return Progress(
        whole=_standing(content, "", content.actions, standing, on, calendar),
        axes=axes,
        reasons={event.action: event for event in standing if event.kind == "abandoned"},
        evidence=evidence,
        remarks=sum(event.kind == "noted" for event in standing),
        changes=len(standing),
        authors=tuple(name for name, _ in Counter(event.who for event in standing if event.who).most_common()),
        since=content.record[0].at.date() if content.record else None,
        done_over_time=_done_over_time(content),
    )


def _by_axis(actions: Iterable[Action]) -> list[Action]:
    """In document order, an axis that comes back later put together."""
    found: dict[str, list[Action]] = {}
    for action in actions:
        found.setdefault(action.axis, []).append(action)
    return [action for together in found.values() for action in together]


def _standing(
    content: Content,
    axis: str,
    actions: tuple[Action, ...],
    record: Iterable[Recorded],
    on: date,
    calendar: AcademicCalendar,
) -> Standing:
    here = {action.id: action for action in actions}
    indicators: dict[int, tuple[Action, Indicator]] = {}
    for action in actions:
        for indicator in content.indicators_of(action):
            if indicator.measurements:
                indicators.setdefault(indicator.id, (action, indicator))
    return Standing(
        axis=axis,
        groups={
            group: tuple(action for action in actions if group_of(action, on, calendar) is group) for group in Group
        },
        extended=tuple(
            Extended(
                action=here[event.action],
                before=event.before["deadline"],
                after=date.fromisoformat(event.after["end"]),
                why=event.why,
                at=event.at.date(),
            )
            for event in record
            if event.kind == "postponed" and event.action in here
        ),
        indicators=tuple(indicators.values()),
    )


def group_of(action: Action, on: date, calendar: AcademicCalendar) -> Group:
    if action.status is Status.ABANDONED:
        return Group.ABANDONED
    if action.is_done(on, calendar):
        return Group.DONE
    if action.is_late(on):
        return Group.LATE
    if action.status is Status.IN_PROGRESS:
        return Group.IN_PROGRESS
    return Group.ONGOING if action.deadline.kind in (Kind.ONGOING, Kind.RECURRING) else Group.TODO


def _done_over_time(content: Content) -> tuple[tuple[date, int], ...]:
    """From the record: which actions were done at first, and each change of that since."""
    status = {action.id: action.status for action in content.actions}
    moves = [event for event in content.record if "status" in event.before and "status" in event.after]
    for event in reversed(moves):
        status[event.action] = Status(event.before["status"])
    found: dict[date, int] = {}
    if moves:
        found[moves[0].at.date()] = sum(each is Status.DONE for each in status.values())
    for event in moves:
        status[event.action] = Status(event.after["status"])
        found[event.at.date()] = sum(each is Status.DONE for each in status.values())
    return tuple(found.items())
