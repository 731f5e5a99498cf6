"""The threads in which turns run, and how many turns there may be at once: beyond that the caller is told to wait.

Threads of their own, so that a database that hangs takes neither the probes nor the sending down with it.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

THREADS = 4
MOST = 256
"""Turns under way or waiting; with bodies of 256 KB at most, 64 MB at worst."""
PATIENCE = 12.0
"""Seconds a turn may take; after 15 Teams delivers again, and what a change did is then seen, not done twice."""

P = ParamSpec("P")
T = TypeVar("T")


class Full(Exception):
    """There are as many turns as there may be."""


class TooSlow(Exception):
    """The work was not done in time; it may still end, and what it commits holds."""


class Workers:
    """One per process."""

    def __init__(self, *, threads: int = THREADS, most: int = MOST, patience: float = PATIENCE) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="turn")
        self._most = most
        self._patience = patience
        self._visits = 0
        self._pending = 0
        self._counting = threading.Lock()

    @property
    def busy(self) -> int:
        """Turns under way or waiting; work that nobody waits for any more counts until it ends."""
        return max(self._visits, self._pending)

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for one activity, from before its body is read until it is answered. Raises `Full`."""
        if self.busy >= self._most:
            raise Full
        self._visits += 1
        try:
            yield
        finally:
            self._visits -= 1

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns or raises. Raises `TooSlow`; what did not begin by then never does."""
        with self._counting:
            self._pending += 1
        doing = self._threads.submit(partial(copy_context().run, work, *args, **kwargs))
        doing.add_done_callback(self._ended)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(doing), self._patience)
        except TimeoutError as error:
            if doing.done() and not doing.cancelled():
                # The work's own.
                raise
            raise TooSlow from error

    def _ended(self, _: "Future[T]") -> None:
        with self._counting:
            self._pending -= 1

    def close(self) -> None:
        """Lets what is under way end, and begins nothing more; does not wait."""
        self._threads.shutdown(wait=False, cancel_futures=True)
