"""What recurs in the calendar, and which occurrence is meant from a given day; it reads no words and no clock."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from storage.calendar import DAY, AcademicCalendar, Period, day, month

WEEK = 7
LONG_AGO = date(1, 1, 1)
# 29 February skips up to seven years, week 53 up to six.
_REACH = 9
_HALF_YEAR = timedelta(days=183)


@dataclass(frozen=True, kw_only=True)
class Series:
    """Occurrences numbered in time; `at(k)` is None where one does not exist (29 February 2026)."""

    at: Callable[[int], Period | None]
    near: Callable[[date], int]

    def next(self, on: date) -> Period | None:
        """The first occurrence that is not over on that day: the current one included."""
        around = self.near(on)
        for k in range(around - 1, around + _REACH):
            found = self.at(k)
            if found and found.end and found.end >= on:
                return found
        return None

    def last(self, on: date) -> Period | None:
        """The latest occurrence that has begun on that day: the current one included."""
        around = self.near(on)
        for k in range(around + 1, around - _REACH, -1):
            found = self.at(k)
            if found and found.start and found.start <= on:
                return found
        return None


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One thing said about the calendar: fixed periods, or series of which an occurrence is meant.

    Several are several readings. `closes`: the end of something, which "before" includes. `asks`: when the occurrence
    of this year is over but nearer than the next one, either may be meant. `grain` says what one occurrence is: a day,
    week, month …, a "number" for a day of any month. `weak`: a bare year, which other periods in the sentence outrank.
    """

    fixed: tuple[Period, ...] = ()
    series: tuple[Series, ...] = ()
    grain: str = "day"
    closes: bool = False
    asks: bool = False
    weak: bool = False

    def mapped(self, change: Callable[[Period], Period | None], **traits: bool | str) -> "Leaf":
        def changed(one: Series) -> Series:
            def at(k: int) -> Period | None:
                found = one.at(k)
                return change(found) if found else None

            return Series(at=at, near=one.near)

        fixed = tuple(new for old in self.fixed if (new := change(old)))
        return replace(self, fixed=fixed, series=tuple(changed(s) for s in self.series), **traits)  # type: ignore[arg-type]

    def next(self, on: date) -> tuple[Period, ...]:
        return self.fixed + tuple(found for s in self.series if (found := s.next(on)))

    def last(self, on: date) -> tuple[Period, ...]:
        return self.fixed + tuple(found for s in self.series if (found := s.last(on)))

    def plain(self, on: date, past: bool) -> tuple[Period, ...]:
        """What is meant when no preposition says which way to look."""
        if past:
            return self.last(on)
        coming = self.next(on)
        if not self.asks:
            return coming
        gone = self.last(on)
        if len(coming) != 1 or len(gone) != 1 or coming == gone:
            return coming
        before, after = gone[0], coming[0]
        if before.end and after.start and before.end.year == on.year and on - before.end < after.start - on:
            return (before, after)
        return coming

    def within(self, frame: Period) -> "Leaf":
        """The occurrences that begin in that period; without any, an empty leaf."""
        if not self.series or not frame.start or not frame.end:
            return self
        found: list[Period] = []
        for s in self.series:
            for k in range(s.near(frame.start) - 1, s.near(frame.start) + _REACH):
                one = s.at(k)
                if one and one.start and frame.start <= one.start <= frame.end and one not in found:
                    found.append(one)
        return replace(self, fixed=tuple(found), series=(), asks=False)


def fixed(*periods: Period, grain: str = "day") -> Leaf:
    return Leaf(fixed=periods, grain=grain)


def yearly(at: Callable[[int], Period | None], **traits: bool | str) -> Leaf:
    return Leaf(series=(Series(at=at, near=lambda on: on.year),), **traits)  # type: ignore[arg-type]


def a_month(number: int) -> Leaf:
    return yearly(lambda year: month(year, number), grain="month")


def days_in(year: int, number: int) -> int:
    if number == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if number in (4, 6, 9, 11) else 31


def exact(year: int, number: int, of_month: int) -> Period | None:
    return day(date(year, number, of_month)) if 1 <= of_month <= days_in(year, number) else None


