"""The ways of asking, as data per language, made ready once: the small words, and the phrases that tell a request.

One file a request, with a table for each language; how a phrase is written stands in dialogs/phrases.py.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from dialogs.forms import Verbs
from dialogs.phrases import Phrases, words_of
from dialogs.spelling import Spelling

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en", "nl")

_NO_CUES = frozenset({"language", "glossary", "aliases", "verbs"})
_OTHER_FORM = re.compile(r"(?:er|ir|ez|ons|ait|ais|aient|ra|rai|ras|rons|ront|rez|ant|ing|erons|en)$")
"""Endings of other forms of a verb: "terminer" is no typing error of "termine"."""
_SAID = ("mark_done.says", "mark_done.strong", "mark_in_progress.says", "abandon.says", "reopen.says")


class Sentences:
    """One language's ways of asking."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.small_words = frozenset(_load("language")["small"][language].split())
        self.stops = frozenset(_load("language")["stops"][language].split())
        self.chatter = frozenset(_load("language")["chatter"][language].split())
        self.respelled = {
            written: words_of(read)
            for written, read in (
                pair.split("=") for pair in re.split(r"[|\n]", _load("language")["respelled"][language]) if "=" in pair
            )
        }
        self.cues: dict[str, list[str]] = {
            f"{file.stem}.{cue}": phrases
            for file in sorted(HERE.glob("*.toml"))
            if file.stem not in _NO_CUES
            for cue, phrases in _load(file.stem)[language].items()
        }
        verbs = Verbs(language, _load("verbs")[language])
        self.phrases = Phrases(self.cues.items(), verbs.forms)
        self.deeds = verbs.participles
        aliases: dict[str, list[str]] = _load("aliases")[language]
        self.aliases = Phrases((phrase, [phrase]) for phrase in aliases)
        self.bodies_by_habit = aliases
        glossary: dict[str, str] = _load("glossary").get(language, {})
        self.glossary = Phrases((phrase, [" ".join(words_of(phrase))]) for phrase in glossary)
        """Its cues are the words themselves."""
        self.in_french = glossary
        self.known = self.phrases.vocabulary | self.aliases.vocabulary | self.small_words | set(self.respelled)
        self._said = frozenset(Phrases((cue, self.cues[cue]) for cue in _SAID).vocabulary)
        self._spelling = Spelling(self.phrases.vocabulary | {w for w in self.small_words if len(w) > 5}, shortest=5)

    def repaired(self, word: str) -> str:
        """The word with one typing error put right; never another form of a verb made into a completion."""
        near = self._spelling.nearest(word)
        if near is None or (near in self._said and (_OTHER_FORM.search(word) or abs(len(near) - len(word)) > 1)):
            return word
        return near


@cache
def sentences_in(language: str) -> Sentences:
    return Sentences(language)


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def in_french(word: str) -> list[str]:
    """The French words for a word of another language, as titles have them."""
    return [each for words in _load("glossary").values() for each in words.get(word, "").split()]


LIGHT_WORDS = frozenset(word for written in _load("language")["light"].values() for word in written.split())
"""Words that tell little of what a title is about."""

SAME_WORDS = {
    word: pair.split("=")[0].strip()
    for written in _load("language")["same"].values()
    for pair in re.split(r"[|\n]", written)
    if "=" in pair
    for word in pair.split("=")[1].split()
}
"""Words of a family, each with the one it is read as."""

SMALL_WORDS = frozenset(word for written in _load("language")["small"].values() for word in written.split())
"""The small words of every language: no part of a title, whichever language the question has."""


_NEARLY = 0.6
"""A language that knows so much less of a message than another is not tried."""


@cache
def _telling(language: str) -> frozenset[str]:
    return frozenset(sentences_in(language).phrases.vocabulary - {"@", "%", "="})


def languages_of(words: list[str], otherwise: str) -> list[str]:
    """The languages that the words may be in, likeliest first; `otherwise` comes first where none is ahead."""
    scores = dict.fromkeys(LANGUAGES, 0)
    for language in LANGUAGES:
        says, telling = sentences_in(language), _telling(language)
        for word in words:
            if word in says.small_words:
                scores[language] += 3 if len(word) > 1 else 1
            elif word in telling or word in says.respelled:
                scores[language] += 2
    best = max(scores.values())
    possible = [language for language in LANGUAGES if scores[language] >= best * _NEARLY]
    return sorted(possible, key=lambda language: (-scores[language], language != otherwise))
