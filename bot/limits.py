"""How much one person and one tenant may ask in a minute. It counts in memory, and never more than it has room for."""

import time
from collections import OrderedDict
from collections.abc import Callable

_ROOM = 20_000
"""Keys that are remembered; whoever was silent longest is forgotten first, which only ever gives them more."""


class Allowance:
    """A bucket for each key: `a_minute` drops at most, refilled evenly, one taken for each message."""

    def __init__(self, a_minute: int, *, clock: Callable[[], float] = time.monotonic, room: int = _ROOM) -> None:
        self._most = float(a_minute)
        self._a_second = a_minute / 60
        self._clock = clock
        self._room = room
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Nothing where there was a drop left; else the seconds until there is one again."""
        now = self._clock()
        left, at = self._buckets.pop(key, (self._most, now))
        left = min(self._most, left + (now - at) * self._a_second)
        wait = 0.0 if left >= 1 else (1 - left) / self._a_second
        self._buckets[key] = (left if wait else left - 1, now)
        if len(self._buckets) > self._room:
            self._buckets.popitem(last=False)
        return wait