def a_day_of_the_year(number: int, of_month: int) -> Leaf:
    return yearly(lambda year: exact(year, number, of_month))


def a_day_of_the_month(of_month: int) -> Leaf:
    return Leaf(
        series=(
            Series(at=lambda k: exact(k // 12, k % 12 + 1, of_month), near=lambda on: on.year * 12 + on.month - 1),
        ),
        grain="number",
    )


def a_weekday(number: int) -> Leaf:
    return Leaf(
        series=(
            Series(
                at=lambda k: day(date.fromordinal(k * WEEK + number + 1)),
                near=lambda on: (on.toordinal() - 1) // WEEK,
            ),
        )
    )


def week_of(on: date) -> Period:
    monday = on - on.weekday() * DAY
    return Period(start=monday, end=monday + 6 * DAY)


def iso_week(year: int, number: int) -> Period | None:
    if not 1 <= number <= 53 or (number == 53 and date(year, 12, 28).isocalendar().week != 53):
        return None
    return week_of(date(year, 1, 4) + (number - 1) * WEEK * DAY)


def a_week(number: int) -> Leaf:
    return yearly(lambda year: iso_week(year, number), grain="week", asks=True)


def months(year: int, first: int, count: int) -> Period:
    """`count` whole months from that one on; `first` may run over the year's end."""
    year, first = year + (first - 1) // 12, (first - 1) % 12 + 1
    last = first + count - 1
    return Period(start=date(year, first, 1), end=month(year + (last - 1) // 12, (last - 1) % 12 + 1).end)


def part_of_year(number: int, length: int) -> Leaf:
    """The `number`-th quarter (length 3) or semester (length 6): both are the calendar's, January to December."""
    grain = {3: "quarter", 6: "semester"}[length]
    return yearly(lambda year: months(year, (number - 1) * length + 1, length), grain=grain, asks=True)


def plus_months(on: date, count: int) -> date:
    """That many months later, on the same day or the month's last."""
    index = on.year * 12 + on.month - 1 + count
    year, number = index // 12, index % 12 + 1
    return date(year, number, min(on.day, days_in(year, number)))


def shifted(on: date, count: int, unit: str) -> date:
    if unit == "week":
        return on + count * WEEK * DAY
    if unit == "day":
        return on + count * DAY
    return plus_months(on, count * {"month": 1, "quarter": 3, "quadri": 4, "semester": 6}.get(unit, 12))


def unit_of(on: date, unit: str, offset: int, calendar: AcademicCalendar) -> Period:
    """The week, month … that holds the day, or the one `offset` further."""
    match unit:
        case "day":
            return day(on + offset * DAY)
        case "week":
            return week_of(on + offset * WEEK * DAY)
        case "weekend":
            monday = on - on.weekday() * DAY + offset * WEEK * DAY
            return Period(start=monday + 5 * DAY, end=monday + 6 * DAY)
        case "month":
            return months(on.year, on.month + offset, 1)
        case "quarter":
            return months(on.year, (on.month - 1) // 3 * 3 + 1 + offset * 3, 3)
        case "semester":
            return months(on.year, (on.month - 1) // 6 * 6 + 1 + offset * 6, 6)
        case "quadri":
            starting, number = calendar.quadrimestre_of(on)
            index = starting * 3 + number - 1 + offset
            return calendar.quadrimestre(index // 3, index % 3 + 1)
        case "academic":
            return calendar.year(calendar.year_of(on) + offset)
        case _:
            return months(on.year + offset, 1, 12)


def a_unit(unit: str, today: date, calendar: AcademicCalendar) -> Leaf:
    """The unit itself as a series around today, for "fin du mois" and its like."""
    series = Series(at=lambda k: unit_of(today, unit, k, calendar), near=lambda on: _units_away(on, unit, today))
    return Leaf(series=(series,), grain=unit, asks=True)


def _units_away(on: date, unit: str, today: date) -> int:
    days = {"day": 1, "week": 7, "weekend": 7, "month": 30, "quarter": 91, "semester": 182, "quadri": 122}
    return (on - today).days // days.get(unit, 365)
