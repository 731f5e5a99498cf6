"""Units and members: who someone is, and the register a coordinator keeps."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Select, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.bodies import ensure_body
from storage.conditions import holds_today
from storage.database import Reading, Writing
from storage.folding import fold
from storage.imports.register import Entry
from storage.naming import bump_revision
from storage.plan import Member, Role, unit_holds
from storage.refusals import NoSuchPerson, SeveralPeople
from storage.rights import Act, check_unit
from storage.tables import member, membership, unit


def ensure_unit(writing: Writing, path: str) -> str:
    """The path as stored; the unit and those above it are created where missing."""
    steps = [step.strip() for step in path.split("/") if step.strip()]
    known = select(unit.c.path).where(unit.c.tenant == writing.tenant)
    paths = set(writing.connection.execute(known).scalars())
    for depth in range(1, len(steps) + 1):
        upper = "/".join(steps[:depth])
        if upper not in paths:
            writing.add(unit, tenant=writing.tenant, path=upper)
    return "/".join(steps)


def find_member(reading: Reading, entra_id: str, today: date) -> Member | None:
    return _member(reading, "entra_id", _account(entra_id), today)


def find_member_by_email(reading: Reading, email: str, today: date) -> Member | None:
    return _member(reading, "email", email.strip().lower(), today)


def get_member(reading: Reading, who: Member, today: date) -> Member:
    """The same person as the register has them now; whoever is in no register stays as they are."""
    return _member(reading, "id", who.id, today) or who


def list_people(reading: Reading) -> list[str]:
    """E-mail addresses, in alphabetical order."""
    query = select(member.c.email).where(member.c.tenant == reading.tenant).order_by(member.c.email)
    return list(reading.connection.execute(query).scalars())


_UNNAMED = "@unknown.invalid"
LONGEST_NAME = 200
"""What an account is called is its owner's to choose, at any length."""


def is_unnamed(who: Member) -> bool:
    """Whether Teams did not say yet who this is."""
    return who.email.endswith(_UNNAMED)


def recognise(writing: Writing, *, entra_id: str, email: str, name: str, today: date) -> Member:
    """Tie an account to the person of the register with this e-mail; somebody unknown becomes a reader.

    An entry that already belongs to another account is never taken over: e-mail addresses are handed on.
    """
    try:
        with writing.connection.begin_nested():
            return _recognise(writing, entra_id, email.strip().lower(), name.strip(), today)
    except IntegrityError:
        # They spoke twice at once, and the other turn was first.
        known = find_member(writing, entra_id, today)
        if known is None:
            raise
        return known


def _recognise(writing: Writing, entra_id: str, email: str, name: str, today: date) -> Member:
    known = find_member(writing, entra_id, today)
    if known is not None and (not is_unnamed(known) or not email):
        return known
    registered = find_member_by_email(writing, email, today) if email else None
    if registered is not None and _bind(writing, registered, known, entra_id):
        return find_member(writing, entra_id, today) or registered
    account = _account(entra_id)
    address = email if email and registered is None else f"{account}{_UNNAMED}"
    name = name[:LONGEST_NAME]
    if known is not None:
        _set(writing, known.id, email=address, name=name or address)
    else:
        writing.add(
            member, tenant=writing.tenant, entra_id=account, email=address, name=name or email, role=Role.READER
        )
    reader = find_member(writing, entra_id, today)
    assert reader is not None
    return reader


def _account(entra_id: str) -> str:
    """An Entra object id; what Teams gives in place of one is longer, and kept by its hash."""
    return entra_id if len(entra_id) <= 64 else hashlib.sha256(entra_id.encode()).hexdigest()


def _bind(writing: Writing, registered: Member, unnamed: Member | None, entra_id: str) -> bool:
    """Give the entry of the register this account, unless it has one; the nameless row made before lets go of it."""
    # Locked: of two accounts that come at once, one gets the entry.
    free = (member.c.tenant == writing.tenant, member.c.id == registered.id, member.c.entra_id.is_(None))
    if writing.connection.execute(select(member.c.id).where(*free).with_for_update()).first() is None:
        return False
    if unnamed is not None:
        _set(writing, unnamed.id, entra_id=None)
    _set(writing, registered.id, entra_id=_account(entra_id))
    return True


def _set(writing: Writing, number: int, **values: Any) -> None:
    here = (member.c.tenant == writing.tenant, member.c.id == number)
    writing.connection.execute(update(member).where(*here).values(**values))


def find_people(reading: Reading, name: str) -> list[Member]:
    """Those whose whole name, or else whose first or last name, this is, in any case and with or without accents."""
    wanted = fold(name).split()
    people = [(fold(one.name).split(), one) for one in _list_members(reading)]
    exact = [one for words, one in people if words == wanted]
    return exact or [one for words, one in people if wanted and _ends_meet(words, wanted)]


