"""A selection while it is being read, with the words it has used."""

from dataclasses import dataclass, field

from dialogs.message import Message
from dialogs.phrases import Span
from storage.calendar import Period
from storage.selection import Selection

ASKING = ("list_", "count_", "show_", "slots.", "who_", "subscribe", "unsubscribe", "context")
"""Cues of questions: their words are part of no name."""


@dataclass
class Asked:
    """What was read so far."""

    where: Selection = field(default_factory=Selection)
    of_my_unit: bool = False
    axes: list[str] = field(default_factory=list)
    periods: tuple[Period, ...] = ()
    impossible: str = ""
    unclear: str = ""
    taken: set[int] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)
    unknown_plan: str = ""
    bodies: list[str] = field(default_factory=list)
    """Where several are named side by side."""

    @property
    def says_something(self) -> bool:
        return not self.where.is_everything or self.of_my_unit or bool(self.axes)

    def take(self, message: Message, slot: str, span: Span) -> None:
        """These words gave this slot its value."""
        self.taken.update(range(*span))
        self.said[slot] = message.said(span)


def is_cue(message: Message, at: int) -> bool:
    """Whether the word tells what is asked, so that it is part of no name."""
    return at in message.positions(*ASKING)
