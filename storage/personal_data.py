"""All that is kept of one person, as they are shown it. Pure."""

from dataclasses import dataclass
from datetime import datetime

from storage.plan import Role


@dataclass(frozen=True, kw_only=True)
class PersonalData:
    """All that rows of ours say of one person."""

    name: str
    email: str
    role: Role
    is_tied: bool
    """Whether the row is tied to an account of Teams."""
    unit: str | None
    chosen_unit: str | None
    language: str | None
    reminded: bool
    bodies: tuple[str, ...]
    actions: tuple[str, ...]
    """References of what was given to them by name, as far as they may see it here."""
    chats: int
    zone: str
    remembered_at: datetime | None
    """When the last of what a conversation remembers was kept."""
    changes: int
    first_change: datetime | None
    last_change: datetime | None
    values: int
    notices: int
    """What they were told unasked, or are to be told."""
    reminders: int
    """Of actions they asked to hear of again."""
    subscriptions: int
