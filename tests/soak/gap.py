"""How long the event loop was away from its work: the longest stretch in which nothing else could run."""

import asyncio
import time
from typing import Self

_EVERY = 0.005


class LoopGap:
    """`async with LoopGap() as gap:`; afterwards `gap.longest` (seconds on the wall) and `gap.busiest` (of its CPU).

    On a machine that others use, only the second tells what our own code did.
    """

    longest = 0.0
    busiest = 0.0

    async def __aenter__(self) -> Self:
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._watching.cancel()

    async def _watch(self) -> None:
        while True:
            wall, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(_EVERY)
            self.longest = max(self.longest, time.perf_counter() - wall - _EVERY)
            self.busiest = max(self.busiest, time.thread_time() - cpu)
