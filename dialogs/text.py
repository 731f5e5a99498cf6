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
    plain = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST].translate(_PLAIN).casefold().translate(_PLAIN)
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    reduced = _INCLUSIVE.sub(_plural_only, bare)
    return _SPACE.sub(" ", reduced).strip()


def places_in(original: str) -> list[int]:
    """For each character of the folded text, the place in the original that it comes from."""
    places: list[int] = []
    bare: list[str] = []
    for place, character in enumerate(original[:LONGEST]):
        for c in _bare(character):
            bare.append(c)
            places.append(place)
        if len(bare) > LONGEST:
            break
    joined = "".join(bare)
    kept: list[int] = []
    at = 0
    for form in _INCLUSIVE.finditer(joined):
        kept += range(at, form.start())
        kept += [form.end() - 1] if _plural_only(form) else []
        at = form.end()
    kept += range(at, len(joined))
    folded: list[int] = []
    spaced = True
    for index in kept:
        space = joined[index].isspace()
        if not (space and spaced):
            folded.append(places[index])
        spaced = space
    return folded


def _bare(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).translate(_PLAIN).casefold().translate(_PLAIN)
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
