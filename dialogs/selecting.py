"""What a question selects: the names, days and words of a sentence as a selection of actions."""

import re
from dataclasses import dataclass, field, replace

from dialogs.dates import Found, Impossible, Unclear, find_period
from dialogs.message import Message
from dialogs.names import Name
from dialogs.phrases import Span
from storage.calendar import AcademicCalendar
from storage.plan import Kind, Status
from storage.selection import Selection

_STARS = re.compile(r"(?<!\*)(\*{1,3})(?!\*)|(★{1,3})")
_NUMBER = re.compile(r"\d{1,2}|[ivx]{1,4}")
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_BEFORE_PLAN = frozenset("plan plans plannen".split())
_ORDINALS = {"premier": "1", "deuxieme": "2", "second": "2", "troisieme": "3", "quatrieme": "4", "cinquieme": "5",
             "sixieme": "6", "first": "1", "third": "3", "fourth": "4", "fifth": "5", "eerste": "1", "tweede": "2",
             "derde": "3", "vierde": "4", "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6",
             "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "een": "1", "twee": "2", "drie": "3"}  # fmt: skip
_ASKING = ("list_", "count_", "show_", "slots.", "who_", "subscribe", "unsubscribe", "context")
_LINKS = frozenset("de du des d l la le les n no numero strategique the of on number van de het".split())


@dataclass
class Asked:
    """A selection being read, with the words it has used."""

    where: Selection = field(default_factory=Selection)
    of_my_unit: bool = False
    axes: list[str] = field(default_factory=list)
    periods: tuple[object, ...] = ()
    impossible: str = ""
    unclear: str = ""
    taken: set[int] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)
    unknown_plan: str = ""

    @property
    def says_something(self) -> bool:
        return not self.where.is_everything or self.of_my_unit or bool(self.axes)


def read_selection(message: Message, today: object, calendar: AcademicCalendar, *, past: bool = False) -> Asked:
    """All that the sentence says of which actions are meant, except words of their titles."""
    asked = Asked()
    _read_days(message, asked, today, calendar, past)
    _read_plan(message, asked)
    _read_axis(message, asked)
    _read_goal(message, asked)
    _read_names(message, asked)
    _read_traits(message, asked)
    return asked


def _take(message: Message, asked: Asked, slot: str, span: Span) -> None:
    asked.taken.update(range(*span))
    asked.said[slot] = message.said(span)


def _read_days(message: Message, asked: Asked, today: object, calendar: AcademicCalendar, past: bool) -> None:
    text = message.text
    for start, end in message.spans("context.leads"):
        if start == 0 and end > 1:
            # "what about next month?"
            text = " " * message.ends[end - 1] + text[message.ends[end - 1] :]
    when = find_period(text, message.language, today, calendar, past=past)  # type: ignore[arg-type]
    if when is None:
        return
    span = message.span_of(when.start_at, when.end_at)
    if any(name.kind in ("goal", "axis", "body") and name.span[0] <= span[0] and span[1] <= name.span[1] for name in message.names):
        return
    if any(start <= span[0] and span[1] <= end for start, end in message.spans("slots.recurring")):
        return
    _take(message, asked, "due", span)
    match when:
        case Found():
            asked.where = replace(asked.where, due=when.period)
        case Unclear():
            asked.periods, asked.unclear = when.choices, when.words
        case Impossible():
            asked.impossible = when.words


def _read_plan(message: Message, asked: Asked) -> None:
    lexicon = message.lexicon
    keys = {key.lower(): key for key in lexicon.keys}
    small = message.says.small_words
    for at, word in enumerate(message.words):
        if word not in keys or at in asked.taken:
            continue
        after_plan = at > 0 and (message.words[at - 1] in _BEFORE_PLAN or message.words[max(0, at - 3) : at][:1] == ["plan"])
        capital = message.written((at, at + 1)) == keys[word]
        if after_plan or capital or word not in small:
            start = at - 1 if at > 0 and message.words[at - 1] in _BEFORE_PLAN else at
            _set_plan(message, asked, keys[word], (start, at + 1))
            return
    for at, word in enumerate(message.words):
        if word not in _BEFORE_PLAN:
            continue
        for name in message.names:
            if at < name.span[0] <= at + 5 and name.kind in ("plan", "unit"):
                key = name.value if name.kind == "plan" else lexicon.plan_of_unit(name.value)
                if key:
                    _set_plan(message, asked, key, (at, name.span[1]))
                    return
        _plan_by_words(message, asked, at)
        if asked.where.plan or asked.unknown_plan:
            return


def _set_plan(message: Message, asked: Asked, key: str, span: Span) -> None:
    asked.where = replace(asked.where, plan=key)
    _take(message, asked, "plan", span)


