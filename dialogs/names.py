"""Finding what a sentence names: references, plans, axes, goals, bodies, units, people, indicators.

Everything is matched folded, word by word. A whole name is never found inside a longer one that also fits.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from dialogs.phrases import Span, words_of
from dialogs.spelling import Spelling
from dialogs.titles import TitleIndex, stem
from storage.folding import fold
from storage.vocabulary import Vocabulary

_AXIS_EXTRA = re.compile(r"^axe\s+|\s*\(axe [^)]*\)\s*$")
_AXIS_LABEL = re.compile(r"\(axe strategique ([ivx]{1,5}|\d{1,2})\)")
_AROUND_PLAN = re.compile(r"\b(?:plan|d|action|actions|en|de|du|des|l|la|le|les|tableau|synthetique|actualise)\b")
_OPENING = 3
"""Words of a title by which it is looked up where it is said in full."""
_YEAR = re.compile(r" (?:19|20)\d\d$")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_BODY_HEADS = frozenset(
    [
        "commission",
        "conseil",
        "college",
        "cellule",
        "comite",
        "coordination",
        "coordinateur",
        "direction",
        "directeur",
        "groupe",
        "service",
        "bureau",
    ]
)
_JOINING = frozenset(["de", "du", "des", "d", "l", "la", "le", "les", "et", "en", "a", "au", "aux", "pour"])


@dataclass(frozen=True, kw_only=True)
class Named:
    """A name found in the text, and where (characters)."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Name:
    """A name found among the words of a sentence."""

    kind: str
    """plan, axis, goal, body, unit, person or indicator."""
    value: str
    span: Span
    whole: bool = True
    """Said as it is written; otherwise in another number, by its initials or by habit."""


class _Fork:
    """Where a name may go on, and the names that end here, each with its words as they are written."""

    __slots__ = ("ends", "on")

    def __init__(self) -> None:
        self.on: dict[str, _Fork] = {}
        self.ends: list[tuple[tuple[str, ...], str, str]] = []


class _Names:
    """Names as a tree of their words, without the plural's ending; the longest that fits wins."""

    def __init__(self) -> None:
        self._root = _Fork()

    def add(self, name: str, kind: str, value: str) -> None:
        words = words_of(name)
        if not words or (len(words) == 1 and len(words[0]) < 2):
            return
        fork = self._root
        for word in words:
            fork = fork.on.setdefault(_singular(word), _Fork())
        fork.ends.append((tuple(words), kind, value))

    def find(self, words: list[str]) -> list[Name]:
        found: list[Name] = []
        at = 0
        while at < len(words):
            fork: _Fork | None = self._root
            best: tuple[_Fork, int] | None = None
            here = at
            while fork is not None and here < len(words):
                fork = fork.on.get(_singular(words[here]))
                here += 1
                if fork is not None and fork.ends:
                    best = (fork, here)
            if best is None:
                at += 1
                continue
            said = tuple(words[at : best[1]])
            exact = [end for end in best[0].ends if end[0] == said]
            for _, kind, value in exact or best[0].ends:
                found.append(Name(kind=kind, value=value, span=(at, best[1]), whole=bool(exact)))
            at = best[1]
        return found


