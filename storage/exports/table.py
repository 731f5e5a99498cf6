"""A plan as the table people know: axes as bands, goals over their rows, one line an action; it knows no format.

What stands in a cell is read back as the same thing by storage.imports: each rule here answers one there.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from storage.calendar import AcademicCalendar
from storage.calendar import month as month_of
from storage.exports.content import Content
from storage.exports.wording import Wording
from storage.imports.grid import Cell
from storage.imports.headings import Column
from storage.imports.items import indicators_in
from storage.imports.owners import Bodies
from storage.imports.sharing import share_deadlines
from storage.plan import Action, Deadline, Indicator, Kind, Rhythm, Status

NOTHING = "–"
"""Says that an axis, a goal or a deadline is none, where an empty cell would mean the one above."""

Value = str | date
_FIRST_YEAR = 1901
"""Spreadsheets know no days before it."""


Other = tuple[str, int]
"""Another column of the plan's file: its heading, and the how manieth of that heading it is."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One action: what stands in each of its cells."""

    action: Action
    cells: Mapping[Column, Value]
    is_late: bool
    extra: Mapping[Other, str]
    goal_rows: int
    """Over how many rows its goal reaches from here; 0 where that began above."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """Actions that follow one another in one axis."""

    axis: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class PlanTable:
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    """All but the axis, which is a band or a column of its own."""
    others: tuple[Other, ...]
    bands: tuple[Band, ...]

    @property
    def lines(self) -> Iterable[Line]:
        return (line for band in self.bands for line in band.lines)


def table_of(content: Content, say: Wording, today: date, calendar: AcademicCalendar) -> PlanTable:
    """`today`: the day as of which actions are late."""
    quoted = _to_quote(content.actions)
    bands = []
    for axis, together in groupby(content.actions, key=lambda action: action.axis):
        lines: list[Line] = []
        for _, of_goal in groupby(together, key=lambda action: action.goal):
            rows = [
                Line(
                    action=action,
                    cells=_cells(action, content.indicators_of(action), quoted, say, today, calendar),
                    is_late=action.is_late(today),
                    extra=_extra(action),
                    goal_rows=0,
                )
                for action in of_goal
            ]
            lines += [replace(rows[0], goal_rows=len(rows)), *rows[1:]]
        bands.append(Band(axis=axis or NOTHING, lines=tuple(lines)))
    used = {column for band in bands for line in band.lines for column, value in line.cells.items() if value}
    if all(not action.goal for action in content.actions) and Column.OBJECTIVE not in used:
        used.discard(Column.GOAL)
    return PlanTable(
        title=content.title,
        subtitle=say.parts(
            (
                say("export.plan", key=content.key),
                content.unit.rsplit("/", 1)[-1] if content.unit else "",
                say("export.as_of", day=say.day(today)),
            )
        ),
        columns=tuple(column for column in _ORDER if column in used or column in _ALWAYS),
        others=tuple(dict.fromkeys(other for band in bands for line in band.lines for other in line.extra)),
        bands=tuple(bands),
    )


def _extra(action: Action) -> dict[Other, str]:
    found: dict[Other, str] = {}
    for heading, words in action.extra:
        found[heading, sum(known == heading for known, _ in found) + 1] = words
    return found


_ORDER = (
    Column.REF, Column.GOAL, Column.OBJECTIVE, Column.ACTION, Column.OWNERS, Column.PEOPLE, Column.DEADLINE,
    Column.READ_AS, Column.PRIORITY, Column.STATUS, Column.INDICATORS, Column.VALUES,
)  # fmt: skip
_ALWAYS = frozenset({Column.REF, Column.ACTION, Column.OWNERS, Column.DEADLINE, Column.STATUS, Column.INDICATORS})


def heading(column: Column, say: Wording) -> str:
    return say(f"export.heading.{column.name.lower()}")


def _cells(
    action: Action,
    indicators: tuple[Indicator, ...],
    quoted: frozenset[str],
    say: Wording,
    today: date,
    calendar: AcademicCalendar,
) -> dict[Column, Value]:
    return {
        Column.REF: action.ref,
        Column.GOAL: action.goal or NOTHING,
        Column.OBJECTIVE: action.objective,
        Column.ACTION: action.title,
        Column.OWNERS: "\n".join(f"« {body.name} »" if body.name in quoted else body.name for body in action.bodies),
        Column.PEOPLE: "\n".join(person.name for person in action.assignees),
        Column.DEADLINE: written(action.deadline),
        Column.READ_AS: _read_as(action, say, calendar),
        Column.PRIORITY: "★" * (action.priority or 0),
        Column.STATUS: _status(action, say, today, calendar),
        Column.INDICATORS: "\n".join(map(_item, (indicator.name for indicator in indicators))),
        Column.VALUES: _values(indicators, say),
    }


def written(deadline: Deadline) -> Value:
    """The plan's own words; a day as a day, so that a spreadsheet can sort by it."""
    end = deadline.end
    is_day = end is not None and end.year >= _FIRST_YEAR and deadline.text == end.isoformat() and deadline.start == end
    return end if is_day and end is not None else deadline.text


