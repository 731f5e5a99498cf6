"""The database itself: its schema, its tenants, its two kinds of transaction; and the days the plan reckons with."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage.calendar import BELGIAN, AcademicCalendar, Period, day, month
from storage.commands import mark_done
from storage.conversations import Place, Scope, list_subscribers, recall, remember, remember_place, subscribe
from storage.database import Database, DatabaseUnusable, TooLong, _alembic, newest_version
from storage.examples import PEOPLE, example_plans
from storage.exports.content import read_content
from storage.imports.register import read_register
from storage.indicators import list_holders, list_indicators
from storage.loading import load_plan
from storage.measuring import Value, record_measurement
from storage.naming import read_vocabulary
from storage.people import find_member, find_member_by_email, list_people, recognise, register
from storage.plan import Action, Deadline, Kind, Member, Rhythm, Role, Status, last_occurrence_in, occurrence_from
from storage.queries import count_actions, get_action, list_actions, list_coordinators, list_progress, list_refs
from storage.record import By
from storage.refusals import NoSuchAction, NothingToUndo
from storage.selection import Selection
from storage.tables import body, metadata
from storage.tables import event as events
from storage.undoing import undo
from tests.databases import TENANT, TODAY, PostgresqlShelf

pytestmark = pytest.mark.both_databases

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)
_number = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Addresses of databases without any table."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path}/{next(_number)}.db"
    shelf: PostgresqlShelf = request.getfixturevalue("postgresql_shelf")
    return shelf.empty


# The schema


def test_migrations_make_the_tables_that_are_declared(new_address: Callable[[], str]) -> None:
    database = Database(new_address())
    database.migrate()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": not database.is_sqlite})
        assert compare_metadata(context, metadata) == []
        assert database.version(connection) == newest_version()
    database.close()


def test_migrating_again_does_nothing(new_address: Callable[[], str]) -> None:
    url = new_address()
    for _ in range(3):
        database = Database(url)
        database.migrate()
        database.migrate()
        with database.writing(TENANT) as writing:
            writing.add(body, tenant=TENANT, name=f"{next(_number)}")
        database.close()
    database = Database(url)
    with database.reading(TENANT) as reading:
        assert len(reading.connection.execute(select(body)).all()) == 3
    database.close()


def test_migrating_keeps_what_is_there(new_address: Callable[[], str]) -> None:
    """SQLite makes a table anew to change it: what refers to the old one must not go with it."""
    database = Database(new_address())
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        config = _alembic()
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in (
            "INSERT INTO member (id, tenant, email, name, role) VALUES (1, 'x', 'a@b', 'A', 'member')",
            "INSERT INTO body (id, tenant, name) VALUES (1, 'x', 'CQI')",
            "INSERT INTO membership (id, member, body) VALUES (1, 1, 1)",
            "INSERT INTO conversation (id, tenant, teams_id, kind, service_url) VALUES (1, 'x', '19:a', 'channel', '')",
            "INSERT INTO event (id, tenant, kind, at, through, before, after) "
            "VALUES (1, 'x', 'marked_done', '2026-01-01 00:00:00', 'chat', '{}', '{}')",
            "INSERT INTO outbox (id, tenant, key, conversation, event, content, state, due_at) "
            "VALUES (1, 'x', 'done:1:1', 1, 1, '{}', 'pending', '2026-01-01 00:00:00')",
        ):
            connection.exec_driver_sql(statement)
    database.migrate()
    with database.engine.connect() as connection:
        for table in ("member", "membership", "conversation", "outbox"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 1, table
        owed = connection.exec_driver_sql("SELECT kind, subject, recipient FROM outbox").one()
        assert tuple(owed) == ("completion", "done:1:1", "conversation:1")
    database.close()


def test_many_may_migrate_at_once(new_address: Callable[[], str]) -> None:
    for _ in range(2):
        url, together, broken = new_address(), threading.Barrier(6), []

        def migrate(url: str = url, together: threading.Barrier = together, broken: list[Any] = broken) -> None:
            database = Database(url)
            together.wait()
            try:
                database.migrate()
            except Exception as problem:
                broken.append(problem)
            database.close()

        threads = [threading.Thread(target=migrate) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert broken == []


def test_two_processes_migrate_at_once(new_address: Callable[[], str]) -> None:
    url = new_address()
    program = "import sys; from storage.database import Database; sys.stdin.read(); Database(sys.argv[1]).migrate()"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    assert [(process.communicate(timeout=30)[1], process.returncode) for process in both] == [(b"", 0)] * 2
    database = Database(url)
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
    database.close()


def test_a_schema_of_the_future_is_left_alone(new_address: Callable[[], str]) -> None:
    database = Database(new_address())
    database.migrate()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match="another version"):
        database.migrate()
    database.close()


# Transactions


def test_what_raises_changes_nothing(database: Database) -> None:
    def half_way() -> None:
        with database.writing(TENANT) as writing:
            writing.add(body, tenant=TENANT, name="Half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    with database.rehearsing(TENANT) as writing:
        writing.add(body, tenant=TENANT, name="Rehearsed")
    with database.reading(TENANT) as reading:
        names = set(reading.connection.scalars(select(body.c.name)))
    assert not {"Half", "Rehearsed"} & names


def test_foreign_keys_hold(database: Database) -> None:
    values = {"tenant": TENANT, "kind": "x", "at": NOW, "through": "chat", "before": {}, "after": {}}
    with pytest.raises(IntegrityError), database.writing(TENANT) as writing:
        writing.connection.execute(insert(events).values(member=999_999, **values))


def test_reading_cannot_write_on_postgresql(postgresql_shelf: PostgresqlShelf) -> None:
    with (
        postgresql_shelf.database() as database,
        pytest.raises(DBAPIError, match="read-only"),
        database.reading(TENANT) as reading,
    ):
        reading.connection.execute(insert(body).values(tenant=TENANT, name="Read"))


def test_a_text_that_is_too_long_is_refused_on_every_database(database: Database) -> None:
    with pytest.raises(TooLong, match="body name: 200 characters at most"), database.writing(TENANT) as writing:
        writing.add(body, tenant=TENANT, name="x" * 201)


def test_moments_come_back_as_they_went(database: Database) -> None:
    moment = datetime(2026, 10, 25, 2, 30, 15, 123456, tzinfo=UTC)
    with database.writing(TENANT) as writing:
        number = writing.add(
            events, tenant=TENANT, kind="x", at=moment.astimezone(), through="cli", before={"é": [1]}, after={}
        )
    with database.reading(TENANT) as reading:
        row = reading.connection.execute(select(events).where(events.c.id == number)).one()
    assert (row.at, row.at.utcoffset(), row.before) == (moment, timedelta(0), {"é": [1]})


def test_writers_wait_for_one_another(database: Database) -> None:
    """Read, change, write: eight at once lose nothing."""
    with database.writing(TENANT) as writing:
        number = writing.add(events, tenant=TENANT, kind="x", at=NOW, through="cli", before={"n": 0}, after={})
    broken: list[Exception] = []

    def add() -> None:
        try:
            for _ in range(10):
                with database.writing(TENANT) as writing:
                    row = select(events.c.before).where(events.c.id == number).with_for_update()
                    n = writing.connection.execute(row).scalar_one()["n"]
                    change = events.update().where(events.c.id == number).values(before={"n": n + 1})
                    writing.connection.execute(change)
        except Exception as problem:
            broken.append(problem)

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading(TENANT) as reading:
        n = reading.connection.execute(select(events.c.before).where(events.c.id == number)).scalar_one()["n"]
    assert (broken, n) == ([], 80)


# Tenants

OTHER = "another-school"


@pytest.fixture
def two_schools(database: Database) -> Database:
    """The same plans, people and names twice, apart."""
    with database.writing(OTHER) as writing:
        for example in example_plans(TODAY):
            load_plan(writing, example.plan, key=example.key, title=f"L'autre {example.key}", unit=example.unit)
        register(writing, [entry for entry in read_register(PEOPLE) if entry.role is not Role.ADMIN])
    return database


def dump(database: Database, tenant: str) -> dict[str, Any]:
    """Every row that names the tenant."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(table.select().where(table.c.tenant == tenant))), key=repr)
            for table in metadata.sorted_tables
            if "tenant" in table.c
        }


