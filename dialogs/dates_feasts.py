"""Feasts, holidays and seasons: what comes back each year under a name of its own."""

from collections.abc import Callable
from datetime import date

from dialogs.dates_leaves import WEEK, Leaf, Series, a_day_of_the_year, months, plus_months, week_of, yearly
from storage.calendar import DAY, AcademicCalendar, Period, day, month


def easter(year: int) -> date:
    """Western Easter Sunday, by the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    number, of_month = divmod(h + m - 7 * n + 114, 31)
    return date(year, number, of_month + 1)


_FROM_EASTER = {
    "easter": 0, "easter_monday": 1, "good_friday": -2, "ascension": 39, "pentecost": 49, "whit_monday": 50,
    "mardi_gras": -47,
}  # fmt: skip
_EACH_YEAR = {
    "christmas": (12, 25), "new_year": (1, 1), "labour_day": (5, 1), "national_day": (7, 21), "assumption": (8, 15),
    "all_saints": (11, 1), "armistice": (11, 11),
}  # fmt: skip


def _christmas_holidays(year: int) -> Period:
    """Two weeks from the Monday of Christmas's week, or the Monday after when Christmas is on a week-end."""
    christmas = date(year, 12, 25)
    monday = christmas - christmas.weekday() * DAY + (WEEK * DAY if christmas.weekday() > 4 else 0 * DAY)
    return Period(start=monday, end=monday + 13 * DAY)


def feast(name: str, calendar: AcademicCalendar) -> Leaf:
    """A day or stretch that comes back each year; holidays that two schools place differently have two readings."""
    if name in _FROM_EASTER:
        return yearly(lambda year: day(easter(year) + _FROM_EASTER[name] * DAY))
    if name in _EACH_YEAR:
        return a_day_of_the_year(*_EACH_YEAR[name])
    match name:
        case "rentree":
            return yearly(
                lambda year: Period(start=calendar.first_day(year), end=month(year, calendar.rentree[0]).end),
                grain="rentree",
            )
        case "christmas_holidays":
            return yearly(_christmas_holidays, grain="span")
        case "festive_season":
            return yearly(lambda year: Period(start=date(year, 12, 24), end=date(year + 1, 1, 1)), grain="span")
        case "summer_holidays":
            return _either(lambda year: months(year, 7, 2), lambda year: calendar.quadrimestre(year - 1, 3))
        case "easter_holidays":
            return _either(
                lambda year: Period(start=easter(year) - 13 * DAY, end=easter(year)),
                lambda year: Period(start=easter(year) + DAY, end=easter(year) + 14 * DAY),
            )
        case _:
            return _either(
                lambda year: week_of(date(year, 11, 1)),
                lambda year: Period(start=week_of(date(year, 11, 1)).start, end=week_of(date(year, 11, 8)).end),
            )


def _either(*ways: Callable[[int], Period | None]) -> Leaf:
    return Leaf(series=tuple(Series(at=way, near=lambda on: on.year) for way in ways), grain="span")


def season(name: str) -> Leaf:
    """A season by whole months, or from solstice to equinox: which one is meant is asked."""
    first = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}[name]
    return _either(
        lambda year: months(year, first, 3),
        lambda year: Period(start=date(year, first, 21), end=plus_months(date(year, first, 21), 3) - DAY),
    )
