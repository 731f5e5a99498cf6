"""What can be asked of several actions at once: a preview first, then one press. One frozen dataclass a request."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

KINDS = ("mark_done", "mark_in_progress", "abandon", "reopen", "postpone")
"""Changes that can be made to several actions at once."""


@dataclass(frozen=True, kw_only=True)
class ChangeSeveral:
    """The same change of several actions: shown before anything is changed."""

    name: ClassVar[str] = "change_several"
    refs: str
    """With spaces between: "TI-3 TI-4"."""
    what: str
    """The name of the change, one of `KINDS`."""
    to: date | None = None
    """Of a postponement: the new day."""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfirmSeveral:
    """The change that was shown, made at once: all of it or nothing."""

    name: ClassVar[str] = "confirm_several"
    which: str
    """References with the versions that were shown: "TI-3:4 TI-4:2"."""
    what: str
    to: date | None = None
    reason: str = ""

    @property
    def versions(self) -> dict[str, int]:
        """Reference → version; raises ValueError where a card was tampered with."""
        pairs = (each.rpartition(":") for each in self.which.split())
        return {ref: int(version) for ref, _, version in pairs}


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """ "Oui": to what was asked last, if anything was."""

    name: ClassVar[str] = "confirm"


@dataclass(frozen=True, kw_only=True)
class Decline:
    """ "Non": nothing of what was asked last."""

    name: ClassVar[str] = "decline"


LooksAtSeveral = ChangeSeveral | Confirm | Decline
