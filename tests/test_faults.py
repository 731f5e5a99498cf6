"""What is under the bot fails: too many turns, slow ones, a database that is cut, stalled or full. Nothing hangs."""

import asyncio
import os
import resource
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot import endpoint, readiness
from bot.gate import Gate
from bot.loopback import LoopbackTeams
from bot.workers import Workers
from storage.database import Database
from tests.conversation import Clock, School, running
from tests.databases import PostgresqlShelf, SqliteShelf
from tests.soak.gap import LoopGap
from tests.test_command_line import address, serving
from tests.test_edge import SORRY, get

pytestmark = pytest.mark.both_databases


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Turns wait until this is set, as they do for a database that hangs."""
    free = threading.Event()

    def waiting(taken: Callable[..., Any]) -> Callable[..., Any]:
        def wait(*turn: Any) -> Any:
            assert free.wait(20)
            return taken(*turn)

        return wait

    for name in ("take_turn", "take_turn_of"):
        monkeypatch.setattr(endpoint, name, waiting(getattr(endpoint, name)))
    yield free
    free.set()


async def until(met: Any) -> None:
    async with asyncio.timeout(5):
        while not met():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_beyond_the_room_there_is_503_at_once(
    sqlite_shelf: SqliteShelf, clock: Clock, teams: LoopbackTeams, held: threading.Event
) -> None:
    workers = Workers(threads=2, most=6)
    with sqlite_shelf.database() as database:
        async with running(database, clock, teams, workers=workers) as school:
            nadia = school.chat("nadia.lambert")
            inside = [
                asyncio.create_task(teams.send(school.url, teams.message(nadia.person, nadia.place, "TI-12")))
                for _ in range(6)
            ]
            await until(lambda: workers.busy == 6)
            with capture_logs() as lines:
                outside = [
                    await teams.send(school.url, teams.message(nadia.person, nadia.place, "TI-12")) for _ in range(20)
                ]
            assert outside == [(503, None)] * 20
            assert [line["event"] for line in lines] == ["full"] * 20
            # The probes do not stand in the same queue.
            assert await get(school, "/healthz") == (200, "ok")
            assert await get(school, "/readyz") == (200, "ok")
            held.set()
            assert [status for status, _ in await asyncio.gather(*inside)] == [200] * 6
            assert len(teams.posts_in(nadia.place)) == 6
            assert "TI-12" in await nadia.says("TI-12")
            assert workers.busy == 0


async def test_a_turn_that_takes_too_long_is_given_up_and_keeps_its_place(
    sqlite_shelf: SqliteShelf, clock: Clock, teams: LoopbackTeams, held: threading.Event
) -> None:
    workers = Workers(threads=1, most=2, patience=0.2)
    with sqlite_shelf.database() as database:
        async with running(database, clock, teams, workers=workers) as school:
            nadia = school.chat("nadia.lambert")
            held.set()
            await nadia.says("TI-12")
            held.clear()
            said = teams.message(nadia.person, nadia.place, "TI-12")
            assert await asyncio.gather(*(teams.send(school.url, said) for _ in range(2))) == [(503, None)] * 2
            # The second never began; the first still holds its thread.
            await until(lambda: workers.busy == 1)
            held.set()
            await until(lambda: workers.busy == 0)
            assert "TI-12" in await nadia.says("TI-12")


async def test_an_error_of_the_gate_is_503_and_told_in_the_log(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    nadia = school.chat("nadia.lambert")
    said = school.teams.message(nadia.person, nadia.place, "TI-12")
    for broken in ("_check_activity", "_check_allowance"):
        with monkeypatch.context() as patched, capture_logs() as lines:
            patched.setattr(Gate, broken, lambda *_: 1 / 0)
            assert await school.teams.send(school.url, said) == (503, None)
        assert [line["event"] for line in lines] == ["gate broken"]
    assert "TI-12" in await nadia.says("TI-12")


# The database


@asynccontextmanager
async def on_postgresql(
    shelf: PostgresqlShelf, clock: Clock, teams: LoopbackTeams, **workers: float
) -> AsyncIterator[School]:
    with shelf.database() as database:
        async with running(database, clock, teams, workers=Workers(**workers)) as school:  # type: ignore[arg-type]
            yield school


def backends(shelf: PostgresqlShelf, school: School) -> list[int]:
    """The server's processes that serve this school."""
    name = school.database.engine.url.database
    return [int(pid) for (pid,) in shelf.ask(f"SELECT pid FROM pg_stat_activity WHERE datname = '{name}'")]


