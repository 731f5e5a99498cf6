"""Finds the period or day a sentence speaks of, in French, English and Dutch; it never asks what day it is.

What could be two things is `Unclear` and asked, what cannot exist is `Impossible` and said to be so, and a text that
speaks of no day gives None. The conventions are Belgian: day before month, weeks from Monday, the academic year.

Rulings where usage wavers: "année" alone is the calendar year, "semestre" and "trimestre" its halves and quarters, "Q1"
a quadrimestre in French and a quarter elsewhere. "vendredi prochain" is the first Friday after today, "next Friday" and
"volgende vrijdag" are asked while this week's is still to come. "avant" leaves out a day, month or year, and includes
the end of one ("avant fin juin").
"""

from dataclasses import dataclass
from datetime import date

from dialogs import dates_leaf
from dialogs.dates_durations import lengths
from dialogs.dates_lexicon import LANGUAGES, Lexicon, lexicon, tokens
from dialogs.dates_phrases import phrase
from dialogs.dates_ranges import Phrase
from dialogs.dates_sheet import Sheet
from storage.calendar import BELGIAN, AcademicCalendar, Period

# Where a phrase may begin is tried at most so often per language: a bound for texts made to be slow.
_ATTEMPTS = 150
# No phrase looks further ahead than this many tokens.
_PADDING = [""] * 12


@dataclass(frozen=True, kw_only=True)
class Found:
    """Words that were understood as one period; the span is in the folded text."""

    start_at: int
    end_at: int
    words: str
    period: Period


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """Words with two or more readings: asked, not guessed."""

    start_at: int
    end_at: int
    words: str
    choices: tuple[Period, ...]


@dataclass(frozen=True, kw_only=True)
class Impossible:
    """A day that does not exist, such as "31 juin"."""

    start_at: int
    end_at: int
    words: str


def find_period(
    text: str, language: str, today: date, calendar: AcademicCalendar = BELGIAN, *, past: bool = False
) -> Found | Unclear | Impossible | None:
    """The period a folded text speaks of. `past`: the question looks back, so "avant" has an open start."""
    try:
        return _find(text, language, today, calendar, past)
    except (OverflowError, ValueError):
        # A day before year 1 or after 9999: such a text speaks of no deadline.
        return None


@dataclass(frozen=True, kw_only=True)
class Length:
    """So many days, weeks, months or years; the span is in the folded text."""

    start_at: int
    end_at: int
    count: int
    unit: str


def find_lengths(text: str, language: str, today: date, calendar: AcademicCalendar = BELGIAN) -> list[Length]:
    """Lengths of time of one unit: "deux mois", "15 jours", "a fortnight"."""
    cut = tokens(text)
    return [
        Length(start_at=cut[1][start], end_at=cut[2][end - 1], count=length[0][0], unit=length[0][1])
        for length, start, end in lengths(_sheet(cut, lexicon(language), today, calendar, past=False))
        if len(length) == 1
    ]


def warm_up() -> None:
    """Loads the words and the date library, so that the first message is as quick as the next."""
    for language in LANGUAGES:
        lexicon(language)
    dates_leaf.warm_up(LANGUAGES)


def _find(
    text: str, language: str, today: date, calendar: AcademicCalendar, past: bool
) -> Found | Unclear | Impossible | None:
    cut = tokens(text)
    best: tuple[int, int, Phrase] | None = None
    for name in dict.fromkeys((language, *LANGUAGES)):
        if name not in LANGUAGES:
            continue
        words = lexicon(name)
        if best and not _may_widen(cut[0], best, words):
            continue
        found = _search(_sheet(cut, words, today, calendar, past))
        if found and (best is None or _better(found, best)):
            best = found
    if best is None:
        return None
    start, end, read = best
    start_at, end_at = cut[1][start], cut[2][end - 1]
    said = text[start_at:end_at]
    if not read.periods:
        return Impossible(start_at=start_at, end_at=end_at, words=said)
    if len(read.periods) > 1:
        return Unclear(start_at=start_at, end_at=end_at, words=said, choices=read.periods)
    return Found(start_at=start_at, end_at=end_at, words=said, period=read.periods[0])


def _may_widen(words: list[str], best: tuple[int, int, Phrase], other: Lexicon) -> bool:
    """Whether a word beside what was found belongs to phrases of another language ("avant" before "30/06")."""
    start, end, read = best
    beside = words[max(start - 2, 0) : start] + words[end : end + 1]
    return read.weak or any(word in other.known for word in beside)


def _better(found: tuple[int, int, Phrase], best: tuple[int, int, Phrase]) -> bool:
    if found[2].weak != best[2].weak:
        return best[2].weak
    return found[1] - found[0] > best[1] - best[0]


def _sheet(
    cut: tuple[list[str], list[int], list[int]], words: Lexicon, today: date, calendar: AcademicCalendar, past: bool
) -> Sheet:
    typos = words.typos
    said = [typos.get(word, word) for word in cut[0]]
    return Sheet(said + _PADDING, cut[1], cut[2], words, today, calendar, past)


def _search(sheet: Sheet) -> tuple[int, int, Phrase] | None:
    """The first phrase of the text; a bare year only if there is nothing better."""
    count = len(sheet.starts)
    known, anchors, words = sheet.lexicon.known, sheet.lexicon.anchors, sheet.words
    weak: tuple[int, int, Phrase] | None = None
    attempts = 0
    i = 0
    while i < count and attempts < _ATTEMPTS:
        # A run of words that can stand in a phrase; without a month, unit, digit … in it, nothing can be read there.
        end = i
        anchored = False
        while end < count and (words[end] in known or words[end][0].isdigit()):
            anchored = anchored or words[end] in anchors or words[end][0].isdigit()
            end += 1
        if not anchored:
            i = max(end, i + 1)
            continue
        while i < end and attempts < _ATTEMPTS:
            attempts += 1
            read = phrase(sheet, i)
            if read and i and sheet.at("every", i - 1):
                i = read.end
                continue
            if read and not read.weak:
                return i, min(read.end, count), read
            if read:
                weak = weak or (i, min(read.end, count), read)
                i = read.end
            else:
                i += 1
    return weak
