"""Bodies: by which names they are found, what is known of them, and who belongs to them. Changes nothing but to add."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from storage.conditions import visible
from storage.database import Reading, Writing
from storage.folding import fold
from storage.kinds import are_initials, likely_kind
from storage.plan import Body, BodyKind, Membership, Office, common_unit
from storage.sight import EVERYTHING
from storage.tables import action, action_body, body, body_alias, member, membership


def ensure_body(writing: Writing, name: str) -> int:
    """The number of the body with this name, made where there is none.

    The same body in other case, accents or inclusive spelling is one (the contract).
    """
    known = find_body(writing, name)
    if known is not None:
        return known
    initials = name if are_initials(name) else ""
    return writing.add(body, tenant=writing.tenant, name=name, initials=initials, kind=likely_kind(name))


def find_body(reading: Reading, name: str) -> int | None:
    """The body with this name; else the one that has it as initials, full name or alias."""
    wanted = fold(name)
    rows = _living(reading)
    for number, _, said in _names(reading, rows):
        if fold(said) == wanted:
            return number
    return None


def list_names(reading: Reading) -> list[tuple[str, str]]:
    """(what it may be called, the body's name), the name itself first of all."""
    return [(said, name) for _, name, said in _names(reading, _living(reading))]


def _living(reading: Reading) -> list[Row[Any]]:
    """Every body that did not become part of another."""
    query = select(body).where(body.c.tenant == reading.tenant, body.c.merged_into.is_(None)).order_by(body.c.id)
    return list(reading.connection.execute(query))


def _names(reading: Reading, rows: Collection[Row[Any]]) -> list[tuple[int, str, str]]:
    """(number, name, what it may be called): the names of all come before what else any of them is called."""
    by_number = {row.id: row.name for row in rows}
    named = [(row.id, row.name, row.name) for row in rows]
    named += [(row.id, row.name, said) for row in rows for said in (row.initials, row.full_name) if said]
    query = select(body_alias).where(body_alias.c.tenant == reading.tenant).order_by(body_alias.c.id)
    others = reading.connection.execute(query)
    return named + [(row.body, by_number[row.body], row.name) for row in others if row.body in by_number]


def get_body(reading: Reading, number: int) -> Body:
    """All that is known of a body; the number must be one that was found here."""
    row = reading.connection.execute(select(body).where(body.c.tenant == reading.tenant, body.c.id == number)).one()
    named = (body.c.tenant == reading.tenant, body.c.id == row.parent)
    parent = reading.connection.execute(select(body.c.name).where(*named)).scalar() if row.parent else None
    others = select(body_alias.c.name).where(body_alias.c.tenant == reading.tenant, body_alias.c.body == number)
    return Body(
        id=row.id,
        name=row.name,
        full_name=row.full_name,
        initials=row.initials,
        kind=BodyKind(row.kind) if row.kind else None,
        parent=parent or "",
        aliases=tuple(reading.connection.execute(others.order_by(body_alias.c.id)).scalars()),
    )


def list_below(reading: Reading, number: int) -> list[str]:
    """The names of the bodies that belong to this one."""
    below = (body.c.tenant == reading.tenant, body.c.parent == number, body.c.merged_into.is_(None))
    return list(reading.connection.execute(select(body.c.name).where(*below).order_by(body.c.name)).scalars())


_MEMBERSHIPS = (
    select(membership, member.c.name.label("person"), body.c.name.label("body_name"))
    .join(member, member.c.id == membership.c.member)
    .join(body, body.c.id == membership.c.body)
    .order_by(membership.c.office != Office.COORDINATOR, member.c.name, body.c.name, membership.c.id)
)


def list_memberships(
    reading: Reading, *, bodies: Iterable[int] | None = None, member_id: int | None = None
) -> list[Membership]:
    """Those of these bodies, or of this person, whenever they held; whoever coordinates comes first."""
    query = _MEMBERSHIPS.where(membership.c.tenant == reading.tenant)
    if bodies is not None:
        query = query.where(membership.c.body.in_(list(bodies)))
    if member_id is not None:
        query = query.where(membership.c.member == member_id)
    return [
        Membership(
            member=row.member,
            person=row.person,
            body=row.body,
            body_name=row.body_name,
            office=Office(row.office),
            start=row.start,
            end=row.end,
        )
        for row in reading.connection.execute(query)
    ]


def members_on(reading: Reading, bodies: Iterable[int], day: date) -> dict[int, list[Membership]]:
    """Who belongs to each of these bodies on that day, whoever coordinates first."""
    found: dict[int, list[Membership]] = defaultdict(list)
    for each in list_memberships(reading, bodies=bodies):
        if each.holds_on(day):
            found[each.body].append(each)
    return found


def unit_of(reading: Reading, number: int) -> str | None:
    """The smallest unit that holds all the body answers for; None is the whole institution.

    Whoever coordinates it may change all of the body's actions anyway, and so may say who belongs to it.
    """
    theirs = (
        action_body.c.tenant == reading.tenant,
        action_body.c.body == number,
        visible(reading.seeing(EVERYTHING)),
    )
    query = select(action.c.unit).join(action_body, action_body.c.action == action.c.id).where(*theirs).distinct()
    return common_unit(list(reading.connection.execute(query).scalars()))
