"""Typing errors: the known word that is one edit away, two neighbouring letters changed over counting as one."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import OSA


class Spelling:
    """Known words by every form they have without one letter, so that a look-up does not grow with their number."""

    def __init__(self, words: Iterable[str], shortest: int) -> None:
        self._shortest = shortest
        self._known: set[str] = set()
        self._without: dict[str, list[str]] = defaultdict(list)
        for word in words:
            self.add(word)

    def add(self, word: str) -> None:
        if len(word) < self._shortest or len(word) > 40 or word in self._known:
            return
        self._known.add(word)
        for form in _shortened(word):
            self._without[form].append(word)

    def near(self, word: str) -> list[str]:
        """Every known word one edit away, the word itself among them."""
        if len(word) > 40:
            return []
        near = {known for form in _shortened(word) for known in self._without.get(form, ())}
        return [known for known in near if OSA.distance(word, known, score_cutoff=1) <= 1]

    def nearest(self, word: str) -> str | None:
        """The known word one edit away; the one that begins alike where there are several."""
        if len(word) < self._shortest - 1 or len(word) > 40:
            return None
        return max(
            self.near(word), key=lambda known: (_alike(known, word), -abs(len(known) - len(word)), known), default=None
        )


def _shortened(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _alike(known: str, word: str) -> int:
    same = 0
    for one, other in zip(known, word, strict=False):
        if one != other:
            break
        same += 1
    return same
