"""The words of periods, read once from `words/periods.*.toml`; it knows what a word is, never what day it means."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("fr", "en", "nl")
_WORDS = Path(__file__).parent / "words"
# Digits joined by one kind of mark are one token ("30/06", "2023-24"); so is a decimal number, which is never a date.
_TOKEN = re.compile(
    r"[0-9]+(?:(?:/[0-9]+)+|(?:\.[0-9]+)+|(?:-[0-9]+)+(?![0-9]*[/.][0-9])|(?::[0-9]+)+|,[0-9]{1,3}(?![0-9]))?"
    r"|[^\W\d_]+|\S"
)
_SHORTEST_TYPO = 5
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Phrases = dict[str, list[tuple[list[str], str]]]


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """`kinds[kind][first token]` lists the rest of each phrase, longest first, with what the phrase stands for."""

    language: str
    kinds: dict[str, Phrases]
    # Which readers a first word is worth trying.
    openings: dict[str, frozenset[str]]
    # First words of "next two weeks" and the like.
    stretches: frozenset[str]
    # Words that may stand in a phrase, and those of which it must hold one, unless it holds digits.
    known: frozenset[str]
    anchors: frozenset[str]
    typos: dict[str, str]


# A period holds at least one of these, or digits.
_ANCHORS = (
    "month", "soft_month", "weekday", "soft_weekday", "point", "now", "unit", "span", "half", "feast", "season",
    "season_phrase",
)  # fmt: skip
_OPENINGS = {
    "edge": ("edge", "soft_edge"),
    "feast": ("feast",),
    "ordinal": ("ordinal",),
    "week_of": ("week_of",),
    "code": ("code",),
    "beside": ("this_before", "loose_next_before", "next_before", "last_before", "glue", "unit", "season"),
    "number": ("number", "ordinal"),
    "month": ("month", "soft_month", "unit"),
    "weekday": ("weekday", "soft_weekday"),
    "point": ("point", "now"),
    "unit": ("unit",),
}
_STRETCHES = ("coming_before", "gone_before", "number", "span", "unit", "more_than", "one_and_half")
# Kinds that are looked up around a period and do not make a word part of one.
_ASIDE = ("every", "number_of", "counted", "share_of", "needs_preposition", "plural", "delay", "value_of")


def tokens(text: str) -> tuple[list[str], list[int], list[int]]:
    """The words of a text, where each begins, and where each ends."""
    found = list(_TOKEN.finditer(text))
    return [one[0] for one in found], [one.start() for one in found], [one.end() for one in found]


def _spellings(phrase: str) -> Iterator[list[str]]:
    """The phrase as written, and without its apostrophes and hyphens."""
    written = _TOKEN.findall(phrase)
    yield written
    plain = [token for token in written if token not in "'-"]
    if plain and plain != written:
        yield plain


def _edits(word: str) -> Iterator[str]:
    """Every text that one slip of the fingers makes of the word."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _typos(correct: list[str], ordinary: list[str], known: set[str]) -> dict[str, str]:
    meant: dict[str, set[str]] = {}
    for word in correct:
        for slip in _edits(word):
            if len(slip) >= _SHORTEST_TYPO:
                meant.setdefault(slip, set()).add(word)
    # A slip that is as near to two words is no correction, a plural is no slip ("les lundis" is a habit, not a day).
    return {
        slip: words.copy().pop()
        for slip, words in meant.items()
        if len(words) == 1 and slip not in known and slip not in ordinary and slip[:-1] not in words
    }


def _phrases(table: dict[str, list[str]]) -> Phrases:
    found: Phrases = {}
    for meaning, written in table.items():
        for phrase in written:
            for spelling in _spellings(phrase):
                found.setdefault(spelling[0], []).append((spelling[1:], meaning))
    for entries in found.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return found


def _flat(kind: str, table: dict[str, list[str]]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """A section as (kind, meaning → phrases); `[next] before` becomes the kind `next_before`."""
    if table and set(table) <= {"before", "after"}:
        for place, written in table.items():
            yield f"{kind}_{place}", {"1": written}
    else:
        yield kind, table


@cache
def _sections(language: str) -> dict[str, dict[str, list[str]]]:
    with (_WORDS / f"periods.{language}.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def lexicon(language: str) -> Lexicon:
    sections = dict(_sections(language))
    slips = sections.pop("typo")
    op = dict(sections.pop("op"))
    # Some prepositions only say when; they, and "des" (dès, or an article), are kinds of their own.
    apart: dict[str, dict[str, list[str]]] = {
        f"op_{name}": {name: op.pop(name)} for name in ("soft_from", "during", "of")
    }
    kinds = {"op": _phrases(op)} | {kind: _phrases(table) for kind, table in apart.items()}
    for section, table in sections.items():
        for kind, phrases in _flat(section, table):
            kinds[kind] = _phrases(phrases)
    for kind in _ASIDE:
        # What makes a number no day does so in whatever language the sentence is read.
        kinds[kind] = _phrases({other: _sections(other)[kind]["1"] for other in LANGUAGES})
    inside = {
        token
        for kind, phrases in kinds.items()
        if kind not in _ASIDE
        for first, entries in phrases.items()
        for rest, _ in entries
        for token in (first, *rest)
    }
    anchors = {
        token
        for kind in _ANCHORS
        for first, entries in kinds[kind].items()
        for rest, _ in entries
        for token in (first, *rest)
        if token.isalpha() and len(token) > 1
    }
    openings: dict[str, set[str]] = {}
    for reader, opened in _OPENINGS.items():
        for kind in opened:
            for first in kinds[kind]:
                openings.setdefault(first, set()).add(reader)
    return Lexicon(
        language=language,
        kinds=kinds,
        openings={first: frozenset(readers) for first, readers in openings.items()},
        stretches=frozenset(first for kind in _STRETCHES for first in kinds[kind]),
        known=frozenset(inside),
        anchors=frozenset(anchors),
        typos=_typos(slips["words"], slips["ordinary"], inside),
    )
