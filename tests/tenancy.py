"""Watches what the transactions of a tenant ask of the database: every statement must hold each table to that tenant.

And whoever looks at actions must say whether discreet ones are meant (`storage.conditions.visible`). Statements that
do not are kept in `loose`; the fixture that gives a database fails the test that issued them.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update, event
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList, ClauseElement, Grouping
from sqlalchemy.sql.schema import Column
from sqlalchemy.sql.selectable import CTE, CompoundSelect, Join, Subquery

from storage.database import Database


class Watch:
    """What the transactions on one database asked without saying whose it is."""

    def __init__(self, database: Database) -> None:
        self.loose: list[str] = []
        self.seen = 0
        event.listen(database.engine, "before_execute", self._look)
        event.listen(database.engine, "before_cursor_execute", self._look_at_values)

    def _look(self, connection: Connection, statement: Any, *_: Any) -> None:
        tenant = connection.get_execution_options().get("tenant")
        if tenant is None or not isinstance(statement, Select | CompoundSelect | Update | Delete):
            return
        if _asked_by_a_test():
            return
        self.seen += 1
        self.loose += faults_of(statement, tenant)

    def _look_at_values(
        self, connection: Connection, _cursor: Any, text: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        tenant = connection.get_execution_options().get("tenant")
        compiled = getattr(context, "compiled", None)
        if tenant is None or not isinstance(getattr(compiled, "statement", None), Insert):
            return
        self.seen += 1
        given = [values.get("tenant", values.get("tenant_m0")) for values in context.compiled_parameters]
        if given != [tenant] * len(given):
            self.loose.append(f"a row of another tenant: {text}")


def _asked_by_a_test() -> bool:
    """Whether the statement stands in a test: those look at every tenant's rows on purpose."""
    frame = sys._getframe(1)
    while frame.f_back is not None and (
        "sqlalchemy" in frame.f_code.co_filename or frame.f_code.co_filename == __file__
    ):
        frame = frame.f_back
    return Path(frame.f_code.co_filename).parent == Path(__file__).parent


_known: dict[Any, list[str]] = {}


def faults_of(statement: Any, tenant: str) -> list[str]:
    """What this statement fails to say. Known by its form, and by which of its values are the tenant."""
    key = statement._generate_cache_key()
    if key is None:
        return _faults_of(statement, tenant)
    form = (key.key, tuple(value.effective_value == tenant for value in key.bindparams))
    if form not in _known:
        _known[form] = _faults_of(statement, tenant)
    return _known[form]


def _faults_of(statement: Any, tenant: str) -> list[str]:
    text = " ".join(str(statement).split())
    names = sorted(untied(statement, tenant))
    faults = [f"{', '.join(names)} of any tenant: {text}"] if names else []
    return [*faults, f"discreet or not is not said: {text}"] if shown(statement) else faults


def untied(statement: Any, tenant: str, outer: frozenset[Any] = frozenset()) -> set[str]:
    """The tables that this statement reads or changes without a condition that holds them to the tenant.

    A table is held by `tenant = …`, or by the key that joins it to one that is held. Each select inside stands for
    itself; only tables of a select around it that it names count as held there.
    """
    if isinstance(statement, CompoundSelect):
        return {name for each in statement.selects for name in untied(each, tenant, outer)}
    conditions: list[Any] = []
    tables: list[Any] = []
    within: set[str] = set()
    froms = [statement.table] if isinstance(statement, Update | Delete) else statement.get_final_froms()
    for each in froms:
        _gather(each, tables, conditions)
    if isinstance(statement, Select) and (own := [each for each in tables if each not in outer]):
        # What a select inside names of the one around it is that one's row.
        tables = own
    if statement.whereclause is not None:
        conditions.append(statement.whereclause)
    parts = [part for condition in conditions for part in _parts(condition)]
    held = set(outer - set(tables))
    for each in tables:
        if isinstance(each, Subquery | CTE):
            within |= untied(each.element, tenant)
            held.add(each)
    pairs = [pair for part in parts if (pair := _equal(part)) is not None]
    for left, right in pairs:
        for column, value in ((left, right), (right, left)):
            if isinstance(column, Column) and column.name == "tenant" and _is(value, tenant):
                held.add(column.table)
    moved = True
    while moved:
        moved = False
        for left, right in pairs:
            if isinstance(left, Column) and isinstance(right, Column) and _joins(left, right):
                for one, other in ((left.table, right.table), (right.table, left.table)):
                    if one in held and other not in held:
                        held.add(other)
                        moved = True
    loose = {each.name for each in tables if "tenant" in each.c and each not in held}
    for inner in _selects_in(statement):
        within |= untied(inner, tenant, frozenset(held))
    return loose | within


def shown(statement: Any) -> bool:
    """Whether a select in this statement looks at actions without a condition on their being discreet."""
    if isinstance(statement, CompoundSelect):
        return any(shown(each) for each in statement.selects)
    tables: list[Any] = []
    conditions: list[Any] = []
    if isinstance(statement, Select):
        for each in statement.get_final_froms():
            _gather(each, tables, conditions)
        if statement.whereclause is not None:
            conditions.append(statement.whereclause)
    said = [
        column.table
        for condition in conditions
        for part in _parts(condition)
        for column in visitors.iterate(part)
        if isinstance(column, Column) and column.name == "discreet"
    ]
    inner = [each.element for each in tables if isinstance(each, Subquery | CTE)]
    return any("discreet" in each.c and each not in said for each in tables) or any(
        shown(each) for each in (*inner, *_selects_in(statement))
    )


def _gather(source: Any, tables: list[Any], conditions: list[Any]) -> None:
    if isinstance(source, Join):
        _gather(source.left, tables, conditions)
        _gather(source.right, tables, conditions)
        conditions.append(source.onclause)
    else:
        tables.append(source)


def _parts(condition: Any) -> Iterator[Any]:
    """What must hold all at once."""
    if isinstance(condition, Grouping):
        yield from _parts(condition.element)
    elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for each in condition.clauses:
            yield from _parts(each)
    else:
        yield condition


def _equal(part: Any) -> tuple[Any, Any] | None:
    if isinstance(part, BinaryExpression) and part.operator is operators.eq:
        return part.left, part.right
    return None


def _is(value: Any, tenant: str) -> bool:
    return isinstance(value, BindParameter) and value.value == tenant


def _joins(left: Any, right: Any) -> bool:
    if left.name == right.name == "tenant":
        return True
    keys = {key.column.name for key in left.foreign_keys} | {key.column.name for key in right.foreign_keys}
    return bool(keys) and (left.name == "id" or right.name == "id")


def _selects_in(element: ClauseElement) -> Iterator[Any]:
    """The selects inside, but not those inside them; what stands among the tables is looked at there."""
    for child in element.get_children():
        if isinstance(child, Select | CompoundSelect):
            yield child
        elif not isinstance(child, Subquery | CTE):
            yield from _selects_in(child)
