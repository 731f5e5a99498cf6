"""What is due to be said, and when: working days, lead times, late weeks, signs of life. Pure; the day is an argument.

It asks for "due and not said", never for "due in the coming minute": whatever was missed is said the next time, once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from storage.calendar import DAY, AcademicCalendar, Period
from storage.plan import OPEN, Action, Kind

AT = time(9)
"""When people are told what there is, in their own time zone."""
UNTIL = time(18)
"""Nobody hears from us in the evening; what was not said by then is said the next working day."""
LEADS = {3: (30, 14, 3), 2: (14, 3)}
"""Days before the due day, by priority."""
LEAD = (7,)
"""For every other priority, and none."""
SIGN_OF_LIFE = timedelta(days=21)
"""So long after a quadrimestre began, what goes on all the time is asked for a sign of life."""
ESCALATED = timedelta(days=21)
"""So long after its day, a late action is also told to the coordinator."""
TOUCHED = timedelta(days=3)
"""What somebody worked on so lately is left in peace."""


@cache
def _belgian(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))


@dataclass(frozen=True, kw_only=True)
class WorkingDays:
    """Monday to Friday without Belgian holidays and the weeks in which the school is closed."""

    closed: tuple[Period, ...] = ()

    def holds(self, day: date) -> bool:
        return (
            day.weekday() < 5 and day not in _belgian(day.year) and not any(period.holds(day) for period in self.closed)
        )

    def next_from(self, day: date) -> date:
        """The first working day on or after this one; a school that never opens is not waited for."""
        for ahead in range(400):
            if self.holds(day + ahead * DAY):
                return day + ahead * DAY
        return day

    def covered_by(self, day: date) -> date:
        """The last day before the next working day: whoever speaks on `day` speaks for all of them."""
        return self.next_from(day + DAY) - DAY


def is_time(local: datetime, days: WorkingDays) -> bool:
    """Whether somebody whose clock shows this may be told something unasked."""
    return AT <= local.time() < UNTIL and days.holds(local.date())


def milestone(action: Action, day: date, until: date, calendar: AcademicCalendar) -> str | None:
    """What there is to say of an action on a working day that speaks for all days up to `until`; None for nothing.

    Whoever was told a milestone is not told it again; one that passed unsaid is said by the next that is reached.
    """
    if action.status not in OPEN:
        return None
    if action.deadline.kind is Kind.ONGOING:
        year, number = calendar.quadrimestre_of(day)
        start = calendar.quadrimestre(year, number).start
        return f"life:{year}Q{number}" if start is not None and day - start >= SIGN_OF_LIFE else None
    due = action.due_day(day, calendar)
    if due is None:
        return None
    if due < day:
        return f"late:{week_of(day)}"
    # What is due before the next working day cannot wait for it.
    by = until if due <= until else day
    reached = [lead for lead in LEADS.get(action.priority or 0, LEAD) if due - timedelta(days=lead) <= by]
    return f"due:{due.isoformat()}:{min(reached)}" if reached else None


def week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}W{week:02}"


def is_escalated(action: Action, day: date) -> bool:
    return action.is_late(day) and action.deadline.end is not None and day - action.deadline.end >= ESCALATED


def next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def digest_due(rhythm: str, day: date) -> tuple[str, Period] | None:
    """The digest that a recipient with this rhythm is owed on this day: its key, and the time it tells of.

    Weekly: the week before; monthly: the month before. It is owed on every day of the week or month after, so that
    one that was missed is still said, and its key lets it be said once.
    """
    if rhythm == "weekly":
        monday = day - timedelta(days=day.weekday())
        before = Period(start=monday - 7 * DAY, end=monday - DAY)
        return week_of(before.start or day), before
    if rhythm == "monthly":
        first = day.replace(day=1)
        last = first - DAY
        return f"{last:%Y-%m}", Period(start=last.replace(day=1), end=last)
    return None


def periods_from(written: Iterable[str]) -> tuple[Period, ...]:
    """Closing weeks as the settings have them: "2026-12-21/2027-01-03", or one day; raises ValueError."""
    found = []
    for each in written:
        start, _, end = each.partition("/")
        found.append(Period(start=date.fromisoformat(start), end=date.fromisoformat(end or start)))
    return tuple(found)
