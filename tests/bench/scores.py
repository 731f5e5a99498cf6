"""The table of periods as a benchmark reads it, and what one answer is worth; it knows no engine."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

from tests.databases import TODAY

TABLE = Path(__file__).parent.parent / "periods.jsonl"
LANGUAGES = ("fr", "en", "nl")

Interval = tuple[date | None, date | None]
"""First and last day, both included; None is an open side."""


@dataclass(frozen=True, kw_only=True)
class Phrase:
    text: str
    language: str
    today: date
    past: bool
    """The question looks back; every engine is told so, as far as it can be told."""
    right: Interval | None
    alternatives: frozenset[Interval]
    """Other acceptable readings; without `right`, the phrase is truly open and any of them will do."""

    @property
    def has_period(self) -> bool:
        return self.right is not None or bool(self.alternatives)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an engine made of a phrase: nothing, one period (in one or more fair readings), or a question back."""

    readings: frozenset[Interval] = frozenset()
    asks: bool = False


class Verdict(Enum):
    EXACT = "exact"
    ALTERNATIVE = "alternative"
    WRONG = "wrong"
    NO_ANSWER = "no answer"
    LEFT = "left alone"
    INVENTED = "invented"


def read_table() -> tuple[Phrase, ...]:
    """The phrases of the three languages."""
    phrases = []
    for line in TABLE.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["lang"] not in LANGUAGES:
            continue
        others = [*row.get("choices", ()), *row.get("alt", ())]
        phrases.append(
            Phrase(
                text=row["text"],
                language=row["lang"],
                today=date.fromisoformat(row["today"]) if "today" in row else TODAY,
                past=row.get("past", False),
                right=_interval(row["period"]) if "period" in row else None,
                alternatives=frozenset(_interval(days) for days in others),
            )
        )
    return tuple(phrases)


def judge(phrase: Phrase, answer: Answer) -> Verdict:
    """A question back is right where the phrase is open in just that way, else it is no answer."""
    if not phrase.has_period:
        return Verdict.INVENTED if answer.readings else Verdict.LEFT
    if not answer.readings:
        return Verdict.NO_ANSWER
    if answer.asks:
        open_so = phrase.right is None and answer.readings == phrase.alternatives
        return Verdict.ALTERNATIVE if open_so else Verdict.NO_ANSWER
    if phrase.right in answer.readings:
        return Verdict.EXACT
    return Verdict.ALTERNATIVE if answer.readings & phrase.alternatives else Verdict.WRONG


def tally(phrases: tuple[Phrase, ...], answers: list[Answer]) -> Counter[Verdict]:
    return Counter(judge(phrase, answer) for phrase, answer in zip(phrases, answers, strict=True))


def _interval(days: list[str | None]) -> Interval:
    start, end = (date.fromisoformat(day) if day else None for day in days)
    return start, end
