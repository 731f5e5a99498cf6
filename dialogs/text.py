"""The one normalisation of what people write; everything that matches text matches its folded form."""

import re
import unicodedata

LONGEST = 4_000
"""Characters of a message that are read; the rest is left aside (nobody asks a question that long)."""

_PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "´": "'",
        "`": "'",
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
        "…": "...",
        "œ": "oe",
        "æ": "ae",
        "«": '"',
        "»": '"',
        "“": '"',
        "”": '"',
        "\u00ad": None,
        "\u200b": None,
        "\ufeff": None,
    }
)
_INCLUSIVE = re.compile(
    r"(?<=[a-z])(?:[.·•‧](?:e|ne|euse|rice|trice|ice|le|fe|ve)(?:[.·•‧]?(s))?|\((?:e|ne|euse|rice)\)(s)?|-e-(s))(?![a-z])"
)
_SPACE = re.compile(r"\s+")


def _plural_only(form: re.Match[str]) -> str:
    return "s" if form[1] or form[2] or form[3] else ""


def fold(text: str) -> str:
    """Lower case, no accents, plain apostrophes and dashes, inclusive forms reduced, single spaces.

    "Étudiant·e·s de l’APACH" and "etudiants de l'apach" fold to the same.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_PLAIN).casefold().translate(_PLAIN)
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    reduced = _INCLUSIVE.sub(_plural_only, bare)
    return _SPACE.sub(" ", reduced).strip()


def as_written(original: str, start: int, end: int) -> str:
    """The part of the original that folded to these characters of the folded text."""
    text = original[:LONGEST]
    places: list[int] = []
    bare: list[str] = []
    for place, character in enumerate(text):
        for c in _bare(character):
            bare.append(c)
            places.append(place)
    kept: list[int] = []
    at = 0
    joined = "".join(bare)
    for form in _INCLUSIVE.finditer(joined):
        kept += range(at, form.start())
        kept += [form.end() - 1] if _plural_only(form) else []
        at = form.end()
    kept += range(at, len(joined))
    spaced = "".join(joined[index] for index in kept)
    folded: list[int] = []
    for index, c in enumerate(spaced):
        if not c.isspace() or (folded and not spaced[folded[-1]].isspace()):
            folded.append(index)
    if start >= end or start >= len(folded):
        return ""
    first = places[kept[folded[start]]]
    last = places[kept[folded[min(end, len(folded)) - 1]]]
    return text[first : last + 1]


def _bare(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).translate(_PLAIN).casefold().translate(_PLAIN)
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
