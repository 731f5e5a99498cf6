"""One replica of the outbox loop as a process of its own, that dies where it is told to: for the chaos run only."""

import asyncio
import os
import signal
from datetime import UTC, datetime

import structlog

from bot.delivery import Delivery
from bot.house import House
from bot.sender import Connector
from bot.tokens import NoTokens
from storage.claims import Claim
from storage.database import Database

STEPS = ("claimed", "sending", "sent", "recorded")
"""Where in a send a process can end: after the claim, on the way, after the answer, after it was written down."""
SEND_TIMEOUT = 0.3


class Mortal(Delivery):
    """Ends without a word the `times`-th time it comes to a step."""

    step = ""
    times = 1

    def _reach(self, step: str) -> None:
        if step == self.step:
            self.times -= 1
            if self.times <= 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def _claim(self) -> Claim | None:
        held = super()._claim()
        if held is not None:
            self._reach("claimed")
        return held

    async def _send(self, held: Claim) -> str:
        sending = asyncio.ensure_future(super()._send(held))
        if self.step == "sending":
            # Whether anything was written by then is left to chance, as it is for a machine that loses its power.
            await asyncio.sleep(0.002)
            self._reach("sending")
        sent = await sending
        self._reach("sent")
        return sent

    def _sent(self, held: Claim, activity_id: str) -> bool:
        kept = super()._sent(held, activity_id)
        self._reach("recorded")
        return kept


def replica(url: str, tenant: str, step: str, times: int) -> None:
    """Runs until it is killed, or told to stop."""
    structlog.configure(processors=[structlog.processors.add_log_level], logger_factory=_Silent)
    asyncio.run(_run(url, tenant, step, times))


class _Silent:
    def __init__(self, *_: object) -> None:
        pass

    def __getattr__(self, name: str) -> object:
        return lambda *_, **__: None


async def _run(url: str, tenant: str, step: str, times: int) -> None:
    database = Database(url)
    connector = Connector(None, NoTokens(), timeout=SEND_TIMEOUT)
    delivery = Mortal(House(database, tenant), connector, lambda: datetime.now(UTC), every=0.05)
    delivery.step, delivery.times = step, times
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, delivery.stop)
    await delivery.run()
    await connector.close()
    database.close()
