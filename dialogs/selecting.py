"""What a question selects: the names, days and words of a sentence as a selection of actions."""

import re
from dataclasses import replace
from datetime import date

from dialogs.asked import Asked, is_cue
from dialogs.dates import Found, Impossible, Unclear
from dialogs.message import Message
from dialogs.names import Name
from dialogs.phrases import Span
from dialogs.structure import read_axis, read_goal, read_plan
from storage.calendar import DAY, AcademicCalendar, Period
from storage.plan import Kind, Status

_STARS = re.compile(r"(?<!\*)(\*{1,3})(?!\*)|(★{1,3})")
_AND = (["et"], ["ou"], ["and"], ["or"], ["en"], ["of"])
_ANYBODY = ("etudiants", "enseignants", "pp", "bibliothèque")
"""Bodies whose names are words of many topics."""
_JOINED = 4
"""Words from the end of one body's name to the next, that name side by side."""
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_UNITS = frozenset(
    word
    for words in (
        "section departement service cursus filiere unite entite domaine bachelier ecole",
        "department programme school unit",
        "opleiding afdeling entiteit dienst",
    )
    for word in words.split()
)
"""Words that stand before the name of a unit."""


def read_selection(message: Message, today: date, calendar: AcademicCalendar, *, past: bool = False) -> Asked:
    """All that the sentence says of which actions are meant, except words of their titles."""
    asked = Asked()
    _read_days(message, asked, today, calendar, past)
    read_plan(message, asked)
    read_axis(message, asked)
    read_goal(message, asked)
    _read_names(message, asked)
    _read_traits(message, asked)
    return asked


def _read_days(message: Message, asked: Asked, today: date, calendar: AcademicCalendar, past: bool) -> None:
    text = message.text
    for start, end in message.spans("context.leads"):
        if start == 0 and end > 1:
            # "what about next month?"
            text = " " * message.ends[end - 1] + text[message.ends[end - 1] :]
    when = message.period(today, calendar, past=past, text=text)
    if when is None:
        return
    span = message.span_of(when.start_at, when.end_at)
    if any(
        name.kind in ("goal", "axis", "body") and name.span[0] <= span[0] and span[1] <= name.span[1]
        for name in message.names
    ):
        return
    if any(start <= span[0] and span[1] <= end for start, end in message.spans("slots.recurring")):
        return
    asked.take(message, "due", span)
    match when:
        case Found():
            asked.where = replace(asked.where, due=when.period)
        case Unclear():
            asked.periods, asked.unclear = when.choices, when.words
            if joined := _side_by_side(when):
                asked.periods, asked.where = (), replace(asked.where, due=joined)
        case Impossible():
            asked.impossible = when.words


def _side_by_side(when: Unclear) -> Period | None:
    """ "2023 ou 2024", asked of many actions, are both years."""
    choices = when.choices
    if not re.search(r" (?:ou|or|of) ", when.words):
        return None
    ends = [period.end for period in choices[:-1]]
    starts = [period.start for period in choices[1:]]
    near = all(end and start and end + DAY == start for end, start in zip(ends, starts, strict=True))
    return Period(start=choices[0].start, end=choices[-1].end) if near else None


def _read_names(message: Message, asked: Asked) -> None:
    lexicon = message.lexicon
    topics = [end for _, end in message.spans("slots.topic")]
    asked.of_my_unit = message.has("slots.my_unit")
    for start, end in message.spans("slots.my_unit"):
        asked.take(message, "unit", (start, end))
    last = 0
    for name in message.names:
        if asked.taken & set(range(*name.span)):
            continue
        about = any(end <= name.span[0] <= end + 2 for end in topics)
        if name.kind == "unit" and not asked.where.unit and not asked.of_my_unit:
            asked.where = replace(asked.where, unit=name.value)
            asked.take(message, "unit", name.span)
            asked.taken.update(
                at for at in range(max(0, name.span[0] - 3), name.span[0]) if message.words[at] in _UNITS
            )
        elif name.kind == "body" and not asked.where.body and _names_a_body(message, name, about):
            asked.where = replace(asked.where, body=name.value)
            asked.take(message, "body", name.span)
            last = name.span[1]
            asked.bodies = [name.value]
        elif name.kind == "body" and asked.where.body and message.words[last : last + 1] in _AND:
            if name.span[0] - last <= _JOINED and name.value not in asked.bodies:
                asked.bodies.append(name.value)
                asked.taken.update(range(last, name.span[1]))
                last = name.span[1]
        elif name.kind == "person":
            asked.where = replace(asked.where, person=name.value)
            asked.take(message, "person", name.span)
    _read_unit_by_initials(message, asked)
    for at, word in enumerate(message.words):
        if at not in asked.taken and not asked.where.person and word not in message.says.small_words:
            person = lexicon.person_called(word)
            known = message.lexicon.titles.knows(word) or word in message.says.known
            if person and (not known or message.written((at, at + 1))[:1].isupper()):
                asked.where = replace(asked.where, person=person)
                asked.take(message, "person", (at, at + 1))
    _read_indicator(message, asked)
    for start, end in message.spans("slots.the_unit"):
        # "les actions du département": whose could it be but mine?
        taken = asked.taken & set(range(start, end))
        named = any(name.span[0] < end < name.span[1] for name in message.names)
        if not asked.where.unit and not taken and not named and not _goes_on(message, end):
            asked.of_my_unit = True
            asked.take(message, "unit", (start, end))