def by(reading: Any, email: str) -> By:
    member = find_member_by_email(reading, f"{email}@ecole.example", TODAY)
    assert member is not None
    return By(member=member, at=NOW, today=TODAY, through="chat")


def test_what_another_school_has_is_not_seen(two_schools: Database) -> None:
    seen = {}
    for tenant in (TENANT, OTHER):
        with two_schools.reading(tenant) as reading:
            vocabulary = read_vocabulary(reading)
            who = by(reading, "claire.dumont").member
            context = (Selection(), who, TODAY, BELGIAN)
            action = get_action(reading, "TI-36")
            assert action is not None
            seen[tenant] = (
                vocabulary.plans[0].title,
                len(vocabulary.titles),
                who.id,
                action.id,
                [indicator.id for indicator in list_indicators(reading, "TI-36")],
                [each.id for each in list_holders(reading, list_indicators(reading, "TI-36")[0].name)],
                [each.id for each in list_actions(reading, *context, limit=500)],
                [each.id for each in list_coordinators(reading, action.unit)],
            )
            assert count_actions(reading, *context) == len(list_refs(reading, *context)) == len(seen[tenant][6])
            assert sum(axis.total for axis in list_progress(reading, *context)) == 178
            exported = read_content(reading, "TI", UTC)
            assert exported is not None
            assert len(exported.actions) == 86
            assert len(list_people(reading)) == (11 if tenant == TENANT else 10)
    ours, theirs = seen[TENANT], seen[OTHER]
    assert ours[0] != theirs[0]
    assert ours[1] == theirs[1] == 178
    assert (ours[2], ours[3]) != (theirs[2], theirs[3])
    for position in (4, 5, 6):
        assert not set(ours[position]) & set(theirs[position])
    with two_schools.reading("nobody") as reading:
        assert read_content(reading, "TI", UTC) is None
        assert get_action(reading, "TI-12") is None
        assert read_vocabulary(reading).plans == ()
        assert find_member_by_email(reading, "claire.dumont@ecole.example", TODAY) is None


