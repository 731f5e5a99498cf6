"""Changes that are not made, each with the fact that is the reason."""

from dataclasses import dataclass

from storage.plan import Action, Member


class Refusal(Exception):
    """A change that is not made, and the fact that is the reason."""


@dataclass
class NoSuchAction(Refusal):
    ref: str


@dataclass
class AlreadyDone(Refusal):
    action: Action


@dataclass
class AlreadySo(Refusal):
    """The action has this status, or this owner, already."""

    action: Action


@dataclass
class NotOpen(Refusal):
    """Done or abandoned: what is closed has no new deadline before it is open again."""

    action: Action


@dataclass
class NoSuchOwner(Refusal):
    """No body and no person has this name, or several have."""

    name: str


@dataclass
class ChangedSince(Refusal):
    """The button was drawn from an older state of the action than the one it met."""

    action: Action


@dataclass
class NothingToUndo(Refusal):
    """Nothing of theirs is left to take back, or it was taken back already."""

    action: Action | None = None


@dataclass
class NoSuchBody(Refusal):
    name: str


@dataclass
class NoSuchPerson(Refusal):
    name: str


@dataclass
class SeveralPeople(Refusal):
    name: str
    people: tuple[Member, ...]


@dataclass
class MovedOn(Refusal):
    """What a change of people made was changed again since."""
