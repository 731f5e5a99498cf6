"""Phrases of words, found all at once: one walk along a sentence tells every cue it holds, and where.

A phrase is folded text: `(a|b)` one of these, `[x]` or `[x|y]` perhaps, `...` up to four words, `w*` any ending.
The walk is linear: from each word it looks no further than the longest phrase, and a gap is bounded.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import product

_PIECE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\S+")
_WORD = re.compile(r"[a-z0-9]+\*?|@")
_GAP = ("...",)
LONGEST_GAP = 4

Span = tuple[int, int]
"""Words from the first to before the second, by their numbers."""


def words_of(text: str) -> list[str]:
    """The words of a phrase, cut as those of a sentence are."""
    return _WORD.findall(text)


def ways(phrase: str) -> Iterator[tuple[str, ...]]:
    """Every row of words that a phrase stands for; a gap is the word "..."."""
    choices: list[list[tuple[str, ...]]] = []
    for piece in _PIECE.findall(phrase):
        if piece == "...":
            choices.append([_GAP])
            continue
        bare = piece[1:-1] if piece[0] in "([" else piece
        alternatives = [tuple(words_of(way)) for way in bare.split("|")]
        choices.append([*alternatives, ()] if piece[0] == "[" else alternatives)
    for chosen in product(*choices):
        yield tuple(word for part in chosen for word in part)


class _Node:
    __slots__ = ("beginnings", "gap", "meanings", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.beginnings: list[tuple[str, _Node]] = []
        self.gap: _Node | None = None
        self.meanings: list[tuple[str, str]] = []

    def step(self, word: str) -> "_Node":
        if word == "...":
            self.gap = self.gap or _Node()
            return self.gap
        if word.endswith("*"):
            start = word[:-1]
            for beginning, node in self.beginnings:
                if beginning == start:
                    return node
            self.beginnings.append((start, node := _Node()))
            return node
        return self.words.setdefault(word, _Node())


class Phrases:
    """Cues with their phrases, as one tree of words."""

    def __init__(self, cues: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._root = _Node()
        self.vocabulary: set[str] = set()
        """Every whole word of the phrases."""
        for cue, phrases in cues:
            for phrase in phrases:
                for way in ways(phrase):
                    self._add(cue, phrase, way)

    def _add(self, cue: str, phrase: str, way: tuple[str, ...]) -> None:
        node = self._root
        for word in way:
            node = node.step(word)
            if word[-1] not in "*.":
                self.vocabulary.add(word)
        if way and (cue, phrase) not in node.meanings:
            node.meanings.append((cue, phrase))

    def find(self, words: list[str]) -> dict[str, list[Span]]:
        """Where each cue stands, in the order of the sentence; of two phrases from one word the longer."""
        found: dict[str, list[Span]] = {}
        for cue, _, start, end in self.walk(words):
            spans = found.setdefault(cue, [])
            if spans and spans[-1][0] == start:
                spans[-1] = (start, max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return found

    def walk(self, words: list[str]) -> Iterator[tuple[str, str, int, int]]:
        """(cue, phrase, first word, word after) of every phrase found."""
        root, count = self._root, len(words)
        for start in range(count):
            paths = [(root, start, 0)]
            while paths:
                node, at, skipped = paths.pop()
                for cue, phrase in node.meanings if not skipped else ():
                    yield cue, phrase, start, at
                if at < count:
                    word = words[at]
                    following = node.words.get(word)
                    if following is not None:
                        paths.append((following, at + 1, 0))
                    for beginning, after in node.beginnings:
                        if word.startswith(beginning):
                            paths.append((after, at + 1, 0))
                    if skipped and skipped <= LONGEST_GAP:
                        paths.append((node, at + 1, skipped + 1))
                if node.gap is not None and not skipped:
                    paths.append((node.gap, at, 1))