def _plan_by_words(message: Message, asked: Asked, at: int) -> None:
    """ "le plan de l'évaluation institutionnelle"; "plan XYZ" in capitals is a plan we do not have."""
    following = [here for here in range(at + 1, min(at + 9, len(message.words)))]
    if message.words[at + 1 : at + 3] in (["d", "action"], ["d", "actions"]):
        following = following[2:]
    content = [here for here in following if message.is_content(here) and here not in asked.taken]
    if content and content[0] - at <= 5:
        written = message.written((content[0], content[0] + 1))
        hits = message.lexicon.plan_titles.search(message.in_french(content[:3]), limit=2)
        if hits and hits[0].score > 0.55 and (len(hits) == 1 or hits[0].score - hits[1].score > 0.3):
            _set_plan(message, asked, hits[0].ref, (at, content[0] + 1))
            for here in content[:3]:
                if message.lexicon.plan_titles.knows(message.words[here]):
                    asked.taken.add(here)
        elif _CAPITALS.fullmatch(written) and content[0] - at <= 3 and not message.lexicon.is_name(written.lower()):
            asked.unknown_plan = written


def _read_axis(message: Message, asked: Asked) -> None:
    lexicon, words, plan = message.lexicon, message.words, asked.where.plan
    for start, end in message.spans("slots.axis")[:3]:
        at = end
        while at < len(words) and words[at] in _LINKS:
            at += 1
        before = words[start - 1] if start else ""
        if at < len(words) and (number := _ORDINALS.get(words[at], words[at])) and _NUMBER.fullmatch(number):
            axes = lexicon.numbered_axes(number, plan)
            span = (start, at + 1)
        elif before.rstrip("e") in _ORDINALS or before in _ORDINALS or re.fullmatch(r"\d(?:e|er|eme|nd|rd|th|st|de|ste)", before):
            number = _ORDINALS.get(before) or _ORDINALS.get(before.rstrip("e")) or before[0]
            axes, span = lexicon.numbered_axes(number, plan), (start - 1, end)
        else:
            axes, span = _axis_by_words(message, asked, start, at, plan)
        if axes:
            asked.axes = axes
            _take(message, asked, "axis", span)
            return
    exact = [name for name in message.names if name.kind == "axis" and not asked.taken & set(range(*name.span))]
    if plan:
        exact = [name for name in exact if lexicon.axis_is_of(name.value, plan)] or exact
    fitting = [name for name in exact if _is_free(message, name)]
    if fitting:
        first = fitting[0].span
        asked.axes = list(dict.fromkeys(name.value for name in fitting if name.span == first))
        _take(message, asked, "axis", first)


def _is_free(message: Message, name: Name) -> bool:
    """A name of an axis that is not part of what a title or a body is called ("service qualité", "charte qualité")."""
    start, end = name.span
    if end - start > 1:
        return True
    before, after = start - 1, end
    joined = {"actions", "action", "echeances", "echeance", "taches", "deadlines", "deadline", "tasks", "acties"}
    follows = before >= 0 and message.is_content(before) and message.words[before] not in joined and not _is_cue(message, before)
    leads = message.is_content(after) and not _is_cue(message, after)
    linked = message.words[start - 2 : start - 1] and message.is_content(start - 2) and message.words[start - 1] in ("de", "d")
    if linked and message.words[start - 2] not in joined and not _is_cue(message, start - 2):
        return False
    return name.whole and not follows and not leads


def _is_cue(message: Message, at: int) -> bool:
    return at in message.positions(*_ASKING)


def _axis_by_words(message: Message, asked: Asked, start: int, at: int, plan: str | None) -> tuple[list[str], Span]:
    """The longest run of words after "axe" that fits an axis, or the name that stands before it ("quality axis")."""
    words, lexicon = message.words, message.lexicon
    for end in range(min(at + 8, len(words)), at, -1):
        if any(here in asked.taken for here in range(at, end)):
            continue
        plain = [word for word in words[at:end] if word not in message.says.small_words]
        said = message.in_french([here for here in range(at, end) if words[here] not in message.says.small_words]).split()
        if plain and words[end - 1] not in message.says.small_words and (axes := lexicon.axes_with(said, plan)):
            return axes, (start, end)
        exact = [name for name in message.names if name.kind == "axis" and name.span == (at, end)]
        if exact:
            return list(dict.fromkeys(name.value for name in exact)), (start, end)
    for begin in range(max(0, start - 4), start):
        said = message.in_french([h for h in range(begin, start) if words[h] not in message.says.small_words]).split()
        if message.language != "fr" and said and words[begin] not in message.says.small_words:
            if axes := lexicon.axes_with(said, plan):
                return axes, (begin, start + 1)
    return [], (start, at)


