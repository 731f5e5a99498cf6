"""Any run of commands and undos keeps the plan sound, and its record tells how it became what it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from storage.calendar import BELGIAN
from storage.commands import add_note, mark_done, postpone, set_status
from storage.database import Database, Writing
from storage.plan import Member, Role, Status
from storage.record import By
from storage.refusals import Refusal
from storage.sight import EVERYTHING
from storage.tables import action as actions
from storage.tables import event as events
from storage.tables import member as members
from storage.undoing import undo
from tests.databases import TENANT, TODAY, SqliteShelf

MOVED = ("status", "closed_until", "done_by", "done_on", "kind", "start", "end", "rhythm", "deadline", "version")
Rows = dict[int, dict[str, Any]]


class Plan(RuleBasedStateMachine):
    """Administrators of the school who change a handful of actions, one of each kind of deadline."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.at = datetime(2026, 3, 18, 9, tzinfo=UTC)
        with self.database.reading(TENANT, EVERYTHING) as reading:
            query = select(members.c.id).where(members.c.tenant == TENANT).order_by(members.c.id).limit(2)
            numbers = list(reading.connection.scalars(query))
        self.people = [Member(id=number, name="", email="", role=Role.ADMIN) for number in numbers]
        # What earlier examples left is where this one begins.
        self.first, self.record = self._rows(), self._record()
        self.start = len(self.record)
        self.before, self.known = self.first, self.record
        chosen = {(row["kind"], row["rhythm"]): row["ref"] for row in self.first.values() if row["status"] != "done"}
        self.refs = sorted(chosen.values())

    @contextmanager
    def _change(self, who: int) -> Iterator[tuple[Writing, By]]:
        self.at += timedelta(minutes=5)
        by = By(member=self.people[who % len(self.people)], at=self.at, today=TODAY, through="chat")
        try:
            with self.database.writing(TENANT, EVERYTHING) as writing:
                yield writing, by
        except Refusal:
            pass

    def _ref(self, which: int) -> str:
        return str(self.refs[which % len(self.refs)])

    def _rows(self) -> Rows:
        with self.database.reading(TENANT, EVERYTHING) as reading:
            rows = reading.connection.execute(select(actions).where(actions.c.tenant == TENANT)).mappings()
            return {row["id"]: dict(row) for row in rows}

    def _record(self) -> list[dict[str, Any]]:
        query = select(events).where(events.c.tenant == TENANT).order_by(events.c.id)
        with self.database.reading(TENANT, EVERYTHING) as reading:
            return [dict(row) for row in reading.connection.execute(query).mappings()]

    @rule(who=st.integers(0, 1), which=st.integers(0, 9))
    def done(self, who: int, which: int) -> None:
        with self._change(who) as (writing, by):
            mark_done(writing, self._ref(which), by, BELGIAN)

    @rule(
        who=st.integers(0, 1),
        which=st.integers(0, 9),
        to=st.sampled_from([Status.TODO, Status.IN_PROGRESS, Status.ABANDONED]),
    )
    def status(self, who: int, which: int, to: Status) -> None:
        with self._change(who) as (writing, by):
            set_status(writing, self._ref(which), to, by, BELGIAN, why="parce que")

    @rule(who=st.integers(0, 1), which=st.integers(0, 9), days=st.integers(1, 400))
    def later(self, who: int, which: int, days: int) -> None:
        with self._change(who) as (writing, by):
            postpone(writing, self._ref(which), TODAY + timedelta(days), by, why="congé")

    @rule(who=st.integers(0, 1), which=st.integers(0, 9))
    def note(self, who: int, which: int) -> None:
        with self._change(who) as (writing, by):
            add_note(writing, self._ref(which), by, note="vu")

    @rule(who=st.integers(0, 1), again=st.booleans())
    def take_back(self, who: int, again: bool) -> None:
        with self._change(who) as (writing, by):
            undo(writing, by, again=again)

    @invariant()
    def is_sound(self) -> None:
        rows, record = self._rows(), self._record()
        for number, row in rows.items():
            assert row["ref"] == self.first[number]["ref"], "references stay"
            assert row["version"] >= self.before[number]["version"], "versions only grow"
            if row["ref"] in self.refs:
                is_closed = row["status"] == "done" or (row["rhythm"] is not None and row["closed_until"] is not None)
                assert is_closed == (row["done_on"] is not None), f"{row['ref']}: done means a completion date"
        assert len(rows) == len(self.first)
        assert record[: len(self.known)] == self.known, "the record only grows"
        self.before, self.known = rows, record
        assert {number: self._kept(row) for number, row in rows.items()} == self._replayed(record)

    def _replayed(self, record: list[dict[str, Any]]) -> Rows:
        state = {number: self._kept(row) for number, row in self.first.items()}
        for each in record[self.start :]:
            if "version" in each["after"] and "status" in each["after"]:
                assert each["before"] == state[each["action"]], "an event begins where the one before ended"
                state[each["action"]] = each["after"]
        return state

    def _kept(self, row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name].isoformat() if isinstance(row[name], date) else row[name] for name in MOVED}


def test_any_run_of_commands_and_undos_keeps_the_plan_sound(sqlite_shelf: SqliteShelf) -> None:
    with sqlite_shelf.database() as database:
        machine = type("PlanHere", (Plan,), {"database": database})
        few = settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        run_state_machine_as_test(machine, settings=few)


def test_a_recurring_action_closed_and_then_postponed_is_open_until_it_is_done(sqlite_shelf: SqliteShelf) -> None:
    with sqlite_shelf.database() as database:
        Plan.database = database
        plan = Plan()
        recurring = next(row["ref"] for row in plan.first.values() if row["rhythm"] is not None)
        plan.refs = [recurring]
        plan.done(0, 0)
        plan.is_sound()
        plan.later(0, 0, 30)
        plan.is_sound()
        plan.take_back(0, False)
        plan.is_sound()
