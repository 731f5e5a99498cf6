"""A sheet as cells: what stands where, with merged cells resolved; it knows nothing of plans or files."""

import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from openpyxl.utils import get_column_letter

from storage.folding import tidy


@dataclass(frozen=True, kw_only=True)
class Cell:
    place: str
    row: int
    column: int
    value: str | date

    @property
    def text(self) -> str:
        """As written, line breaks kept; a date as its ISO day."""
        return self.value if isinstance(self.value, str) else self.value.isoformat()

    @property
    def line(self) -> str:
        return tidy(self.text)


@dataclass(frozen=True, kw_only=True, order=True)
class Merge:
    top: int
    left: int
    bottom: int
    right: int

    def is_origin(self, row: int, column: int) -> bool:
        return (row, column) == (self.top, self.left)


class Grid:
    """Cells are asked for by row and column, both from 1; empty ones, and those a merge hides, are not there."""

    def __init__(
        self,
        name: str,
        values: Mapping[tuple[int, int], str | date],
        merges: Iterable[Merge] = (),
        place: Callable[[int, int], str] | None = None,
    ) -> None:
        """`place` says where a cell stands in the file, in signs that need no translation; else as in a sheet."""
        self.name = name
        place = place or self._in_sheet
        self._merges = sorted(merges)
        self._columns: dict[int, list[Merge]] = {}
        self._rows: dict[int, dict[int, Cell]] = defaultdict(dict)
        for (row, column), value in sorted(values.items(), key=lambda entry: entry[0]):
            merge = self.merge_at(row, column)
            if (merge is None or merge.is_origin(row, column)) and (isinstance(value, date) or value.strip()):
                self._rows[row][column] = Cell(place=place(row, column), row=row, column=column, value=value)

    def _in_sheet(self, row: int, column: int) -> str:
        return f"{self.name}!{get_column_letter(column)}{row}"

    @property
    def rows(self) -> list[int]:
        """The rows in which a cell of their own holds something."""
        return list(self._rows)

    def own(self, row: int) -> dict[int, Cell]:
        """What begins in this row, by column."""
        return self._rows.get(row, {})

    def at(self, row: int, column: int | None) -> Cell | None:
        """What is seen there: the cell, or the merged cell that reaches over it."""
        if column is None:
            return None
        merge = self.merge_at(row, column)
        if merge is not None:
            row, column = merge.top, merge.left
        return self.own(row).get(column)

    def merge_at(self, row: int, column: int) -> Merge | None:
        merges = self._columns.get(column)
        if merges is None:
            merges = [merge for merge in self._merges if merge.left <= column <= merge.right]
            self._columns[column] = merges
        index = bisect.bisect_right(merges, row, key=lambda merge: merge.top) - 1
        return merges[index] if index >= 0 and merges[index].bottom >= row else None
