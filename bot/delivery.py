"""The outbox loop: claims what is owed, sends it, records what became of it. No transaction is open while it sends."""

import asyncio
import contextlib
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from bot.endpoint import message_of
from bot.house import House
from bot.sender import Connector, Outcome, SendFailed
from storage.conversations import close_place
from storage.outbox import Claim, claim, give_up, mark_shown, put_back

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between two looks, for what another process or an earlier life left behind."""
LEASE = timedelta(seconds=40)
"""More than three times the connector's time-out, so that a send ends well before its lease does."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 600.0


class Delivery:
    """One per process; several processes on one database share the work."""

    def __init__(self, house: House, connector: Connector, clock: Callable[[], datetime], every: float = EVERY) -> None:
        self._house = house
        self._connector = connector
        self._clock = clock
        self._every = every
        self._owner = uuid4().hex
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something may have been promised just now."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for."""
        while True:
            self._woken.clear()
            try:
                busy = await self.deliver_once()
            except Exception:
                log.exception("delivery round broken")
                busy = 0
            if not busy:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._every)

    async def deliver_once(self) -> int:
        """Send everything that is due now; how many posts were tried."""
        claims = await asyncio.to_thread(self._claim)
        for held in claims:
            await self._deliver(held)
        return len(claims)

    def _claim(self) -> list[Claim]:
        with self._house.database.writing(self._house.tenant) as writing:
            # One at a time, so that a slow send never lets the lease of the next one run out.
            return claim(writing, owner=self._owner, now=self._clock(), lease=LEASE, limit=1)

    async def _deliver(self, held: Claim) -> None:
        activity = message_of(held.content["summary"], held.content["card"])
        try:
            if held.activity_id:
                await self._connector.put(held.service_url, held.teams_id, held.activity_id, activity)
                sent = held.activity_id
            else:
                sent = await self._connector.post(held.service_url, held.teams_id, activity)
        except SendFailed as failure:
            log.warning(
                "post failed", outbox=held.id, outcome=failure.outcome, status=failure.status, code=failure.code
            )
            await asyncio.to_thread(self._failed, held, failure)
            return
        kept = await asyncio.to_thread(self._sent, held, sent)
        log.info("posted", outbox=held.id, update=bool(held.activity_id), recorded=kept)

    def _sent(self, held: Claim, activity_id: str) -> bool:
        with self._house.database.writing(self._house.tenant) as writing:
            return mark_shown(writing, held, activity_id, self._clock())

    def _failed(self, held: Claim, failure: SendFailed) -> None:
        problem = f"{failure.outcome} {failure.status or ''} {failure.code}".strip()
        with self._house.database.writing(self._house.tenant) as writing:
            if failure.outcome is Outcome.GONE:
                close_place(writing, held.conversation)
                give_up(writing, held, problem=problem)
            elif failure.outcome is Outcome.REFUSED:
                give_up(writing, held, problem=problem)
            else:
                # An announcement whose fate is unknown goes again until it is known: better seen twice than never.
                due_at = self._clock() + timedelta(seconds=pause(held.attempts, failure.retry_after))
                put_back(writing, held, due_at=due_at, problem=problem)


def pause(attempts: int, retry_after: float | None) -> float:
    """Seconds until the next try: what Teams asks for, else doubling from one second to ten minutes, with jitter."""
    if retry_after is not None:
        return min(max(retry_after, 0.0), LONGEST_PAUSE)
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts, 12))
    return random.uniform(longest / 2, longest)