@contextmanager
def stopped(processes: list[int]) -> Iterator[None]:
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


async def test_a_database_that_stalls(
    postgresql_shelf: PostgresqlShelf, clock: Clock, teams: LoopbackTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every process of it stops in the middle: probes tell the truth, people are told to come back, the loop turns."""
    monkeypatch.setattr(readiness, "PATIENCE", 0.3)
    async with on_postgresql(postgresql_shelf, clock, teams, patience=2.0) as school, LoopGap() as gap:
        nadia = school.chat("nadia.lambert")
        await nadia.says("TI-12")
        said = teams.message(nadia.person, nadia.place, "TI-12")
        processes = backends(postgresql_shelf, school)
        assert processes
        with stopped([*processes, postgresql_shelf.postmaster()]):
            answers = await asyncio.gather(*(teams.send(school.url, said) for _ in range(8)))
            assert answers == [(503, None)] * 8
            assert await get(school, "/readyz") == (503, "the database does not answer in time")
            assert await get(school, "/healthz") == (200, "ok")
        async with asyncio.timeout(15):
            while (await get(school, "/readyz"))[0] != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert "TI-12" in await nadia.says("TI-12")
    assert gap.busiest < 0.25


async def test_a_database_that_is_cut_under_load(
    postgresql_shelf: PostgresqlShelf, clock: Clock, teams: LoopbackTeams
) -> None:
    """Each connection is cut again and again: a turn is answered or says sorry, and no change is made by half."""
    async with on_postgresql(postgresql_shelf, clock, teams) as school, LoopGap() as gap:
        nadia = school.chat("nadia.lambert")
        await nadia.says("TI-12")
        refs = [ref for (ref,) in school.rows("SELECT ref FROM action WHERE status = 'todo' ORDER BY id LIMIT 24")]
        said = [teams.message(nadia.person, nadia.place, f"{ref} est en cours") for ref in refs]
        sends = [asyncio.create_task(teams.send(school.url, each)) for each in said]
        while not all(send.done() for send in sends):
            await asyncio.to_thread(
                postgresql_shelf.ask,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{school.database.engine.url.database}'",
            )
            await asyncio.sleep(0.02)
        assert {status for status, _ in await asyncio.gather(*sends)} <= {200, 503}
        assert "TI-12" in await nadia.says("TI-12")
        assert await get(school, "/readyz") == (200, "ok")
        # What was changed was told of, and what was told of was changed.
        changed = school.rows("SELECT ref FROM action WHERE status = 'in_progress' AND version > 1 ORDER BY id")
        told = school.rows("SELECT ref FROM action JOIN event ON event.action = action.id ORDER BY action.id")
        assert changed == told
    assert gap.busiest < 0.25


async def test_a_database_that_takes_no_changes(
    postgresql_shelf: PostgresqlShelf, clock: Clock, teams: LoopbackTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What PostgreSQL says when its disk is full."""
    monkeypatch.setattr(readiness, "WRITE_EVERY", 0.0)
    async with on_postgresql(postgresql_shelf, clock, teams) as school:
        nadia = school.chat("nadia.lambert")
        await nadia.says("TI-12")
        tables = ("alembic_version", "event", "memory", "seen")
        with school.database.engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
            )
            for table in tables:
                connection.exec_driver_sql(
                    f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk()"
                )
        assert await get(school, "/readyz") == (503, "the database does not take changes (OperationalError)")
        assert SORRY in await nadia.says("TI-12 est terminée")
        assert "TI-13" in await nadia.says("TI-13"), "what only looks is still answered"
        with school.database.engine.begin() as connection:
            for table in tables:
                connection.exec_driver_sql(f"DROP TRIGGER full_disk ON {table}")
        assert await get(school, "/readyz") == (200, "ok")
        assert "✓ TI-12 est réalisée" in await nadia.says("TI-12 est terminée")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@asynccontextmanager
