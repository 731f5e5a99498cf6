"""Reading the register of people from a CSV file: every line right, or a sentence for each that is not."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from storage.plan import Role

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
    """The people of a CSV file with the columns `email,name,unit,bodies,role`; comma or semicolon, UTF-8 or Windows."""
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
    columns = [name.strip().lower() for name in rows.fieldnames or ()]
    if not {"email", "name", "role"} <= set(columns):
        raise NotARegister("no_header")
    rows.fieldnames = columns
    entries: list[Entry] = []
    wrong: list[tuple[int, str]] = []
    seen: set[str] = set()
    for row in _each(rows):
        try:
            entry = Entry.model_validate({name: row.get(name) or "" for name in COLUMNS})
        except ValidationError as problem:
            wrong += [(rows.line_num, str(error["loc"][0])) for error in problem.errors()]
            continue
        if entry.email in seen:
            wrong.append((rows.line_num, "email"))
        seen.add(entry.email)
        entries.append(entry)
    if wrong:
        raise NotARegister("lines", tuple(wrong))
    return entries


def _each(rows: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    try:
        yield from rows
    except csv.Error as problem:
        # A cell of more than 128 KB: the rest of the file is in it.
        raise NotARegister("lines", ((rows.line_num + 1, COLUMNS[0]),)) from problem
