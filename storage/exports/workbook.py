"""A plan as a workbook: the table people know, ready to be filtered and printed, with its values and its history.

Texts are written as texts: nothing that somebody typed becomes a formula or a link.
"""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from storage.exports.content import Content
from storage.exports.history import history_of
from storage.exports.layout import OTHER_SHARE, SHARES, lines_in
from storage.exports.palette import BAND, HEADING, LATE, LINES, SUBTLE, TONES
from storage.exports.table import Line, PlanTable, Value, heading
from storage.exports.wording import Wording
from storage.imports.headings import Column

_LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""
_WIDTH = 150
"""Characters over the whole width, as wide as a page across shows them in a size that can be read."""
_LINE = 13.5
"""Points that a line of text is high."""
_TITLE_ROWS = 3


def plan_as_workbook(content: Content, table: PlanTable, say: Wording) -> bytes:
    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": content.title, "company": "Boucle"})
    _Sheet(book, table, say).write()
    _list_values(book, content, say)
    _list_history(book, content, say)
    book.close()
    return stream.getvalue()


class _Sheet:
    """The plan itself."""

    def __init__(self, book: Workbook, table: PlanTable, say: Wording) -> None:
        self._table, self._say = table, say
        self._sheet = book.add_worksheet(say("export.sheet.plan"))
        self._last = len(table.columns) + len(table.others) - 1
        shares = {column: SHARES[column] for column in table.columns} | dict.fromkeys(table.others, OTHER_SHARE)
        self._widths = {each: _WIDTH * share / sum(shares.values()) for each, share in shares.items()}
        cell = {"font_size": 10, "text_wrap": True, "valign": "top", "border": 1, "border_color": LINES}
        self._title = book.add_format({"bold": True, "font_size": 16, "font_color": HEADING})
        self._subtitle = book.add_format({"font_size": 10, "font_color": SUBTLE})
        self._head = book.add_format(
            {**cell, "bold": True, "font_color": "#FFFFFF", "bg_color": HEADING, "valign": "vcenter"}
        )
        self._band = book.add_format(
            {**cell, "bold": True, "font_size": 11, "font_color": HEADING, "bg_color": BAND, "valign": "vcenter"}
        )
        self._goal = book.add_format({**cell, "bold": True})
        self._cell = book.add_format(cell)
        self._bold = book.add_format({**cell, "bold": True})
        self._stars = book.add_format({**cell, "align": "center"})
        self._day = book.add_format({**cell, "align": "left", "num_format": "dd/mm/yyyy"})
        self._tones = {
            status: book.add_format({**cell, "font_color": tone.ink, "bg_color": tone.paper})
            for status, tone in TONES.items()
        }
        late = {"font_color": LATE.ink, "bg_color": LATE.paper, "bold": True}
        self._late = book.add_format({**cell, **late})
        self._late_day = book.add_format({**cell, **late, "align": "left", "num_format": "dd/mm/yyyy"})

    def write(self) -> None:
        sheet, say = self._sheet, self._say
        for index, width in enumerate(self._widths.values()):
            sheet.set_column(index, index, width)
        sheet.write_string(0, 0, self._table.title, self._title)
        sheet.set_row(0, 24)
        sheet.write_string(1, 0, self._table.subtitle, self._subtitle)
        header = _TITLE_ROWS
        names = [*(heading(column, say) for column in self._table.columns), *(name for name, _ in self._table.others)]
        for index, name in enumerate(names):
            sheet.write_string(header, index, name, self._head)
        sheet.set_row(header, 30)
        row = header + 1
        for band in self._table.bands:
            if self._last:
                sheet.merge_range(row, 0, row, self._last, "", self._band)
            sheet.write_string(row, 0, band.axis, self._band)
            sheet.set_row(row, 22)
            row += 1
            for line, high in zip(band.lines, self._heights(band.lines), strict=True):
                self._write_line(row, line)
                sheet.set_row(row, high)
                row += 1
        sheet.autofilter(header, 0, max(row - 1, header), self._last)
        sheet.freeze_panes(header + 1, 1)
        _set_up_print(sheet, header, f"{self._table.title} · {self._table.subtitle}", say)

    def _write_line(self, row: int, line: Line) -> None:
        for index, column in enumerate(self._table.columns):
            value, style = line.cells.get(column, ""), self._style(column, line)
            if column is Column.GOAL and line.goal_rows != 1:
                if line.goal_rows:
                    self._sheet.merge_range(row, index, row + line.goal_rows - 1, index, "", style)
                    self._sheet.write_string(row, index, str(value)[:_LONGEST], style)
            elif isinstance(value, date):
                self._sheet.write_datetime(row, index, value, self._late_day if line.is_late else self._day)
            elif value:
                self._sheet.write_string(row, index, value[:_LONGEST], style)
            else:
                self._sheet.write_blank(row, index, None, style)
        for index, other in enumerate(self._table.others, start=len(self._table.columns)):
            self._sheet.write_string(row, index, line.extra.get(other, "")[:_LONGEST], self._cell)

    def _style(self, column: Column, line: Line) -> Any:
        if column is Column.GOAL:
            return self._goal
        if column is Column.STATUS:
            return self._late if line.is_late else self._tones[line.action.status]
        if column is Column.DEADLINE and line.is_late:
            return self._late
        return {Column.REF: self._bold, Column.PRIORITY: self._stars}.get(column, self._cell)

    def _heights(self, lines: Sequence[Line]) -> list[float]:
        """So that every text is seen whole: programs do not make room for what is merged over several rows."""
        heights = [
            max(
                *(self._needed(column, line) for column in self._table.columns),
                *(lines_in(text, self._widths[other]) for other, text in line.extra.items()),
            )
            for line in lines
        ]
        for place, line in enumerate(lines):
            if line.goal_rows > 1 and Column.GOAL in self._widths:
                needed = lines_in(str(line.cells[Column.GOAL]), self._widths[Column.GOAL], bold=True)
                missing = needed - sum(heights[place : place + line.goal_rows])
                for under in range(place, place + line.goal_rows):
                    heights[under] += max(0, missing) / line.goal_rows
        return [min(high * _LINE + 4, 409) for high in heights]

    def _needed(self, column: Column, line: Line) -> float:
        if column is Column.GOAL and line.goal_rows != 1:
            return 1
        value = line.cells.get(column, "")
        bold = column in (Column.REF, Column.GOAL) or (column is Column.STATUS and line.is_late)
        return 1 if isinstance(value, date) else lines_in(value, self._widths[column], bold=bold)


