"""What people see of bodies, persons and units: one frozen dataclass an answer, holding facts."""

from dataclasses import dataclass
from datetime import tzinfo

from storage.personal_data import PersonalData
from storage.plan import Body, Membership


@dataclass(frozen=True, kw_only=True)
class BodyShown:
    body: Body
    members: tuple[Membership, ...]
    """Of today, whoever coordinates first."""
    below: tuple[str, ...]
    """Bodies that belong to it."""
    todo: int
    """Actions it answers for that are still to be done."""
    late: int
    may_edit: bool
    headline: str = ""
    """Key of a sentence above it, e.g. people.described."""
    event: int | None = None
    """The change that it shows, where there was one."""


@dataclass(frozen=True, kw_only=True)
class PersonShown:
    name: str
    member: int
    role: str
    unit: str | None
    memberships: tuple[Membership, ...]
    """Of today."""
    todo: int


@dataclass(frozen=True, kw_only=True)
class UnitShown:
    unit: str
    """Its path."""
    below: tuple[str, ...]
    coordinators: tuple[str, ...]
    members: int
    plans: tuple[tuple[str, str], ...]
    """(key, title)"""
    todo: int


@dataclass(frozen=True, kw_only=True)
class BodyForm:
    """What is known of a body, to be written better."""

    body: Body
    others: tuple[str, ...]
    """Names of bodies it could belong to."""


@dataclass(frozen=True, kw_only=True)
class MyData:
    """What is kept of whoever asks."""

    data: PersonalData
    admins: tuple[str, ...]
    """Who may have it erased."""
    zone: tzinfo
    kept_days: int
    """How long what was said in conversation is kept."""


PeopleAnswer = BodyShown | PersonShown | UnitShown | BodyForm | MyData
