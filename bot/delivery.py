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
from dialogs.post_cards import numbered
from storage.claims import Claim, claim, give_up, hold_back, leave_uncertain, mark_shown, put_back, throttled
from storage.conversations import close_place
from storage.outbox import NOTICE, ONCE

log = structlog.get_logger()

EVERY = 1.0
"""Seconds between two looks, for what another process or an earlier life left behind."""
SENDERS = 4
"""Posts under way at once, each to another conversation, so that one that hangs holds no other up."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 600.0


def lease_for(connector: Connector) -> timedelta:
    """Longer than three sends, so that whoever still sends still holds the row."""
    return timedelta(seconds=3 * connector.longest + 1)


class Delivery:
    """One per process and tenant; several processes on one database share the work."""

    def __init__(
        self,
        house: House,
        connector: Connector,
        clock: Callable[[], datetime],
        every: float = EVERY,
    ) -> None:
        self._house = house
        self._connector = connector
        self._clock = clock
        self._every = every
        self._lease = lease_for(connector)
        self._owner = uuid4().hex
        self._woken = asyncio.Event()
        self._stopping = False
        self._sending: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something may have been promised just now."""
        self._woken.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when the posts under way have ended."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Until stopped. A database that is away is waited for."""
        try:
            while not self._stopping:
                self._woken.clear()
                if not await self._start_one():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), self._every)
            if self._sending:
                await asyncio.wait(self._sending)
        finally:
            for sending in self._sending:
                sending.cancel()

    async def _start_one(self) -> bool:
        """Begin one post that is due; False where there is none, or no hand free."""
        if len(self._sending) >= SENDERS:
            return False
        try:
            held = await asyncio.to_thread(self._claim)
        except Exception:
            log.exception("claim broken")
            return False
        if held is None:
            return False
        sending = asyncio.create_task(self._deliver(held))
        self._sending.add(sending)
        sending.add_done_callback(self._ended)
        return True

    def _ended(self, sending: asyncio.Task[None]) -> None:
        self._sending.discard(sending)
        self.wake()

    def _claim(self) -> Claim | None:
        with self._house.database.writing(self._house.tenant) as writing:
            # One at a time, so that a slow send never lets the lease of the next one run out.
            claims = claim(writing, owner=self._owner, now=self._clock(), lease=self._lease, limit=1)
        return claims[0] if claims else None

    async def _deliver(self, held: Claim) -> None:
        try:
            try:
                sent = await self._send(held)
            except SendFailed as failure:
                await asyncio.to_thread(self._failed, held, failure)
                return
            kept = await asyncio.to_thread(self._sent, held, sent)
        except Exception:
            # Whatever it was, the row is still owed: it is claimed again when this lease has passed.
            log.exception("delivery broken", outbox=held.id)
            return
        log.info("posted", outbox=held.id, kind=held.kind, update=bool(held.activity_id), recorded=kept)

    async def _send(self, held: Claim) -> str:
        content = held.content
        card = content["card"]
        if held.kind != NOTICE:
            card = numbered(card, held.reference, content.get("language", ""), again=held.is_repeated)
        activity = message_of(content["summary"], card)
        if held.activity_id:
            await self._connector.put(held.service_url, held.teams_id, held.activity_id, activity)
            return held.activity_id
        return await self._connector.post(held.service_url, held.teams_id, activity)

    def _sent(self, held: Claim, activity_id: str) -> bool:
        with self._house.database.writing(self._house.tenant) as writing:
            return mark_shown(writing, held, activity_id, self._clock())

    def _failed(self, held: Claim, failure: SendFailed) -> None:
        # Without a token nothing can be sent to anybody: somebody has to look.
        tell = log.error if failure.outcome is Outcome.UNAUTHORISED else log.warning
        tell("post failed", outbox=held.id, outcome=failure.outcome, status=failure.status, code=failure.code)
        problem = f"{failure.outcome} {failure.status or ''} {failure.code}".strip()
        now = self._clock()
        with self._house.database.writing(self._house.tenant) as writing:
            match failure.outcome:
                case Outcome.GONE:
                    give_up(writing, held, problem=problem, now=now)
                    close_place(writing, held.conversation, now)
                case Outcome.REFUSED:
                    give_up(writing, held, problem=problem, now=now)
                case Outcome.UNKNOWN if held.kind in ONCE:
                    leave_uncertain(writing, held, problem=problem)
                case _:
                    # An announcement whose fate is unknown goes again until it is known: better seen twice than never.
                    due_at = now + timedelta(seconds=pause(held.attempts, failure.retry_after))
                    unknown = failure.outcome is Outcome.UNKNOWN
                    put_back(writing, held, due_at=due_at, problem=problem, uncertain=unknown)
                    if failure.outcome is Outcome.THROTTLED:
                        throttled(writing, held.conversation, now, due_at)
                    elif failure.outcome is Outcome.UNAUTHORISED:
                        hold_back(writing, None, due_at)


def pause(attempts: int, retry_after: float | None) -> float:
    """Seconds until the next try: what Teams asks for, else doubling from one second to ten minutes, with jitter."""
    if retry_after is not None:
        return min(max(retry_after, 0.0), LONGEST_PAUSE)
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempts, 12))
    return random.uniform(longest / 2, longest)
