"""A priority from its signs: one to three stars, other repeated signs with a doubt, and the usual words."""

from storage.folding import fold, tidy

HIGHEST = 3
_STARS = "*★☆⭐✱✶＊∗"
_WORDS = {
    3: "haute | elevee | forte | high | hoog",
    2: "moyenne | normale | medium | middelmatig | gemiddeld",
    1: "basse | faible | low | laag",
}
_NUMBER_OF = {word: number for number, words in _WORDS.items() for word in words.split(" | ")}


def read_priority(text: str) -> tuple[int | None, str | None]:
    """The priority, 1 to 3, and the doubt where there is one; digits are not read: 1 is the highest to some."""
    signs = tidy(text).replace(" ", "").replace("\ufe0f", "")
    if fold(text) in _NUMBER_OF:
        return _NUMBER_OF[fold(text)], None
    if signs and len(set(signs)) == 1 and not signs[0].isalnum() and len(signs) <= HIGHEST:
        return len(signs), None if signs[0] in _STARS else "priority_sign"
    return None, "priority_unreadable"
