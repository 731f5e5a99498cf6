"""Who may do what: one table, from a person's standing and the kind of request to the grounds that suffice.

Pure, as storage.plan is. Whatever changes something calls `check` in the transaction of the change; a card or a
button is never a right.
"""

from dataclasses import dataclass
from enum import StrEnum

from storage.plan import Action, Member, Role, unit_holds
from storage.refusals import Refusal


class Act(StrEnum):
    """What a request wants to do; requests that need the same right are one act."""

    READ = "read"
    READ_DISCREET = "read_discreet"
    """Actions that are not to be announced; in personal chat only, whoever asks."""
    OWN = "own"
    """One's own settings: language, unit, reminders."""
    SUBSCRIBE = "subscribe"
    CHANGE = "change"
    """Status, deadline, remarks, evidence and values of an action."""
    TAKE_ON = "take_on"
    GIVE = "give"
    UNDO = "undo"
    """Taking back a change; it is one's own where one made it."""
    CONFIRM = "confirm"
    """Confirming or sending back a completion."""
    MARK_DISCREET = "mark_discreet"
    MAKE_PUBLIC = "make_public"
    SET_RULES = "set_rules"
    """What a plan asks for, such as that its completions be confirmed."""
    MANAGE_PEOPLE = "manage_people"
    MANAGE_BODIES = "manage_bodies"
    MAKE_ADMIN = "make_admin"
    IMPORT_PLAN = "import_plan"
    EXPORT_PLAN = "export_plan"


class Tie(StrEnum):
    """What ties a person to an action (or, where it is to be taken back, to a change)."""

    MINE = "mine"
    """They belong to a responsible body today, or were given it by name; or they made the change."""
    OTHERS = "others"
    NOBODYS = "nobodys"


class Ground(StrEnum):
    """Each is enough by itself for the acts that name it."""

    ANYBODY = "anybody"
    REGISTERED = "registered"
    """The register knows them as more than a reader."""
    RESPONSIBLE = "responsible"
    FIRST_COMER = "first_comer"
    """Registered, where nobody answers for the action."""
    COORDINATOR = "coordinator"
    """Of the unit, or of one above it."""
    ADMIN = "admin"


_OFFICE = (Ground.COORDINATOR, Ground.ADMIN)
_THEIRS = (Ground.RESPONSIBLE, *_OFFICE)

TABLE: dict[Act, tuple[Ground, ...]] = {
    Act.READ: (Ground.ANYBODY,),
    Act.READ_DISCREET: _THEIRS,
    Act.OWN: (Ground.ANYBODY,),
    Act.SUBSCRIBE: (Ground.ANYBODY,),
    Act.CHANGE: _THEIRS,
    Act.TAKE_ON: (Ground.FIRST_COMER, *_THEIRS),
    Act.GIVE: _THEIRS,
    Act.UNDO: (Ground.RESPONSIBLE,),
    Act.CONFIRM: _OFFICE,
    Act.MARK_DISCREET: _THEIRS,
    Act.MAKE_PUBLIC: _OFFICE,
    Act.SET_RULES: _OFFICE,
    Act.MANAGE_PEOPLE: _OFFICE,
    Act.MANAGE_BODIES: _OFFICE,
    Act.MAKE_ADMIN: (Ground.ADMIN,),
    Act.IMPORT_PLAN: _OFFICE,
    Act.EXPORT_PLAN: (Ground.REGISTERED,),
}


def is_allowed(role: Role, tie: Tie, within: bool, act: Act) -> bool:
    """One cell of the table. `within`: the thing is of the person's unit, or of one below it."""
    registered = role is not Role.READER
    holds = {
        Ground.ANYBODY: True,
        Ground.REGISTERED: registered,
        Ground.RESPONSIBLE: registered and tie is Tie.MINE,
        Ground.FIRST_COMER: registered and tie is Tie.NOBODYS,
        Ground.COORDINATOR: role is Role.COORDINATOR and within,
        Ground.ADMIN: role is Role.ADMIN,
    }
    return any(holds[ground] for ground in TABLE[act])


@dataclass
class NotAllowed(Refusal):
    """`action` is None where the request is about no single action; `unit` is then what it is about."""

    act: Act
    action: Action | None = None
    unit: str | None = None
    who: str = ""
    """The one person who may, where it is nobody else."""

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Any of these would have been enough."""
        return TABLE[self.act]


def tie_of(member: Member, action: Action) -> Tie:
    if not action.bodies and not action.assignees:
        return Tie.NOBODYS
    mine = any(body.id in member.bodies for body in action.bodies) or any(
        assignee.id == member.id for assignee in action.assignees
    )
    return Tie.MINE if mine else Tie.OTHERS


def is_within(member: Member, unit: str | None) -> bool:
    """Whether the unit is the member's or one below it; None is the whole institution.

    Somebody without unit, or at the top of the tree, stands for the whole institution, and so for what belongs to
    no unit.
    """
    if member.unit is None:
        return True
    return "/" not in member.unit if unit is None else unit_holds(member.unit, unit)


def may(member: Member, act: Act, action: Action) -> bool:
    return is_allowed(member.role, tie_of(member, action), is_within(member, action.unit), act)


def check(member: Member, act: Act, action: Action) -> None:
    """Raises `NotAllowed` where this person may not do this to this action."""
    if not may(member, act, action):
        raise NotAllowed(act, action)


def check_author(member: Member, author: int, name: str, action: Action) -> None:
    """Raises `NotAllowed` where a change that `author`, called `name`, made is not this person's to take back."""
    if not is_allowed(member.role, Tie.MINE if member.id == author else Tie.OTHERS, False, Act.UNDO):
        raise NotAllowed(Act.UNDO, action, who=name)


def may_in(member: Member, act: Act, unit: str | None) -> bool:
    return is_allowed(member.role, Tie.OTHERS, is_within(member, unit), act)


def check_unit(member: Member, act: Act, unit: str | None) -> None:
    """The same for what belongs to a unit and to no action: people, bodies, plans, subscriptions."""
    if not may_in(member, act, unit):
        raise NotAllowed(act, unit=unit)
