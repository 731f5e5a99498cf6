"""The plan itself: its words, when an action is due, who its people are (what they may do is in storage.rights).

The pure core: standard library only; it knows no database, no chat and no clock. Terms and rules are
those of the README ("The house"); a name here is the name everywhere.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import takewhile

from storage.calendar import LAST_DAY, AcademicCalendar, Period


class Status(StrEnum):
    TODO = "todo"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    ABANDONED = "abandoned"


OPEN = (Status.TODO, Status.IN_PROGRESS)


class Kind(StrEnum):
    DAY = "day"
    MONTH = "month"
    ACADEMIC_YEAR = "academic_year"
    RECURRING = "recurring"
    ONGOING = "ongoing"
    NONE = "none"


class Rhythm(StrEnum):
    """On which day of each academic year a recurring action is due."""

    LAST_DAY = "last_day"
    RENTREE = "rentree"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """What the plan says (`text`, as written) and the window it means; due is the window's end."""

    kind: Kind
    text: str = ""
    start: date | None = None
    end: date | None = None
    rhythm: Rhythm | None = None


def occurrence_from(rhythm: Rhythm, day: date, calendar: AcademicCalendar) -> date:
    """The first day on or after `day` on which this rhythm makes an action due."""
    year = calendar.year_of(day)
    if rhythm is Rhythm.LAST_DAY:
        last = calendar.year(year).end
        assert last is not None
        return last
    opening = calendar.first_day(year)
    return opening if opening >= day else calendar.first_day(year + 1)


def last_occurrence_in(rhythm: Rhythm, period: Period, calendar: AcademicCalendar) -> date | None:
    """The last due day of this rhythm inside the period; None where it holds none.

    An open end is read as one year from the start: a recurring action is due again for ever.
    """
    end = period.end or (_a_year_after(period.start) if period.start else LAST_DAY)
    year = calendar.year_of(end)
    candidate = calendar.first_day(year)
    if rhythm is Rhythm.LAST_DAY:
        closing = calendar.year(year).end
        assert closing is not None
        candidate = closing if closing <= end else calendar.year(year - 1).end or closing
    return candidate if period.start is None or candidate >= period.start else None


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, 28))


class IndicatorKind(StrEnum):
    NUMBER = "number"
    PERCENTAGE = "percentage"
    STATE = "state"
    DOCUMENT = "document"


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One dated value of an indicator; `number` is None for states and documents."""

    on: date
    value: str
    number: float | None = None
    note: str = ""
    link: str = ""
    author: str = ""
    id: int = 0


@dataclass(frozen=True, kw_only=True)
class Indicator:
    id: int
    name: str
    kind: IndicatorKind
    measurements: tuple[Measurement, ...] = ()
    """Newest first."""


class BodyKind(StrEnum):
    COUNCIL = "council"
    SERVICE = "service"
    ROLE = "role"
    WORKING_GROUP = "working_group"
    PARTNER = "partner"
    """Outside the school."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """Who answers for actions. An action's bodies come with number and name alone."""

    id: int
    name: str
    """As the plans call it."""
    full_name: str = ""
    initials: str = ""
    kind: BodyKind | None = None
    parent: str = ""
    """The name of the body it belongs to."""
    aliases: tuple[str, ...] = ()


class Office(StrEnum):
    MEMBER = "member"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, kw_only=True)
class Membership:
    """That somebody belongs to a body, from a first to a last day, or open at either end."""

    member: int
    person: str
    body: int
    body_name: str
    office: Office = Office.MEMBER
    start: date | None = None
    end: date | None = None

    def holds_on(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, kw_only=True)
class Assignee:
    """A person to whom an action was given by name."""

    id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action as it stands. `version` counts the changes of its status and deadline; a button carries its own."""

    id: int
    ref: str
    plan: str
    axis: str
    goal: str
    objective: str
    title: str
    deadline: Deadline
    status: Status
    priority: int | None
    version: int
    bodies: tuple[Body, ...] = ()
    assignees: tuple[Assignee, ...] = ()
    unit: str | None = None
    """Path in the tree of units, e.g. "Haute école/Techniques de l'image"; None is the whole institution."""
    closed_until: date | None = None
    """Recurring actions only: the last occurrence that was closed."""
    done_by: str = ""
    done_on: date | None = None
    extra: tuple[tuple[str, str], ...] = ()
    """What other columns of the plan's file say of it, each with its heading."""
    discreet: bool = False
    """Not announced; there is no such action but for those responsible and coordinators, each alone with the bot."""

    def due_day(self, today: date, calendar: AcademicCalendar) -> date | None:
        """The day this is due: the end of its window, or the next occurrence that nobody closed."""
        if self.deadline.rhythm is None:
            return self.deadline.end
        upcoming = occurrence_from(self.deadline.rhythm, today, calendar)
        if self.closed_until is not None and upcoming <= self.closed_until:
            return occurrence_from(self.deadline.rhythm, _after(self.closed_until), calendar)
        return upcoming

    def is_late(self, today: date) -> bool:
        """Past its due day and neither done nor abandoned; recurring and ongoing ones never are."""
        return (
            self.status in OPEN
            and self.deadline.rhythm is None
            and self.deadline.end is not None
            and self.deadline.end < today
        )

    def is_done(self, today: date, calendar: AcademicCalendar) -> bool:
        """Done for good; or, where it recurs, the current occurrence is closed."""
        if self.deadline.rhythm is None:
            return self.status is Status.DONE
        return self.closed_until is not None and self.closed_until >= occurrence_from(
            self.deadline.rhythm, today, calendar
        )


def _after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


class Role(StrEnum):
    READER = "reader"
    MEMBER = "member"
    COORDINATOR = "coordinator"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person, with the bodies they belong to today. `unit` counts for rights, `asks_for` for questions only."""

    id: int
    name: str
    email: str
    role: Role
    unit: str | None = None
    chosen_unit: str | None = None
    language: str | None = None
    bodies: frozenset[int] = field(default_factory=frozenset)

    @property
    def asks_for(self) -> str | None:
        """The unit "my department" means: the one the register gives, else the one they chose when asked."""
        return self.unit or self.chosen_unit

    def choosing(self, unit: str) -> "Member":
        return replace(self, chosen_unit=unit)


def unit_holds(upper: str, lower: str) -> bool:
    """Whether `lower` is the unit `upper` or one below it, both as paths."""
    return lower == upper or lower.startswith(upper + "/")


def common_unit(units: list[str | None]) -> str | None:
    """The lowest unit that holds them all, as a path; None, the whole institution, where there is none."""
    if not units or None in units:
        return None
    paths = [unit.split("/") for unit in units if unit]
    steps = [level[0] for level in takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))]
    return "/".join(steps) or None
