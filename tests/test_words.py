"""The languages say the same things: same keys, same places, plurals that work."""

import re
from datetime import date
from pathlib import Path

import pytest

from dialogs.words import LANGUAGES, Words, words_in

ALL = ("fr", "en", "nl")


def _places(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


@pytest.mark.parametrize("language", ALL[1:])
def test_same_keys_and_places(language: str) -> None:
    french, other = Words("fr"), Words(language)
    assert set(other.all_keys()) == set(french.all_keys())
    for key in french.all_keys():
        assert _places(other.raw(key)) == _places(french.raw(key)), key


@pytest.mark.parametrize("language", ALL)
def test_every_plural_has_both_forms(language: str) -> None:
    words = Words(language)
    for key in words.all_keys():
        if key.endswith(".one"):
            assert words.raw(key.removesuffix(".one") + ".other")


@pytest.mark.parametrize("language", ALL)
def test_every_key_is_used(language: str) -> None:
    """A sentence that nothing says is dead; where code composes the last part of a key, any of its table counts."""
    code = "\n".join(
        path.read_text("utf-8")
        for folder in ("bot", "dialogs", "storage/exports")
        for path in Path(folder).rglob("*.py")
    )
    for key in Words(language).all_keys():
        stem = re.sub(r"\.(one|other)$", "", key)
        table = stem.rpartition(".")[0]
        assert f'"{stem}"' in code or f"'{stem}'" in code or f"{table}.{{" in code, key


def test_numbers_and_days_are_written_as_the_language_does() -> None:
    french, english = words_in("fr"), words_in("en")
    assert french.share(64.5) == "64,5 %"
    assert english.share(64.5) == "64.5%"
    assert french.number(1234.5) in ("1 234,5", "1\u202f234,5", "1\xa0234,5", "1.234,5")
    assert french.day(date(2026, 6, 1)) == "1er juin 2026"
    assert english.day(date(2026, 6, 1)) == "1 June 2026"


def test_an_unknown_language_is_answered_in_french() -> None:
    assert words_in("de").language == LANGUAGES[0] == "fr"
