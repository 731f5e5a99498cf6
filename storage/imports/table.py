"""A grid as the rows of a plan: titles, axis bands and repeated headers told apart from what is to be done."""

import re
from dataclasses import dataclass, field, replace

from storage.calendar import AcademicCalendar
from storage.folding import fold, tidy
from storage.imports.content import columns_by_content, heading_row
from storage.imports.draft import Doubt
from storage.imports.grid import Cell, Grid
from storage.imports.headings import FOLLOW_UP, LEVELS, Column, find_columns
from storage.imports.numbering import Level, find_levels

_AXIS_WORDS = re.compile(r"(?:axe|axis|as|domaine|domain|domein|volet|pilier|pillar|pijler)\b|.*\((?:axe|axis|as)\b")


_NUMBERS = frozenset({"n°", "no", "nº", "nr", "num", "numero", "number", "nummer", "#", "n"})


@dataclass(kw_only=True)
class Row:
    """One row of the plan; where the action's cell is merged over several rows, the cells of all of them."""

    axis: str
    goal: str
    objective: str
    actions: Cell
    cells: dict[Column, list[Cell]]
    extra: tuple[tuple[str, str], ...] = ()

    def of(self, column: Column) -> list[Cell]:
        return self.cells.get(column, [])


@dataclass(kw_only=True)
class Table:
    title: str = ""
    rows: list[Row] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    has_header: bool = False
    columns: dict[Column, int] = field(default_factory=dict)


def read_table(grid: Grid, calendar: AcademicCalendar, *, by_content: bool) -> Table:
    """`by_content`: also where no row is a header by its words."""
    return _Reading(grid, calendar, by_content).run()


def _headers_in(grid: Grid) -> dict[int, dict[Column, int]]:
    """The rows that announce columns; where the first one has references, a row with a reference is none."""
    found = {row: columns for row in grid.rows if (columns := find_columns(grid.own(row)))}
    reference = next((columns.get(Column.REF) for columns in found.values()), None)
    if reference is None:
        return found
    return {row: columns for row, columns in found.items() if columns.get(Column.REF) == reference}


