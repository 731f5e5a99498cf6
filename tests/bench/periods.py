"""Who reads periods right, and how fast: Boucle, dateparser and Recognizers-Text on the same table in the same run."""

import calendar
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from dateparser.date import DateDataParser
from dateparser.search import search_dates

from dialogs.dates import Found, Impossible, Unclear, find_period, warm_up
from storage.folding import fold
from tests.bench.recognizers import NAME as RECOGNIZERS
from tests.bench.recognizers import Recognizers
from tests.bench.scores import LANGUAGES, Answer, Interval, Phrase, Verdict, read_table, tally

BOUCLE = "Boucle"
DATEPARSER = "dateparser"
SEARCHING = "dateparser search"
"""The same library looking for a date inside the text, which its parser of whole texts does not."""
_ALL = "all"
_WITHOUT_DUTCH = "fr+en"


@dataclass(frozen=True, kw_only=True)
class Contestant:
    name: str
    answers: list[Answer]
    seconds: Callable[[], dict[str, float]]
    """One timed round over all phrases, by language."""
    missing: dict[str, str] = field(default_factory=dict)
    """Languages it does not have, and why."""
    rounds: list[dict[str, float]] = field(default_factory=list)


def report(python: Path, *, rounds: int, sample: int | None) -> list[str]:
    """The lines to print; `python` is that of the environment of Recognizers-Text, `sample` a number of phrases."""
    table = read_table()
    phrases = table if sample is None else table[:: max(1, len(table) // sample)]
    # dateparser warns of its own use of the standard library; that says nothing about the dates.
    warnings.simplefilter("ignore")
    warm_up()
    engines = {BOUCLE: _boucle, DATEPARSER: _dateparser, SEARCHING: _dateparser_search}
    contestants = [_in_process(name, engine, phrases) for name, engine in engines.items()]
    notes = [
        f"{len(phrases)} phrases, {sum(phrase.has_period for phrase in phrases)} of them with a period; "
        f"{rounds} alternating {'round' if rounds == 1 else 'rounds'}.",
        "Boucle's tests hold it to this table, so its figures say nothing of phrases that nobody wrote down.",
        "alternative: the table has several readings, one of them given, or asked between exactly these.",
        "left alone, invented: phrases without any period, or with a day that does not exist.",
    ]
    child = None
    if python.is_file():
        child = Recognizers(python, phrases)
        contestants.append(
            Contestant(name=RECOGNIZERS, answers=child.answers, seconds=child.seconds, missing=child.missing)
        )
        notes += [
            f"{RECOGNIZERS} has no date model for {name} ({why}); in “{_ALL}” these phrases count as not answered."
            for name, why in sorted(child.missing.items())
        ]
    else:
        notes.append(f"{RECOGNIZERS}: skipped, not installed (make bench installs it)")
    for number in range(rounds):
        turn = number % len(contestants)
        for contestant in contestants[turn:] + contestants[:turn]:
            contestant.rounds.append(contestant.seconds())
    if child:
        child.close()
    return [*_table(phrases, contestants), "", *notes]


def _in_process(name: str, engine: Callable[[Phrase], Answer], phrases: tuple[Phrase, ...]) -> Contestant:
    def seconds() -> dict[str, float]:
        spent = {}
        for language in LANGUAGES:
            asked = [phrase for phrase in phrases if phrase.language == language]
            begun = time.perf_counter()
            for phrase in asked:
                engine(phrase)
            spent[language] = time.perf_counter() - begun
        return spent

    return Contestant(name=name, answers=[engine(phrase) for phrase in phrases], seconds=seconds)


def _boucle(phrase: Phrase) -> Answer:
    """Folding the text is part of the work, and of the time."""
    match find_period(fold(phrase.text), phrase.language, phrase.today, past=phrase.past):
        case Found(period=period):
            return Answer(readings=frozenset({(period.start, period.end)}))
        case Unclear(choices=choices):
            return Answer(readings=frozenset((one.start, one.end) for one in choices), asks=True)
        case Impossible() | None:
            return Answer()


def _dateparser(phrase: Phrase) -> Answer:
    return _read_by_dateparser(phrase.text, phrase)


def _dateparser_search(phrase: Phrase) -> Answer:
    """The longest of what it finds, read again by the parser, which alone tells a day from a month."""
    settings = _settings(phrase.today, phrase.past)
    found = search_dates(phrase.text, languages=[phrase.language], settings=settings)
    return _read_by_dateparser(max((words for words, _ in found), key=len), phrase) if found else Answer()


def _read_by_dateparser(text: str, phrase: Phrase) -> Answer:
    read = _parser(phrase.language, phrase.today, phrase.past).get_date_data(text)
    if not read or not read.date_obj:
        return Answer()
    return Answer(readings=frozenset({_around(read.date_obj.date(), read.period)}))


@cache
def _settings(today: date, past: bool) -> dict[str, Any]:
    return {
        "DATE_ORDER": "DMY",
        "RELATIVE_BASE": datetime(today.year, today.month, today.day),  # noqa: DTZ001 - the library wants it naive
        "PREFER_DATES_FROM": "past" if past else "future",
    }


@cache
def _parser(language: str, today: date, past: bool) -> DateDataParser:
    return DateDataParser(languages=[language], settings=_settings(today, past))


def _around(on: date, period: str | None) -> Interval:
    match period:
        case "week":
            monday = on - timedelta(days=on.weekday())
            return monday, monday + timedelta(days=6)
        case "month":
            return on.replace(day=1), on.replace(day=calendar.monthrange(on.year, on.month)[1])
        case "year":
            return date(on.year, 1, 1), date(on.year, 12, 31)
    return on, on


def _table(phrases: tuple[Phrase, ...], contestants: list[Contestant]) -> list[str]:
    groups = {**{name: (name,) for name in LANGUAGES}, _WITHOUT_DUTCH: ("fr", "en"), _ALL: LANGUAGES}
    kinds = [verdict.value for verdict in Verdict]
    lines = [
        f"{'':6} {'engine':18} {'phrases':>7} " + " ".join(f"{kind:>11}" for kind in kinds) + f" {'µs/phrase':>10}"
    ]
    for group, languages in groups.items():
        lines.append("")
        for contestant in contestants:
            lines.append(_row(group, languages, phrases, contestant))
    return lines


def _row(group: str, languages: tuple[str, ...], phrases: tuple[Phrase, ...], contestant: Contestant) -> str:
    start = f"{group:6} {contestant.name:18}"
    if all(language in contestant.missing for language in languages):
        return f"{start} no date model for this language"
    known = [language for language in languages if language not in contestant.missing]
    asked = [
        (phrase, answer)
        for phrase, answer in zip(phrases, contestant.answers, strict=True)
        if phrase.language in languages
    ]
    counted: Counter[Verdict] = tally(tuple(phrase for phrase, _ in asked), [answer for _, answer in asked])
    timed = sum(phrase.language in known for phrase, _ in asked)
    spent = median(sum(one[language] for language in known) for one in contestant.rounds)
    cells = " ".join(f"{counted[verdict]:>11}" for verdict in Verdict)
    each = f"{1e6 * spent / timed:>10.0f}" if timed else f"{'–':>10}"
    return f"{start} {len(asked):>7} {cells} {each}" + ("" if known == list(languages) else f" ({'+'.join(known)})")
