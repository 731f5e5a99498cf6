"""What can be asked about bodies, people and units, and about oneself: one frozen dataclass a request.

`person` is a name as it was said; a button that was drawn for one person has their number in `member`.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class ShowBody:
    name: ClassVar[str] = "show_body"
    body: str


@dataclass(frozen=True, kw_only=True)
class ShowPerson:
    name: ClassVar[str] = "show_person"
    person: str = ""
    member: int | None = None


@dataclass(frozen=True, kw_only=True)
class ShowUnit:
    name: ClassVar[str] = "show_unit"
    unit: str
    """Its path."""


@dataclass(frozen=True, kw_only=True)
class ShowMyData:
    """What is kept of whoever asks."""

    name: ClassVar[str] = "show_my_data"


@dataclass(frozen=True, kw_only=True)
class EditBody:
    """The form in which a body is described."""

    name: ClassVar[str] = "edit_body"
    body: str


@dataclass(frozen=True, kw_only=True)
class DescribeBody:
    """What is None is not spoken of; what is empty is taken away."""

    name: ClassVar[str] = "describe_body"
    body: str
    full_name: str | None = None
    initials: str | None = None
    kind: str | None = None
    parent: str | None = None
    """A body's name."""
    alias: str | None = None
    """One more name it is known by."""
    aliases: str | None = None
    """All of them, with commas between."""


LooksAtPeople = ShowBody | ShowPerson | ShowUnit | ShowMyData
ChangesPeople = EditBody | DescribeBody
"""Requests that change who answers for what, or ask for what such a change lacks."""