def _set_up_print(sheet: Worksheet, header: int, footer: str, say: Wording) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    pages = say("export.page", page="&P", pages="&N")
    sheet.set_footer(f"&L&8{footer[:150].replace('&', '&&')}&R&8{pages}")


def _list_values(book: Workbook, content: Content, say: Wording) -> None:
    """Every value of every indicator, each once however many actions share it."""
    refs: dict[int, list[str]] = {}
    known = {}
    for action in content.actions:
        for indicator in content.indicators_of(action):
            refs.setdefault(indicator.id, []).append(action.ref)
            known[indicator.id] = indicator
    rows = [
        (say.list(refs[indicator.id]), indicator.name, value.on, value.value, value.author, value.note, value.link)
        for indicator in known.values()
        for value in reversed(indicator.measurements)
    ]
    names = ("ref", "indicator", "on", "value", "author", "note", "link")
    _list(book, say("export.sheet.values"), names, (14, 40, 12, 18, 22, 40, 40), rows, say)


def _list_history(book: Workbook, content: Content, say: Wording) -> None:
    rows = [(told.on, told.ref, told.what, told.who, told.why) for told in history_of(content, say)]
    _list(book, say("export.sheet.history"), ("on", "ref", "what", "author", "why"), (12, 12, 60, 24, 60), rows, say)


def _list(
    book: Workbook,
    name: str,
    headings: Sequence[str],
    widths: Sequence[int],
    rows: Sequence[Sequence[Value]],
    say: Wording,
) -> None:
    """A plain list; left out where there is nothing to list."""
    if not rows:
        return
    sheet = book.add_worksheet(name)
    cell = {"font_size": 10, "text_wrap": True, "valign": "top", "border": 1, "border_color": LINES}
    plain = book.add_format(cell)
    day = book.add_format({**cell, "align": "left", "num_format": "dd/mm/yyyy"})
    head = book.add_format({**cell, "bold": True, "font_color": "#FFFFFF", "bg_color": HEADING})
    for index, (key, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.set_column(index, index, width)
        sheet.write_string(0, index, say(f"export.list.{key}"), head)
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, index, value, day)
            else:
                sheet.write_string(number, index, value[:_LONGEST], plain)
    sheet.autofilter(0, 0, len(rows), len(headings) - 1)
    sheet.freeze_panes(1, 0)
    _set_up_print(sheet, 0, name, say)
