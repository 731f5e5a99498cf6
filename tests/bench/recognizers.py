"""Recognizers-Text as a contestant: a child process, and a generous reading of what it answers.

How its answers become a period of days, so that no convention is held against it:
- of several things found in a phrase, the first that speaks of days counts (the longest does a little worse);
  a time of day or a bare duration speaks of none;
- of several values, the nearest that is not over today; for "since" and for a phrase that looks back, the latest begun;
- the end of a range is excluded, as the library documents; where it names both days of a range itself ("from … to"),
  the end may also be included;
- "before" and "by" are one to the library: the end may be in or out, and the start is today (open, looking back);
- "since", "from" and "after" are nearly one: the day may be in or out, and the end is open or today.
An answer is right when any of these readings is.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench.scores import Answer, Interval, Phrase

NAME = "Recognizers-Text"
CHILD = Path(__file__).with_name("recognizers_child.py")
_DAY = timedelta(days=1)
_NOTHING = Answer()


@dataclass(frozen=True, kw_only=True)
class _Value:
    """One of the values the library offers for the same words, with its first day and its last or excluded day."""

    days: Interval
    said: dict[str, str]

    def begun(self) -> date:
        return self.days[0] or self.days[1] or date.max

    def over(self) -> date:
        return self.days[1] or self.days[0] or date.max


class Recognizers:
    """The child process, fed the phrases once and asked for timed rounds; to be closed."""

    def __init__(self, python: Path, phrases: tuple[Phrase, ...]) -> None:
        self._child = subprocess.Popen(
            [str(python), "-W", "ignore", str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        asked = [
            {"text": phrase.text, "lang": phrase.language, "today": phrase.today.isoformat()} for phrase in phrases
        ]
        told = self._ask(json.dumps(asked))
        self.missing: dict[str, str] = told["missing"]
        """Languages without a model, and what the library says of them."""
        self.answers = [
            _NOTHING if found is None else read_answer(found, phrase)
            for found, phrase in zip(told["answers"], phrases, strict=True)
        ]

    def seconds(self) -> dict[str, float]:
        """One round over all phrases, by language, timed in the child."""
        seconds: dict[str, float] = self._ask("round")["seconds"]
        return seconds

    def close(self) -> None:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.close()
        self._child.wait(timeout=60)
        self._child.stdout.close()

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()
        answer = self._child.stdout.readline()
        if not answer:
            raise SystemExit(f"{NAME} ended without an answer (status {self._child.wait()})")
        told: dict[str, Any] = json.loads(answer)
        return told


def read_answer(found: list[dict[str, Any]], phrase: Phrase) -> Answer:
    """The fair readings of what the library recognised in a phrase."""
    spoken = (readings for thing in found if (readings := _chosen(thing["values"], phrase)))
    return Answer(readings=next(spoken, frozenset()))


def _chosen(values: list[dict[str, str]], phrase: Phrase) -> frozenset[Interval]:
    """The readings of the value that is meant, of those that speak of days."""
    usable = sorted((_Value(days=days, said=value) for value in values if (days := _days(value))), key=_Value.begun)
    if not usable:
        return frozenset()
    if phrase.past or any(value.said.get("Mod") == "since" for value in usable):
        begun = [value for value in usable if value.begun() <= phrase.today]
        meant = begun[-1] if begun else usable[0]
    else:
        to_come = [value for value in usable if value.over() >= phrase.today]
        meant = to_come[0] if to_come else usable[-1]
    return frozenset(_readings(meant, phrase))


def _days(value: dict[str, str]) -> Interval | None:
    """First day and last or excluded day of a value as the library gives it; None for what is no day."""
    if value["type"] in ("date", "datetime"):
        on = _day(value.get("value"))
        return (on, on) if on else None
    if value["type"] in ("daterange", "datetimerange"):
        start, end = _day(value.get("start")), _day(value.get("end"))
        return (start, end) if start or end else None
    return None


def _readings(value: _Value, phrase: Phrase) -> Iterator[Interval]:
    start, end = value.days
    if value.said["type"] in ("date", "datetime"):
        yield start, end
    elif start and end:
        yield start, max(start, end - _DAY)
        if value.said["type"] == "datetimerange" or value.said.get("timex", "").startswith("("):
            yield start, end
    elif end:
        begin = None if phrase.past else phrase.today
        yield begin, end
        yield begin, end - _DAY
    elif start:
        for first in (start, start + _DAY):
            yield first, None
            if first <= phrase.today:
                yield first, phrase.today


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat((written or "")[:10])
    except ValueError:
        return None
