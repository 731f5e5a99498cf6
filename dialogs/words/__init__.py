"""What the bot says, in each language: sentences with places, plurals, dates and numbers. No word stands in code."""

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent

LANGUAGES = ("fr", "en", "nl")
"""First is what is spoken where nothing else is known."""

_REGION = {"fr": "fr_BE", "en": "en_GB", "nl": "nl_BE"}


class Words:
    """One language. `words("receipt.done", ref="TI-12")`; a key that is missing is an error, not a silence."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = Locale.parse(_REGION[language])
        self._sentences = _flat(tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text("utf-8")))

    def __call__(self, key: str, /, **places: object) -> str:
        return self._sentences[key].format(**places) if places else self._sentences[key]

    def count(self, key: str, n: int, /, **places: object) -> str:
        return self(f"{key}.{self._locale.plural_form(n)}", n=self.number(n), **places)

    def all_keys(self) -> Iterable[str]:
        return self._sentences.keys()

    def raw(self, key: str) -> str:
        return self._sentences[key]

    def day(self, on: date) -> str:
        """30 juin 2026, 1er juin 2026."""
        number = self("time.first_day") if on.day == 1 else str(on.day)
        return f"{number} {self.month(on)}"

    def month(self, on: date) -> str:
        """juin 2026."""
        return format_date(on, "MMMM y", locale=self._locale)

    def moment(self, at: datetime) -> str:
        """A day and a time; `at` is already in the reader's time zone."""
        return self("time.at", day=self.day(at.date()), time=format_time(at, "HH:mm", locale=self._locale))

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self._locale)

    def share(self, value: float) -> str:
        """64,5 %; whether a space stands before the sign is the language's affair."""
        return " ".join(format_percent(value / 100, locale=self._locale, decimal_quantization=False).split())

    def list(self, names: Iterable[str]) -> str:
        return self("join.list").join(names)

    def parts(self, parts: Iterable[str]) -> str:
        return self("join.part").join(part for part in parts if part)


@cache
def words_in(language: str) -> Words:
    """The words of a language; of the first one where we do not speak it."""
    return Words(language if language in LANGUAGES else LANGUAGES[0])


def _flat(tree: dict[str, Any], above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in tree.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, dict) else {above + name: value}
    return flat