def _read_as(action: Action, say: Wording, calendar: AcademicCalendar) -> str:
    """What the deadline means, where its words are read otherwise (such as one of two that stood in a cell)."""
    cell = Cell(place="", row=1, column=1, value=action.deadline.text)
    if action.deadline.text.strip():
        (reading,), _ = share_deadlines([cell], [action.title], (1,), calendar)
        if reading.deadline == action.deadline:
            return ""
    elif action.deadline == Deadline(kind=Kind.NONE):
        return ""
    return _meaning(action.deadline, say, calendar)


def _meaning(deadline: Deadline, say: Wording, calendar: AcademicCalendar) -> str:
    start, end = deadline.start, deadline.end
    if deadline.rhythm is not None:
        return say("export.each_rentree" if deadline.rhythm is Rhythm.RENTREE else "export.each_year")
    if start is None or end is None:
        return say("time.ongoing") if deadline.kind is Kind.ONGOING else NOTHING
    month, year = month_of(start.year, start.month), calendar.year(start.year)
    if (start, end) == (month.start, month.end):
        return f"{start.month:02}/{start.year}"
    if (start, end) == (year.start, year.end):
        return f"{start.year}-{end.year % 100:02}"
    return start.isoformat() if start == end else f"{start}/{end}"


def _status(action: Action, say: Wording, today: date, calendar: AcademicCalendar) -> str:
    """The status, and in brackets what else is to be known of it."""
    status = say(f"status.{action.status}")
    aside = ""
    if action.status is Status.DONE and action.done_on:
        aside = say.day(action.done_on)
    elif action.deadline.rhythm is not None and action.closed_until and action.is_done(today, calendar):
        aside = say("time.closed", day=say.day(action.closed_until))
    elif action.is_late(today):
        aside = say("export.late")
    return f"{status} ({aside})" if aside else status


def _item(name: str) -> str:
    """Marked as an item where it would else be read as one without its beginning."""
    return name if indicators_in(name) == [name] else f"• {name}"


def _values(indicators: tuple[Indicator, ...], say: Wording) -> str:
    """The last value of each indicator that has one, a line each."""
    lines = []
    for indicator in indicators:
        if indicator.measurements:
            last = indicator.measurements[0]
            value = say("action.value", value=last.value, day=say.day(last.on))
            lines.append(value if len(indicators) == 1 else say("export.value_of", name=indicator.name, value=value))
    return "\n".join(lines)


def _to_quote(actions: Iterable[Action]) -> frozenset[str]:
    """The bodies whose names would be read as something else: "Arts & Métiers", "Coordination et direction"."""
    names = list(dict.fromkeys(body.name for action in actions for body in action.bodies))
    cells = {name: Cell(place="", row=1, column=1, value=name) for name in names}
    read = Bodies(cells.values())
    return frozenset(name for name, cell in cells.items() if read.of([cell], ())[0] != (name,))


_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def protected(text: str) -> str:
    """Text of a file without types, so that no spreadsheet takes it for a formula (OWASP, "CSV injection")."""
    return f"'{text}" if _FORMULA.match(text) else text
