"""How much room the columns of a plan need; only numbers."""

from math import ceil

from storage.imports.headings import Column

SHARES = {
    Column.REF: 8,
    Column.GOAL: 24,
    Column.OBJECTIVE: 24,
    Column.ACTION: 40,
    Column.OWNERS: 21,
    Column.PEOPLE: 16,
    Column.DEADLINE: 14,
    Column.READ_AS: 13,
    Column.PRIORITY: 10,
    Column.STATUS: 14,
    Column.INDICATORS: 25,
    Column.VALUES: 24,
}
"""Of the width, against one another."""
OTHER_SHARE = 18
_BOLD = 1.1
_USED = 1.0
"""Of a line: words are not torn, so that some room stays at its end."""


def lines_in(text: str, width: float, *, bold: bool = False) -> int:
    """How many lines the text takes in a cell so many characters wide; rather one too many."""
    room = max(width * _USED / (_BOLD if bold else 1), 1)
    return sum(max(1, ceil(len(line) / room)) for line in text.split("\n")) if text else 1
