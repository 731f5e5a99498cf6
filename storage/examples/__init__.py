"""Two example plans and their people, as files; moved by whole years so that a demonstration looks like today.

The facts (days, bodies, priorities, indicators) are those of two real plans; the wording is short, the people invented.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from storage.calendar import BELGIAN, AcademicCalendar, Period, month
from storage.imports.draft import DraftAction, DraftPlan
from storage.plan import OPEN, Deadline, Kind, Rhythm, Status

PEOPLE = Path(__file__).with_name("people.csv")
BODIES = Path(__file__).with_name("bodies.csv")
_PLANS = ("hen.json", "ti.json")
_LONG_PAST = 60
"""Days after which an action of the past would long have been closed."""
_FORGOTTEN = frozenset({3, 7, 12})
"""Which of each eighteen actions nobody closed: one in six, so that something is late."""
_YEARS = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)|(?P<first>20\d\d)(?P<dash>[-/–])(?P<second>\d\d)(?!\d)|(?P<year>20\d\d)"
    r"|(?<=[^\W\d_]-)(?P<short>\d\d)(?!\d)"
)


@dataclass(frozen=True, kw_only=True)
class Example:
    key: str
    title: str
    unit: str
    """Path in the tree of units."""
    plan: DraftPlan


def example_plans(today: date, calendar: AcademicCalendar = BELGIAN) -> tuple[Example, ...]:
    """The plans as if their second academic year were that of `today`, most of what is long past being done."""
    return tuple(_moved(_Plan.read(name), today, calendar) for name in _PLANS)


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Deadline(_Line):
    text: str
    kind: Kind
    start: date | None
    end: date | None
    rhythm: Rhythm | None


class _Action(_Line):
    title: str
    axis: str
    goal: str
    objective: str
    bodies: tuple[str, ...]
    deadline: _Deadline
    status: Status
    priority: int | None
    indicators: tuple[str, ...]


class _Plan(_Line):
    key: str
    title: str
    unit: str
    first_year: int
    """In which the plan's first academic year begins."""
    actions: tuple[_Action, ...]

    @classmethod
    def read(cls, name: str) -> "_Plan":
        return cls.model_validate_json(Path(__file__).with_name(name).read_bytes())


def _moved(plan: _Plan, today: date, calendar: AcademicCalendar) -> Example:
    years = calendar.year_of(today) - (plan.first_year + 1)
    actions = []
    for number, line in enumerate(plan.actions, start=1):
        action = DraftAction(
            number=number,
            axis=line.axis,
            goal=line.goal,
            objective=line.objective,
            title=line.title,
            bodies=line.bodies,
            deadline=_moved_deadline(line.deadline, years, calendar),
            status=line.status,
            priority=line.priority,
            indicators=line.indicators,
            place=f"{plan.key.lower()}.json#{number}",
        )
        actions.append(replace(action, status=Status.DONE) if _was_closed(action, today) else action)
    draft = DraftPlan(title=plan.title, actions=tuple(actions), doubts=())
    return Example(key=plan.key, title=plan.title, unit=plan.unit, plan=draft)


def _was_closed(action: DraftAction, today: date) -> bool:
    due = action.deadline.end
    long_past = due is not None and (today - due).days > _LONG_PAST
    return long_past and action.status in OPEN and action.number % 18 not in _FORGOTTEN


def _moved_deadline(deadline: _Deadline, years: int, calendar: AcademicCalendar) -> Deadline:
    window = _moved_window(deadline, years, calendar)
    return Deadline(
        kind=deadline.kind,
        text=_reworded(deadline.text, years),
        start=window.start,
        end=window.end,
        rhythm=deadline.rhythm,
    )


def _moved_window(deadline: _Deadline, years: int, calendar: AcademicCalendar) -> Period:
    """Made anew rather than moved where the kind tells it, so that a February has its last day."""
    if deadline.start is None or deadline.end is None:
        return Period(start=None, end=None)
    if deadline.kind is Kind.MONTH:
        return month(deadline.start.year + years, deadline.start.month)
    if deadline.kind is Kind.ACADEMIC_YEAR:
        return calendar.year(deadline.start.year + years)
    return Period(start=_moved_day(deadline.start, years), end=_moved_day(deadline.end, years))


def _moved_day(day: date, years: int) -> date:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year + years)


def _reworded(text: str, years: int) -> str:
    """The same wording so many years later: "2023-24" → "2025-26", "déc-23" → "déc-25", an ISO day → an ISO day."""

    def later(found: re.Match[str]) -> str:
        if found["day"]:
            return _moved_day(date.fromisoformat(found["day"]), years).isoformat()
        if found["first"]:
            return f"{int(found['first']) + years}{found['dash']}{(int(found['second']) + years) % 100:02}"
        return str(int(found["year"]) + years) if found["year"] else f"{(int(found['short']) + years) % 100:02}"

    return _YEARS.sub(later, text)
