"""How the printed lines of a cell become its text again: which breaks were written, which came from the width.

It knows nothing of files: characters come as dictionaries with `text`, `x0`, `x1`, `top` and `size`, in points.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from storage.folding import fold

_SAME_LINE = 0.5
"""Of a character's size: how far apart the tops on one line may be."""
_GAP = 0.22
"""Of a character's size: from this gap on there is a space, also where none was written."""
_SPACE = 0.33
"""Of a character's size: how wide a space is, at most."""
_EMPTY_LINE = 1.6
"""Of the usual distance: from this one on a line was left empty."""
_USUAL_DISTANCE = 1.2
_SPLIT_AFTER = re.compile(r"\w[-‐/]$")
_SHORTEST_WORD = 4
"""What is shorter may be the end of any word."""
_SHORTEST_STEM = 5
_LETTERS = frozenset("ayo&")
"""Letters that are words."""
_WORD = re.compile(r"[^\s'’(),;:]+")
_ENDED = re.compile(r"[,;.:]$")


@dataclass(frozen=True, kw_only=True)
class Line:
    text: str
    """As written: a space at its end says that the paragraph goes on."""
    top: float
    left: float
    right: float
    size: float
    first_character: float
    first_word: float
    """How wide the first character, and the first word, are."""

    @property
    def is_one_word(self) -> bool:
        return " " not in self.text


def lines_of(chars: Iterable[dict[str, Any]]) -> list[Line]:
    rows: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda char: (char["top"], char["x0"])):
        if rows and abs(char["top"] - rows[-1][0]["top"]) <= _SAME_LINE * char["size"]:
            rows[-1].append(char)
        else:
            rows.append([char])
    return [line for row in rows if (line := _line(sorted(row, key=lambda char: float(char["x0"])))) is not None]


def _line(row: Sequence[dict[str, Any]]) -> Line | None:
    written: list[str] = []
    for before, char in zip([None, *row], row, strict=False):
        gap = char["x0"] - before["x1"] if before is not None else 0.0
        if gap > _GAP * char["size"] and not written[-1].endswith(" "):
            written.append(" ")
        written.append(" " if char["text"].isspace() else char["text"])
    text = "".join(written).lstrip()
    shown = [char for char in row if not char["text"].isspace()]
    if not shown:
        return None
    word = next((place for place, char in enumerate(row) if char["text"].isspace() and place), len(row))
    return Line(
        text=text,
        top=min(char["top"] for char in shown),
        left=shown[0]["x0"],
        right=shown[-1]["x1"],
        size=max(char["size"] for char in shown),
        first_character=shown[0]["x1"] - shown[0]["x0"],
        first_word=row[word - 1]["x1"] - shown[0]["x0"],
    )


def _words(text: str) -> list[str]:
    return [fold(word) for word in _WORD.findall(text)]


def _whole_words(lines: Sequence[Line]) -> Iterator[str]:
    """The words of a cell that no line break can have torn."""
    for before, line, after in zip([None, *lines], lines, [*lines[1:], None], strict=False):
        words = _words(line.text)
        is_begun = before is not None and not before.text.endswith(" ")
        is_cut = after is not None and not line.text.endswith(" ")
        yield from words[is_begun : len(words) - is_cut]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The left and right edge of a cell; or of a line outside tables, which keeps no distance from them."""

    left: float
    right: float
    is_cell: bool = True


class Wrapping:
    """What the whole document shows of how its lines were broken."""

    def __init__(self, cells: Iterable[tuple[Frame, Sequence[Line]]]) -> None:
        filled = [(frame, lines) for frame, lines in cells if lines]
        self._writes_spaces = any(line.text.endswith(" ") for _, lines in filled for line in lines)
        """Most programs keep the space at which a line was broken; then only those lines go on."""
        indents = (line.left - frame.left for frame, lines in filled for line in lines if frame.is_cell)
        self._padding = max(min(indents, default=0.0), 0.0)
        steps = [(after.top - line.top) / line.size for _, lines in filled for line, after in pairwise(lines)]
        self._distance = median(steps) if steps else _USUAL_DISTANCE
        self._known = {word for _, lines in filled for word in _whole_words(lines)}
        self._stems = {word[:end] for word in self._known for end in range(_SHORTEST_STEM, min(len(word), 30) + 1)}

    def goes_on(self, frame: Frame, line: Line, after: Line) -> str | None:
        """What stands between a line and the next where the width broke them: a space or nothing; None where not."""
        if line.text.endswith(" "):
            return " "
        left_over = frame.right - (self._padding if frame.is_cell else 0.0) - line.right
        if line.is_one_word and left_over < after.first_character and self._is_torn(line, after):
            return ""
        if _SPLIT_AFTER.search(line.text) and left_over < after.first_word:
            return ""
        # The space itself is left away where it would stand beyond the edge.
        needed = _SPACE * line.size if self._writes_spaces else after.first_word + _SPACE * line.size
        return " " if left_over < needed else None

    def _is_torn(self, line: Line, after: Line) -> bool:
        """Whether a word too long for its cell was broken here: what stands on both sides are no words of their own."""
        if after.text[0] in ".,;)":
            return True
        rest, start = _words(after.text)[:1], _words(line.text)[-1:]
        if not (rest and start and line.text[-1].isalpha() and after.text[0].isalpha()) or self._is_word(rest[0]):
            return False
        return len(rest[0]) < _SHORTEST_WORD or start[0] not in self._known

    def _is_word(self, word: str) -> bool:
        """Whether it stands whole elsewhere, or another of its family does: "centrale" beside "centraux"."""
        if len(word) == 1:
            return word in _LETTERS
        stem = word[: max(_SHORTEST_STEM, len(word) - 2)]
        return word in self._known or (len(stem) < len(word) and stem in self._stems)

    def joined(self, frame: Frame, lines: Sequence[Line], page_ends: Sequence[int] = ()) -> str:
        """The text of a cell: empty lines kept. `page_ends`: the lines before which a new page began."""
        text = lines[0].text if lines else ""
        for place, (line, after) in enumerate(pairwise(lines), start=1):
            between = self.goes_on(frame, line, after)
            if place in page_ends:
                # Whether a line was left empty here, the page does not show: a finished item ends with a sign.
                between = ("\n\n" if _ENDED.search(line.text) else "\n") if between is None else between
            elif (after.top - line.top) / line.size > _EMPTY_LINE * self._distance:
                between = "\n\n"
            text = text.rstrip() + ("\n" if between is None else between) + after.text
        return text
