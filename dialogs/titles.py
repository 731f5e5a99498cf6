"""Finding a title by some of its words: by their stems, rare words counting more, typing errors forgiven."""

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer
from rapidfuzz import fuzz, process

from dialogs.sentences import LIGHT_WORDS, SAME_WORDS, in_french
from dialogs.spelling import Spelling
from storage.folding import fold

SURE = 0.72
"""Share of the words' weight that a title must hold to be what was meant."""
NEARLY = 0.62
"""Enough where no other title is near."""
NEAR = 0.34
"""Below this, a title is not even worth mentioning."""
MARGIN = 0.1
"""How far the best title must be ahead of the next to be the only one."""

_WORD = re.compile(r"[a-z0-9]+")
_STEMMER = snowballstemmer.stemmer("french")
_MOST_WORDS = 24
_LIGHT = 0.4
"""How much a word such as "rédiger" counts, which many titles could begin with."""
_UNKNOWN = 0.7
"""How much a word that no title holds counts against all titles."""
_LONG = 8
"""Letters from which on a word of a title may be a typing error of the word that was asked for."""
_HEAD = 4
"""Words at the beginning of a title that say what it is about, its verb among them."""
_COMMON = 1_500
"""Titles that share a word beyond which the word only ranks what other words found."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    ref: str
    score: float


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    stemmed: str = _STEMMER.stemWord(SAME_WORDS.get(word, word))
    return stemmed


LIGHT_STEMS = frozenset(stem(word) for word in LIGHT_WORDS)


class TitleIndex:
    """Titles by the stems of their words; a search touches only titles that share a word with what was asked."""

    def __init__(self, titles: tuple[tuple[str, str], ...], stop: frozenset[str]) -> None:
        self._stop = stop
        self._refs = [ref for ref, _ in titles]
        self._postings: dict[str, list[int]] = defaultdict(list)
        in_order = [list(dict.fromkeys(self._stems_of(fold(title)))) for _, title in titles]
        self._heads = [frozenset(stems[:_HEAD]) for stems in in_order]
        self._stems = [frozenset(stems) for stems in in_order]
        for number, stems in enumerate(self._stems):
            for each in stems:
                self._postings[each].append(number)
        self._weight = {each: math.log(1 + len(titles) / len(held)) for each, held in self._postings.items()}
        for each in LIGHT_STEMS & self._weight.keys():
            self._weight[each] *= _LIGHT
        self._total = [sum(self._weight[each] for each in stems) or 1.0 for stems in self._stems]
        self._rarest = math.log(1 + len(titles)) if titles else 1.0
        self._spelling = Spelling(self._postings, shortest=4)
        self._alike: dict[str, list[str]] = defaultdict(list)
        for each in self._postings:
            if len(each) >= 5:
                self._alike[each[:2]].append(each)

    def knows(self, word: str) -> bool:
        return stem(word) in self._postings

    def may_know(self, word: str) -> bool:
        """Whether the word is one of a title, or a typing error of one."""
        return self.knows(word) or self._nearest(stem(word)) is not None

    def holding(self, text: str) -> tuple[str, ...]:
        """The titles that hold every word; words that no title knows are left aside, unless none is known."""
        stems = dict.fromkeys(self._stems_of(" ".join(self._in_french(word) for word in _WORD.findall(text))))
        known = [each if each in self._postings else self._nearest(each) for each in stems]
        held = [set(self._postings[each]) for each in known if each]
        return tuple(self._refs[number] for number in sorted(set.intersection(*held))) if held else ()

    def search(self, text: str, limit: int = 5) -> list[Hit]:
        """Titles nearest to these words, best first; the score is 1 where a title holds every word and no other."""
        asked = 0.0
        wanted: dict[str, float] = {}
        alike: dict[str, str] = {}
        for each in list(dict.fromkeys(self._stems_of(text)))[:_MOST_WORDS]:
            known = each if each in self._postings else self._nearest(each)
            weight = self._weight[known] if known else self._rarest * (_LIGHT if each in LIGHT_STEMS else _UNKNOWN)
            asked += weight
            if known:
                wanted[known] = weight if known == each else weight * 0.95
                if len(known) >= _LONG:
                    # Typing errors stand in the plans, too.
                    alike.update((other, known) for other in self._spelling.near(known) if other != known)
        if not wanted:
            return []
        found: dict[int, float] = {}
        for each in sorted(wanted, key=lambda known: len(self._postings[known])):
            if found and len(self._postings[each]) > _COMMON:
                for number in found:
                    if each in self._stems[number]:
                        found[number] += wanted[each]
                continue
            for number in self._postings[each]:
                found[number] = found.get(number, 0.0) + wanted[each]
        for other, known in alike.items():
            for number in self._postings[other] if other not in wanted else ():
                if known not in self._stems[number]:
                    found[number] = found.get(number, 0.0) + 0.9 * wanted[known]
        hits = [
            (0.85 * weight / asked + 0.15 * min(1.0, weight / self._total[number]), -number)
            for number, weight in found.items()
        ]
        hits.sort(reverse=True)
        hits = sorted(((self._headed(wanted, score, number), number) for score, number in hits[:12]), reverse=True)
        return [Hit(ref=self._refs[-number], score=score) for score, number in hits[:limit]]

    def _in_french(self, word: str) -> str:
        """A word of another language that no title holds, as the French word that one does."""
        if self.knows(word):
            return word
        known = (french for french in in_french(word) if self.knows(french))
        return next(known, word)

    def _headed(self, wanted: dict[str, float], score: float, number: int) -> float:
        """A title that begins with what was asked is meant before one that only mentions it."""
        return score + 0.12 if len(wanted) < _HEAD and wanted.keys() <= self._heads[-number] else score

    def _stems_of(self, text: str) -> list[str]:
        return [stem(word) for word in _WORD.findall(text) if word not in self._stop and len(word) > 1]

    def _nearest(self, each: str) -> str | None:
        """The known word this is a typing error of."""
        if len(each) < 4:
            return None
        near = self._spelling.nearest(each)
        if near or len(each) < 7:
            return near
        alike = process.extractOne(each, self._alike.get(each[:2], ()), scorer=fuzz.ratio, score_cutoff=82)
        return alike[0] if alike else None


def is_sure(hits: list[Hit]) -> bool:
    """Whether the best title fits, and no other nearly as well."""
    return bool(hits) and hits[0].score >= SURE and (len(hits) == 1 or hits[0].score - hits[1].score > MARGIN)
