"""Phrases of words, found all at once: one walk along a sentence tells every cue it holds, and where.

A phrase is folded text: `(a|b)` one of these, `[x|y]` perhaps one of these, `...` up to four words, `w*` any ending,
`<group:tag>` these forms of a group of verbs, `@` a reference. The walk is linear: from each word it looks no further
than the longest phrase, and a gap is bounded.
"""

import re
from collections.abc import Callable, Iterable, Iterator

_MARK = re.compile(r"\.\.\.|<[a-z:+_]+>|[][()|@%=]|[a-z0-9]+\*?")
_CLOSED_BY = {"(": ")", "[": "]"}
_WORD = re.compile(r"[a-z0-9]+\*?|[@%=]")
LONGEST_GAP = 4

Span = tuple[int, int]
"""Words from the first to before the second, by their numbers."""


def touch(one: Span, other: Span) -> bool:
    """Whether they have a word in common."""
    return one[0] < other[1] and other[0] < one[1]


def words_of(text: str) -> list[str]:
    """The words of a phrase or a name, cut as those of a sentence are."""
    return _WORD.findall(text)


class _Node:
    __slots__ = ("beginnings", "gap", "meaning", "words")

    def __init__(self) -> None:
        self.words: dict[str, list[_Node]] = {}
        self.beginnings: list[tuple[str, _Node]] = []
        self.gap: _Node | None = None
        self.meaning: tuple[str, str] | None = None


class Phrases:
    """Cues with their phrases, as one graph of words."""

    def __init__(
        self, cues: Iterable[tuple[str, Iterable[str]]], forms: Callable[[str], list[str]] = lambda name: []
    ) -> None:
        self._root = _Node()
        self._forms = forms
        self.vocabulary: set[str] = set()
        """Every whole word of the phrases."""
        for cue, phrases in cues:
            for phrase in phrases:
                self._add(cue, phrase)

    def _add(self, cue: str, phrase: str) -> None:
        marks = _MARK.findall(phrase)
        for end in self._alternatives(marks, [self._root]):
            if end is not self._root:
                end.meaning = (cue, phrase)
        if marks:
            raise ValueError(f"a bracket too many: {cue}: {phrase}")

    def _alternatives(self, marks: list[str], starts: list[_Node]) -> list[_Node]:
        """The nodes at which one of the ways joined by "|" ends; takes its marks from the list."""
        after: list[_Node] = []
        while True:
            after += self._row(marks, starts)
            if not marks or marks[0] != "|":
                return after
            marks.pop(0)

    def _row(self, marks: list[str], ends: list[_Node]) -> list[_Node]:
        while marks and marks[0] not in "|)]":
            mark = marks.pop(0)
            following = _Node()
            if mark == "...":
                for end in ends:
                    end.gap = following
            elif mark[0] == "<":
                ends = self._any_form(mark[1:-1], ends, following)
                continue
            elif mark in "([":
                inner = self._alternatives(marks, ends)
                if not marks or marks.pop(0) != _CLOSED_BY[mark]:
                    raise ValueError("a bracket is not closed")
                ends = [*ends, *inner] if mark == "[" else inner
                continue
            else:
                for end in ends:
                    self._step(end, mark, following)
            ends = [following]
        return ends

    def _any_form(self, group: str, ends: list[_Node], following: _Node) -> list[_Node]:
        after = [following]
        for form in self._forms(group):
            if " " in form:
                after += self._row(_MARK.findall(form), ends)
            else:
                for end in ends:
                    self._step(end, form, following)
        return after

    def _step(self, node: _Node, word: str, following: _Node) -> None:
        if word.endswith("*"):
            node.beginnings.append((word[:-1], following))
        else:
            node.words.setdefault(word, []).append(following)
            self.vocabulary.add(word)

    def find(self, words: list[str]) -> tuple[dict[str, list[Span]], dict[Span, Span]]:
        """Where each cue stands, in the order of the sentence, of two phrases from one word the longer; and its gaps.

        A gap is the stretch of words between two parts of a phrase, which are not the phrase's own; where another
        phrase covers the same stretch without one, there is none.
        """
        found: dict[str, list[Span]] = {}
        gaps: dict[Span, Span] = {}
        for cue, _, start, end, gap in self._walk(words):
            spans = found.setdefault(cue, [])
            if gap[0] < gap[1]:
                gaps.setdefault((start, end), gap)
            else:
                gaps[start, end] = gap
            if spans and spans[-1][0] == start:
                if end > spans[-1][1]:
                    spans[-1] = (start, end)
            else:
                spans.append((start, end))
        return found, gaps

    def walk(self, words: list[str]) -> Iterator[tuple[str, str, int, int]]:
        """(cue, phrase, first word, word after) of every phrase found, by its first word."""
        for cue, phrase, start, end, _ in self._walk(words):
            yield cue, phrase, start, end

    def _walk(self, words: list[str]) -> Iterator[tuple[str, str, int, int, Span]]:
        root, count = self._root, len(words)
        for start in range(count):
            paths = [(root, start, (0, 0))]
            while paths:
                node, at, gap = paths.pop()
                if node.meaning:
                    yield (*node.meaning, start, at, gap)
                if at >= count:
                    continue
                word = words[at]
                for following in node.words.get(word, ()):
                    paths.append((following, at + 1, gap))
                for beginning, following in node.beginnings:
                    if word.startswith(beginning):
                        paths.append((following, at + 1, gap))
                if node.gap is not None:
                    paths += [(node.gap, later, (at, later)) for later in range(at, min(at + LONGEST_GAP + 1, count))]
