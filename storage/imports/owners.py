"""The bodies of a plan, from the cells that name them: one spelling for each, and no whole name split up."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from storage.folding import fold, tidy
from storage.imports.draft import Doubt
from storage.imports.grid import Cell
from storage.imports.slips import is_one_slip
from storage.imports.spelling import correct
from storage.kinds import likely_kind

_BETWEEN = re.compile(r"[\n,;]+")
_JOINED = re.compile(r"\s*/(?!(?:e|ne|s|euse|rice|trice|es)(?:/s)?(?!\w))\s*|\s+&\s+|(?<=\w\w)&(?=\w\w)")
"""Strokes and ampersands join bodies, but not in "étudiant/e/s" or "R&D"."""
_AND = re.compile(r"\s+(?:et|and|en)\s+", re.IGNORECASE)
_BULLET = re.compile(r"^[-–•*▪·]\s*")
_WHOLE = re.compile(r"«\s*([^«»\n]+?)\s*»")
"""A name between guillemets is one name, whatever signs stand in it."""
_SOME = re.compile(r" (?:concerne|implique|interesse|designe|competent|involved|concerned|betrokken)s?")
_SHORTEST_ALIKE = 6
_SHORTEST_STEM = 4
_MOST_COMPARED = 500
_LONGEST_NAME = 200
"""What is longer is kept as it is."""


@dataclass(frozen=True, kw_only=True)
class _Name:
    written: str
    name: str
    """`written` with its slips put right; how it is spelt over the whole plan is decided later."""
    key: str


class Bodies:
    """Learns all owner cells of the plan first: what stands alone in one cell is known as a whole in the others."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        entries = [entry for cell in cells for entry in _entries(cell.text)]
        self._whole = {fold(_corrected(piece)) for entry in entries for piece in entry.pieces}
        self._alone = {fold(_corrected(entry.pieces[0])) for entry in entries if len(entry.pieces) == 1}
        self._spellings: dict[str, dict[str, int]] = {}
        for found in (name for entry in entries for piece in entry.pieces for name in self._apart(piece)[0]):
            counts = self._spellings.setdefault(found.key, {})
            counts[found.name] = counts.get(found.name, 0) + (found.name == found.written)
        self._neighbour = _neighbours(list(self._spellings))

    def of(self, cells: Sequence[Cell], numbers: tuple[int, ...]) -> tuple[tuple[str, ...], list[Doubt]]:
        """The bodies of a row, in order and once each, and what is doubtful about them."""
        bodies: dict[str, None] = {}
        doubts: list[Doubt] = []
        for cell, entry in [(owner, entry) for owner in cells for entry in _entries(owner.text)]:
            read = [self._apart(piece) for piece in entry.pieces]
            names = [found for found, _ in read]
            bodies.update(dict.fromkeys(self._spelling(found.key) for each in names for found in each))
            sure = all(is_sure for _, is_sure in read) and self._is_known(entry, names)
            doubts.extend(
                Doubt(place=cell.place, code=code, words=words, reading=reading, numbers=numbers)
                for code, words, reading in self._doubtful(entry, [found for each in names for found in each], sure)
            )
        return tuple(bodies), list(dict.fromkeys(doubts))

    def _is_known(self, entry: "_Entry", names: Sequence[Sequence[_Name]]) -> bool:
        """Whether each name that a stroke or an ampersand sets apart is a body by its wording, or alone elsewhere.

        "CQI/PP" may be two bodies, or the PP of the CQI.
        """
        apart = [found for each in names for found in each] if len(entry.pieces) > 1 else []
        return all(found.key in self._alone or likely_kind(found.name) is not None for found in apart)

    def _doubtful(self, entry: "_Entry", names: Sequence[_Name], sure: bool) -> Iterable[tuple[str, str, str]]:
        if not sure:
            yield "body_joined", entry.written, " · ".join(self._spelling(found.key) for found in names)
        for found in names:
            name = self._spelling(found.key)
            if found.name != found.written:
                yield "body_spelling", found.written, name
            if found.key in self._neighbour:
                yield "body_alike", found.written, f"{name} ≠ {self._spelling(self._neighbour[found.key])}"

    def _apart(self, piece: str) -> tuple[list[_Name], bool]:
        """The names in a piece, and whether that is sure.

        A piece with "et" in it is two names where the second stands elsewhere as a whole; else it is one.
        """
        if piece.startswith("«"):
            name = piece.strip("«»")
            return [_Name(written=name, name=name, key=fold(name))], True
        joints = list(_AND.finditer(piece)) if len(piece) <= _LONGEST_NAME else []
        ends = [*(joint.start() for joint in joints[1:]), len(piece)]
        names: list[str] = []
        start = 0
        for joint, end in zip(joints, ends, strict=False):
            if self._is_whole(piece[joint.end() : end]):
                names.append(piece[start : joint.start()])
                start = joint.end()
        names.append(piece[start:])
        if len(names) > 1:
            sure = all(self._is_whole(name) for name in names)
        else:
            sure = not any(self._is_whole(piece[: joint.start()]) for joint in joints)
        return [_name(name) for name in names], sure

    def _is_whole(self, name: str) -> bool:
        return fold(_corrected(name)) in self._whole

    def _spelling(self, key: str) -> str:
        """The spelling the plan has most often, the first of them where several are; slips do not count."""
        counts = self._spellings[key]
        return max(counts, key=lambda name: counts[name])


