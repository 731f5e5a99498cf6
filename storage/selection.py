"""Which actions are meant: what a question selects, without saying how it is looked up. Pure."""

from dataclasses import dataclass

from storage.calendar import Period
from storage.plan import Kind, Status


@dataclass(frozen=True, kw_only=True)
class Selection:
    """All that is set must hold. Unless `status` says otherwise, only actions that are still open are meant."""

    due: Period | None = None
    late: bool = False
    status: Status | None = None
    plan: str | None = None
    """A plan's key."""
    axis: str | None = None
    goal: str | None = None
    body: str | None = None
    unit: str | None = None
    """A unit's path: its own actions, those of the units below it, and those above it."""
    mine: bool = False
    """Of the bodies of which the asker is a member today."""
    unowned: bool = False
    """For which no body and no person answers."""
    person: str | None = None
    """A member's name: of the bodies they belong to today, and what is given to them by name."""
    indicator: str | None = None
    words: str = ""
    """Words of the title, as they were said."""
    priority: int | None = None
    kind: Kind | None = None

    @property
    def is_everything(self) -> bool:
        return self == Selection()