def test_what_another_school_has_is_not_changed(two_schools: Database) -> None:
    before = dump(two_schools, TENANT)
    with two_schools.writing(OTHER) as writing:
        claire = by(writing, "claire.dumont")
        place = remember_place(writing, Place(teams_id="19:c", kind="channel", service_url="https://x"))
        subscribe(writing, place, Scope(kind="plan", target="TI"), "fr", claire)
        change = mark_done(writing, "TI-12", claire, BELGIAN)
        (indicator, *_) = list_indicators(writing, "TI-36")
        record_measurement(writing, "TI-36", indicator, Value(value="12 %", on=TODAY, number=12), claire)
        undo(writing, claire, told=change.event)
        remember(writing, "a:1", claire.member.id, {"list": 1}, NOW)
        recognise(writing, entra_id="e-1", email="karim.benali@ecole.example", name="Karim", today=TODAY)
        register(writing, read_register(PEOPLE))
    assert dump(two_schools, TENANT) == before
    with two_schools.writing(TENANT) as writing:
        ours = by(writing, "claire.dumont")
        action = get_action(writing, "TI-12")
        assert action is not None
        assert list_subscribers(writing, action) == []
        assert find_member(writing, "e-1", TODAY) is None
        assert recall(writing, Place(teams_id="a:1", kind="personal", service_url=""), ours.member.id, NOW).kept == {}
        with pytest.raises(NothingToUndo):
            undo(writing, ours, told=change.event)
    with pytest.raises(NoSuchAction), two_schools.writing("nobody") as writing:
        mark_done(writing, "TI-12", ours, BELGIAN)


def test_an_account_of_one_school_is_a_stranger_in_another(two_schools: Database) -> None:
    people = {}
    for tenant in (TENANT, OTHER):
        with two_schools.writing(tenant) as writing:
            email = "nadia.lambert@ecole.example"
            people[tenant] = recognise(writing, entra_id="same", email=email, name="Nadia", today=TODAY)
    assert people[TENANT].id != people[OTHER].id
    with two_schools.reading("third") as reading:
        assert find_member(reading, "same", TODAY) is None


# People


def test_an_entry_of_the_register_is_one_account_s(database: Database) -> None:
    found = []
    for entra_id in ("first", "second", "first", "x" * 200, "x" * 200):
        with database.writing(TENANT) as writing:
            email = " Nadia.Lambert@ecole.example "
            found.append(recognise(writing, entra_id=entra_id, email=email, name="N" * 900, today=TODAY))
    first, second, again, long, long_again = found
    assert (first.role, first.id) == (Role.COORDINATOR, again.id)
    assert (second.role, long.role, long.id) == (Role.READER, Role.READER, long_again.id)
    assert len({first.id, second.id, long.id}) == 3
    assert len(second.name) == 200


