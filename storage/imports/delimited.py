"""A .csv file as one grid: its encoding and its separator are found, as spreadsheets of this country write them."""

import csv
import io
import re
from datetime import date
from pathlib import Path

from storage.imports.draft import NotAPlan
from storage.imports.grid import Grid
from storage.imports.limits import WIDEST, Limits
from storage.imports.markup import LONGEST_TEXT

MOST_BYTES = 20_000_000
_SEPARATORS = ";\t,|"
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(?::00)?")
_PROTECTED = re.compile(r"^'(?='*[=+\-@\t\r])")
"""The sign before a text that a spreadsheet would take for a formula."""
_SAMPLE = 20_000
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_delimited(path: Path) -> list[Grid]:
    text = _decoded(path)
    values: dict[tuple[int, int], str | date] = {}
    limits = Limits()
    csv.field_size_limit(LONGEST_TEXT)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)), start=1):
            for column, words in enumerate(row[:WIDEST], start=1):
                if words.strip():
                    limits.cell(words)
                    values[number, column] = _day(words) or _PROTECTED.sub("", words, count=1)
    except csv.Error as problem:
        raise NotAPlan("damaged") from problem
    return [Grid("", values, place=lambda row, column: f"l. {row} col. {column}")]


def _day(words: str) -> date | None:
    """A day as programs write it that know no days without a time."""
    midnight = _MIDNIGHT.fullmatch(words)
    try:
        return date.fromisoformat(midnight[1]) if midnight else None
    except ValueError:
        return None


def _decoded(path: Path) -> str:
    """UTF-8 where it is, UTF-16 where it says so, else what Windows writes in Western Europe."""
    with path.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise NotAPlan("too_large")
    named = next((encoding for mark, encoding in _MARKS.items() if content.startswith(mark)), None)
    for encoding in (named,) if named else ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    raise NotAPlan("unsupported")


def _separator(text: str) -> str:
    """The sign that cuts the most rows into the same number of cells, and into many."""
    sample = text[:_SAMPLE]

    def agreement(sign: str) -> float:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if row]
        except csv.Error:
            return 0.0
        usual = max(set(widths), key=widths.count, default=1)
        return (usual - 1) * widths.count(usual) / max(len(widths), 1)

    return max(_SEPARATORS, key=agreement)