def _read_indicator(message: Message, asked: Asked) -> None:
    lexicon = message.lexicon
    for start, end in message.spans("slots.indicator")[:2]:
        free = [here for here in message.content(asked.taken) if end <= here < end + 12 and not is_cue(message, here)]
        before = [here for here in message.content(asked.taken) if here < start and not is_cue(message, here)]
        for some in (free, before):
            hits = lexicon.indicators.search(message.in_french(some), limit=2) if some else []
            if hits and hits[0].score >= 0.7:
                asked.where = replace(asked.where, indicator=hits[0].ref)
                asked.taken.update(range(start, end))
                asked.taken.update(some)
                asked.said["indicator"] = message.said((some[0], some[-1] + 1))
                return


def _goes_on(message: Message, at: int) -> bool:
    """ "du département audiovisuel" """
    return at < len(message.words) and message.is_content(at) and not is_cue(message, at)


def _names_a_body(message: Message, name: Name, about: bool) -> bool:
    """Not where it is part of what is spoken of: "sur les étudiants", "l'enquête étudiants"."""
    start, end = name.span
    written = message.written(name.span)
    if about and not name.whole:
        return False
    if not written.isupper() and name.value.lower() in _ANYBODY:
        # "la réussite des étudiants" is no business of theirs.
        within = message.words[start - 1 : start] == ["des"] and start > 1 and message.is_content(start - 2)
        topical = any(end <= start for _, end in message.spans("slots.topic"))
        if about or (within and topical):
            return False
    if start and end - start == 1 and not written.isupper():
        if (
            message.is_content(start - 1)
            and not is_cue(message, start - 1)
            and message.words[start - 1] not in ("actions", "action")
        ):
            return False
        if message.is_content(end) and not is_cue(message, end) and message.lexicon.titles.knows(message.words[end]):
            return False
    return not (len(name.value) <= 2 and not written.isupper())


def _read_unit_by_initials(message: Message, asked: Asked) -> None:
    if asked.where.unit or asked.of_my_unit:
        return
    for at in range(len(message.words)):
        if at in asked.taken or len(message.words[at]) > 5:
            continue
        written = message.written((at, at + 1))
        if _CAPITALS.fullmatch(written) and (unit := message.lexicon.unit_with_initials(written)):
            asked.where = replace(asked.where, unit=unit)
            asked.take(message, "unit", (at, at + 1))
            return


def _read_traits(message: Message, asked: Asked) -> None:
    where = asked.where

    def there(cue: str) -> Span | None:
        return next((span for span in message.spans(cue) if not set(range(*span)) <= asked.taken), None)

    for number in (1, 2, 3):
        if where.priority is None and (span := there(f"slots.priority_{number}")):
            where = replace(where, priority=number)
            asked.take(message, "priority", span)
    if where.priority is None and (stars := _STARS.search(message.text)):
        where = replace(where, priority=len(stars[1] or stars[2]))
        asked.said["priority"] = stars[0]
    for cue, kind in (("undated", Kind.NONE), ("recurring", Kind.RECURRING), ("ongoing", Kind.ONGOING)):
        if where.kind is None and (span := there(f"slots.{cue}")):
            where = replace(where, kind=kind)
            asked.take(message, "kind", span)
    if span := there("slots.late"):
        where = replace(where, late=True)
        asked.take(message, "late", span)
    if span := there("slots.undone"):
        # Not done: what a list shows anyway.
        asked.taken.update(range(*span))
    for cue, status in (
        ("todo", Status.TODO),
        ("abandoned", Status.ABANDONED),
        ("in_progress", Status.IN_PROGRESS),
        ("done", Status.DONE),
    ):
        if where.status is None and (span := there(f"slots.{cue}")):
            where = replace(where, status=status)
            asked.take(message, "status", span)
    if (span := there("slots.mine")) and not asked.of_my_unit:
        where = replace(where, mine=True)
        asked.take(message, "mine", span)
    if span := there("slots.unowned"):
        where = replace(where, unowned=True)
        asked.take(message, "unowned", span)
    asked.where = where
