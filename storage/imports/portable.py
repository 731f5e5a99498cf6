"""The tables of a .pdf as one grid, where it has lines around its cells and text inside; nothing in it is run.

A table that goes on over a page break is one table: a row cut in two is put together again.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfplumber.utils.exceptions import PdfminerException

from storage.imports.draft import NotAPlan
from storage.imports.grid import Cell, Grid, Merge
from storage.imports.headings import Column, find_columns
from storage.imports.limits import Limits
from storage.imports.lines import Frame, Line, Wrapping, lines_of

MOST_PAGES = 400
_NEAR = 1.5
"""Points within which two edges are the same."""
_PAGE_NUMBER = re.compile(r"(?:(?:page|pagina|p\.?)\s*)?\d{1,4}(?:\s*(?:/|sur|of|van|-)\s*\d{1,4})?", re.IGNORECASE)

_DAMAGE = (
    PDFException,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""All that pdfminer raises on bytes that are no PDF, or no longer one."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points, from the page's upper left corner."""


def read_portable(path: Path) -> list[Grid]:
    try:
        with pdfplumber.open(path) as document:
            if len(document.pages) > MOST_PAGES:
                raise NotAPlan("too_large")
            pages = [_strips_of(page) for page in document.pages]
    except PdfminerException as problem:
        locked = bool(problem.args) and isinstance(problem.args[0], PDFPasswordIncorrect)
        raise NotAPlan("encrypted" if locked else "damaged") from problem
    except (
        PDFException,
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as problem:
        # What pdfminer raises on bytes that are no PDF, or no longer one.
        raise NotAPlan("damaged") from problem
    if not any(pages):
        raise NotAPlan("no_text")
    return [_Joining(pages).grid()]


@dataclass
class _Part:
    """What stands in one cell on one page: how many columns and rows it reaches over, and its lines."""

    column: int
    wide: int
    high: int
    frame: Frame
    lines: list[Line]


@dataclass
class _Strip:
    """A row of a table as far as it stands on one page; or, of a single part, a line between tables."""

    top: float
    parts: list[_Part]
    is_line: bool = False


def _strips_of(page: Any) -> list[_Strip]:
    """From top to bottom; empty where the page shows no text."""
    chars = [char for char in page.chars if char.get("upright", True)]
    strips: list[_Strip] = []
    for table in page.find_tables() if chars else ():
        inside = [char for char in chars if _is_in(char, table.bbox)]
        chars = [char for char in chars if not _is_in(char, table.bbox)]
        strips += _rows_of(table, inside)
    for line in lines_of(chars):
        part = _Part(1, 1, 1, Frame(left=line.left, right=page.width - line.left, is_cell=False), [line])
        strips.append(_Strip(line.top, [part], is_line=True))
    page.close()
    return sorted(strips, key=lambda strip: strip.top)


def _rows_of(table: Any, chars: list[dict[str, Any]]) -> list[_Strip]:
    boxes: list[Box] = sorted({cell for row in table.rows for cell in row.cells if cell})
    tops, lefts = _edges(box[1] for box in boxes), _edges(box[0] for box in boxes)
    held: dict[Box, list[dict[str, Any]]] = {box: [] for box in boxes}
    for char in chars:
        box = next((box for box in boxes if _is_in(char, box)), None)
        if box is not None:
            held[box].append(char)
    strips = {top: _Strip(top, []) for top in tops}
    for (left, top, right, bottom), own in held.items():
        part = _Part(
            column=1 + sum(edge < left - _NEAR for edge in lefts),
            wide=sum(left - _NEAR <= edge < right - _NEAR for edge in lefts),
            high=sum(top - _NEAR <= edge < bottom - _NEAR for edge in tops),
            frame=Frame(left=left, right=right),
            lines=lines_of(own),
        )
        strips[max(edge for edge in tops if edge <= top + _NEAR)].parts.append(part)
    return list(strips.values())


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _NEAR:
            edges.append(value)
    return edges


def _is_in(char: dict[str, Any], box: Box) -> bool:
    across: float
    down: float
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= across < box[2] and box[1] <= down < box[3]


@dataclass
class _Whole:
    """A cell over all its pages."""

    row: int
    column: int
    frame: Frame
    bottom: int
    right: int
    lines: list[Line] = field(default_factory=list)
    page_ends: list[int] = field(default_factory=list)


class _Joining:
    """Puts the pages together."""

    def __init__(self, pages: list[list[_Strip]]) -> None:
        self._pages = pages
        parts = (part for page in pages for strip in page for part in strip.parts)
        self._wrapping = Wrapping((part.frame, part.lines) for part in parts)
        self._cells: list[_Whole] = []
        self._places: dict[int, str] = {}
        self._row = 0
        self._columns: dict[Column, int] = {}
        self._open: dict[int, _Whole] = {}
        """By column, the cell that a page break would cut; empty after a line that stands in no table."""

    def grid(self) -> Grid:
        running = self._running_lines()
        for number, strips in enumerate(self._pages, start=1):
            at_top = True
            for place, strip in enumerate(strips, start=1):
                if strip.is_line:
                    if strip.parts[0].lines[0].text.strip() not in running:
                        self._take_line(strip, f"p. {number} l. {place}")
                    continue
                header = find_columns(self._as_cells(strip))
                if header is not None:
                    self._columns = header
                if at_top and header is None and self._row_goes_on(strip):
                    self._go_on(strip)
                else:
                    # A heading that is said again on each page does not end the row above it.
                    open_above = self._open if at_top and header is not None and self._open else {}
                    self._take_row(strip, f"p. {number} l. {place}", at_top=at_top)
                    self._open |= open_above
                at_top = at_top and header is not None
        limits = Limits()
        values: dict[tuple[int, int], str] = {}
        for cell in self._cells:
            text = self._wrapping.joined(cell.frame, cell.lines, cell.page_ends)
            limits.cell(text)
            values[cell.row, cell.column] = text
        return Grid("", values, self._merges(limits), place=lambda row, _column: self._places[row])

    def _running_lines(self) -> set[str]:
        """Lines that say on most pages what page this is of what document."""
        said = [{s.parts[0].lines[0].text.strip() for s in page if s.is_line} for page in self._pages]
        often = max(3, len(self._pages) // 2 + 1)
        every = {text for page in said for text in page}
        return {text for text in every if _PAGE_NUMBER.fullmatch(text) or sum(text in page for page in said) >= often}

    def _take_line(self, strip: _Strip, place: str) -> None:
        """A line of its own, or the next one of the paragraph above it."""
        part = strip.parts[0]
        above = self._cells[-1] if self._cells and not self._open else None
        if above is not None and self._wrapping.goes_on(above.frame, above.lines[-1], part.lines[0]) is not None:
            above.lines += part.lines
            return
        self._take_row(strip, place, at_top=False)
        self._open = {}

    def _take_row(self, strip: _Strip, place: str, *, at_top: bool) -> None:
        self._row += 1
        self._places[self._row] = place
        for part in strip.parts:
            above = self._open.get(part.column)
            if at_top and above is not None and part.lines and self._is_cut(above, part):
                # A cell merged over rows on both pages: its words go on, its row does not.
                self._append(above, part)
                continue
            bottom, right = self._row + part.high - 1, part.column + part.wide - 1
            whole = _Whole(self._row, part.column, part.frame, bottom, right, list(part.lines))
            self._open[part.column] = whole
            if whole.lines:
                self._cells.append(whole)

    def _row_goes_on(self, strip: _Strip) -> bool:
        """Whether the row at the top of a page is the rest of the one above the page break."""
        last = {column: cell for column, cell in self._open.items() if cell.row == self._row}
        filled = {part.column: part for part in strip.parts if part.lines}
        if not last or max(self._open) != max(part.column + part.wide - 1 for part in strip.parts):
            return False
        levels = {self._columns.get(Column.AXIS), self._columns.get(Column.GOAL)}
        if any(
            column not in levels and column in last and self._is_cut(last[column], part)
            for column, part in filled.items()
        ):
            return True
        due = self._columns.get(Column.DEADLINE, 0)
        return due in last and bool(last[due].lines) and due not in filled

    def _is_cut(self, above: _Whole, part: _Part) -> bool:
        both = bool(above.lines and part.lines)
        return both and self._wrapping.goes_on(above.frame, above.lines[-1], part.lines[0]) is not None

    def _go_on(self, strip: _Strip) -> None:
        for part in strip.parts:
            above = self._open.get(part.column)
            if above is None:
                continue
            above.bottom = max(above.bottom, self._row + part.high - 1)
            self._append(above, part)

    def _append(self, above: _Whole, part: _Part) -> None:
        if not part.lines:
            return
        if above.lines:
            above.page_ends.append(len(above.lines))
        else:
            self._cells.append(above)
        above.lines += part.lines

    def _as_cells(self, strip: _Strip) -> dict[int, Cell]:
        texts = {part.column: self._wrapping.joined(part.frame, part.lines) for part in strip.parts if part.lines}
        return {column: Cell(place="", row=0, column=column, value=text) for column, text in texts.items()}

    def _merges(self, limits: Limits) -> Iterator[Merge]:
        for cell in self._cells:
            if (cell.row, cell.column) != (cell.bottom, cell.right):
                limits.merge()
                yield Merge(top=cell.row, left=cell.column, bottom=cell.bottom, right=cell.right)
