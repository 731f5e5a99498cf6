"""Fixtures: every conversation runs on SQLite or on a real PostgreSQL; on both where the database is what is tried."""

import os
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bot.loopback import LoopbackTeams
from storage.database import Database
from tests.conversation import Clock, School, running
from tests.databases import PostgresqlShelf, SqliteShelf, fill, postgresql_server
from tests.tenancy import Watch

# The default draws tracebacks with every local variable, which takes half a second each.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

# Found examples are worth having at a desk; on a build machine the same commit gives the same result.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
hypothesis_settings.load_profile("house")


ENGINES = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both", action="store_true", help="every conversation on both databases (make test BOTH=1)")


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not config.getoption("--both"):
        terminalreporter.line("each conversation ran on one of the two databases, by its name (BOTH=1: on both)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave each conversation one of its two databases, by its name and so always the same: half of the suite each.

    The end of the run says so. Modules marked `both_databases` keep both.
    """
    if config.getoption("--both"):
        return
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        engine = params.get("database")
        if engine is None or item.get_closest_marker("both_databases"):
            kept.append(item)
            continue
        cell = item.nodeid.replace(engine, "")
        (kept if engine == ENGINES[zlib.crc32(cell.encode()) % 2] else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> SqliteShelf:
    return SqliteShelf(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_shelf() -> Iterator[PostgresqlShelf]:
    with postgresql_server() as address:
        yield PostgresqlShelf(address)


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The example plans and people, ready to be changed; with what the module's FILLED_WITH adds to them."""
    shelf: SqliteShelf | PostgresqlShelf = request.getfixturevalue(f"{request.param}_shelf")
    more = getattr(request.module, "FILLED_WITH", fill)
    with shelf.database(more) as database:
        watch = Watch(database)
        yield database
        assert watch.loose == []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def teams() -> AsyncIterator[LoopbackTeams]:
    async with LoopbackTeams() as teams:
        yield teams


@pytest.fixture
async def school(database: Database, clock: Clock, teams: LoopbackTeams) -> AsyncIterator[School]:
    async with running(database, clock, teams) as school:
        yield school