def _corrected(name: str) -> str:
    return correct(name) or name if len(name) <= _LONGEST_NAME else name


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What stands between commas or line ends, and the names that strokes and ampersands set apart in it."""

    written: str
    pieces: tuple[str, ...]


def _entries(text: str) -> list[_Entry]:
    entries = []
    for place, stretch in enumerate(_WHOLE.split(text)):
        if place % 2:
            # What the guillemets hold.
            entries.append(_Entry(written=f"« {stretch} »", pieces=(f"«{stretch}»",)))
            continue
        for part in map(tidy, _BETWEEN.split(stretch)):
            pieces = tuple(_BULLET.sub("", piece).strip(" .:") for piece in _JOINED.split(part))
            if any(pieces):
                entries.append(_Entry(written=_BULLET.sub("", part).strip(" .:"), pieces=tuple(filter(None, pieces))))
    return entries


def _name(written: str) -> _Name:
    name = _corrected(written)
    return _Name(written=written, name=name, key=fold(name))


def _neighbours(keys: Sequence[str]) -> dict[str, str]:
    """Bodies that look like a short form, a part or a slip of another one; they stay apart, and a person decides."""
    if len(keys) > _MOST_COMPARED:
        return {}
    near = {
        key: [other for other in keys if any(alike(key, other) for alike in (_is_short_for, _is_slip_of, _is_part_of))]
        for key in keys
    }
    return {key: min(others, key=len) for key, others in near.items() if others}


def _is_short_for(short: str, long: str) -> bool:
    """ "equipe peda" for "equipe pedagogique", word by word; a singular is not short for its plural."""
    pairs = list(zip(short.split(" "), long.split(" "), strict=False))
    if short.count(" ") != long.count(" ") or short == long:
        return False
    return all(b.startswith(a) for a, b in pairs) and all(
        a == b or (len(a) >= _SHORTEST_STEM and len(b) - len(a) > 2) for a, b in pairs
    )


def _is_part_of(some: str, all_of_them: str) -> bool:
    """ "enseignants concernes" beside "enseignants"."""
    return some.startswith(all_of_them + " ") and _SOME.fullmatch(some.removeprefix(all_of_them)) is not None


def _is_slip_of(left: str, right: str) -> bool:
    """One letter apart, and not as singular and plural are."""
    plain = min(len(left), len(right)) >= _SHORTEST_ALIKE and is_one_slip(left, right)
    return plain and _singular(left) != _singular(right)


def _singular(key: str) -> str:
    return " ".join(word.rstrip("sx") for word in key.split(" "))
