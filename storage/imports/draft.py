"""What reading a file gives: a plan that is not stored yet, with what was read in doubt; it knows no format."""

from dataclasses import dataclass
from typing import Literal, get_args

from storage.plan import Deadline, Status


@dataclass(frozen=True, kw_only=True)
class DraftAction:
    """An action as the file has it; texts are exact but for white space and the commas that separate items."""

    number: int
    """1 and up, in document order."""
    axis: str
    goal: str
    objective: str
    title: str
    bodies: tuple[str, ...]
    """One spelling per body over the whole plan, in the order of the cell, without repeats."""
    deadline: Deadline
    status: Status
    priority: int | None
    """3 is the highest, 1 the lowest."""
    indicators: tuple[str, ...]
    place: str
    """Where it stands in the file, e.g. "Plan d'action!D6"."""
    extra: tuple[tuple[str, str], ...] = ()
    """What the other columns say of it, each with its heading: "Remarques", "Budget"."""
    ref: str = ""
    """The reference it bears in a file that we wrote, e.g. "TI-12"."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A cell that was read, and kept, but that a person should look at."""

    place: str
    code: str
    """What is doubtful, e.g. "priority_sign"; the words for it are the reader's affair."""
    words: str
    """What the cell says."""
    reading: str
    """How it was read."""
    numbers: tuple[int, ...]
    """The actions it concerns."""


@dataclass(frozen=True, kw_only=True)
class DraftPlan:
    title: str
    actions: tuple[DraftAction, ...]
    doubts: tuple[Doubt, ...]


Refusal = Literal["missing", "unsupported", "damaged", "encrypted", "no_header", "no_actions", "no_text", "too_large"]


REFUSALS: tuple[Refusal, ...] = get_args(Refusal)


class NotAPlan(Exception):
    """The file cannot be read as a plan; `place` says where the reading stopped, where that is known."""

    def __init__(self, code: Refusal, place: str | None = None) -> None:
        super().__init__(code if place is None else f"{code}: {place}")
        self.code = code
        self.place = place
