"""What is said unasked: one frozen dataclass a post, holding facts; how it is worded and drawn is the cards' affair."""

from dataclasses import dataclass
from datetime import datetime

from dialogs.requests import ListActions
from storage.calendar import Period


@dataclass(frozen=True, kw_only=True)
class Line:
    """One completion as a line."""

    ref: str
    title: str
    who: str
    at: datetime
    """In the reader's time zone."""
    taken_back: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The numbers of one scope: as the questions give them."""

    scope: tuple[str, str]
    """(plan, axis, body or unit; its key, name or path)"""
    coming: int
    late: int
    show_coming: ListActions
    show_late: ListActions


@dataclass(frozen=True, kw_only=True)
class Story:
    """A month or quadrimestre of a channel: the parent under which each completion is a reply."""

    period: Period
    standings: tuple[Standing, ...]
    achieved: tuple[Line, ...]
    """Newest first."""
    total: int


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """What was achieved since the last one, in one post: for channels that hear daily or weekly."""

    lines: tuple[Line, ...]
