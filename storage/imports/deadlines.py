"""What one wording of a deadline means: its kind, its window, a status where it says one; it never guesses."""

import re
from dataclasses import dataclass, replace
from datetime import date

from storage.calendar import AcademicCalendar, Period, month
from storage.folding import fold, tidy
from storage.plan import Deadline, Kind, Rhythm, Status

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january januari",
            "fevrier fevr fev february feb februari",
            "mars march mar maart mrt",
            "avril avr april apr",
            "mai may mei",
            "juin june jun juni",
            "juillet juil july jul juli",
            "aout august aug augustus",
            "septembre september sept sep",
            "octobre october oct oktober okt",
            "novembre november nov",
            "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_DAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_YEAR_WORDS = "annee academique|academic year|academiejaar|a\\.?a\\.?"
_ISO_DAY = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[t ]\d\d:\d\d(?::\d\d)?)?")
_NUMERIC_DAY = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4}|\d\d)")
_WORDED_DAY = re.compile(rf"(?:le )?(?:(?:{_DAYS}) )?(\d\d?)(?:er|st|nd|rd|th)? ([a-z]+)\.? (\d{{4}})")
_WORDED_MONTH = re.compile(r"([a-z]+)\.?[ /'-]*(\d{4}|\d\d)")
_NUMERIC_MONTH = re.compile(r"(?P<month>\d\d?)/(?P<year>\d{4})|(?P<year_first>\d{4})[/-](?P<month_last>\d\d)")
_YEAR = re.compile(rf"(?:(?:{_YEAR_WORDS}) )?(\d{{4}}) ?[/-] ?(\d{{4}}|\d\d)")
_LONGEST = 100


def _phrases(text: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in text.split("|"))


_ONGOING = _phrases(
    "en continu | continu | en permanence | permanent | ongoing | continuous | continuously | doorlopend"
)
_IN_PROGRESS = _phrases("en cours | commence | commencee | in progress | under way | started | lopend | bezig")
_BOTH = _phrases("en cours et en continu | en continu et en cours | in progress and ongoing")
_DONE = _phrases(
    """realise | realisee | realises | realisees | fait | faite | termine | terminee | cloture | cloturee
    | done | completed | achieved | closed | gerealiseerd | afgerond | gedaan | uitgevoerd"""
)
_TODO = _phrases("a faire | a realiser | non commence | non commencee | to do | todo | not started | te doen")
_ABANDONED = _phrases("abandonne | abandonnee | annule | annulee | abandoned | cancelled | geannuleerd | stopgezet")
_EACH_YEAR = _phrases(
    """recurrence annuelle | annuel | annuelle | annuellement | chaque annee | tous les ans | chaque annee academique
    | yearly | annual | annually | every year | each year | jaarlijks | elk jaar"""
)
_EACH_RENTREE = _phrases(
    """a chaque rentree academique | a chaque rentree | chaque rentree | chaque rentree academique
    | at the start of each academic year | at the start of every academic year
    | bij elke start van het academiejaar | bij de start van elk academiejaar"""
)
_STATUSES = {
    Status.TODO: _TODO,
    Status.IN_PROGRESS: _IN_PROGRESS,
    Status.DONE: _DONE,
    Status.ABANDONED: _ABANDONED,
}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`status` where the wording says one; `is_only_status` where it says nothing about time."""

    deadline: Deadline
    status: Status | None = None
    is_only_status: bool = False


def read_wording(value: str | date, calendar: AcademicCalendar) -> Reading | None:
    """The meaning of one wording, e.g. "Sept-24"; None where it is unreadable."""
    if isinstance(value, date):
        return Reading(deadline=Deadline(kind=Kind.DAY, text=value.isoformat(), start=value, end=value))
    words = tidy(value)
    if len(words) > _LONGEST:
        return None
    folded = fold(words).strip(" .")
    kind, window = _window(folded, calendar)
    if window is not None:
        return Reading(deadline=Deadline(kind=kind, text=words, start=window.start, end=window.end))
    return _said(folded, words)


def settled(reading: Reading, value: str | date, calendar: AcademicCalendar) -> Reading:
    """The reading with the meaning that a column of its own gives: a day, an ISO interval, or a wording."""
    text = reading.deadline.text
    meant = _between(value) if isinstance(value, str) else None
    if meant is None and (read := read_wording(value, calendar)) is not None:
        meant = read.deadline
    if meant is None:
        meant = Deadline(kind=Kind.NONE)
    return replace(reading, deadline=replace(meant, text=text))


def _between(value: str) -> Deadline | None:
    """An interval, "2024-09-01/2024-12-31", that is neither a month nor a year."""
    first, _, last = tidy(value).partition("/")
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return Deadline(kind=Kind.DAY, start=start, end=end) if start <= end else None


def _said(folded: str, words: str) -> Reading | None:
    """The meaning of the wordings that name no day."""
    if folded in _EACH_RENTREE:
        return Reading(deadline=Deadline(kind=Kind.RECURRING, text=words, rhythm=Rhythm.RENTREE))
    if folded in _EACH_YEAR:
        return Reading(deadline=Deadline(kind=Kind.RECURRING, text=words, rhythm=Rhythm.LAST_DAY))
    if folded in _ONGOING:
        return Reading(deadline=Deadline(kind=Kind.ONGOING, text=words))
    if folded in _BOTH or folded in _IN_PROGRESS:
        deadline = Deadline(kind=Kind.ONGOING, text=words)
        return Reading(deadline=deadline, status=Status.IN_PROGRESS, is_only_status=folded in _IN_PROGRESS)
    status = status_in(folded)
    if status is None:
        return None
    return Reading(deadline=Deadline(kind=Kind.NONE, text=words), status=status, is_only_status=True)


_ASIDE = re.compile(r"\s*\([^()]*\)$")


def status_in(text: str) -> Status | None:
    """The status a word or two say: "Réalisé", "en cours"; what stands behind it in brackets is an aside."""
    folded = _ASIDE.sub("", fold(text)).strip(" .")
    for status, phrases in _STATUSES.items():
        if folded in phrases:
            return status
    return None


def _window(folded: str, calendar: AcademicCalendar) -> tuple[Kind, Period | None]:
    try:
        if found := _ISO_DAY.fullmatch(folded):
            return Kind.DAY, _on(int(found[1]), int(found[2]), int(found[3]))
        if found := _NUMERIC_DAY.fullmatch(folded):
            return Kind.DAY, _on(_century(found[3]), int(found[2]), int(found[1]))
        if (found := _WORDED_DAY.fullmatch(folded)) and found[2] in _MONTHS:
            return Kind.DAY, _on(int(found[3]), _MONTHS[found[2]], int(found[1]))
        if found := _YEAR.fullmatch(folded):
            starting, ending = int(found[1]), found[2]
            if ending.endswith(f"{(starting + 1) % 100:02}") and ending in (str(starting + 1), ending[-2:]):
                return Kind.ACADEMIC_YEAR, calendar.year(starting)
        if (found := _WORDED_MONTH.fullmatch(folded)) and found[1] in _MONTHS:
            return Kind.MONTH, month(_century(found[2]), _MONTHS[found[1]])
        if found := _NUMERIC_MONTH.fullmatch(folded):
            year, number = found["year"] or found["year_first"], found["month"] or found["month_last"]
            return Kind.MONTH, month(int(year), int(number))
    except ValueError:
        pass  # a 31 February, a month 13, a year 0: unreadable
    return Kind.NONE, None


def _on(year: int, number: int, day: int) -> Period:
    on = date(year, number, day)
    return Period(start=on, end=on)


def _century(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)
