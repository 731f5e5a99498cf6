"""Fixtures: every conversation runs on SQLite and on a real PostgreSQL."""

import os
from collections.abc import AsyncIterator, Iterator

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


@pytest.fixture(scope="session")
def sqlite_shelf(tmp_path_factory: pytest.TempPathFactory) -> SqliteShelf:
    return SqliteShelf(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_shelf() -> Iterator[PostgresqlShelf]:
    with postgresql_server() as address:
        yield PostgresqlShelf(address)


@pytest.fixture(params=["sqlite", "postgresql"])
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