class _Reading:
    def __init__(self, grid: Grid, calendar: AcademicCalendar, by_content: bool) -> None:
        self._grid = grid
        self._table = Table()
        self._axis = self._goal = self._objective = ""
        self._headers = _headers_in(grid)
        if by_content and not self._headers and (row := heading_row(grid, calendar)) is not None:
            self._headers = {row: {}}
        for header in self._headers:
            self._complete(header, calendar)
        self._levels = self._find_levels()
        self._others: dict[int, str] = {}
        """The headings of the columns that a plan can do without."""

    def _complete(self, header: int, calendar: AcademicCalendar) -> None:
        """The columns whose heading is unknown, by what stands in them; each is a doubt."""
        columns = self._headers[header]
        end = min((row for row in self._headers if row > header), default=self._grid.rows[-1] + 1)
        rows = [row for row in self._grid.rows if header < row < end]
        for column, index in columns_by_content(self._grid, rows, columns, calendar).items():
            columns[column] = index
            cell = self._grid.at(header, index) or self._grid.at(rows[0], index)
            if cell is not None:
                said = cell.line if cell.row == header else ""
                doubt = Doubt(
                    place=cell.place, code="column_guessed", words=said, reading=column.name.lower(), numbers=()
                )
                self._table.doubts.append(doubt)

    def _find_levels(self) -> dict[int, Level]:
        if len(self._headers) != 1:
            return {}
        header, columns = next(iter(self._headers.items()))
        title = next(columns[level] for level in LEVELS if level in columns)
        if {Column.AXIS, Column.GOAL} & set(columns):
            return {}
        return find_levels(self._grid, [row for row in self._grid.rows if row > header], title)

    def run(self) -> Table:
        if not self._headers:
            return self._table
        self._table.has_header = True
        rows = self._grid.rows
        first = next(iter(self._headers))
        self._begin(first)
        self._open_with([row for row in rows if row < first], first)
        following = dict(zip(rows, [*rows[1:], 0], strict=True))
        for row in [row for row in rows if row > first]:
            if row in self._headers:
                self._begin(row)
            elif self._is_heading(row):
                self._descend(self._levels[row])
            elif (band := self._band(row, before=following[row])) is not None:
                self._axis, self._goal = _named(band), ""
            else:
                self._take(row)
        return self._table

    def _begin(self, header: int) -> None:
        self._table.columns = self._headers[header]
        known = self._table.columns.values()
        self._others = {
            index: cell.line
            for index, cell in self._grid.own(header).items()
            if index not in known and fold(cell.line).strip(" .:") not in _NUMBERS
        }

    def _is_heading(self, row: int) -> bool:
        """Whether a numbered row only names what the deeper ones below it belong to."""
        level = self._levels.get(row)
        followed = (self._table.columns.get(column) for column in FOLLOW_UP)
        return level is not None and level.depth < level.levels and not any(self._grid.at(row, one) for one in followed)

    def _descend(self, level: Level) -> None:
        if level.depth == 1:
            self._axis, self._goal, self._objective = tidy(level.words), "", ""
        elif level.depth == 2:
            self._goal, self._objective = tidy(level.words), ""
        else:
            self._objective = tidy(level.words)

    def _open_with(self, rows: list[int], header: int) -> None:
        """Above the first header stand the title lines, and the first axis where the plan has its bands there."""
        lines = [cell for row in rows if len(own := self._grid.own(row)) == 1 for cell in own.values()]
        if lines and self._is_axis(lines, header):
            self._axis = lines.pop().line
        self._table.title = lines[0].line if lines else ""

    def _is_axis(self, lines: list[Cell], header: int) -> bool:
        after = [row for row in self._grid.rows if row > header]
        if Column.AXIS in self._table.columns or (after and self._band(after[0], before=0) is not None):
            return False
        last = lines[-1]
        if _AXIS_WORDS.match(fold(last.line)):
            return True
        adjacent = header - last.row == 1
        set_off = len(lines) > 1 and last.row - lines[-2].row > 1
        return adjacent and (len(self._headers) > 1 or set_off)

    def _band(self, row: int, before: int) -> Cell | None:
        """The cell of a row that names the axis of what follows: alone, and over the table's width or by its place."""
        own = self._grid.own(row)
        if len(own) != 1:
            return None
        (column, cell), columns = next(iter(own.items())), self._table.columns
        title = self._title_column
        merge = self._grid.merge_at(row, column)
        if merge is not None and merge.left < merge.right and merge.left <= min(columns.values()):
            return cell if merge.right >= title else None
        if column != title and _AXIS_WORDS.match(fold(cell.line)):
            return cell
        if before in self._headers:
            under_goal = self._grid.at(row, columns.get(Column.GOAL))
            return None if column == title and under_goal is not None else cell
        levels = [columns[level] for level in (Column.AXIS, *LEVELS) if level in columns]
        return cell if column < min(levels) and re.search(r"[^\W\d_]{3}", cell.line) else None

    @property
    def _title_column(self) -> int:
        return next(self._table.columns[level] for level in LEVELS if level in self._table.columns)

    def _take(self, row: int) -> None:
        columns = self._table.columns
        own = self._grid.own(row)
        actions = self._grid.at(row, self._title_column)
        self._follow_goal(row)
        if actions is None:
            named = [own[index] for index in sorted(own) if index in columns.values()]
            if named and any(cell.column != columns.get(Column.GOAL) for cell in named):
                first = named[0]
                self._table.doubts.append(
                    Doubt(place=first.place, code="row_without_action", words=first.line, reading="–", numbers=())
                )
            return
        cells = {column: self._grid.at(row, index) for column, index in columns.items()}
        if actions.row < row:
            self._continue(cells, actions)
            return
        axis, objective = cells.get(Column.AXIS), cells.get(Column.OBJECTIVE)
        if axis is not None:
            self._axis = _named(axis)
        self._table.rows.append(
            Row(
                axis=self._axis,
                goal=self._goal,
                objective=objective.line if objective is not None and objective is not actions else self._objective,
                actions=replace(actions, value=self._levels[row].words) if row in self._levels else actions,
                cells={column: [cell] for column, cell in cells.items() if cell is not None},
                extra=tuple(
                    (heading, cell.line)
                    for index, heading in self._others.items()
                    if (cell := self._grid.at(row, index)) is not None
                ),
            )
        )

    def _follow_goal(self, row: int) -> None:
        """A goal holds for the rows below it until the next one, whether merged over them or written once."""
        index = self._table.columns.get(Column.GOAL)
        goal = self._grid.at(row, index)
        if goal is not None and index != self._title_column:
            self._goal = _named(goal)

    def _continue(self, cells: dict[Column, Cell | None], actions: Cell) -> None:
        """The row carries on one above: its owners, deadlines and indicators are added to those."""
        last = self._table.rows[-1] if self._table.rows else None
        if last is None or last.actions is not actions:
            return
        for column, cell in cells.items():
            if cell is not None and cell not in last.of(column)[-1:]:
                last.cells.setdefault(column, []).append(cell)


def _named(cell: Cell) -> str:
    """What the cell names; a dash says that it is nothing."""
    return "" if cell.line in ("-", "–", "—") else cell.line
