"""The visible sheets of an .ods file as grids, read from its XML: stored values only, no formula or link."""

import re
from dataclasses import dataclass, field
from datetime import date

from storage.imports.draft import NotAPlan
from storage.imports.grid import Grid, Merge
from storage.imports.limits import WIDEST, Limits
from storage.imports.package import Package

CONTENT = "content.xml"
_MOST_SHEETS = 100
_MOST_REPEATED = 1_000
"""A row that is repeated more often holds nothing: it fills the sheet."""


def read_opendocument(package: Package) -> list[Grid]:
    sheets = _Sheets()
    package.walk(CONTENT, sheets.open, sheets.close, sheets.words)
    return [Grid(sheet.name, sheet.values, sheet.merges) for sheet in sheets.found]


@dataclass
class _Sheet:
    name: str
    values: dict[tuple[int, int], str | date] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)


class _Sheets:
    def __init__(self) -> None:
        self.found: list[_Sheet] = []
        self._limits = Limits()
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._sheet: _Sheet | None = None
        self._row = self._column = self._asides = 0
        self._rows, self._cells = 1, 1
        self._value: date | None = None
        self._lines: list[str] = []
        self._is_in_paragraph = False

    def open(self, name: str, attributes: dict[str, str]) -> None:
        self._limits.tag()
        if name == "style":
            self._style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table":
            hidden = attributes.get("style-name") in self._hidden_styles
            self._sheet = None if hidden else _Sheet(attributes.get("name", ""))
            self._row = 0
        elif name == "table-row":
            self._rows, self._column = _whole(attributes.get("number-rows-repeated")), 0
            self._row += 1
        elif name in ("table-cell", "covered-table-cell"):
            self._open_cell(attributes)
        elif name in ("annotation", "tracked-changes"):
            self._asides += 1
        elif name == "p" and not self._asides:
            self._lines.append("")
            self._is_in_paragraph = True
        else:
            self.words({"line-break": "\n", "tab": " ", "s": " " * min(_whole(attributes.get("c")), 9)}.get(name, ""))

    def words(self, text: str) -> None:
        """Text of a paragraph, with whatever stands within it."""
        if self._is_in_paragraph and not self._asides:
            self._lines[-1] += text

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._cells = _whole(attributes.get("number-columns-repeated"))
        self._column += 1
        self._value, self._lines = _day(attributes.get("date-value", "")), []
        wide, high = _whole(attributes.get("number-columns-spanned")), _whole(attributes.get("number-rows-spanned"))
        if self._sheet is not None and (wide, high) != (1, 1):
            self._limits.merge()
            bottom, right = self._row + high - 1, self._column + wide - 1
            self._sheet.merges.append(Merge(top=self._row, left=self._column, bottom=bottom, right=right))

    def close(self, name: str, text: str) -> None:
        self.words(text)
        if name == "p" and not self._asides:
            self._is_in_paragraph = False
        elif name in ("annotation", "tracked-changes"):
            self._asides -= 1
        elif name in ("table-cell", "covered-table-cell"):
            self._close_cell()
        elif name == "table-row":
            self._close_row()
        elif name == "table" and self._sheet is not None:
            if len(self.found) == _MOST_SHEETS:
                raise NotAPlan("too_large")
            self.found.append(self._sheet)
            self._sheet = None

    def _close_cell(self) -> None:
        value = self._shown()
        last = self._column + self._cells - 1
        if value and self._sheet is not None:
            for column in range(self._column, min(last, WIDEST) + 1):
                self._limits.cell(value)
                self._sheet.values[self._row, column] = value
        self._column, self._lines = last, []

    def _shown(self) -> str | date:
        """A day; or the words on screen, also where they show only the month of a day."""
        words = "\n".join(self._lines)
        if self._value is None:
            return words
        numbers = [int(number) for number in re.findall(r"\d+", words)[:9] if len(number) < 5]
        return self._value if self._value.day in numbers or not words else words

    def _close_row(self) -> None:
        """The same row again, as often as it is repeated."""
        first, self._row = self._row, self._row + self._rows - 1
        if self._sheet is None or not 1 < self._rows <= _MOST_REPEATED:
            return
        row = [(column, value) for (at, column), value in self._sheet.values.items() if at == first]
        for again in range(first + 1, self._row + 1):
            for column, value in row:
                self._limits.cell(value)
                self._sheet.values[again, column] = value


def _whole(text: str | None) -> int:
    return max(1, int(text)) if text is not None and text.isdecimal() and len(text) < 8 else 1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None
