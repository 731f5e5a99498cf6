"""The academic calendar of a haute école: years, quadrimestres and the calendar quarters beside them.

Pure; it never asks what day it is. The boundary days are those of the decree the schools follow
(14 September opens the academic year); a school that differs is given another `AcademicCalendar`.
"""

from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = date(3, 1, 1), date(9997, 12, 31)
"""Whatever somebody types, there are years to reckon with on both sides of these."""


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days from `start` to `end`, both included; None is an open side. Days out of all reach are brought within it."""

    start: date | None
    end: date | None

    def __post_init__(self) -> None:
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"a period cannot end before it starts: {self.start} – {self.end}")
        for side, day in (("start", self.start), ("end", self.end)):
            if day is not None and not FIRST_DAY <= day <= LAST_DAY:
                object.__setattr__(self, side, min(max(day, FIRST_DAY), LAST_DAY))

    def holds(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def day(on: date) -> Period:
    return Period(start=on, end=on)


def month(year: int, number: int) -> Period:
    start = date(year, number, 1)
    following = date(year + number // 12, number % 12 + 1, 1)
    return Period(start=start, end=following - DAY)


@dataclass(frozen=True, kw_only=True)
class AcademicCalendar:
    """Month and day on which each part of the academic year begins."""

    rentree: tuple[int, int] = (9, 14)
    second_quadrimestre: tuple[int, int] = (2, 1)
    third_quadrimestre: tuple[int, int] = (7, 1)

    def first_day(self, year: int) -> date:
        """The day on which the academic year that begins in `year` opens."""
        return date(year, *self.rentree)

    def year(self, starting: int) -> Period:
        """Academic year `starting`–`starting + 1`, e.g. 14 September 2023 – 13 September 2024."""
        return Period(start=self.first_day(starting), end=self.first_day(starting + 1) - DAY)

    def year_of(self, on: date) -> int:
        """The calendar year in which the academic year that holds `on` began."""
        return on.year if on >= self.first_day(on.year) else on.year - 1

    def quadrimestre(self, starting: int, number: int) -> Period:
        """Quadrimestre 1, 2 or 3 of the academic year that begins in `starting`."""
        starts = (
            self.first_day(starting),
            date(starting + 1, *self.second_quadrimestre),
            date(starting + 1, *self.third_quadrimestre),
            self.first_day(starting + 1),
        )
        return Period(start=starts[number - 1], end=starts[number] - DAY)

    def quadrimestre_of(self, on: date) -> tuple[int, int]:
        """(starting year, 1 to 3) of the quadrimestre that holds `on`."""
        starting = self.year_of(on)
        later = (self.second_quadrimestre, self.third_quadrimestre)
        number = 1 + sum(on >= date(starting + 1, *first) for first in later)
        return starting, number


BELGIAN = AcademicCalendar()
