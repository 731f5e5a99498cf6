"""Whether this process can serve: not while it stops, nor while its database is away, stalled, full or too old.

It answers in two seconds whatever hangs, and asks the database one thing at a time.
"""

import asyncio
import time
from collections.abc import Callable

from storage.database import Database, is_current, newest_version

PATIENCE = 2.0
WRITE_EVERY = 5.0
"""Seconds between two proofs that the database takes changes; in between, reading is proof enough."""


class Readiness:
    """One per process."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._asking: asyncio.Future[str] | None = None
        self._wrote_at: float | None = None
        self.stopping = False

    async def why_not(self) -> str:
        """What stands in the way, in a sentence without addresses; empty when ready."""
        if self.stopping:
            return "stopping"
        if self._asking is None:
            self._asking = asyncio.ensure_future(asyncio.to_thread(self._ask))
            self._asking.add_done_callback(self._asked)
        try:
            return await asyncio.wait_for(asyncio.shield(self._asking), PATIENCE)
        except TimeoutError:
            return "the database does not answer in time"

    def _asked(self, _: "asyncio.Future[str]") -> None:
        self._asking = None

    def _ask(self) -> str:
        now = self._clock()
        if self._wrote_at is not None and now - self._wrote_at < WRITE_EVERY:
            return why_not_ready(self._database)
        problem = why_not_ready(self._database, writes=True)
        self._wrote_at = None if problem else now
        return problem


def why_not_ready(database: Database, *, writes: bool = False) -> str:
    """What stands in the way; with `writes`, also whether a change would be kept (it waits for other writers)."""
    try:
        at = database.prove_writable() if writes else database.read_version()
    except Exception as problem:
        return f"the database does not {'take changes' if writes else 'answer'} ({type(problem).__name__})"
    return "" if is_current(at) else f"the schema is at {at}, not at {newest_version()}"