def _ends_meet(words: list[str], wanted: list[str]) -> bool:
    """Part of a name: "karim", "benali", "el amrani"."""
    return words[: len(wanted)] == wanted or words[-len(wanted) :] == wanted


def one_person(reading: Reading, name: str, number: int | None = None) -> Member:
    """The person with this number, or else the only one of this name; raises `NoSuchPerson` or `SeveralPeople`."""
    if number is not None:
        found = [one for one in _list_members(reading) if one.id == number]
    else:
        found = find_people(reading, name)
    if not found:
        raise NoSuchPerson(name)
    if len(found) > 1:
        raise SeveralPeople(name, tuple(found))
    return found[0]


def _list_members(reading: Reading) -> list[Member]:
    query = select(member).where(member.c.tenant == reading.tenant).order_by(member.c.name, member.c.id)
    return [
        Member(id=row.id, name=row.name, email=row.email, role=Role(row.role), unit=row.unit, language=row.language)
        for row in reading.connection.execute(query)
    ]


def count_in_unit(reading: Reading, path: str) -> int:
    """How many people the register has in this unit and below it."""
    return sum(1 for one in _list_members(reading) if one.unit is not None and unit_holds(path, one.unit))


def ensure_reader(writing: Writing, *, email: str, name: str, today: date) -> Member:
    """The person with this e-mail, without tying any account to them; a reader where there is none."""
    known = find_member_by_email(writing, email, today)
    if known is None:
        writing.add(member, tenant=writing.tenant, email=email.strip().lower(), name=name or email, role=Role.READER)
        known = find_member_by_email(writing, email, today)
        assert known is not None
    return known


def set_language(writing: Writing, who: Member, language: str) -> None:
    check_unit(who, Act.OWN, who.unit)
    _set(writing, who.id, language=language)


def choose_unit(writing: Writing, who: Member, path: str) -> Member:
    """The unit someone says is theirs: counts for their questions, never for their rights."""
    check_unit(who, Act.OWN, who.unit)
    _set(writing, who.id, chosen_unit=path)
    return who.choosing(path)


@dataclass(frozen=True, kw_only=True)
class Registered:
    added: int
    changed: int
    unchanged: int


def register(writing: Writing, entries: Iterable[Entry]) -> Registered:
    """Make the register say what the file says about the people in it; others stay as they are."""
    added = changed = unchanged = 0
    for entry in entries:
        values: dict[str, Any] = {
            "name": entry.name,
            "role": entry.role,
            "unit": ensure_unit(writing, entry.unit) if entry.unit else None,
        }
        bodies = {ensure_body(writing, name) for name in entry.bodies}
        query = select(member).where(member.c.tenant == writing.tenant, member.c.email == entry.email)
        known = writing.connection.execute(query).mappings().first()
        if known is None:
            added += 1
            number = writing.add(member, tenant=writing.tenant, email=entry.email, **values)
            present: set[int] = set()
        else:
            number = known["id"]
            theirs = (membership.c.tenant == writing.tenant, membership.c.member == number)
            query_bodies = select(membership.c.body).where(*theirs)
            present = set(writing.connection.execute(query_bodies).scalars())
            if present == bodies and all(known[name] == value for name, value in values.items()):
                unchanged += 1
                continue
            changed += 1
            _set(writing, number, **values)
        ended = (membership.c.tenant == writing.tenant, membership.c.member == number)
        writing.connection.execute(delete(membership).where(*ended, membership.c.body.in_(present - bodies)))
        for body_id in sorted(bodies - present):
            writing.connection.execute(insert(membership).values(member=number, body=body_id))
    bump_revision(writing)
    return Registered(added=added, changed=changed, unchanged=unchanged)


@lru_cache(maxsize=100)
def _who(tenant: str, by: str) -> Select[Any]:
    """A row for each body of the member whose column `by` has this `value`, or one without."""
    belongs = and_(
        membership.c.tenant == tenant, membership.c.member == member.c.id, holds_today(bindparam("today", type_=Date))
    )
    return (
        select(member, membership.c.body)
        .join(membership, belongs, isouter=True)
        .where(member.c.tenant == tenant, member.c[by] == bindparam("value"))
    )


def _member(reading: Reading, by: str, value: str | int, today: date) -> Member | None:
    rows = reading.connection.execute(_who(reading.tenant, by), {"value": value, "today": today}).all()
    if not rows:
        return None
    row = rows[0]
    return Member(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        unit=row.unit,
        chosen_unit=row.chosen_unit,
        language=row.language,
        bodies=frozenset(row.body for row in rows if row.body is not None),
    )
