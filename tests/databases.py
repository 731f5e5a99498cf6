"""Real databases for tests: a SQLite file or a database of a throw-away PostgreSQL, copied from one that is ready."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

from storage.database import Database
from storage.describing import describe_all
from storage.examples import BODIES, PEOPLE, example_plans
from storage.imports.register import read_bodies, read_register
from storage.loading import load_plan
from storage.people import register
from storage.plan import Member, Role
from storage.record import By

TENANT = "default"
TODAY = date(2026, 3, 18)
"""The Wednesday on which the tests take place; the example plans are moved to it."""

OPERATOR = By(
    member=Member(id=0, name="", email="", role=Role.ADMIN),
    at=datetime(2026, 3, 1, 9, tzinfo=UTC),
    today=date(2026, 3, 1),
    through="cli",
)

_number = count(1)


def fill(database: Database) -> None:
    """The example plans and their people."""
    with database.writing(TENANT) as writing:
        for example in example_plans(TODAY):
            load_plan(writing, example.plan, key=example.key, title=example.title, unit=example.unit)
        register(writing, read_register(PEOPLE))
        describe_all(writing, read_bodies(BODIES), None)


Fill = Callable[[Database], None]


class SqliteShelf:
    """Gives copies of one filled file; with `more`, of one to which that was added once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._models = {fill: folder / "model.db"}
        database = Database(f"sqlite:///{self._models[fill]}")
        database.migrate()
        fill(database)
        database.close()

    @contextmanager
    def database(self, more: Fill = fill) -> Iterator[Database]:
        if more not in self._models:
            model = self._copy()
            database = Database(f"sqlite:///{model}")
            more(database)
            database.close()
            self._models[more] = model
        database = Database(f"sqlite:///{self._copy(more)}")
        yield database
        database.close()

    def _copy(self, of: Fill = fill) -> Path:
        file = self._folder / f"{next(_number)}.db"
        shutil.copy(self._models[of], file)
        return file


class PostgresqlShelf:
    """The same with databases of a server, copied by PostgreSQL itself from a template."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._models = {fill: "model"}
        self._run("CREATE DATABASE model")
        database = Database(self._url("model"))
        database.migrate()
        fill(database)
        database.close()

    @contextmanager
    def database(self, more: Fill = fill) -> Iterator[Database]:
        if more not in self._models:
            model = self._copy()
            database = Database(self._url(model))
            more(database)
            database.close()
            self._models[more] = model
        name = self._copy(more)
        database = Database(self._url(name))
        yield database
        database.close()
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _copy(self, of: Fill = fill) -> str:
        name = f"copy_{next(_number)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._models[of]} STRATEGY FILE_COPY")
        return name

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement.encode())

    def ask(self, *statements: str) -> list[Any]:
        """The rows of the last of these statements, asked of the server itself, beside any database of ours."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def postmaster(self) -> int:
        """The process that lets new connections in."""
        (folder,) = self.ask("SHOW data_directory")[0]
        return int((Path(folder) / "postmaster.pid").read_text().splitlines()[0])

    def _url(self, name: str) -> str:
        return self._server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")

    def empty(self) -> str:
        """The address of a database without any table."""
        name = f"empty_{next(_number)}"
        self._run(f"CREATE DATABASE {name}")
        return self._url(name)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL of our own, stopped and removed at the end."""
    # Whichever test asks first: the language that it plays in may not be one of this machine's.
    with warnings.catch_warnings(), patch.dict(os.environ, {"LC_ALL": "C"}):
        # The package asks for a folder of the desktop session, which servers do not have.
        warnings.simplefilter("ignore")
        import pgserver

        server = pgserver.get_server(tempfile.mkdtemp(prefix="boucle-pg-"), cleanup_mode="delete")
    address: str = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        # Nothing here has to outlive the tests.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield address
    finally:
        server.cleanup()
