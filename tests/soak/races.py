"""Many processes change the same few actions at once, each by the version it saw: none is lost, each loser is told."""

import multiprocessing
import random
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from sqlalchemy import select

from storage.commands import postpone
from storage.database import Database
from storage.plan import Member, Role
from storage.queries import get_action
from storage.record import By
from storage.refusals import AlreadySo, ChangedSince
from storage.sight import EVERYTHING
from storage.tables import action as actions
from storage.tables import event as events
from storage.tables import member as members
from tests.databases import TENANT, TODAY, PostgresqlShelf, SqliteShelf, postgresql_server

REFS = ("TI-3", "TI-4", "TI-7")
PROCESSES = 4


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many changes were kept, how many were told that another came first, and how many are missing."""

    kind: str
    changes: int
    told: int
    lost: int

    def __str__(self) -> str:
        return f"{self.kind}: {self.changes} changes, {self.told} conflicts told, {self.lost} lost"


def races(kind: str, changes: int, processes: int = PROCESSES) -> Outcome:
    """Until at least so many changes were kept, on `sqlite` or `postgresql`."""
    with ExitStack() as stack:
        shelf = (
            SqliteShelf(Path(stack.enter_context(tempfile.TemporaryDirectory())))
            if kind == "sqlite"
            else PostgresqlShelf(stack.enter_context(postgresql_server()))
        )
        database = stack.enter_context(shelf.database())
        first, begun = _versions(database), len(_chain(database))
        url = database.engine.url.render_as_string(hide_password=False)
        share = -(-changes // processes)
        context = multiprocessing.get_context("spawn")
        with context.Pool(processes, _at_the_start, (context.Barrier(processes),)) as pool:
            counts = pool.starmap(_race, [(url, number, share) for number in range(processes)], chunksize=1)
        kept, told = (sum(column) for column in zip(*counts, strict=True))
        grown = sum(version - first[number] for number, version in _versions(database).items())
        chain = _chain(database)[begun:]
        broken = 0
        for number, before, after in chain:
            broken += before != first[number] or after != before + 1
            first[number] = after
        return Outcome(kind=kind, changes=kept, told=told, lost=abs(kept - grown) + abs(kept - len(chain)) + broken)


_start: Barrier | None = None


def _at_the_start(barrier: Barrier) -> None:
    """Each process waits here for the others: they run at the same time, however long one takes to be up."""
    global _start
    _start = barrier


def _race(url: str, number: int, share: int) -> tuple[int, int]:
    """What one process does: looks, then changes what it saw, until `share` of its changes were kept."""
    database, chance = Database(url), random.Random(number)
    with database.reading(TENANT, EVERYTHING) as reading:
        query = select(members.c.id).where(members.c.tenant == TENANT).order_by(members.c.id)
        person = list(reading.connection.scalars(query))[number]
    who = Member(id=person, name="", email="", role=Role.ADMIN)
    by = By(member=who, at=datetime(2026, 3, 18, 9, tzinfo=UTC), today=TODAY, through="button")
    kept = told = 0
    assert _start is not None
    _start.wait(timeout=50)
    while kept < share:
        ref = chance.choice(REFS)
        with database.reading(TENANT, EVERYTHING) as reading:
            seen = get_action(reading, ref)
        assert seen is not None
        try:
            with database.writing(TENANT, EVERYTHING) as writing:
                day = TODAY + timedelta(days=chance.randint(1, 900))
                postpone(writing, ref, day, by, why="course", version=seen.version)
            kept += 1
        except ChangedSince:
            told += 1
        except AlreadySo:
            continue
    database.close()
    return kept, told


def _versions(database: Database) -> dict[int, int]:
    query = select(actions.c.id, actions.c.version).where(actions.c.tenant == TENANT)
    with database.reading(TENANT, EVERYTHING) as reading:
        return {row.id: row.version for row in reading.connection.execute(query)}


def _chain(database: Database) -> list[tuple[int, int, int]]:
    """Action, version before and after, of each event in the order of the record."""
    query = select(events).where(events.c.tenant == TENANT, events.c.kind == "postponed").order_by(events.c.id)
    with database.reading(TENANT, EVERYTHING) as reading:
        rows = reading.connection.execute(query).all()
    return [(row.action, row.before["version"], row.after["version"]) for row in rows]


if __name__ == "__main__":
    outcomes = [races(kind, int(sys.argv[1])) for kind in ("sqlite", "postgresql")]
    print(*outcomes, sep="\n")
    sys.exit(any(outcome.lost for outcome in outcomes))
