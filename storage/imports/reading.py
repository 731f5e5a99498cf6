"""Reads a plan from a file: each row of its tables as actions, each doubt with its place."""

from collections.abc import Sequence
from pathlib import Path

from storage.calendar import BELGIAN, AcademicCalendar
from storage.imports.deadlines import Reading, settled, status_in
from storage.imports.draft import Doubt, DraftAction, DraftPlan, NotAPlan
from storage.imports.files import read_grids
from storage.imports.grid import Cell, Grid
from storage.imports.headings import Column
from storage.imports.items import indicators_in, titles_in
from storage.imports.owners import Bodies
from storage.imports.priorities import read_priority
from storage.imports.sharing import nothing_said, share_deadlines
from storage.imports.table import Row, Table, read_table
from storage.plan import Status

MOST_ACTIONS = 20_000


def read_plan(path: Path, calendar: AcademicCalendar = BELGIAN) -> DraftPlan:
    """The plan in a file of any known format, or `NotAPlan`."""
    grids = read_grids(path)
    tables = _tables(grids, calendar, by_content=False) or _tables(grids, calendar, by_content=True)
    if not tables:
        raise NotAPlan("no_header", next((grid.name for grid in grids if grid.name), None))
    if not any(table.rows for _, table in tables):
        raise NotAPlan("no_actions", tables[0][0])
    return _Plan(tables, path.stem, calendar).read()


def _tables(grids: Sequence[Grid], calendar: AcademicCalendar, *, by_content: bool) -> list[tuple[str, Table]]:
    """The tables that are plans; beside one whose headings say so, a list of something else is none."""
    read = [(grid.name, read_table(grid, calendar, by_content=by_content)) for grid in grids]
    return [(name, table) for name, table in read if table.has_header]


class _Plan:
    def __init__(self, tables: Sequence[tuple[str, Table]], name: str, calendar: AcademicCalendar) -> None:
        self._tables = tables
        self._name = name
        self._calendar = calendar
        self._actions: list[DraftAction] = []
        self._doubts: list[Doubt] = []
        self._bodies = Bodies(cell for _, table in tables for row in table.rows for cell in row.of(Column.OWNERS))

    def read(self) -> DraftPlan:
        for sheet, table in self._tables:
            self._doubts.extend(table.doubts)
            for row in table.rows:
                self._read_row(row, sheet if len(self._tables) > 1 else "")
        titles = (table.title for _, table in self._tables if table.title)
        return DraftPlan(
            title=next(titles, self._name), actions=tuple(self._actions), doubts=tuple(dict.fromkeys(self._doubts))
        )

    def _read_row(self, row: Row, sheet: str) -> None:
        titles, guessed = titles_in(row.actions.text)
        first = len(self._actions) + 1
        numbers = tuple(range(first, first + len(titles)))
        if numbers and numbers[-1] > MOST_ACTIONS:
            raise NotAPlan("too_large", row.actions.place)
        if guessed:
            self._doubt(row.actions, "actions_split", " · ".join(titles), numbers)
        bodies, doubts = self._bodies.of(row.of(Column.OWNERS), numbers)
        self._doubts.extend(doubts)
        deadlines = self._deadlines(row, titles, numbers)
        priority = self._priority(row, numbers)
        status = self._status(row, numbers)
        indicators = dict.fromkeys(name for cell in row.of(Column.INDICATORS) for name in indicators_in(cell.text))
        for number, title, reading in zip(numbers, titles, deadlines, strict=True):
            self._actions.append(
                DraftAction(
                    number=number,
                    axis=row.axis or sheet,
                    goal=row.goal,
                    objective=row.objective,
                    title=title,
                    bodies=bodies,
                    deadline=reading.deadline,
                    status=status or reading.status or Status.TODO,
                    priority=priority,
                    indicators=tuple(indicators),
                    place=row.actions.place,
                    extra=row.extra,
                    ref=refs[0].line if len(titles) == 1 and (refs := row.of(Column.REF)) else "",
                )
            )

    def _deadlines(self, row: Row, titles: Sequence[str], numbers: tuple[int, ...]) -> list[Reading]:
        cells = row.of(Column.DEADLINE)
        if not cells and row.of(Column.READ_AS):
            return [settled(nothing_said(), row.of(Column.READ_AS)[0].value, self._calendar)] * len(titles)
        if not cells:
            self._doubt(row.actions, "deadline_missing", "–", numbers, words="")
            return [nothing_said()] * len(titles)
        readings, doubts = share_deadlines(cells, titles, numbers, self._calendar)
        self._doubts.extend(doubts)
        meant = row.of(Column.READ_AS)
        return [settled(reading, meant[0].value, self._calendar) for reading in readings] if meant else readings

    def _priority(self, row: Row, numbers: tuple[int, ...]) -> int | None:
        cells = row.of(Column.PRIORITY)
        if not cells:
            return None
        priority, code = read_priority(cells[0].text)
        if code is not None:
            self._doubt(cells[0], code, str(priority or "–"), numbers)
        return priority

    def _status(self, row: Row, numbers: tuple[int, ...]) -> Status | None:
        """What a column of its own says; it goes before what the wording of a deadline implies."""
        for cell in row.of(Column.STATUS):
            status = status_in(cell.text)
            if status is None:
                self._doubt(cell, "status_unreadable", "–", numbers)
            return status
        return None

    def _doubt(self, cell: Cell, code: str, reading: str, numbers: tuple[int, ...], words: str | None = None) -> None:
        said = cell.line if words is None else words
        self._doubts.append(Doubt(place=cell.place, code=code, words=said, reading=reading, numbers=numbers))
