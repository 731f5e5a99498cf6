"""Reading registers of people and of bodies from CSV files: every line right, or a sentence for each that is not."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from storage.folding import fold
from storage.plan import BodyKind, Role

COLUMNS = ("email", "name", "unit", "bodies", "role")
LARGEST = 5_000_000


def _names(written: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in written.split("|") if name.strip())


def _role(written: str) -> str:
    return written.strip().lower()


# No control characters: a cell over two lines is a quote that nobody closed, and PostgreSQL keeps no NUL.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"


class Entry(BaseModel):
    """One person: e-mail in lower case, unit as its path, bodies by name."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    email: Annotated[str, BeforeValidator(str.lower), Field(pattern=r"^\s*[^@\s\x00]+@[^@\s\x00]+\s*$", max_length=320)]
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=_PLAIN)]
    unit: Annotated[str, Field(max_length=400, pattern=_PLAIN)] = ""
    bodies: Annotated[tuple[Annotated[str, Field(max_length=200, pattern=_PLAIN)], ...], BeforeValidator(_names)] = ()
    role: Annotated[Role, BeforeValidator(_role)]


class NotARegister(Exception):
    """What is wrong: a code and, for single lines, (line number, column) pairs."""

    def __init__(self, code: str, lines: tuple[tuple[int, str], ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.lines = lines


def read_register(path: Path) -> list[Entry]:
    """The people of a CSV file with the columns `email,name,unit,bodies,role`."""
    return _read(path, Entry, COLUMNS, key="email")


BODY_COLUMNS = ("name", "full_name", "initials", "kind", "parent", "aliases")


def _kind(written: str) -> str | None:
    return written.strip().lower() or None


class BodyEntry(BaseModel):
    """One body by its name, and what it is; other names with | between."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=_PLAIN)]
    full_name: Annotated[str, Field(max_length=300, pattern=_PLAIN)] = ""
    initials: Annotated[str, Field(max_length=32, pattern=_PLAIN)] = ""
    kind: Annotated[BodyKind | None, BeforeValidator(_kind)] = None
    parent: Annotated[str, Field(max_length=200, pattern=_PLAIN)] = ""
    aliases: Annotated[tuple[Annotated[str, Field(max_length=200, pattern=_PLAIN)], ...], BeforeValidator(_names)] = ()


def read_bodies(path: Path) -> list[BodyEntry]:
    """The bodies of a CSV file with the columns `name,full_name,initials,kind,parent,aliases`."""
    return _read(path, BodyEntry, BODY_COLUMNS, key="name")


_Line = TypeVar("_Line", bound=BaseModel)


def _read(path: Path, kind: type[_Line], columns: tuple[str, ...], *, key: str) -> list[_Line]:
    """Comma or semicolon, UTF-8 or Windows; columns that may be empty may be missing. `key` tells lines apart."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError as problem:
        raise NotARegister("missing") from problem
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    names = [name.strip().lower() for name in rows.fieldnames or ()]
    if not {name for name in columns if kind.model_fields[name].is_required()} <= set(names):
        raise NotARegister("no_header")
    rows.fieldnames = names
    entries: list[_Line] = []
    wrong: list[tuple[int, str]] = []
    seen: set[str] = set()
    for row in _each(rows, key):
        try:
            entry = kind.model_validate({name: row.get(name) or "" for name in columns})
        except ValidationError as problem:
            wrong += [(rows.line_num, str(error["loc"][0])) for error in problem.errors()]
            continue
        name: str = getattr(entry, key)
        same = name if key == "email" else fold(name)
        if same in seen:
            wrong.append((rows.line_num, key))
        seen.add(same)
        entries.append(entry)
    if wrong:
        raise NotARegister("lines", tuple(wrong))
    return entries


def _each(rows: "csv.DictReader[str]", key: str) -> Iterator[dict[str, str]]:
    try:
        yield from rows
    except csv.Error as problem:
        # A cell of more than 128 KB: the rest of the file is in it.
        raise NotARegister("lines", ((rows.line_num + 1, key),)) from problem
