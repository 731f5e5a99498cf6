"""How the words of a file are cleaned for keeping and folded for comparing; it decides nothing."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "–": "-", "—": "-", "‑": "-", "−": "-", "œ": "oe", "æ": "ae"}
    | dict.fromkeys("\u00ad\u200b\ufeff")
)
_INCLUSIVE = re.compile(
    r"(?<=[a-z])(?:[.·•‧/-](?:e|ne|euse|rice|trice|ice|le|fe|ve)(?:[.·•‧/-]?(s))?|\((?:e|ne|euse|trice|rice)\)(s)?)(?![a-z])"
)


def tidy(text: str) -> str:
    """The text on one line, without spaces to spare."""
    return _SPACE.sub(" ", text).strip()


def fold(text: str) -> str:
    """Lower case, no accents, plain apostrophes and dashes, inclusive forms reduced: "Élu.e.s" → "elus"."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return tidy(_INCLUSIVE.sub(lambda form: form.group(1) or form.group(2) or "", bare))


def is_one_slip(left: str, right: str) -> bool:
    """Whether one letter added, lost or changed, or two neighbours swapped, makes one word the other."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    if len(left) > len(right):
        left, right = right, left
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    if len(left) < len(right):
        return left[at:] == right[at + 1 :]
    swapped = left[at + 1 : at + 2] + left[at : at + 1]
    return left[at + 1 :] == right[at + 1 :] or swapped + left[at + 2 :] == right[at:]