async def as_process(database: Database, **environment: str) -> AsyncIterator[tuple[School, Any]]:
    """The server as a process of its own, with a Teams beside it."""
    port = free_port()
    with serving(DATABASE_URL=address(database), PORT=str(port), BOUCLE_PERSON_LIMIT="100000", **environment) as (
        server,
        told,
    ):
        assert told.startswith("Boucle listens on ")
        async with LoopbackTeams() as teams:
            yield School(database, None, Clock(), teams, f"http://127.0.0.1:{port}/api/messages"), server  # type: ignore[arg-type]


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MicrosoftAppId", "MicrosoftAppPassword", "HOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_credentials")
async def test_a_disk_that_is_full(sqlite_shelf: SqliteShelf) -> None:
    """The process may write no byte more to any file: what looks is answered, what changes says sorry, and it heals."""
    with sqlite_shelf.database() as database:
        async with as_process(database) as (school, server):
            nadia = school.chat("nadia.lambert")
            await nadia.says("TI-12")
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            assert SORRY in await nadia.says("TI-12 est terminée")
            assert "TI-13" in await nadia.says("TI-13")
            async with asyncio.timeout(15):
                while (await get(school, "/readyz"))[0] == 200:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            assert "does not take changes" in (await get(school, "/readyz"))[1]
            assert await get(school, "/healthz") == (200, "ok")
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            assert await get(school, "/readyz") == (200, "ok")
            assert "✓ TI-12 est réalisée" in await nadia.says("TI-12 est terminée")
            assert school.rows("SELECT count(*) FROM event")[0][0] == 1


@pytest.mark.usefixtures("no_credentials")
@pytest.mark.parametrize("shelf", ["sqlite", "postgresql"])
async def test_told_to_stop_under_load(shelf: str, request: pytest.FixtureRequest) -> None:
    """Whoever was let in is answered, whoever comes later finds the door closed, and the process is gone in time."""
    with request.getfixturevalue(f"{shelf}_shelf").database() as database:
        async with as_process(database) as (school, server):
            nadia = school.chat("nadia.lambert")
            await nadia.says("TI-12")
            statuses: list[int] = []
            closed = 0

            async def keep_asking() -> None:
                nonlocal closed
                while True:
                    try:
                        said = school.teams.message(nadia.person, nadia.place, "les actions en retard")
                        statuses.append((await school.teams.send(school.url, said))[0])
                    except aiohttp.ClientError:
                        closed += 1
                        return

            asking = [asyncio.create_task(keep_asking()) for _ in range(16)]
            await until(lambda: len(statuses) > 50)
            server.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.wait, 20) == 0
            await asyncio.gather(*asking)
            assert set(statuses) == {200}
            assert len(school.teams.posts_in(nadia.place)) == len(statuses) + 1
            assert closed == 16


@pytest.mark.usefixtures("no_credentials")
async def test_told_to_stop_while_the_database_stalls(postgresql_shelf: PostgresqlShelf) -> None:
    with postgresql_shelf.database() as database:
        async with as_process(database) as (school, server):
            nadia = school.chat("nadia.lambert")
            await nadia.says("TI-12")
            said = school.teams.message(nadia.person, nadia.place, "TI-12")
            with stopped([*backends(postgresql_shelf, school), postgresql_shelf.postmaster()]):
                asking = asyncio.create_task(school.teams.send(school.url, said))
                await asyncio.sleep(0.2)
                server.send_signal(signal.SIGTERM)
                await asyncio.to_thread(server.wait, 20)
                assert (await asking)[0] == 503
