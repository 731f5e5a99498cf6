"""What is said unasked: one frozen dataclass a post, holding facts; how it is worded and drawn is the cards' affair."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialogs.requests import ListActions, ListChanges
from storage.calendar import Period
from storage.plan import Action


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


GROUPS = ("asked", "late", "soon", "life")
"""What a notice tells, the most urgent first."""


@dataclass(frozen=True, kw_only=True)
class OwedLine:
    """Something else that is owed to the person; a kind without words of its own is told by what its cause wrote."""

    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """The one notice of a day. `groups` in the order of GROUPS; empty ones are left out."""

    name: str
    groups: tuple[tuple[str, tuple[Action, ...]], ...] = ()
    overdue: tuple[Action, ...] = ()
    """Of other people, late for weeks: told to their coordinator."""
    owed: tuple[OwedLine, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        return tuple(action for _, actions in self.groups for action in actions)


@dataclass(frozen=True, kw_only=True)
class Section:
    """One plan, axis, body or unit. Each number is what the question behind it gives."""

    scope: tuple[str, str] | None
    """None: the whole school."""
    achieved: tuple[Line, ...]
    late: tuple[Action, ...]
    """The first ones; `late_total` counts all. The same for `coming`."""
    late_total: int
    coming: tuple[Action, ...]
    coming_total: int
    changed: int
    show_late: ListActions
    show_coming: ListActions
    show_changed: ListChanges


@dataclass(frozen=True, kw_only=True)
class Digest:
    period: Period
    sections: tuple[Section, ...]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A channel into which a digest may go."""

    conversation: int | None
    """None: the one in which it was asked for."""
    name: str