class Lexicon:
    """All names of one tenant's plans, ready to be found in folded text; rebuilt only when the plans change."""

    def __init__(self, vocabulary: Vocabulary, stop: frozenset[str] = frozenset()) -> None:
        self.vocabulary = vocabulary
        self.goals: tuple[tuple[str, str, str], ...] = vocabulary.goals
        """(plan key, axis, goal)"""
        self.people: tuple[str, ...] = vocabulary.people
        self.keys = tuple(plan.key for plan in vocabulary.plans)
        self.bodies = frozenset(vocabulary.bodies)
        self.refs = frozenset(ref for ref, _ in vocabulary.titles)
        self.titles = TitleIndex(vocabulary.titles, stop)
        self.indicators = TitleIndex(tuple((name, name) for name in dict.fromkeys(vocabulary.indicators)), stop)
        self.goal_titles = TitleIndex(tuple((goal, goal) for goal in dict.fromkeys(g for _, _, g in self.goals)), stop)
        plan_titles = tuple((plan.key, _AROUND_PLAN.sub(" ", fold(plan.title))) for plan in vocabulary.plans)
        self.plan_titles = TitleIndex(plan_titles, stop)
        self._axes = [(key, axis, axis_name(axis)) for key, axis in vocabulary.axes]
        self._axis_words = TitleIndex(tuple((axis, name) for _, axis, name in self._axes), stop)
        known = "|".join(re.escape(key.lower()) for key in sorted(self.keys, key=len, reverse=True)) or r"(?!)"
        self._ref = re.compile(
            rf"(?<![\w@/-])({known})(?: ?(?:-|–|#|_|n°|nr\.?|no\.?|/) ?| )?0*(\d{{1,6}})(?![\w/%]|[.,]\d)"
        )
        self._names = _Names()
        self._add_names()
        self._words = frozenset(
            word
            for name in (*(said for said, _ in self._called()), *vocabulary.units, *vocabulary.indicators, *self.people)
            for word in words_of(fold(name))
        ) | {word for _, _, name in self._axes for word in words_of(name)}
        self._spelling = Spelling(self._words, shortest=5)
        self._initials = {said.lower(): body for said, body in self._called() if said.isupper() and 2 <= len(said) <= 6}
        last_names = [(path, path.rsplit("/", 1)[-1]) for path in vocabulary.units]
        self._unit_initials = _unique(
            ("".join(word[0] for word in words_of(fold(name)) if word not in _JOINING), path)
            for path, name in last_names
        )
        self._in_full: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for title, ref in _only(
            {tuple(words_of(fold(title))): ref for ref, title in vocabulary.titles}, vocabulary.titles
        ):
            if len(title) >= _OPENING:
                self._in_full[title[:_OPENING]].append((title, ref))
        self._first_names = _unique((fold(person).split(" ")[0], person) for person in self.people)
        self._last_names = _unique((fold(person).split(" ", 1)[-1], person) for person in self.people)

    def _add_names(self) -> None:
        add = self._names.add
        for plan in self.vocabulary.plans:
            add(fold(plan.title), "plan", plan.key)
        for axis, name in dict.fromkeys((axis, name) for _, axis, name in self._axes):
            add(name, "axis", axis)
            add(fold(axis), "axis", axis)
            short = re.split(r" & | de la | du ", name)[0]
            if len(short.split()) > 2:
                add(short, "axis", axis)
        for said, body in self._called():
            add(fold(said), "body", body)
        for path in self.vocabulary.units:
            add(fold(path.rsplit("/", 1)[-1]), "unit", path)
        for goal in dict.fromkeys(goal for _, _, goal in self.goals):
            add(fold(goal), "goal", goal)
        for person in self.people:
            add(fold(person), "person", person)
        for indicator in dict.fromkeys(self.vocabulary.indicators):
            add(fold(indicator), "indicator", indicator)

    def _called(self) -> list[tuple[str, str]]:
        """What bodies may be called, each with the body's name, which comes first."""
        names = [*((body, body) for body in self.vocabulary.bodies), *self.vocabulary.body_names]
        return list({(fold(said), body): (said, body) for said, body in reversed(names)}.values())[::-1]

    def is_name(self, word: str) -> bool:
        """Whether a folded word stands in a title, body, unit or axis: no typing error, whatever it looks like."""
        return word in self._words or self.titles.knows(word)

    def repaired(self, word: str) -> str:
        """The word of a name that this is a typing error of."""
        return self._spelling.nearest(word) or word

    def find_titles(self, words: list[str]) -> list[tuple[Span, str]]:
        """Titles that are said in full, word for word, each with its reference."""
        found: list[tuple[Span, str]] = []
        at = 0
        while at + _OPENING <= len(words):
            fitting = [
                (len(title), ref)
                for title, ref in self._in_full.get(tuple(words[at : at + _OPENING]), ())
                if tuple(words[at : at + len(title)]) == title
            ]
            if fitting:
                length, ref = max(fitting)
                found.append(((at, at + length), ref))
                at += length
            else:
                at += 1
        return found

    def find_names(self, words: list[str]) -> list[Name]:
        """Every name of two or more kinds in the sentence, in its order."""
        return self._names.find(words)

    def find_refs(self, text: str) -> list[Named]:
        """References in any spelling: TI-12, ti 12, TI12, TI n°12."""
        found = (
            Named(value=f"{found[1].upper()}-{found[2]}", start=found.start(), end=found.end())
            for found in self._ref.finditer(text)
        )
        # "plan TI 2026" names a year.
        return [ref for ref in found if ref.value in self.refs or not _YEAR.search(text[ref.start : ref.end])]

    def find_unit(self, text: str) -> Named | None:
        """The unit that a folded text names, for an answer to "which is your unit?"."""
        words = [(found[0], found.start(), found.end()) for found in re.finditer(r"[a-z0-9]+", text)]
        for name in self.find_names([word for word, _, _ in words]):
            if name.kind == "unit":
                return Named(value=name.value, start=words[name.span[0]][1], end=words[name.span[1] - 1][2])
        return None

    def find_initials(self, words: list[str]) -> list[Name]:
        """Bodies known by initials and said in full: "la commission qualité institutionnelle" is the CQI."""
        found: list[Name] = []
        for at, word in enumerate(words):
            if word not in _BODY_HEADS:
                continue
            letters, end = "", at
            fits: Name | None = None
            for here in range(at, min(at + 9, len(words))):
                if words[here] in _JOINING:
                    continue
                letters += words[here][0]
                end = here + 1
                if len(letters) > 1 and letters in self._initials:
                    fits = Name(kind="body", value=self._initials[letters], span=(at, end), whole=False)
            if fits:
                found.append(fits)
        return found

    def unit_with_initials(self, letters: str) -> str | None:
        """The only unit whose name begins with these letters, word by word."""
        return self._unit_initials.get(letters.lower())

    def person_called(self, word: str) -> str | None:
        """The only person with this first or last name."""
        return self._first_names.get(word) or self._last_names.get(word)

    def numbered_axes(self, number: str, plan: str | None) -> list[str]:
        """Axes by number ("2", "ii"): as the plan numbers them itself, else by their place."""
        position = _ROMAN.get(number) or (int(number) if number.isdigit() else 0)
        by_plan: dict[str, list[str]] = defaultdict(list)
        for key, axis, _ in self._axes:
            if plan in (None, key):
                by_plan[key].append(axis)
        found: list[str] = []
        labelled = number in _ROMAN and any(_label(axis) for names in by_plan.values() for axis in names)
        for names in by_plan.values():
            labels = [_label(axis) for axis in names]
            if any(labels):
                found += [axis for axis, label in zip(names, labels, strict=True) if label == position]
            elif not labelled and 0 < position <= len(names):
                found.append(names[position - 1])
        return list(dict.fromkeys(found))

    def axes_with(self, words: list[str], plan: str | None) -> list[str]:
        """Axes by words after "axe": the one with exactly this name, else those that hold all the words."""
        axes = [(axis, name) for key, axis, name in self._axes if plan in (None, key)]
        said = " ".join(words)
        exact = [axis for axis, name in axes if name == said]
        if exact:
            return list(dict.fromkeys(exact))
        asked = {stem(word) for word in words}
        within = [axis for axis, name in axes if asked and asked <= {stem(word) for word in words_of(name)}]
        if not within and asked:
            hits = self._axis_words.search(said, limit=3)
            known = {axis for axis, _ in axes}
            within = [hit.ref for hit in hits if hit.score > 0.8 and hit.ref in known][:1]
        return list(dict.fromkeys(within))

    def axis_is_of(self, axis: str, plan: str) -> bool:
        return any(key == plan and name == axis for key, name, _ in self._axes)

    def plan_of_unit(self, unit: str) -> str | None:
        """The only plan of this unit."""
        plans = [plan.key for plan in self.vocabulary.plans if plan.unit == unit]
        return plans[0] if len(plans) == 1 else None

    def goal_numbered(self, number: int, axis: str | None, plan: str | None) -> str | None:
        goals = [goal for key, of, goal in self.goals if axis in (None, of) and plan in (None, key)]
        goals = list(dict.fromkeys(goals))
        return goals[number - 1] if 0 < number <= len(goals) and (axis or plan) else None


def axis_name(axis: str) -> str:
    """The axis without "Axe" before it and its number behind it, folded."""
    return _AXIS_EXTRA.sub("", fold(axis)).strip()


def _label(axis: str) -> int:
    found = _AXIS_LABEL.search(fold(axis))
    if not found:
        return 0
    return _ROMAN.get(found[1]) or (int(found[1]) if found[1].isdigit() else 0)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _only(
    by_title: dict[tuple[str, ...], str], titles: tuple[tuple[str, str], ...]
) -> Iterable[tuple[tuple[str, ...], str]]:
    """Titles that one action only has."""
    often = Counter(tuple(words_of(fold(title))) for _, title in titles)
    return ((title, ref) for title, ref in by_title.items() if often[title] == 1)


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    by_word: dict[str, set[str]] = defaultdict(set)
    for word, value in pairs:
        by_word[word].add(value)
    return {word: next(iter(values)) for word, values in by_word.items() if len(values) == 1 and len(word) > 1}