def test_the_same_person_met_twice_at_once(database: Database) -> None:
    for email in ("nadia.lambert@ecole.example", "new@ecole.example", ""):
        together, met, broken = threading.Barrier(5), [], []

        def meet(email: str = email, together: Any = together, met: Any = met, broken: Any = broken) -> None:
            together.wait()
            try:
                with database.writing(TENANT) as writing:
                    met.append(recognise(writing, entra_id=f"e{email}", email=email, name="Née", today=TODAY).id)
                    remember_place(writing, Place(teams_id=f"a:{email}", kind="personal", service_url="https://x"))
                    remember(writing, f"a:{email}", met[-1], {"n": 1}, NOW)
            except Exception as problem:
                broken.append(problem)

        threads = [threading.Thread(target=meet) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (broken, len(met), len(set(met))) == ([], 5, 1)


# Days


def action(kind: Kind = Kind.DAY, status: Status = Status.TODO, closed: date | None = None, **deadline: Any) -> Action:
    return Action(
        id=1, ref="X-1", plan="X", axis="", goal="", objective="", title="", priority=None, version=1,
        deadline=Deadline(kind=kind, **deadline), status=status, closed_until=closed,
    )  # fmt: skip


def test_the_academic_year_turns_on_14_september() -> None:
    assert (BELGIAN.year_of(date(2026, 9, 13)), BELGIAN.year_of(date(2026, 9, 14))) == (2025, 2026)
    assert BELGIAN.year(2023) == Period(start=date(2023, 9, 14), end=date(2024, 9, 13))
    assert BELGIAN.quadrimestre_of(date(2026, 9, 13)) == (2025, 3)
    assert BELGIAN.quadrimestre_of(date(2026, 9, 14)) == (2026, 1)
    assert BELGIAN.quadrimestre(2025, 1) == Period(start=date(2025, 9, 14), end=date(2026, 1, 31))
    assert BELGIAN.quadrimestre(2025, 2) == Period(start=date(2026, 2, 1), end=date(2026, 6, 30))
    assert BELGIAN.quadrimestre(2025, 3) == Period(start=date(2026, 7, 1), end=date(2026, 9, 13))


@given(on=st.dates(date(4, 1, 1), date(9996, 1, 1)))
def test_every_day_is_in_one_year_and_one_quadrimestre(on: date) -> None:
    year, number = BELGIAN.quadrimestre_of(on)
    assert year == BELGIAN.year_of(on)
    assert BELGIAN.year(year).holds(on)
    assert [n for n in (1, 2, 3) if BELGIAN.quadrimestre(year, n).holds(on)] == [number]
    assert month(on.year, on.month).holds(on)
    assert day(on).start == day(on).end == on


def test_months_and_leap_years() -> None:
    ends = {year: month(year, 2).end for year in (2023, 2024, 2100, 2000)}
    assert [end.day for end in ends.values() if end] == [28, 29, 28, 29]
    assert month(2025, 12) == Period(start=date(2025, 12, 1), end=date(2025, 12, 31))
    leap = action(start=date(2024, 2, 29), end=date(2024, 2, 29))
    assert (leap.is_late(date(2024, 2, 29)), leap.is_late(date(2024, 3, 1))) == (False, True)
    # An open end is one year; a 29 February has none the year after.
    assert last_occurrence_in(Rhythm.RENTREE, Period(start=date(2024, 2, 29), end=None), BELGIAN) == date(2024, 9, 14)


def test_a_period_never_ends_before_it_begins_nor_leaves_the_calendar() -> None:
    with pytest.raises(ValueError, match="cannot end before"):
        Period(start=date(2026, 2, 2), end=date(2026, 2, 1))
    far = Period(start=date.min, end=date.max)
    assert far.start is not None
    assert far.end is not None
    for rhythm in Rhythm:
        for each in (far.start, far.end):
            assert occurrence_from(rhythm, each, BELGIAN) >= each
        for period in (far, Period(start=None, end=None), Period(start=far.end, end=None), day(far.start)):
            last_occurrence_in(rhythm, period, BELGIAN)


def test_who_is_late() -> None:
    june = date(2026, 6, 30)
    assert [action(end=june).is_late(june + timedelta(days=n)) for n in (-1, 0, 1)] == [False, False, True]
    assert action(end=june, status=Status.IN_PROGRESS).is_late(date(2027, 1, 1))
    for status in (Status.DONE, Status.ABANDONED):
        assert not action(end=june, status=status).is_late(date(2027, 1, 1))
    for never in (
        action(Kind.ONGOING, text="En continu"),
        action(Kind.NONE),
        action(Kind.RECURRING, rhythm=Rhythm.LAST_DAY),
        action(Kind.RECURRING, rhythm=Rhythm.RENTREE),
    ):
        assert not never.is_late(date(2050, 1, 1))


def test_a_recurring_action_is_due_each_year_until_it_is_closed() -> None:
    last = action(Kind.RECURRING, rhythm=Rhythm.LAST_DAY)
    first = action(Kind.RECURRING, rhythm=Rhythm.RENTREE)
    due = {
        (2026, 9, 12): ((2026, 9, 13), (2026, 9, 14)),
        (2026, 9, 13): ((2026, 9, 13), (2026, 9, 14)),
        (2026, 9, 14): ((2027, 9, 13), (2026, 9, 14)),
        (2026, 9, 15): ((2027, 9, 13), (2027, 9, 14)),
        (2028, 2, 29): ((2028, 9, 13), (2028, 9, 14)),
    }
    for today, (of_last, of_first) in due.items():
        on = date(*today)
        assert last.due_day(on, BELGIAN) == date(*of_last)
        assert first.due_day(on, BELGIAN) == date(*of_first)
    closed = action(Kind.RECURRING, rhythm=Rhythm.LAST_DAY, closed=date(2026, 9, 13))
    assert closed.is_done(date(2026, 9, 13), BELGIAN)
    assert closed.due_day(date(2026, 3, 18), BELGIAN) == date(2027, 9, 13)
    assert not closed.is_done(date(2026, 9, 14), BELGIAN)
    opened = action(Kind.RECURRING, rhythm=Rhythm.RENTREE, closed=date(2026, 9, 14))
    assert [opened.is_done(date(2026, 9, on), BELGIAN) for on in (13, 14, 15)] == [True, True, False]


@given(
    rhythm=st.sampled_from(Rhythm),
    start=st.dates(date(1900, 1, 1), date(2200, 1, 1)) | st.none(),
    length=st.integers(0, 1000) | st.none(),
)
def test_the_last_occurrence_in_a_period_is_in_it_and_the_last(
    rhythm: Rhythm, start: date | None, length: int | None
) -> None:
    end = None if length is None else (start or date(2026, 1, 1)) + timedelta(days=length)
    period = Period(start=start, end=end)
    found = last_occurrence_in(rhythm, period, BELGIAN)
    if found is not None:
        assert period.holds(found)
        assert occurrence_from(rhythm, found, BELGIAN) == found
    if end is not None:
        after = found + timedelta(days=1) if found else start
        assert after is None or occurrence_from(rhythm, after, BELGIAN) > end


def test_a_school_may_have_other_days() -> None:
    school = AcademicCalendar(rentree=(9, 1), second_quadrimestre=(1, 15), third_quadrimestre=(6, 15))
    assert school.year(2025) == Period(start=date(2025, 9, 1), end=date(2026, 8, 31))
    assert occurrence_from(Rhythm.LAST_DAY, date(2026, 8, 31), school) == date(2026, 8, 31)
    assert school.quadrimestre_of(date(2026, 6, 15)) == (2025, 3)


def test_questions_about_a_period_count_what_the_rules_say(database: Database) -> None:
    """The queries reckon in SQL; the rules reckon in Python."""
    nobody = Member(id=0, name="", email="", role=Role.READER)
    periods = [
        Period(start=date(2026, 9, 13), end=date(2026, 9, 13)),
        Period(start=date(2026, 9, 14), end=date(2026, 9, 14)),
        Period(start=date(2026, 9, 15), end=date(2027, 9, 12)),
        BELGIAN.year(2025),
        month(2026, 6),
        Period(start=None, end=TODAY),
        Period(start=TODAY, end=None),
    ]
    with database.reading(TENANT) as reading:
        everything = list_actions(reading, Selection(), nobody, TODAY, BELGIAN, limit=500)
        for period in periods:

            def is_due(each: Action, period: Period = period) -> bool:
                if each.deadline.rhythm is not None:
                    return last_occurrence_in(each.deadline.rhythm, period, BELGIAN) is not None
                return each.deadline.end is not None and period.holds(each.deadline.end)

            found = set(list_refs(reading, Selection(due=period), nobody, TODAY, BELGIAN))
            assert found == {each.ref for each in everything if is_due(each)}, period
        late = set(list_refs(reading, Selection(late=True), nobody, TODAY, BELGIAN))
        assert late == {each.ref for each in everything if each.is_late(TODAY)}
        assert late
