"""The tables of a Word document (.docx) as one grid, read from its XML; a paragraph between them is a row of its own.

Not `python-docx`: it unpacks each part of a file before anything could refuse it. No field, link or object is followed.
"""

from storage.imports.grid import Grid, Merge
from storage.imports.limits import WIDEST, Limits
from storage.imports.package import Package


def read_document(package: Package) -> list[Grid]:
    return [_Body(package, package.main_part).grid]


class _Body:
    """Gathers rows while the body is walked; what stands in a table inside a cell belongs to that cell."""

    def __init__(self, package: Package, part: str) -> None:
        self._values: dict[tuple[int, int], str] = {}
        self._merges: list[Merge] = []
        self._places: dict[int, str] = {}
        self._limits = Limits()
        self._row = self._column = self._tables = self._table_row = self._depth = self._lost = 0
        self._text: list[str] = []
        self._span, self._merged, self._is_bulleted = 1, "", False
        self._reaching: dict[int, tuple[int, int]] = {}
        """For each column the first row and the width of the cell that is merged down from above."""
        package.walk(part, self._open, self._close)
        self.grid = Grid("", self._values, self._merges, place=lambda row, _column: self._places[row])

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self._limits.tag()
        if name in ("del", "moveFrom", "instrText", "txbxContent"):
            self._lost += 1
        elif name == "tbl":
            self._depth += 1
            if self._depth == 1:
                self._tables, self._table_row = self._tables + 1, 0
        elif self._depth > 1:
            self._open_text(name)
        elif name == "tr":
            self._begin_row(f"tab. {self._tables} l. {self._table_row + 1}")
            self._table_row, self._column = self._table_row + 1, 0
        elif name == "tc":
            self._text, self._span, self._merged = [], 1, ""
        elif name == "gridSpan":
            self._span = max(1, min(_whole(attributes.get("val")), WIDEST))
        elif name == "gridBefore":
            self._column += min(_whole(attributes.get("val")), WIDEST)
        elif name == "vMerge":
            self._merged = attributes.get("val", "continue")
        elif name == "p" and not self._depth:
            self._text = []
        else:
            self._open_text(name)

    def _open_text(self, name: str) -> None:
        if name in ("br", "cr") or (name == "p" and self._text):
            self._text.append("\n")
        elif name in ("tab", "tc"):
            self._text.append(" ")
        elif name == "numId":
            self._is_bulleted = True

    def _close(self, name: str, text: str) -> None:
        if name in ("del", "moveFrom", "instrText", "txbxContent"):
            self._lost -= 1
        elif name == "t" and not self._lost:
            self._text.append(f"- {text}" if self._is_bulleted else text)
            self._is_bulleted = False
        elif name == "p":
            self._is_bulleted = False
            if not self._depth and "".join(self._text).strip():
                self._begin_row(f"§ {self._row + 1}")
                self._keep(1, "".join(self._text))
        elif name == "noBreakHyphen":
            self._text.append("-")
        elif name == "tbl":
            self._depth -= 1
            if not self._depth:
                self._end_merges()
        elif name == "tc" and self._depth == 1:
            self._end_cell()

    def _begin_row(self, place: str) -> None:
        self._row += 1
        self._places[self._row] = place

    def _end_cell(self) -> None:
        column, self._column = self._column + 1, self._column + self._span
        if self._column > WIDEST:
            return
        if self._merged == "continue":
            return
        self._close_merge(column, self._row - 1)
        if self._merged == "restart":
            self._reaching[column] = (self._row, self._span)
        elif self._span > 1:
            self._merges.append(Merge(top=self._row, left=column, bottom=self._row, right=self._column))
        self._keep(column, "".join(self._text))

    def _close_merge(self, column: int, bottom: int) -> None:
        if column in self._reaching:
            top, span = self._reaching.pop(column)
            self._limits.merge()
            self._merges.append(Merge(top=top, left=column, bottom=bottom, right=column + span - 1))

    def _end_merges(self) -> None:
        for column in list(self._reaching):
            self._close_merge(column, self._row)

    def _keep(self, column: int, text: str) -> None:
        if text.count("\n- ") == 0:
            # One bullet alone tells nothing.
            text = text.removeprefix("- ")
        if text.strip():
            self._limits.cell(text)
            self._values[self._row, column] = text


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 8 else 0
