"""Opening the database, and its two kinds of transaction: one looks, one changes. Only here is committed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError

from storage.sight import PUBLIC, Sight

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 10
# A server that is gone without a word is noticed, and not waited for.
_POSTGRESQL = {
    "connect_timeout": BUSY_SECONDS,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_MIGRATION_LOCK = 0x626F7563  # "bouc": one migrator at a time


@dataclass(frozen=True)
class Reading:
    """A transaction that looks. Whatever is asked through it stays inside one tenant, and inside what may be seen."""

    connection: Connection
    tenant: str
    sight: Sight = PUBLIC
    seen: dict[Sight, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was read once, for whose eyes, and holds for as long as this transaction only looks."""

    def seeing(self, sight: Sight) -> Self:
        """The same transaction, for other eyes: PUBLIC for whatever others read too."""
        return replace(self, sight=sight)


@dataclass(frozen=True)
class Writing(Reading):
    """A transaction that changes; a function that takes a `Reading` cannot be made to change anything by it."""

    def add(self, table: Table, **values: Any) -> int:
        """Insert one row; its number. Raises `TooLong`."""
        self.check_lengths(table, values)
        number: int = self.connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
        return number

    def check_lengths(self, table: Table, values: dict[str, Any]) -> None:
        """Raises `TooLong`, on every database, for what one of them could not keep."""
        for name, value in values.items():
            most = getattr(table.c[name].type, "length", None)
            if most is not None and isinstance(value, str) and len(value) > most:
                raise TooLong(f"{table.name} {name}", most)


class TooLong(Exception):
    """A text has more characters than its column keeps; `what` names the column in words."""

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"{what}: {most} characters at most")
        self.what = what
        self.most = most


class DatabaseUnusable(Exception):
    """The database does not answer, or is not one of ours; the text says why, without address or password."""


class Database:
    """One engine for the life of the process; safe to use from many threads."""

    def __init__(self, url: str) -> None:
        try:
            address = make_url(url)
        except (ArgumentError, ValueError) as problem:
            raise DatabaseUnusable("its address cannot be read") from problem
        self.is_sqlite = address.get_backend_name() == "sqlite"
        options: dict[str, Any] = (
            {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
            if self.is_sqlite
            else {"pool_pre_ping": True, "pool_timeout": BUSY_SECONDS, "connect_args": _POSTGRESQL}
        )
        # An error must not carry what people wrote into the log.
        self.engine: Engine = create_engine(address, hide_parameters=True, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "connect", _set_up_postgresql)

    @contextmanager
    def reading(self, tenant: str, sight: Sight = PUBLIC) -> Iterator[Reading]:
        with (
            self.engine.connect().execution_options(tenant=tenant, postgresql_readonly=True) as connection,
            connection.begin(),
        ):
            yield Reading(connection, tenant, sight)

    @contextmanager
    def writing(self, tenant: str, sight: Sight = PUBLIC) -> Iterator[Writing]:
        """Committed when the block ends, rolled back when it raises."""
        with self.engine.connect().execution_options(tenant=tenant, writes=True) as connection, connection.begin():
            yield Writing(connection, tenant, sight)

    @contextmanager
    def rehearsing(self, tenant: str, sight: Sight = PUBLIC) -> Iterator[Writing]:
        """Like `writing`, but nothing is ever kept: for asking what would happen."""
        with self.engine.connect().execution_options(tenant=tenant, writes=True) as connection:
            transaction = connection.begin()
            try:
                yield Writing(connection, tenant, sight)
            finally:
                transaction.rollback()

    def migrate(self) -> None:
        """Bring the schema to the newest version; does nothing where it is there already. Raises DatabaseUnusable."""
        try:
            with self.engine.connect().execution_options(writes=True) as connection:
                if self.version(connection) == newest_version():
                    return
                connection.rollback()
                with self._without_references(connection), connection.begin():
                    if not self.is_sqlite:
                        connection.execute(text("SET LOCAL statement_timeout = 0"))
                        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                    config = _alembic()
                    config.attributes["connection"] = connection
                    command.upgrade(config, "head")
        except DatabaseError as problem:
            raise DatabaseUnusable(told_by(problem)) from problem
        except CommandError as problem:
            raise DatabaseUnusable("its schema was made by another version of Boucle, which has to be run") from problem

    @contextmanager
    def _without_references(self, connection: Connection) -> Iterator[None]:
        """SQLite changes a table by making it anew; meanwhile what refers to it must not go with the old one."""
        if not self.is_sqlite:
            yield
            return
        # Beside SQLAlchemy, because inside a transaction this does nothing.
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            driver.execute("PRAGMA foreign_keys = ON")

    def version(self, connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    def read_version(self) -> str | None:
        """The schema's version; raises what the driver raises."""
        with self.engine.connect() as connection:
            return self.version(connection)

    def prove_writable(self) -> str | None:
        """The same, by a change that changes nothing but has to be kept: a full or read-only disk raises."""
        change = text("UPDATE alembic_version SET version_num = version_num RETURNING version_num")
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            return connection.execute(change).scalar()

    def close(self) -> None:
        self.engine.dispose()


def told_by(problem: DatabaseError) -> str:
    """The driver's first line: neither the statement nor its values."""
    return next(iter(str(problem.orig).splitlines()), type(problem).__name__)


def newest_version() -> str | None:
    return ScriptDirectory.from_config(_alembic()).get_current_head()


def is_current(version: str | None) -> bool:
    """Whether code as old as ours can live with a schema of this version: ours, or one made after it.

    Migrations only add, and each has a number above all before it; so one that we do not know and that is above all
    we know is newer.
    """
    known = {each.revision for each in ScriptDirectory.from_config(_alembic()).walk_revisions()}
    return version is not None and (version == newest_version() or version > max(known))


def _alembic() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver would begin transactions by itself, too late and always deferred: `_begin_sqlite` does it.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    # The server ends what lasts too long, whatever it waits for: a turn answers in seconds or not at all.
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{BUSY_SECONDS}s'")
        cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that comes to write fails at once when another writer was first; an immediate one waits.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
