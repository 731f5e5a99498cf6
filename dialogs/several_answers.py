"""What people see of a change of several actions: the preview, the receipt, and what was taken back."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.plan import Action


@dataclass(frozen=True, kw_only=True)
class SeveralAsked:
    """What would be changed, and what cannot be, each with the key of the reason."""

    what: str
    able: tuple[Action, ...]
    unable: tuple[tuple[str, str], ...]
    """(reference, key of a sentence)"""
    to: date | None
    reason: str
    note: str = ""
    """Key of a sentence above it."""
    about: str = ""
    """The reference that the note is about."""

    @property
    def lacks(self) -> bool:
        """Whether a reason or a day has still to be given."""
        return (self.what in ("abandon", "postpone") and not self.reason) or (self.what == "postpone" and not self.to)


@dataclass(frozen=True, kw_only=True)
class SeveralChanged:
    what: str
    actions: tuple[Action, ...]
    """As they are now."""
    event: int
    """The first of their events; taking it back takes all back."""
    announced: int
    who: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SeveralUndone:
    actions: tuple[Action, ...]
    corrected: int


@dataclass(frozen=True, kw_only=True)
class NothingDone:
    """They said no: nothing was changed."""


SeveralAnswer = SeveralAsked | SeveralChanged | SeveralUndone | NothingDone
