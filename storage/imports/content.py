"""What a column holds, told by its cells: for plans whose headings are missing, or in words that nobody foresaw."""

import re
from collections.abc import Callable, Sequence

from storage.calendar import AcademicCalendar
from storage.imports.deadlines import read_wording, status_in
from storage.imports.grid import Cell, Grid
from storage.imports.headings import LEVELS, LONGEST_HEADING, Column
from storage.imports.priorities import read_priority

_MOST = 0.6
"""Of a column's cells: so many must look alike."""
_FEWEST = 2
_MOST_ROWS = 500
"""Enough to tell what a column holds."""
_MOST_TITLES = 10
"""Rows of several cells that may stand above the plan."""
_LONG = 12
"""Characters that the title of an action has at least, on average."""
_SURE = ((1, None), (2, None), (3, None))
_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*[.)]?")


def is_numbering(cells: Sequence[Cell]) -> bool:
    return _share(cells, lambda cell: _NUMBER.fullmatch(cell.line) is not None)


def columns_by_content(
    grid: Grid, rows: Sequence[int], known: dict[Column, int], calendar: AcademicCalendar
) -> dict[Column, int]:
    """The columns among those without a known heading that a plan cannot do without, by what these rows hold."""
    cells: dict[int, list[Cell]] = {}
    for row in rows:
        for index, cell in grid.own(row).items():
            if index not in known.values():
                cells.setdefault(index, []).append(cell)
    found: dict[Column, int] = {}
    for index in sorted(cells):
        column = _kind_of(cells[index], calendar)
        if column is not None and column not in known and column not in found:
            found[column] = index
    free = [index for index in sorted(cells) if index not in found.values() and not is_numbering(cells[index])]
    if not any(level in known for level in LEVELS):
        longest = max(free, key=lambda index: _length(cells[index]), default=None)
        if longest is not None and _length(cells[longest]) >= _LONG:
            found[Column.ACTION] = longest
            _around(longest, [index for index in free if index != longest], cells, found, known)
    return found


def _around(
    action: int, free: Sequence[int], cells: dict[int, list[Cell]], found: dict[Column, int], known: dict[Column, int]
) -> None:
    """Left of what is to be done stands what it belongs to, the wider first; right of it, who does it."""
    before = [index for index in free if index < action]
    for column, index in zip((Column.AXIS, Column.GOAL), before[:2], strict=False):
        if column not in known:
            found[column] = index
    after = [index for index in free if index > action and len(cells[index]) >= _FEWEST]
    if after and Column.OWNERS not in known:
        found[Column.OWNERS] = after[0]


def _kind_of(cells: Sequence[Cell], calendar: AcademicCalendar) -> Column | None:
    if len(cells) < _FEWEST:
        return None
    if _share(cells, lambda cell: read_priority(cell.line) in _SURE):
        return Column.PRIORITY
    if _share(cells, lambda cell: status_in(cell.line) is not None):
        return Column.STATUS
    return Column.DEADLINE if _share(cells, lambda cell: read_wording(cell.value, calendar) is not None) else None


def _share(cells: Sequence[Cell], test: Callable[[Cell], bool]) -> bool:
    return bool(cells) and sum(map(test, cells)) >= _MOST * len(cells)


def _length(cells: Sequence[Cell]) -> float:
    return sum(len(cell.line) for cell in cells) / len(cells)


def heading_row(grid: Grid, calendar: AcademicCalendar) -> int | None:
    """Above which row the plan begins: that of its unknown headings, 0 where it has none, None where it is no plan."""
    rows = [row for row in grid.rows if len(grid.own(row)) > 1][:_MOST_ROWS]
    for first in rows[:_MOST_TITLES]:
        found = columns_by_content(grid, [row for row in rows if row > first], {}, calendar)
        due = found.get(Column.DEADLINE)
        if due is None or Column.ACTION not in found:
            continue
        own = grid.own(first)
        is_heading = due in own and read_wording(own[due].value, calendar) is None
        return first if is_heading and all(len(cell.line) <= LONGEST_HEADING for cell in own.values()) else 0
    return None
