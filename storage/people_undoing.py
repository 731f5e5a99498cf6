"""Taking back a change of bodies or people, while nobody changed the same rows since."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from storage.bodies import unit_of
from storage.database import Reading, Writing
from storage.edits import put_back
from storage.naming import bump_revision
from storage.record import UNDONE, By, taken_back, tell
from storage.rights import Act, NotAllowed, check_unit
from storage.tables import event, member

PEOPLE_UNDOABLE = {"body_described": Act.MANAGE_BODIES}
"""The kinds of events that can be taken back, each with the right that it needs."""


@dataclass(frozen=True, kw_only=True)
class PeopleChange:
    """A change of bodies or people that was taken back."""

    event: int
    kind: str
    """Of the event that was taken back."""
    body: int | None
    person: int | None


def last_people_change(reading: Reading, by: By, told: int | None) -> Any:
    """The event of this number, or this person's newest, that can be taken back; with its author's name."""
    query = (
        select(event, member.c.name.label("author"))
        .join(member, member.c.id == event.c.member)
        .where(
            event.c.tenant == reading.tenant,
            event.c.kind.in_(PEOPLE_UNDOABLE),
            event.c.id.not_in(taken_back(reading)),
            event.c.id == told if told is not None else event.c.member == by.member.id,
        )
        .order_by(event.c.id.desc())
        .limit(1)
    )
    return reading.connection.execute(query).first()


def undo_people(writing: Writing, by: By, row: Any) -> PeopleChange:
    """`row` is the event, with its author's name."""
    if row.member != by.member.id:
        raise NotAllowed(Act.UNDO, who=row.author)
    unit = unit_of(writing, row.body) if row.body is not None else by.member.unit
    check_unit(by.member, PEOPLE_UNDOABLE[row.kind], unit)
    put_back(writing, row.before, row.after)
    bump_revision(writing)
    number = tell(writing, None, by, UNDONE, row.after, {}, undoes=row.id, person=row.person, body=row.body)
    return PeopleChange(event=number, kind=row.kind, body=row.body, person=row.person)
