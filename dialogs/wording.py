"""Saying things of the plan in words: a deadline, a period, what was understood. Pure; the day is an argument."""

from datetime import date

from dialogs.answers import Author, Moment
from dialogs.requests import CountActions, ListActions, ShowProgress
from dialogs.words import Words
from storage.calendar import AcademicCalendar, Period, month
from storage.plan import Action, Kind, Status

_SPANS = ((730, "years", 365), (60, "months", 30), (14, "weeks", 7), (0, "days", 1))
"""From so many days on, count in this; whoever is eight days late reads days, not "one week"."""


def stars(priority: int | None) -> str:
    return "★" * (priority or 0)


def span(days: int, words: Words) -> str:
    """A number of days (0 or more) as people say it: 12 jours, 3 semaines, 4 mois, 2 ans."""
    unit, length = next((unit, length) for least, unit, length in _SPANS if days >= least)
    return words.count(f"time.{unit}", days // length)


def deadline(action: Action, moment: Moment, words: Words) -> str:
    """When an action is due, seen from today: "30 juin 2026 · dans 12 jours", "en continu"."""
    if action.status is Status.DONE:
        return words("time.done_on", day=words.day(action.done_on)) if action.done_on else words("status.done")
    if action.status is Status.ABANDONED:
        return words("status.abandoned")
    if action.deadline.kind is Kind.ONGOING:
        return words("time.ongoing")
    due = action.due_day(moment.today, moment.calendar)
    if due is None:
        return words("time.none")
    if action.deadline.rhythm is not None:
        every = words("time.every_year", day=words.day(due))
        if action.is_done(moment.today, moment.calendar) and action.closed_until:
            return words.parts((words("time.closed", day=words.day(action.closed_until)), every))
        return every
    return words("time.due", day=words.day(due), span=distance(due, moment.today, words))


def distance(due: date, today: date, words: Words) -> str:
    days = (due - today).days
    if days < 0:
        return words("time.late", span=span(-days, words))
    if days < 2:
        return words("time.tomorrow" if days else "time.today")
    return words("time.in", span=span(days, words))


def period(when: Period, calendar: AcademicCalendar, words: Words) -> str:
    """A period by its name where it has one: "juin 2026", "année académique 2025-26", else its days."""
    if when.start is None or when.end is None:
        if when.start:
            return words("period.from", start=words.day(when.start))
        return words("period.until", end=words.day(when.end)) if when.end else ""
    if when.start == when.end:
        return words("period.day", day=words.day(when.start))
    if when == month(when.start.year, when.start.month):
        return words.month(when.start)
    if when == Period(start=date(when.start.year, 1, 1), end=date(when.start.year, 12, 31)):
        return str(when.start.year)
    starting, number = calendar.quadrimestre_of(when.start)
    years = f"{starting}-{(starting + 1) % 100:02}"
    if when == calendar.year(starting):
        return words("period.academic_year", years=years)
    if when == calendar.quadrimestre(starting, number):
        return words("period.quadrimestre", number=number, years=years)
    return words("period.from_to", start=words.day(when.start), end=words.day(when.end))


def owners(action: Action) -> list[str]:
    """Who answers for an action: its bodies, then those it was given to by name."""
    return [body.name for body in action.bodies] + [person.name for person in action.assignees]


def authored(by: Author, words: Words) -> str:
    """ "par Nadia Lambert, le 18 mars 2026 à 10:00 (message)"."""
    key = "receipt.by" if by.who else "receipt.by_nobody"
    return words(key, who=by.who, day=words.moment(by.at), through=words(f"through.{by.through}"))


def unit_name(path: str) -> str:
    """The last step of a unit's path."""
    return path.rsplit("/", 1)[-1]


def understood(request: ListActions | CountActions | ShowProgress, moment: Moment, words: Words) -> str:
    """What the bot made of the question: "J'ai compris : échéance juin 2026 · plan HEN"."""
    where = request.where
    if isinstance(request, ShowProgress):
        what = "understood.progress"
    elif isinstance(request, CountActions):
        what = "understood.number"
    else:
        what = "understood.late" if where.late else "understood.actions"
    parts = [words(what if where.status is None else f"understood.{where.status}")]
    if isinstance(request, CountActions) and where.late:
        parts.append(words("understood.late"))
    if where.due:
        parts.append(words("understood.due", period=period(where.due, moment.calendar, words)))
    if where.mine:
        parts.append(words("understood.mine"))
    if where.unowned:
        parts.append(words("understood.unowned"))
    if where.unit:
        parts.append(words("understood.unit", unit=unit_name(where.unit)))
    for name in ("body", "person", "plan", "axis", "goal", "indicator", "words"):
        if value := getattr(where, name):
            parts.append(words(f"understood.{name}", **{name: value}))
    if where.priority:
        parts.append(words("understood.priority", stars=stars(where.priority)))
    if where.kind:
        parts.append(words(f"kind.{where.kind}"))
    return words("understood.opening", what=words.parts(parts))


def scope(kind: str, target: str, words: Words) -> str:
    """What a channel follows: "le plan TI"."""
    return words(f"scope.{kind}", target=unit_name(target) if kind == "unit" else target)