def _read_goal(message: Message, asked: Asked) -> None:
    lexicon, words = message.lexicon, message.words
    for name in message.names:
        if name.kind == "goal":
            asked.where = replace(asked.where, goal=name.value)
            _take(message, asked, "goal", name.span)
            return
    axis = asked.axes[0] if len(asked.axes) == 1 else None
    for start, end in message.spans("slots.goal")[:2]:
        at = end
        while at < len(words) and words[at] in _LINKS:
            at += 1
        if at < len(words) and words[at].isdigit() and len(words[at]) < 3:
            goal = lexicon.goal_numbered(int(words[at]), axis, asked.where.plan)
            if goal:
                asked.where = replace(asked.where, goal=goal)
                _take(message, asked, "goal", (start, at + 1))
                return
            continue
        free = [here for here in message.content(asked.taken) if at <= here < at + 10 and not _is_cue(message, here)]
        hits = lexicon.goal_titles.search(message.in_french(free), limit=2) if free else []
        if hits and hits[0].score >= 0.72 and (len(hits) == 1 or hits[0].score - hits[1].score > 0.05):
            asked.where = replace(asked.where, goal=hits[0].ref)
            _take(message, asked, "goal", (start, free[-1] + 1))
            return


def _read_names(message: Message, asked: Asked) -> None:
    lexicon = message.lexicon
    topics = [end for _, end in message.spans("slots.topic")]
    asked.of_my_unit = message.has("slots.my_unit")
    for start, end in message.spans("slots.my_unit"):
        _take(message, asked, "unit", (start, end))
    for name in message.names:
        if asked.taken & set(range(*name.span)):
            continue
        about = any(end <= name.span[0] <= end + 2 for end in topics)
        if name.kind == "unit" and not asked.where.unit and not asked.of_my_unit:
            asked.where = replace(asked.where, unit=name.value)
            _take(message, asked, "unit", name.span)
        elif name.kind == "body" and not asked.where.body and _names_a_body(message, name, about):
            asked.where = replace(asked.where, body=name.value)
            _take(message, asked, "body", name.span)
        elif name.kind == "person":
            asked.where = replace(asked.where, person=name.value)
            _take(message, asked, "person", name.span)
    _read_unit_by_initials(message, asked)
    for at, word in enumerate(message.words):
        if at not in asked.taken and not asked.where.person and word not in message.says.small_words:
            person = lexicon.person_called(word)
            known = message.lexicon.titles.knows(word) or word in message.says.known
            if person and (not known or message.written((at, at + 1))[:1].isupper()):
                asked.where = replace(asked.where, person=person)
                _take(message, asked, "person", (at, at + 1))
    for start, end in message.spans("slots.indicator")[:2]:
        free = [here for here in message.content(asked.taken) if end <= here < end + 12 and not _is_cue(message, here)]
        before = [here for here in message.content(asked.taken) if here < start and not _is_cue(message, here)]
        for some in (free, before):
            hits = lexicon.indicators.search(message.in_french(some), limit=2) if some else []
            if hits and hits[0].score >= 0.7:
                asked.where = replace(asked.where, indicator=hits[0].ref)
                asked.taken.update(range(start, end))
                asked.taken.update(some)
                asked.said["indicator"] = message.said((some[0], some[-1] + 1))
                return


def _names_a_body(message: Message, name: Name, about: bool) -> bool:
    """Not a body but part of what is spoken of: "sur les étudiants", "l'enquête étudiants", "le site et la bibliothèque"."""
    start, end = name.span
    written = message.written(name.span)
    if about and not written.isupper() and name.value.lower() in ("etudiants", "enseignants", "pp", "bibliothèque"):
        return False
    if start and end - start == 1 and not written.isupper():
        if message.is_content(start - 1) and not _is_cue(message, start - 1) and message.words[start - 1] not in ("actions", "action"):
            return False
        if message.is_content(end) and not _is_cue(message, end) and message.lexicon.titles.knows(message.words[end]):
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
            _take(message, asked, "unit", (at, at + 1))
            return


def _read_traits(message: Message, asked: Asked) -> None:
    where = asked.where

    def there(cue: str) -> Span | None:
        return next((span for span in message.spans(cue) if not set(range(*span)) <= asked.taken), None)

    for number in (1, 2, 3):
        if where.priority is None and (span := there(f"slots.priority_{number}")):
            where = replace(where, priority=number)
            _take(message, asked, "priority", span)
    if where.priority is None and (stars := _STARS.search(message.text)):
        where = replace(where, priority=len(stars[1] or stars[2]))
        asked.said["priority"] = stars[0]
    for cue, kind in (("undated", Kind.NONE), ("recurring", Kind.RECURRING), ("ongoing", Kind.ONGOING)):
        if where.kind is None and (span := there(f"slots.{cue}")):
            where = replace(where, kind=kind)
            _take(message, asked, "kind", span)
    if span := there("slots.late"):
        where = replace(where, late=True)
        _take(message, asked, "late", span)
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
            _take(message, asked, "status", span)
    if (span := there("slots.mine")) and not asked.of_my_unit:
        where = replace(where, mine=True)
        _take(message, asked, "mine", span)
    asked.where = where
