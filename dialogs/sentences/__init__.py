"""The ways of asking, as data per language, made ready once: the small words, and the words that tell a request.

A phrase is folded text without hyphens: `(a|b)` one of these, `[x]` perhaps, `...` up to four words, `w*` any ending.
"""

import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en")

_PIECE = re.compile(r"\([^)]*\)\*?|\[[^\]]*\]|\S+")
_VERBAL = re.compile(r"(?:er|ir|ez|ons|ait|ais|aient|ra|rai|rons|ront|rez|ant|ing)$")
"""Endings of other forms of a verb: "terminer" is no typing error of "termine"."""


def phrase_pattern(phrase: str) -> str:
    """The regular expression of one phrase; linear, for nothing in it repeats without bound."""
    pattern = ""
    for piece in _PIECE.findall(phrase):
        gap = " " if pattern and not pattern.endswith(" )?") and not pattern.endswith(" ){0,4}?") else ""
        if piece == "...":
            pattern += f"{gap}(?:\\S+ ){{0,4}}?"
        elif piece.startswith("["):
            inner = _alternatives(piece[1:-1])
            pattern += f"(?: {inner})?" if gap else f"(?:{inner} )?"
        elif piece.startswith("("):
            ending = r"\w*" if piece.endswith("*") else ""
            pattern += gap + _alternatives(piece.rstrip("*")[1:-1]) + ending
        else:
            pattern += gap + re.escape(piece).replace(r"\*", r"\w*")
    return pattern


def _alternatives(written: str) -> str:
    return "(?:" + "|".join(re.escape(way) for way in written.split("|")) + ")"


def _compile(phrases: list[str]) -> re.Pattern[str]:
    return re.compile(r"(?<![\w])(?:" + "|".join(phrase_pattern(phrase) for phrase in phrases) + r")(?![\w])")


class Sentences:
    """One language's ways of asking."""

    def __init__(self, language: str) -> None:
        self.language = language
        tables: dict[str, dict[str, Any]] = dict(_load("requests")[language])
        for name in ("mark_done", "record_measurement"):
            tables[name] = _load(name)[language]
        self.small_words = frozenset(_load("language")[language].split())
        self._phrases = {
            f"{table}.{part}": sorted(phrases, key=len, reverse=True)
            for table, parts in tables.items()
            for part, phrases in parts.items()
        }
        self._patterns = {cue: _compile(phrases) for cue, phrases in self._phrases.items()}
        words = {
            word
            for parts in tables.values()
            for phrases in parts.values()
            for phrase in phrases
            for word in re.findall(r"[a-z]+", phrase)
        }
        self._completion = frozenset(re.findall(r"[a-z]+", " ".join(tables["mark_done"]["says"])))
        self._known = frozenset(words) | self.small_words
        self._long = sorted(word for word in words if len(word) >= 5)

    def has(self, cue: str, text: str) -> re.Match[str] | None:
        """The first place where the text holds one of these phrases."""
        return self._patterns[cue].search(text)

    def at_end(self, cue: str, text: str) -> re.Match[str] | None:
        """One of these phrases at the end of the text."""
        return next((found for found in self._patterns[cue].finditer(text) if found.end() == len(text)), None)

    def is_whole(self, request: str, text: str) -> bool:
        """Whether the text is one of the sentences that say this request and nothing else."""
        pattern = self._patterns.get(f"{request}.whole")
        return pattern is not None and pattern.fullmatch(text) is not None

    def without(self, cue: str, text: str) -> str:
        return " ".join(self._patterns[cue].sub(" ", text).split())

    def content(self, text: str) -> list[str]:
        """The words of the text that are not small words of the language."""
        return [word for word in re.findall(r"[a-z0-9]+", text) if word not in self.small_words]

    def repaired(self, text: str, is_name: Callable[[str], bool]) -> str:
        """Words with one typing error put right, where they are no name and no other form of a verb."""
        return re.sub(r"[a-z]{5,30}", lambda found: self._repair(found[0], is_name), text)

    def _repair(self, word: str, is_name: Callable[[str], bool]) -> str:
        if word in self._known or is_name(word):
            return word
        near = process.extractOne(word, self._long, scorer=OSA.distance, score_cutoff=1)
        if near is None or (near[0] in self._completion and _VERBAL.search(word)):
            return word
        return str(near[0])

    def knows(self, word: str) -> bool:
        return word in self._known

    def phrases(self, cue: str) -> list[str]:
        return self._phrases[cue]

    def names(self) -> list[str]:
        return list(self._patterns)


@cache
def sentences_in(language: str) -> Sentences:
    return Sentences(language)


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


SMALL_WORDS = frozenset(word for written in _load("language").values() for word in written.split())
"""The small words of every language: no part of a title, whichever language the question has."""


def language_of(text: str, otherwise: str) -> str:
    """The language of which the folded text holds most words that we know; `otherwise` where none is ahead."""
    words = re.findall(r"[a-z]{2,}", text)
    scores = {language: sum(sentences_in(language).knows(word) for word in words) for language in LANGUAGES}
    best = max(scores.values())
    winners = [language for language, score in scores.items() if score == best]
    if len(winners) == 1:
        return winners[0]
    return otherwise if otherwise in winners else winners[0]
