"""Finding a title by some of its words: by their stems, rare words counting more, typing errors forgiven."""

import heapq
import math
import re
from collections import defaultdict
from collections.abc import Set
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
_ACRONYM = re.compile(r"\b[A-Z]{3,6}\b")
_STEMMER = snowballstemmer.stemmer("french")
_MOST_WORDS = 24
_LIGHT = 0.4
"""How much a word such as "rédiger" counts, which many titles could begin with."""
_UNKNOWN = 0.7
"""How much a word that no title holds counts against all titles."""
_CLIPPED = 4
"""Letters of a word that may be the beginning of a longer one."""
_LONG = 8
"""Letters from which on a word of a title may be a typing error of the word that was asked for."""
_TWO_WORDS, _SHORTEST_PART = 8, 4
"""From so many letters on a word may be two words of a title, each with so many letters at least."""
_OF_HEAD = 1.4
"""How much more the word counts that tells most of what is meant."""
_RARE = 2
"""A word that so many titles hold at most tells them from all others."""
_HEAD = 4
"""Words at the beginning of a title that say what it is about, its verb among them."""
_COMMON = 1_500
"""Titles that share a word beyond which the word only ranks what other words found."""


_HELD = 0.7
"""Share of a title that a message must hold to mean it, however much else it says."""
_AHEAD = 1.3
"""How many times the weight of the next title the best one must hold to stand out."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    ref: str
    score: float
    """How well the words fit the title: 1 where it holds every word and no other."""
    weight: float = 0.0
    """Of the words that it holds."""
    held: float = 0.0
    """The share of the title that the words make up."""
    telling: int = 0
    """How many of its words that tell something were said."""
    rare: bool = False
    """Whether one of them is in hardly any other title."""


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    stemmed: str = _STEMMER.stemWord(SAME_WORDS.get(word, word))
    return stemmed


LIGHT_STEMS = frozenset(stem(word) for word in LIGHT_WORDS)


class TitleIndex:
    """Titles by the stems of their words; a search touches only titles that share a word with what was asked."""

    def __init__(self, titles: tuple[tuple[str, str], ...], stop: frozenset[str]) -> None:
        self._stop = stop
        self._acronyms = frozenset(word.lower() for _, title in titles for word in _ACRONYM.findall(title))
        self._refs = [ref for ref, _ in titles]
        self._postings: dict[str, list[int]] = defaultdict(list)
        in_order = [list(dict.fromkeys(self._stems_and_initials(fold(title)))) for _, title in titles]
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

    def holds(self, ref: str, words: str) -> bool:
        """Whether the title of this action has one of these words."""
        stems = self._stems[self._refs.index(ref)] if ref in self._refs else frozenset()
        return any(each in stems for each in self._stems_of(words))

    def holding(self, text: str) -> tuple[str, ...]:
        """The titles that hold every word; words that no title knows are left aside, unless none is known."""
        stems = dict.fromkeys(self._stems_of(" ".join(self._in_french(word) for word in _WORD.findall(text))))
        known = [each if each in self._postings else self._nearest(each) for each in stems]
        held = [set(self._postings[each]) for each in known if each]
        return tuple(self._refs[number] for number in sorted(set.intersection(*held))) if held else ()

    def search(self, text: str, limit: int = 5, head: int | None = None) -> list[Hit]:
        """Titles nearest to these words, best first; the score is 1 where a title holds every word and no other.

        `head` is the word that tells most of what is meant: the first in "déménagement du campus".
        """
        asked = 0.0
        wanted: dict[str, float] = {}
        alike: dict[str, str] = {}
        stems = list(dict.fromkeys(self._joined(self._wanted(text))))[:_MOST_WORDS]
        first = stems[head] if stems and head is not None else ""
        for each in stems:
            known = each if each in self._postings else self._nearest(each)
            weight = self._weight[known] if known else self._rarest * (_LIGHT if each in LIGHT_STEMS else _UNKNOWN)
            weight *= _OF_HEAD if each == first else 1
            asked += weight
            if known:
                wanted[known] = weight if known == each else weight * 0.95
                if len(known) >= _LONG:
                    # Typing errors stand in the plans, too.
                    alike.update((other, known) for other in self._spelling.near(known) if other != known)
                elif len(known) >= _CLIPPED:
                    # "photo" is "photographie", too.
                    alike.update((other, known) for other in self._longer(known))
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
        ranked = sorted(
            (
                (0.85 * weight / asked + 0.15 * min(1.0, weight / self._total[number]), -number, weight)
                for number, weight in found.items()
            ),
            reverse=True,
        )[:12]
        heaviest = heapq.nlargest(3, ((weight, -number) for number, weight in found.items()))
        ranked += [
            (0.85 * weight / asked + 0.15 * min(1.0, weight / self._total[-number]), number, weight)
            for weight, number in heaviest
            if all(other != number for _, other, _ in ranked)
        ]
        hits = sorted(
            ((self._headed(wanted, score, number), number, weight) for score, number, weight in ranked), reverse=True
        )
        return [self._hit(-number, score, weight, wanted.keys()) for score, number, weight in hits[:limit]]

    def _hit(self, number: int, score: float, weight: float, wanted: Set[str]) -> Hit:
        said = [each for each in self._stems[number] & wanted if each not in LIGHT_STEMS]
        return Hit(
            ref=self._refs[number],
            score=score,
            weight=weight,
            held=min(1.0, weight / self._total[number]),
            telling=len(said),
            rare=any(len(self._postings[each]) <= _RARE for each in said),
        )

    def _in_french(self, word: str) -> str:
        """A word of another language that no title holds, as the French word that one does."""
        if self.knows(word):
            return word
        known = (french for french in in_french(word) if self.knows(french))
        return next(known, word)

    def _headed(self, wanted: dict[str, float], score: float, number: int) -> float:
        """A title that begins with what was asked is meant before one that only mentions it."""
        return score + 0.12 if len(wanted) < _HEAD and wanted.keys() <= self._heads[-number] else score

    def _stems_of(self, text: str, shortened: bool = False) -> list[str]:
        words = _WORD.findall(text)
        words = self._shortened(words) if shortened else words
        return [stem(word) for word in words if word not in self._stop and len(word) > 1]

    def _stems_and_initials(self, title: str) -> list[str]:
        """Those of a title, and the initials that other titles call the same by."""
        return [*self._stems_of(title), *self._stems_of(title, shortened=True)]

    def _wanted(self, text: str) -> list[str]:
        """Said in full where a title says it in full: "supplément au diplôme, portfolio" is no SDP."""
        stems, short = self._stems_of(text), self._stems_of(text, shortened=True)
        if short == stems:
            return stems
        rarest = min((self._postings.get(each, []) for each in stems), key=len)
        return stems if any(self._stems[number].issuperset(stems) for number in rarest) else short

    def _joined(self, stems: list[str]) -> list[str]:
        """Words put together or taken apart as titles have them: "autodiagnostic" and "auto diagnostic"."""
        said: list[str] = []
        at = 0
        while at < len(stems):
            each, pair = stems[at], "".join(stems[at : at + 2])
            if pair != each and pair in self._postings and each not in self._postings:
                said.append(pair)
                at += 1
            elif each not in self._postings and len(each) >= _TWO_WORDS and (parts := self._apart(each)):
                said += parts
            else:
                said.append(each)
            at += 1
        return said

    def _apart(self, each: str) -> list[str]:
        cuts = range(_SHORTEST_PART, len(each) - _SHORTEST_PART + 1)
        both = ([each[:cut], each[cut:]] for cut in cuts)
        return next((parts for parts in both if all(part in self._postings for part in parts)), [])

    def _shortened(self, words: list[str]) -> list[str]:
        """What the titles call by initials, said in full: "évaluation des enseignements par les étudiants" as EEE."""
        if not self._acronyms:
            return words
        telling = [word for word in words if word not in self._stop and len(word) > 1]
        for length in (6, 5, 4, 3):
            for at in range(len(telling) - length + 1):
                if "".join(word[0] for word in telling[at : at + length]) in self._acronyms:
                    said = "".join(word[0] for word in telling[at : at + length])
                    return [*telling[:at], said, *telling[at + length :]]
        return words

    def _longer(self, each: str) -> list[str]:
        """The few known words that begin with this one."""
        begun = [known for known in self._alike.get(each[:2], ()) if known != each and known.startswith(each)]
        return begun if len(begun) <= 2 else []

    def _nearest(self, each: str) -> str | None:
        """The known word this is a typing error of."""
        if len(each) < 4:
            return None
        near = self._spelling.nearest(each)
        if near:
            return near
        if len(begun := self._longer(each)) == 1:
            # "carto" for "cartographie"
            return begun[0]
        if len(each) < 7:
            return None
        alike = process.extractOne(each, self._alike.get(each[:2], ()), scorer=fuzz.ratio, score_cutoff=82)
        return alike[0] if alike else None


def is_sure(hits: list[Hit]) -> bool:
    """Whether the best title fits, and no other nearly as well; or whether most of it is said, whatever else is."""
    if not hits:
        return False
    best = hits[0]
    if best.score >= SURE:
        return len(hits) == 1 or best.score - hits[1].score > MARGIN
    return best.held >= _HELD and best.telling > 1 and best.score >= NEAR and stands_out(hits)


def stands_out(hits: list[Hit]) -> bool:
    """Whether the best title holds far more of the words than any other."""
    best = hits[0]
    others = [hit.weight for hit in hits[1:]]
    return (best.rare or best.telling > 1) and (not others or best.weight >= _AHEAD * max(others))
