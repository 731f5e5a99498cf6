"""Puts right a slip of the pen in the words that names of bodies are made of; any other word is left as it is."""

from functools import lru_cache

from storage.folding import fold
from storage.imports.slips import is_one_slip

_WORDS = """
    coordination coordinations coordinateur coordinateurs coordinatrice coordinatrices secrétariat secrétariats
    direction directions département départements enseignant enseignants enseignante enseignantes
    étudiant étudiants étudiante étudiantes responsable responsables bibliothèque bibliothèques pédagogique pédagogiques
    communication communications logistique logistiques informatique informatiques commission commissions
    administration administrations
    department departments committee committees management
    coördinatie coördinator coördinatoren secretariaat secretariaten departementen opleiding opleidingen
    bibliotheek communicatie commissie commissies
"""
_RIGHT = {fold(word): word for word in _WORDS.split()}
_SHORTEST = 8
"""Shorter words have too many true neighbours."""


def correct(name: str) -> str | None:
    """The name with its slips put right: "coord ination" → "coordination"; None where there is none."""
    words = name.split(" ")
    mended: list[str] = []
    index = 0
    while index < len(words):
        joined = "".join(words[index : index + 2])
        if index + 1 < len(words) and fold(joined) in _RIGHT and fold(words[index + 1]) not in _RIGHT:
            mended.append(_like(joined, _RIGHT[fold(joined)]))
            index += 2
        else:
            mended.append(_mended(words[index]))
            index += 1
    return " ".join(mended) if mended != words else None


@lru_cache(maxsize=2_000)
def _mended(word: str) -> str:
    folded = fold(word)
    if len(folded) < _SHORTEST or folded in _RIGHT:
        return word
    near = [right for right in _RIGHT if is_one_slip(folded, right)]
    return _like(word, _RIGHT[near[0]]) if len(near) == 1 else word


def _like(written: str, right: str) -> str:
    """The right word with the capitals of the written one."""
    if written.isupper():
        return right.upper()
    return right.capitalize() if written[:1].isupper() else right
