"""Rows whose number tells where they belong: 1 is an axis, 1.2 a goal in it, 1.2.3 an action of that goal."""

import re
from dataclasses import dataclass

from storage.imports.grid import Grid

_ALONE = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)[.)]?")
_BEFORE = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)[.)]?\s+(?=\S)")
_MOST = 0.6


@dataclass(frozen=True, kw_only=True)
class Level:
    """How deep the row stands (1 is the top), out of how many levels, and its words without the number."""

    depth: int
    levels: int
    words: str


def find_levels(grid: Grid, rows: list[int], title: int) -> dict[int, Level]:
    """The level of each row, where numbers of two depths or more are seen: in a column of their own or in the words."""
    for before in (*range(1, title), None):
        numbered: dict[int, tuple[int, str]] = {}
        for row in rows:
            words, number, line = grid.own(row).get(title), None, ""
            if words is None:
                continue
            if before is None:
                number, line = _BEFORE.match(words.text), words.text
                line = line[number.end() :] if number else line
            elif (cell := grid.own(row).get(before)) is not None:
                number, line = _ALONE.fullmatch(cell.line), words.text
            if number is not None:
                numbered[row] = (number[1].count(".") + 1, line)
        depths = {depth for depth, _ in numbered.values()}
        if len(depths) > 1 and len(numbered) >= _MOST * len(rows):
            return {
                row: Level(depth=depth, levels=max(depths), words=words) for row, (depth, words) in numbered.items()
            }
    return {}
