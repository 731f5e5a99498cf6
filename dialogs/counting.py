"""Numbers up to a hundred in words, for whoever writes "septante-huit pour cent"."""

import re
from functools import cache
from itertools import product

_FR = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize",
]  # fmt: skip
_EN = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_NL = [
    "nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf",
    "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien",
]  # fmt: skip
_TENS = {
    "fr": {
        "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
        "quatre-vingt": 80, "quatre-vingts": 80, "nonante": 90,
    },
    "en": {
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    },
    "nl": {
        "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50, "zestig": 60, "zeventig": 70, "tachtig": 80,
        "negentig": 90,
    },
}  # fmt: skip
_SHARE = r"(?= ?(?:%|pour ?cents?\b|per ?cent\b|procent\b))"


@cache
def _numbers() -> dict[str, int]:
    numbers: dict[str, int] = {"cent": 100, "hundred": 100, "honderd": 100, "one hundred": 100, "a hundred": 100}
    for units in (_FR, _EN, _NL):
        numbers |= {word: value for value, word in enumerate(units)}
    numbers |= {f"dix-{word}": 10 + value for value, word in enumerate(_FR) if 7 <= value <= 9}
    for language, tens in _TENS.items():
        numbers |= tens
        units = {"fr": _FR, "en": _EN, "nl": _NL}[language]
        for (ten, base), (value, unit) in product(tens.items(), enumerate(units)):
            if language == "nl" and 0 < value < 10:
                numbers[f"{unit}{'ën' if unit.endswith('e') else 'en'}{ten}"] = base + value
            elif language == "en" and 0 < value < 10:
                numbers[f"{ten}-{unit}"] = base + value
            elif language == "fr" and 0 < value < (20 if base in (60, 80) else 10):
                numbers[f"{ten}-{unit}"] = numbers[f"{ten} et {unit}"] = numbers[f"{ten}-et-{unit}"] = base + value
    for word in [word for word in numbers if "-" in word]:
        numbers[word.replace("-", " ")] = numbers[word]
    return numbers


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(_numbers(), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words))}){_SHARE}", re.IGNORECASE)


def in_digits(text: str) -> str:
    """The text with the shares that it spells out written in digits."""
    return _pattern().sub(lambda found: str(_numbers()[found[0].lower()]), text)
