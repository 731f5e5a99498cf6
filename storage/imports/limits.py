"""How much of a file is read at most, whatever its format; it counts and refuses, and knows no format."""

from storage.imports.draft import NotAPlan

MOST_TAGS = 2_000_000
MOST_CELLS = 200_000
MOST_LETTERS = 2_000_000
"""A hundred times a large plan; a text that is shared counts wherever it is shared."""
MOST_MERGES = 10_000
WIDEST = 256
"""Columns beyond are left aside: no plan is wider."""


class Limits:
    """Counted while one table is read; raises `NotAPlan` ("too_large") where there is too much of something."""

    def __init__(self) -> None:
        self._tags = self._cells = self._letters = self._merges = 0

    def tag(self) -> None:
        self._tags += 1
        _refuse(self._tags > MOST_TAGS)

    def cell(self, value: object) -> None:
        self._cells += 1
        self._letters += len(value) if isinstance(value, str) else 0
        _refuse(self._cells > MOST_CELLS or self._letters > MOST_LETTERS)

    def merge(self) -> None:
        self._merges += 1
        _refuse(self._merges > MOST_MERGES)


def _refuse(is_too_large: bool) -> None:
    if is_too_large:
        raise NotAPlan("too_large")
