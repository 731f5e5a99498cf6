"""Rows of people and bodies that one event changes, before and after, so that it can be taken back whole.

Names and addresses of persons are never among what is kept: the record must be able to forget somebody.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Table, delete, insert, select, update

from storage.database import Writing
from storage.refusals import MovedOn
from storage.tables import Instant, action_body, action_member, body, body_alias, member, membership

_TABLES = {table.name: table for table in (action_body, action_member, body, body_alias, member, membership)}
_KEYS = {"action_body": ("action", "body"), "action_member": ("action", "member")}
_PERSONAL = frozenset({"name", "email", "entra_id"})

Rows = dict[str, dict[str, Any] | None]
"""Each row by its table and key, with the columns that changed; None where there was no row."""


class Edits:
    """Changes rows and notes what it changed."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self.before: Rows = {}
        self.after: Rows = {}

    def __bool__(self) -> bool:
        return bool(self.after)

    def add(self, table: Table, **values: Any) -> None:
        """A new row; `values` hold its key where it has no number of its own."""
        if table.name in _KEYS:
            self.writing.connection.execute(insert(table).values(tenant=self.writing.tenant, **values))
            key = tuple(values[name] for name in _KEYS[table.name])
        else:
            key = (self.writing.add(table, tenant=self.writing.tenant, **values),)
        self._note(table, key, None, values)

    def change(self, table: Table, *key: int, **values: Any) -> None:
        """Make a row's columns say this; what says so already is no change."""
        if not values:
            return
        old = self._row(table, key, tuple(values))
        changed = {name: value for name, value in values.items() if old[name] != value}
        if changed:
            where = _where(self.writing, table, key)
            self.writing.check_lengths(table, changed)
            self.writing.connection.execute(update(table).where(*where).values(**changed))
            self._note(table, key, {name: old[name] for name in changed}, changed)

    def remove(self, table: Table, *key: int) -> None:
        columns = tuple(column.name for column in table.columns if column.name not in ("id", "tenant"))
        old = self._row(table, key, columns)
        self.writing.connection.execute(delete(table).where(*_where(self.writing, table, key)))
        self._note(table, key, old, None)

    def _row(self, table: Table, key: tuple[int, ...], columns: tuple[str, ...]) -> dict[str, Any]:
        query = select(*(table.c[name] for name in columns)).where(*_where(self.writing, table, key))
        return dict(self.writing.connection.execute(query).mappings().one())

    def _note(self, table: Table, key: tuple[int, ...], old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
        named = "/".join((table.name, *map(str, key)))
        stood, stands = _as_json(table, old), _as_json(table, new)
        if named not in self.before:
            self.before[named] = stood
        elif (first := self.before[named]) is not None and stood is not None:
            # Of a column that changes twice, what stood first counts.
            self.before[named] = stood | first
        self.after[named] = stands if stands is None else (self.after.get(named) or {}) | stands


def put_back(writing: Writing, before: Rows, after: Rows) -> None:
    """Make every row what it was; raises `MovedOn` where one of them was changed since."""
    for named, new in after.items():
        table, key = _read(named)
        columns = [table.c[name] for name in (new or before[named] or {})]
        row = writing.connection.execute(select(*columns).where(*_where(writing, table, key))).mappings().first()
        if (None if row is None else _as_json(table, dict(row))) != new:
            raise MovedOn()
    for named, old in reversed(before.items()):
        table, key = _read(named)
        where = _where(writing, table, key)
        if old is None:
            writing.connection.execute(delete(table).where(*where))
        elif after[named] is None:
            own = dict(zip(_KEYS.get(table.name, ("id",)), key, strict=True))
            writing.connection.execute(insert(table).values(tenant=writing.tenant, **own | _from_json(table, old)))
        else:
            writing.connection.execute(update(table).where(*where).values(**_from_json(table, old)))


def _read(named: str) -> tuple[Table, tuple[int, ...]]:
    table, *key = named.split("/")
    return _TABLES[table], tuple(map(int, key))


def _where(writing: Writing, table: Table, key: tuple[int, ...]) -> list[ColumnElement[bool]]:
    names = _KEYS.get(table.name, ("id",))
    return [
        table.c.tenant == writing.tenant,
        *(table.c[name] == value for name, value in zip(names, key, strict=True)),
    ]


def _as_json(table: Table, values: dict[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    hidden = _PERSONAL if table is member else frozenset()
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name not in hidden
    }


def _from_json(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    def read(name: str, value: Any) -> Any:
        if value is None:
            return None
        kind = table.c[name].type
        if isinstance(kind, Instant):
            return datetime.fromisoformat(value)
        return date.fromisoformat(value) if isinstance(kind, Date) else value

    return {name: read(name, value) for name, value in values.items()}
