"""The rounds: every minute it is looked at what is due to be said and was not, for one tenant; then it is promised.

Every replica makes them; the keys of the outbox let each thing be promised once.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import date, datetime, timedelta

import structlog

from bot.digesting import send_digests
from bot.gathering import gather
from bot.house import House
from bot.reminding import remind
from bot.schedule import AT, is_time, week_of
from bot.story import refresh_story
from storage.channels import list_channels
from storage.outbox import hold_late
from storage.retention import forget

EVERY = 30.0

log = structlog.get_logger()


class Rounds:
    """One per process and tenant."""

    def __init__(
        self, house: House, clock: Callable[[], datetime], wake: Callable[[], None], every: float = EVERY
    ) -> None:
        self._house = house
        self._clock = clock
        self._wake = wake
        self._every = every
        self._stopping = asyncio.Event()
        self._day: date | None = None

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped. A round that breaks is made again."""
        while not self._stopping.is_set():
            try:
                now = self._clock()
                today = self._house.today(now)
                if await asyncio.to_thread(make_round, self._house, now, is_first=today != self._day):
                    self._wake()
                self._day = today
            except Exception:
                log.exception("round broken")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)


def make_round(house: House, now: datetime, *, is_first: bool = True) -> int:
    """How many posts it promised. `is_first`: of this day, on which the numbers of stories are brought up to date."""
    if is_first:
        with house.database.writing(house.tenant) as writing:
            forget(writing, now - timedelta(days=house.kept_days))
    return tell_channels(house, now, is_first=is_first) + send_digests(house, now) + remind(house, now)


def tell_channels(house: House, now: datetime, *, is_first: bool) -> int:
    """What came too late is kept; what was kept is gathered on the morning of each channel's day."""
    with house.database.writing(house.tenant) as writing:
        hold_late(writing, now)
    local = now.astimezone(house.zone)
    if not is_time(local, house.working_days):
        return 0
    today = local.date()
    number = 0
    with house.database.reading(house.tenant) as reading:
        channels = list_channels(reading)
    for channel in channels:
        since, key = today, f"day:{today}"
        if channel.rhythm == "weekly":
            since, key = today - timedelta(days=today.weekday()), f"week:{week_of(today)}"
        before = datetime.combine(since, AT, house.zone)
        with house.database.writing(house.tenant) as writing:
            number += gather(writing, house, channel, key, now, before=before) is not None
            if is_first:
                refresh_story(writing, house, channel, now)
    return number
