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
_INCLUSIVE = re.compile(r"(?<=[a-z])[.·•‧](e|ne|euse|rice|trice|ice|le|fe|ve)(?:[.·•‧]?(s))?(?![a-z])")
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """Lower case, no accents, plain apostrophes and dashes, inclusive forms reduced, single spaces.

    "Étudiant·e·s de l’APACH" and "etudiants de l'apach" fold to the same.
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST]).translate(_PLAIN).casefold().translate(_PLAIN)
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    reduced = _INCLUSIVE.sub(lambda form: form.group(2) or "", bare)
    return _SPACE.sub(" ", reduced).strip()
