"""Which of a cell's deadlines goes to which of its actions; a share that is doubtful says so."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from storage.calendar import AcademicCalendar
from storage.folding import fold, tidy
from storage.imports.deadlines import Reading, read_wording
from storage.imports.draft import Doubt
from storage.imports.grid import Cell
from storage.plan import Deadline, Kind, Status

_BETWEEN = re.compile(r"[\n;,]+")
_FOR = re.compile(r"(.+?)\s+(?:pour|for|voor)\s+(.+)")
_MOST_WORDINGS = 20
_DETERMINERS = (
    ("le", "du", "au", "ce", "notre"),
    ("la", "cette", "notre"),
    ("les", "des", "aux", "ces", "nos"),
    ("the", "this", "our"),
    ("de", "deze", "onze"),
    ("het", "dit", "ons"),
)
"""Words of one line go before the same nouns: "le master" is meant by "du master", not by "les master class"."""


def share_deadlines(
    cells: Sequence[Cell], titles: Sequence[str], numbers: tuple[int, ...], calendar: AcademicCalendar
) -> tuple[list[Reading], list[Doubt]]:
    """One reading for each action of a row, in order, from the cells of its deadline (more than one where merged)."""
    words = ", ".join(cell.line.rstrip(" ,;") for cell in cells)
    readings, code = _share(cells, titles, words, calendar)
    if code is None:
        return readings, []
    told = " · ".join(f"{number}: {_told(reading)}" for number, reading in zip(numbers, readings, strict=True))
    return readings, [Doubt(place=cells[0].place, code=code, words=words, reading=told, numbers=numbers)]


def nothing_said(words: str = "") -> Reading:
    return Reading(deadline=Deadline(kind=Kind.NONE, text=words))


def _share(
    cells: Sequence[Cell], titles: Sequence[str], words: str, calendar: AcademicCalendar
) -> tuple[list[Reading], str | None]:
    whole = read_wording(cells[0].value, calendar) if len(cells) == 1 else None
    if whole is not None:
        return [whole] * len(titles), None
    items = [item for cell in cells for item in _items(cell)]
    readings = [_read(item, calendar) for item in items]
    if len(items) == len(titles):
        unread = None if all(readings) else "deadline_unreadable"
        pairs = zip(readings, items, strict=True)
        return [reading or nothing_said(str(item)) for reading, item in pairs], unread
    known = [reading for reading in readings if reading is not None]
    # A cell of separators alone (";") has no item at all.
    if not items or len(known) < len(items):
        return [_together(known, words) or nothing_said(words)] * len(titles), "deadline_unreadable"
    named = _by_name(known, titles)
    if named is not None:
        return named, "deadlines_unequal"
    together = _together(known, words)
    if together is not None:
        return [together] * len(titles), None if len(titles) == 1 else "deadlines_unequal"
    return _in_order(known, len(titles), words), "deadlines_unequal"


def _items(cell: Cell) -> list[str | date]:
    if isinstance(cell.value, date):
        return [cell.value]
    return [item for item in map(tidy, _BETWEEN.split(cell.value)) if item]


def _read(item: str | date, calendar: AcademicCalendar) -> Reading | None:
    """The meaning of an item, also of one that is kept for some: "Sept-24 pour le master"."""
    reading = read_wording(item, calendar)
    if reading is None and isinstance(item, str) and (kept := _FOR.fullmatch(item)):
        reading = read_wording(kept[1], calendar)
        return reading and replace(reading, deadline=replace(reading.deadline, text=item))
    return reading


def _together(known: Sequence[Reading], words: str) -> Reading | None:
    """One reading of all items, where no more than one of them says something about time: "En cours, 2023-24"."""
    timed = [reading for reading in known if not reading.is_only_status]
    statuses = {reading.status for reading in known} - {None}
    if not known or len(timed) > 1 or len(statuses) > 1:
        return None
    base = (timed or known)[0]
    return replace(base, deadline=replace(base.deadline, text=words), status=next(iter(statuses), None))


def _by_name(known: Sequence[Reading], titles: Sequence[str]) -> list[Reading] | None:
    """The share where one item names what it is for and exactly one other wording is left for the rest."""
    if len(known) > _MOST_WORDINGS:
        return None
    named: dict[int, Reading] = {}
    rest: list[Reading] = []
    for reading in known:
        kept = _FOR.fullmatch(reading.deadline.text)
        meant = _actions_naming(fold(kept[2]), titles) if kept else []
        named.update(dict.fromkeys(meant, reading))
        if not meant:
            rest.append(reading)
    if not named or len(rest) != 1:
        return None
    return [named.get(index, rest[0]) for index in range(len(titles))]


def _actions_naming(thing: str, titles: Sequence[str]) -> list[int]:
    """Which titles name the thing ("le master"), before all those that have it after a word of the same family."""
    first, _, noun = thing.partition(" ")
    families = [family for family in _DETERMINERS if first in family]
    noun = noun if families and noun else thing
    before = "|".join(sorted({word for family in families for word in family}))
    whole = rf"{re.escape(noun)}(?!\w)"
    folded = [fold(title) for title in titles]
    exact = [i for i, title in enumerate(folded) if before and re.search(rf"(?<!\w)(?:{before}) {whole}", title)]
    return exact or [i for i, title in enumerate(folded) if re.search(rf"(?<!\w){whole}", title)]


def _in_order(known: Sequence[Reading], actions: int, words: str) -> list[Reading]:
    """In order, the last one going on for the rest; the cell's whole words stay with each action."""
    return [
        replace(reading, deadline=replace(reading.deadline, text=words))
        for reading in (known[min(index, len(known) - 1)] for index in range(actions))
    ]


def _told(reading: Reading) -> str:
    """The reading in signs: its window, else its kind, and the status it says."""
    deadline = reading.deadline
    window = f"{deadline.start}/{deadline.end}" if deadline.start != deadline.end else f"{deadline.end or ''}"
    parts = (deadline.kind.value, deadline.rhythm and deadline.rhythm.value, window if deadline.end else "")
    status = reading.status if reading.status is not Status.TODO else None
    return " ".join(part for part in (*parts, status and status.value) if part)
