"""Finding what a sentence names: references, plans, axes, bodies, units, and actions by the words of their titles.

Everything is matched folded. A whole name is never found inside a longer one that also fits.
"""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import snowballstemmer
from rapidfuzz import fuzz, process

from dialogs.text import fold
from storage.vocabulary import Vocabulary

_WORD = re.compile(r"[a-z0-9]+")
_AXIS_EXTRA = re.compile(r"^axe\s+|\s*\(axe [^)]*\)\s*$")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8}
_STEMMER = snowballstemmer.stemmer("french")

SURE = 0.72
"""Share of the words' weight that a title must hold to be what was meant."""
NEAR = 0.34
"""Below this, a title is not even worth mentioning."""
MARGIN = 0.1
"""How far the best title must be ahead of the next to be the only one."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    ref: str
    score: float


class TitleIndex:
    """Titles by the stems of their words, rare words counting more; a search touches only titles that share a word."""

    def __init__(self, titles: tuple[tuple[str, str], ...], stop: frozenset[str]) -> None:
        self._stop = stop
        self._refs = [ref for ref, _ in titles]
        self._postings: dict[str, list[int]] = defaultdict(list)
        stems = [self._stems(fold(title)) for _, title in titles]
        for number, words in enumerate(stems):
            for stem in set(words):
                self._postings[stem].append(number)
        self._weight = {stem: math.log(1 + len(titles) / len(held)) for stem, held in self._postings.items()}
        self._total = [sum(self._weight[stem] for stem in set(words)) or 1.0 for words in stems]
        self._rarest = math.log(1 + len(titles)) if titles else 1.0
        self._known = list(self._postings)

    def knows(self, word: str) -> bool:
        return _stem(word) in self._postings

    def search(self, text: str, limit: int = 5) -> list[Hit]:
        """Titles nearest to these words, best first; the score is 1 where a title holds every word and no other."""
        stems = dict.fromkeys(self._stems(text))
        if not stems:
            return []
        found: Counter[int] = Counter()
        asked = 0.0
        for stem in stems:
            known = stem if stem in self._postings else self._nearest(stem)
            weight = self._weight.get(known, self._rarest) if known else self._rarest
            asked += weight
            for number in self._postings.get(known, ()) if known else ():
                found[number] += weight  # type: ignore[assignment]
        hits = [
            Hit(ref=self._refs[number], score=0.85 * weight / asked + 0.15 * weight / self._total[number])
            for number, weight in found.items()
        ]
        hits.sort(key=lambda hit: -hit.score)
        return hits[:limit]

    def holding(self, text: str) -> tuple[str, ...]:
        """The titles that hold every word; words that no title knows are left aside, unless none is known."""
        stems = dict.fromkeys(self._stems(text))
        known = [stem if stem in self._postings else self._nearest(stem) for stem in stems]
        held = [set(self._postings[stem]) for stem in known if stem]
        return tuple(self._refs[number] for number in sorted(set.intersection(*held))) if held else ()

    def _stems(self, text: str) -> list[str]:
        return [_stem(word) for word in _WORD.findall(text) if word not in self._stop and len(word) > 1]

    def _nearest(self, stem: str) -> str | None:
        """The known word this is a typing error of."""
        if len(stem) < 4:
            return None
        near = process.extractOne(stem, self._known, scorer=fuzz.ratio, score_cutoff=80)
        return near[0] if near else None


def _stem(word: str) -> str:
    stem: str = _STEMMER.stemWord(word)
    return stem


@dataclass(frozen=True, kw_only=True)
class Named:
    """A name found in the text, and where."""

    value: str
    start: int
    end: int


class Lexicon:
    """All names of one tenant's plans, ready to be found in folded text; rebuilt only when the plans change."""

    def __init__(self, vocabulary: Vocabulary, stop: frozenset[str] = frozenset()) -> None:
        self.vocabulary = vocabulary
        self.keys = tuple(plan.key for plan in vocabulary.plans)
        self.titles = TitleIndex(vocabulary.titles, stop)
        self.indicators = TitleIndex(tuple((name, name) for name in vocabulary.indicators), stop)
        self._axes = [(key, axis, _AXIS_EXTRA.sub("", fold(axis)).strip()) for key, axis in vocabulary.axes]
        known = "|".join(re.escape(key.lower()) for key in sorted(self.keys, key=len, reverse=True)) or r"(?!)"
        self._ref = re.compile(rf"(?<![\w-])({known})[ -]?0*(\d{{1,6}})(?!\w)")
        self._key = re.compile(rf"(?<!\w)({known})(?!\w)")
        self._words = frozenset(
            word
            for name in (
                *vocabulary.bodies,
                *vocabulary.units,
                *vocabulary.indicators,
                *(axis for _, axis in vocabulary.axes),
            )
            for word in _WORD.findall(fold(name))
        )
        self._plan_titles = _names((plan.title, plan.key) for plan in vocabulary.plans)
        self._bodies = _names((name, name) for name in vocabulary.bodies)
        self._units = _names((path.rsplit("/", 1)[-1], path) for path in vocabulary.units)

    def is_name(self, word: str) -> bool:
        """Whether a folded word stands in a title, body, unit or axis: no typing error, whatever it looks like."""
        return word in self._words or self.titles.knows(word)

    def find_refs(self, text: str) -> list[Named]:
        """References in any spelling: TI-12, ti 12, TI12."""
        return [
            Named(value=f"{found[1].upper()}-{found[2]}", start=found.start(), end=found.end())
            for found in self._ref.finditer(text)
        ]

    def find_plan(self, text: str, original: str) -> Named | None:
        """A plan by its key or title. A key that is also a word must be in capitals or follow "plan"."""
        for found in self._key.finditer(text):
            key = found[1].upper()
            if re.search(r"plan (?:d'action )?$", text[: found.start()]) or re.search(rf"(?<!\w){key}(?!\w)", original):
                return Named(value=key, start=found.start(), end=found.end())
        found_title = _first(self._plan_titles, text)
        if found_title and re.search(
            r"plan (?:d'action )?(?:(?:de|des|du|of|van) )?(?:l'|la |les |le )?$", text[: found_title.start]
        ):
            return found_title
        return None

    def find_body(self, text: str) -> Named | None:
        return _first(self._bodies, text)

    def find_unit(self, text: str) -> Named | None:
        return _first(self._units, text)

    def find_axes(self, number: str, words: str, plan: str | None) -> list[str]:
        """Axes by number ("2", "ii") or by name: the one with exactly this name, else those that hold all its words."""
        axes = [entry for entry in self._axes if plan in (None, entry[0])]
        if number:
            position = _ROMAN.get(number) or (int(number) if number.isdigit() else 0)
            by_plan: dict[str, list[str]] = defaultdict(list)
            for key, axis, _ in axes:
                by_plan[key].append(axis)
            return [names[position - 1] for names in by_plan.values() if 0 < position <= len(names)]
        exact = [axis for _, axis, name in axes if name == words]
        if exact:
            return list(dict.fromkeys(exact))
        asked = {_stem(word) for word in _WORD.findall(words)}
        return list(
            dict.fromkeys(
                axis for _, axis, name in axes if asked and asked <= {_stem(word) for word in _WORD.findall(name)}
            )
        )

    def longest_axis(self, text: str, plan: str | None) -> Named | None:
        """The longest axis name that the text begins with."""
        best: Named | None = None
        for key, axis, name in self._axes:
            fits = plan in (None, key) and re.match(rf"{re.escape(name)}(?!\w)", text)
            if fits and (best is None or len(name) > best.end):
                best = Named(value=axis, start=0, end=len(name))
        return best


def _names(pairs: object) -> list[tuple[re.Pattern[str], str]]:
    folded = sorted(((fold(name), value) for name, value in pairs), key=lambda pair: -len(pair[0]))  # type: ignore[attr-defined]
    return [(re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"), value) for name, value in folded if len(name) > 1]


def _first(names: list[tuple[re.Pattern[str], str]], text: str) -> Named | None:
    """The longest name that the text holds."""
    for pattern, value in names:
        if found := pattern.search(text):
            return Named(value=value, start=found.start(), end=found.end())
    return None
