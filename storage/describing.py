"""Saying of a body what it is: full name, initials, kind, the body it belongs to, other names. One event each time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from storage.bodies import ensure_body, find_body, get_body, unit_of
from storage.database import Writing
from storage.edits import Edits
from storage.folding import fold, tidy
from storage.imports.register import BodyEntry
from storage.naming import bump_revision
from storage.plan import Body, BodyKind
from storage.record import By, tell
from storage.refusals import NoSuchBody, Refusal
from storage.rights import Act, check_unit
from storage.tables import body, body_alias


@dataclass
class AlreadyCalled(Refusal):
    """Another body has this name already."""

    name: str
    body: str


@dataclass
class BelongsToItself(Refusal):
    """A body would stand, step by step, above itself."""

    name: str


@dataclass
class NothingNew(Refusal):
    """The body is described so already."""

    body: Body


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is said of a body; None is not spoken of."""

    full_name: str | None = None
    initials: str | None = None
    kind: BodyKind | None = None
    no_kind: bool = False
    parent: str | None = None
    """A name; empty takes the parent away."""
    aliases: tuple[str, ...] | None = None
    more_aliases: tuple[str, ...] = ()


def living_body(writing: Writing, name: str, by: By) -> int:
    """The body of this name, for somebody who may say what it is."""
    number = find_body(writing, name)
    if number is None:
        raise NoSuchBody(name)
    check_unit(by.member, Act.MANAGE_BODIES, unit_of(writing, number))
    # Locked: two descriptions at once come one after the other.
    here = (body.c.tenant == writing.tenant, body.c.id == number)
    writing.connection.execute(select(body.c.id).where(*here).with_for_update())
    return number


def describe(writing: Writing, name: str, said: Said, by: By) -> tuple[Body, int]:
    """The body as it is known now, and the event."""
    number = living_body(writing, name, by)
    edits = _describe(writing, number, said)
    if not edits:
        raise NothingNew(get_body(writing, number))
    event = tell(writing, None, by, "body_described", edits.before, edits.after, body=number)
    return get_body(writing, number), event


def _describe(writing: Writing, number: int, said: Said) -> Edits:
    edits = Edits(writing)
    values: dict[str, Any] = {}
    for column in ("full_name", "initials"):
        if (value := getattr(said, column)) is not None:
            _check_free(writing, number, tidy(value))
            values[column] = tidy(value)
    if said.kind is not None or said.no_kind:
        values["kind"] = said.kind
    if said.parent is not None:
        values["parent"] = _parent(writing, number, tidy(said.parent))
    edits.change(body, number, **values)
    _rename_aliases(writing, edits, number, said)
    if edits:
        bump_revision(writing)
    return edits


def _check_free(writing: Writing, number: int, name: str) -> None:
    other = find_body(writing, name) if name else None
    if other not in (None, number):
        raise AlreadyCalled(name, get_body(writing, other).name)


def _parent(writing: Writing, number: int, wanted: str) -> int | None:
    if not wanted:
        return None
    above = find_body(writing, wanted)
    if above is None:
        raise NoSuchBody(wanted)
    step: int | None = above
    while step is not None:
        if step == number:
            raise BelongsToItself(get_body(writing, number).name)
        query = select(body.c.parent).where(body.c.tenant == writing.tenant, body.c.id == step)
        step = writing.connection.execute(query).scalar()
    return above


def _rename_aliases(writing: Writing, edits: Edits, number: int, said: Said) -> None:
    query = select(body_alias).where(body_alias.c.tenant == writing.tenant, body_alias.c.body == number)
    known = {fold(row.name): row.id for row in writing.connection.execute(query)}
    wanted = {fold(name): tidy(name) for name in (*(said.aliases or ()), *said.more_aliases) if tidy(name)}
    for key, name in wanted.items():
        _check_free(writing, number, name)
        if key not in known and key != fold(get_body(writing, number).name):
            edits.add(body_alias, body=number, name=name)
    if said.aliases is not None:
        for key, row in known.items():
            if key not in wanted:
                edits.remove(body_alias, row)


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a file said of one body. `before` is None where nobody knew it."""

    before: Body | None
    after: Body


def describe_all(writing: Writing, entries: Iterable[BodyEntry], by: By | None) -> list[Described]:
    """Make each body what the file says; an empty cell says nothing. Only what changed is given back.

    Without `by` this is how the bodies are from the start, and no event.
    """
    entries = list(entries)
    known = {entry.name: find_body(writing, entry.name) for entry in entries}
    numbers = {name: number or ensure_body(writing, name) for name, number in known.items()}
    changed = []
    for entry in entries:
        number = numbers[entry.name]
        before = get_body(writing, number) if known[entry.name] else None
        said = Said(
            full_name=entry.full_name or None,
            initials=entry.initials or None,
            kind=entry.kind,
            parent=entry.parent or None,
            more_aliases=entry.aliases,
        )
        edits = _describe(writing, number, said)
        if before is None or edits:
            kind = "body_described" if before else "body_added"
            if by is not None:
                tell(writing, None, by, kind, edits.before, edits.after, body=number)
            changed.append(Described(before=before, after=get_body(writing, number)))
    bump_revision(writing)
    return changed
