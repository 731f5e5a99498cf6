"""Parts of a period: its start, middle and end, its halves, and the n-th weekday in it."""

from datetime import date

from dialogs.dates_leaves import WEEK, months, plus_months
from storage.calendar import DAY, Period, day


def edge(which: str, period: Period) -> Period | None:
    """The start, middle or end of a period.

    A month: days 1–10, 11–20, 21 to the end. A week: Monday and Tuesday, Wednesday and Thursday, Friday to Sunday.
    Anything longer: its first month, the month or two in its middle, its last month.
    """
    if not period.start or not period.end:
        return None
    first, last = period.start, period.end
    length = (last - first).days + 1
    if length <= 2:
        return None
    if length <= WEEK:
        cuts = (first + 2 * DAY, first + 4 * DAY)
    elif length <= 31:
        cuts = (first + 10 * DAY, first + 20 * DAY)
    else:
        return _edge_of_months(which, first, last)
    return {
        "start": Period(start=first, end=cuts[0] - DAY),
        "mid": Period(start=cuts[0], end=cuts[1] - DAY),
        "end": Period(start=cuts[1], end=last),
    }[which]


def _edge_of_months(which: str, first: date, last: date) -> Period:
    if which == "start":
        # The academic year and its first quadrimestre open with the rentrée, the rest of September.
        following = date(first.year, first.month, 1) if first.day > 1 else first
        return Period(start=first, end=plus_months(following, 1) - DAY)
    if which == "end":
        return Period(start=plus_months(last + DAY, -1), end=last)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    width = 1 if count % 2 else 2
    return months(first.year, first.month + (count - width) // 2, width)


def half(number: int, period: Period) -> Period | None:
    """The first or second half of a month (1–15, 16 to the end) or of a longer period (half of its months)."""
    if not period.start or not period.end:
        return None
    first, last = period.start, period.end
    length = (last - first).days + 1
    if length < 28 or number not in (1, 2):
        return None
    if length <= 31:
        middle = first + 15 * DAY
    else:
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        if count % 2:
            return None
        middle = plus_months(first, count // 2)
    return Period(start=first, end=middle - DAY) if number == 1 else Period(start=middle, end=last)


def nth_weekday(number: int, weekday: int, frame: Period) -> Period | None:
    """The first, second … or last (-1) such weekday of a period."""
    if not frame.start or not frame.end:
        return None
    if number < 0:
        found = frame.end - (frame.end.weekday() - weekday) % WEEK * DAY
    else:
        found = frame.start + ((weekday - frame.start.weekday()) % WEEK + (number - 1) * WEEK) * DAY
    return day(found) if frame.holds(found) else None
