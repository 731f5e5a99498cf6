"""Periods and days in three languages: a table of phrases, and what must hold for any text at all."""

import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.cut import LONGEST
from dialogs.dates import Found, Impossible, Unclear, find_period, warm_up
from dialogs.dates_feasts import easter
from dialogs.dates_lexicon import LANGUAGES, lexicon
from storage.calendar import AcademicCalendar, Period
from storage.folding import fold

WEDNESDAY = date(2026, 3, 18)
PHRASES = [json.loads(line) for line in (Path(__file__).parent / "periods.jsonl").read_text("utf-8").splitlines()]


def _days(period: Period) -> list[str | None]:
    return [on.isoformat() if on else None for on in (period.start, period.end)]


def _read(phrase: dict[str, Any]) -> dict[str, Any]:
    today = date.fromisoformat(phrase.get("today", WEDNESDAY.isoformat()))
    found = find_period(fold(phrase["text"]), phrase["lang"], today, past=phrase.get("past", False))
    match found:
        case Found():
            return {"period": _days(found.period)}
        case Unclear():
            return {"choices": sorted((_days(one) for one in found.choices), key=str)}
        case Impossible():
            return {"impossible": True}
    return {"none": True}


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: f"{phrase['lang']}: {phrase['text']}")
def test_phrase(phrase: dict[str, Any]) -> None:
    wanted = {key: phrase[key] for key in ("period", "choices", "impossible", "none") if key in phrase}
    assert _read(phrase) == wanted


def test_the_table_is_wide_enough() -> None:
    assert len(PHRASES) >= 250
    assert {phrase["lang"] for phrase in PHRASES} >= set(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("qu'est-ce qui est à rendre d'ici la fin du mois ?", "fr", "d'ici la fin du mois"),
        ("les actions de la CQI avant le 30/06 et en retard", "fr", "avant le 30/06"),
        ("échéances pour juin 2022", "fr", "pour juin 2022"),
        ("montre les échéances du mois prochain pour l'axe 2", "fr", "du mois prochain"),
        ("reporte TI-12 au 1er octobre 2026 parce que c'est trop tôt", "fr", "au 1er octobre 2026"),
        ("ce qui a changé depuis la rentrée", "fr", "depuis la rentree"),
        ("entre le 3 et le 10 avril, qu'y a-t-il ?", "fr", "entre le 3 et le 10 avril"),
        ("what is due by the end of June for the CQI?", "en", "by the end of june"),
        ("actions due in the next 30 days", "en", "in the next 30 days"),
        ("wat moet er klaar zijn tegen eind juni?", "nl", "tegen eind juni"),
        ("acties van deze maand", "nl", "van deze maand"),
        ("le 31 juin, c'est noté", "fr", "le 31 juin"),
    ],
)
def test_the_span_holds_the_words_around_the_period(text: str, language: str, words: str) -> None:
    folded = fold(text)
    found = find_period(folded, language, WEDNESDAY)
    assert found
    assert found.words == words == folded[found.start_at : found.end_at]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", ["d MMMM y", "EEEE d MMMM y", "dd/MM/y", "d.M.y", "y-MM-dd", "dd-MM-yy"])
def test_a_written_day_is_read_back(language: str, shape: str) -> None:
    region = {"fr": "fr_BE", "en": "en_GB", "nl": "nl_BE"}[language]
    for away in range(0, 800, 7):
        on = WEDNESDAY + timedelta(days=away)
        text = format_date(on, format=shape, locale=region)
        found = find_period(fold(text), language, WEDNESDAY)
        assert isinstance(found, Found), text
        assert found.period == Period(start=on, end=on), text


def test_each_day_of_the_year_gives_its_own_month_week_and_term() -> None:
    for away in range(366):
        on = WEDNESDAY + timedelta(days=away)
        for phrase in ("cette semaine", "ce mois-ci", "ce trimestre", "ce quadrimestre", "cette année académique"):
            found = find_period(fold(phrase), "fr", on)
            assert isinstance(found, Found), (phrase, on)
            assert found.period.holds(on), (phrase, on)


def test_easter_moves() -> None:
    known = {2024: (3, 31), 2025: (4, 20), 2026: (4, 5), 2027: (3, 28), 2038: (4, 25), 2285: (3, 22)}
    assert {year: (easter(year).month, easter(year).day) for year in known} == known


def test_a_school_with_another_calendar() -> None:
    calendar = AcademicCalendar(rentree=(9, 20), second_quadrimestre=(2, 10))
    found = find_period("ce quadrimestre", "fr", WEDNESDAY, calendar)
    assert isinstance(found, Found)
    assert found.period == Period(start=date(2026, 2, 10), end=date(2026, 6, 30))
    rentree = find_period("a partir de la rentree", "fr", WEDNESDAY, calendar)
    assert isinstance(rentree, Found)
    assert rentree.period == Period(start=date(2026, 9, 20), end=None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_month_is_mistaken_for_another_word_of_the_vocabulary(language: str) -> None:
    words = lexicon(language)
    assert not set(words.typos) & words.known


_PIECES = [
    *sorted({word for language in LANGUAGES for word in lexicon(language).known}),
    *("2026", "31", "5", "30/06", "2023-24", "99999999", "0", "00/00/0000", "29/02", "9999-12-31", "0001-01-01", "3,5"),
    *("%", "?", "-", "/", "'", "axe", "actions", "n", "٣", "²", "ß", "_", "1" * 50),
]


def _check(text: str, today: date, past: bool) -> None:
    folded = fold(text)
    for language in (*LANGUAGES, "de"):
        found = find_period(folded, language, today, past=past)
        if found:
            assert 0 <= found.start_at < found.end_at <= len(folded)
            assert found.words == folded[found.start_at : found.end_at]
        if isinstance(found, Unclear):
            assert len(found.choices) > 1
            assert len(set(found.choices)) == len(found.choices)


@given(text=st.text(max_size=120), today=st.dates(), past=st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_left(text: str, today: date, past: bool) -> None:
    _check(text, today, past)


@given(pieces=st.lists(st.sampled_from(_PIECES), max_size=12), today=st.dates(), past=st.booleans())
@settings(max_examples=600, deadline=None)
def test_any_mix_of_words_of_time_is_read_or_left(pieces: list[str], today: date, past: bool) -> None:
    _check(" ".join(pieces), today, past)
    _check("".join(pieces), today, past)


@pytest.mark.parametrize(
    "piece",
    [
        *("le ", "fin de ", "mois de ", "le 5 ", "2026 ", "de la ", "3/", "1", "1-", "lundi et ", "mars, ", "'", "un "),
        *(
            "prochains 3 ",
            "entre le 3 ",
            "a partir de la fin du mois de ",
            "dans les ",
            "semaine ",
            "premier lundi de ",
        ),
        *("du mois, 30 axe ", "1 axe 2 mois ", "in the of the ", "de de 12 ", "debut fin mi ", "chaque mars ", "q1 "),
        *("1 an et ", "12 abcd 2026 ", "d'ici ", "24 x", "avant apres depuis ", "the next ", "volgende ", "- ", "12:"),
    ],
)
def test_no_text_takes_for_ever(piece: str) -> None:
    """No pattern explodes: `make bench` says how quick a phrase is; this only says that each text comes to an end."""
    warm_up()
    text = fold(piece * LONGEST, LONGEST)
    begun = time.process_time()
    for language in LANGUAGES:
        find_period(text, language, WEDNESDAY)
    assert time.process_time() - begun < 5, piece
