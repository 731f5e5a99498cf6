"""Asks the date library for a day whose month our own words lack ("24. Dezember 2026"); it never sees a sentence."""

import warnings
from datetime import date
from functools import cache, lru_cache

from dateparser.date import DateDataParser

# German is the third language of Belgium, so a pasted date may be in it.
_ALSO = "de"
_SETTINGS = {"DATE_ORDER": "DMY", "REQUIRE_PARTS": ["day", "month", "year"]}


@cache
def _parser(language: str) -> DateDataParser:
    return DateDataParser(languages=[language, _ALSO], settings=_SETTINGS)


@lru_cache(maxsize=256)
def written_day(of_month: int, month: str, year: int, language: str) -> date | None:
    """The day, if the library knows the word for the month; it must give back the day and year it was given."""
    with warnings.catch_warnings():
        # The library warns of its own use of the standard library; that says nothing about the date.
        warnings.simplefilter("ignore")
        read = _parser(language).get_date_data(f"{of_month} {month} {year}")
    found = read.date_obj.date() if read and read.date_obj and read.period == "day" else None
    return found if found and (found.day, found.year) == (of_month, year) else None


def warm_up(languages: tuple[str, ...]) -> None:
    for language in languages:
        written_day(1, "dezember", 2000, language)
