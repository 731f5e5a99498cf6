"""The one way text is cleaned and folded, for plans and for messages; whatever matches text matches its folded form.

Pure, and linear in the length of the text.
"""

import re
import unicodedata

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
    r"(?<=[a-z])(?:"
    r"[.·•‧/](?:e|ne|euse|rice|trice|ice|le|fe|ve)(?:[.·•‧/]?(s))?"
    r"|-(?:e|ne|euse|rice|trice)(?:-?(s))?"
    r"|-(?:le|fe|ve)-(s)"
    r"|\((?:e|ne|euse|trice|rice)\)(s)?"
    r")(?![a-z])"
)
_SPACE = re.compile(r"\s+")


def tidy(text: str) -> str:
    """The text on one line, without spaces to spare."""
    return _SPACE.sub(" ", text).strip()


def fold(text: str, longest: int | None = None) -> str:
    """Lower case, no accents, plain apostrophes and dashes, inclusive forms reduced, single spaces.

    "Étudiant·e·s de l’APACH" and "etudiants de l'apach" fold to the same. At most `longest` characters are read.
    """
    return tidy(_INCLUSIVE.sub(_plural_only, _bare(text[:longest])[:longest]))


def places_in(original: str, longest: int | None = None) -> list[int]:
    """For each character of the folded text, the place in the original that it comes from."""
    places: list[int] = []
    bare: list[str] = []
    for place, character in enumerate(original[:longest]):
        if longest is not None and len(bare) > longest:
            break
        for c in _bare(character):
            bare.append(c)
            places.append(place)
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


def _plural_only(form: re.Match[str]) -> str:
    return "s" if form[1] or form[2] or form[3] or form[4] else ""


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_PLAIN).casefold().translate(_PLAIN)
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
