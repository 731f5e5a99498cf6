"""What a change is about: the action it names, the reason it gives, and what keeps it from being made."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dialogs.message import Message
from dialogs.mood import in_the_way
from dialogs.phrases import Span
from dialogs.questions import MOST_OPTIONS, from_hits
from dialogs.requests import Definite, NeedsChoice, NotUnderstood, Postpone, Request
from dialogs.several_requests import KINDS, ChangeSeveral
from dialogs.titles import MARGIN, NEAR, NEARLY, SURE, is_sure, stands_out
from storage.calendar import AcademicCalendar

_BREAK = re.compile(r"[,;(–—]|[.?!](?=\s)| - ")
_COLON = re.compile(r"[,;:(–—]|[.?!](?=\s)| - ")
"""Also a colon where no day can follow it: "abandonne TI-65 : plus de budget"."""
_ARTICLES = {
    "fr": frozenset(["la", "le", "l", "une", "un", "les", "du", "ma", "mon", "notre", "ce", "cette", "cet"]),
    "en": frozenset(["the", "a", "an", "our", "my", "this"]),
    "nl": frozenset(["de", "het", "een", "onze", "mijn", "deze", "dit"]),
}
_KEPT = ("suite", "vu", "faute", "due", "comme", "wegens", "vanwege", "gezien", "owing")
"""Words that open a reason and belong to it."""
_NO_REASON = frozenset(
    [
        "si",
        "if",
        "als",
        "indien",
        "quand",
        "when",
        "sauf",
        "except",
        "mais",
        "but",
        "maar",
        "ou",
        "or",
        "of",
        "et",
        "and",
        "en",
        "merci",
        "thanks",
        "stp",
        "svp",
    ]
)
_VERBS = (
    "mark_done.says", "mark_done.asks", "mark_done.strong", "mark_done.achieves", "mark_done.does",
    "mark_in_progress.says",
    "mark_in_progress.asks",
    "abandon.says", "reopen.says", "mood.order", "mood.polite", "mood.wishes", "assign.me",
    "context.this_one", "context.them",
    "list_actions.one", "context.1", "context.2", "context.3", "context.4", "context.5", "context.6", "context.last",
    "add_note.verb", "add_note.noun", "add_note.to_write",
)  # fmt: skip
_AROUND = ("mood.polite", "mood.wishes", "mood.filler", "mood.vouched", "greet.whole", "thanks.whole")


@dataclass(frozen=True, kw_only=True)
class Day:
    """What changes lean on besides the message: the day, the calendar, and the action last spoken of."""

    today: date
    calendar: AcademicCalendar
    ref: str | None = None
    shown: tuple[str, ...] = ()


def target(
    message: Message, day: Day, about: list[int], make: Callable[[str], Definite], *, without: set[int] | None = None
) -> Request | None:
    """The action that fits, a choice among several, the nearest as a guess, or the one last spoken of."""
    refs = _meant(message, without or set())
    if len(refs) == 1:
        return make(refs[0])
    if refs:
        if (several := together(make(refs[0]), refs)) is not None:
            return several
        return NeedsChoice(options=tuple(make(ref) for ref in refs[:MOST_OPTIONS]), words=message.original[:80])
    if not about:
        if len(day.shown) > 1 and message.has("context.them"):
            return together(make(day.shown[0]), _so_many(message, day.shown)) or NotUnderstood()
        if day.ref:
            return make(day.ref)
        if day.shown:
            return NeedsChoice(
                options=tuple(make(ref) for ref in day.shown[:MOST_OPTIONS]), words=message.original[:80]
            )
        return NotUnderstood()
    words = " ".join(message.words[at] for at in about)
    hits = message.lexicon.titles.search(message.in_french(about), limit=MOST_OPTIONS + 1)
    if not hits or hits[0].score < NEAR:
        return None
    if is_sure(hits) or hits[0].score >= SURE:
        return from_hits(hits, make, words)
    clear = len(hits) == 1 or hits[0].score - hits[1].score > 2.5 * MARGIN or stands_out(hits)
    if clear and hits[0].score > NEARLY:
        return make(hits[0].ref)
    return NeedsChoice(options=tuple(make(hit.ref) for hit in hits[:3]), words=words, guess=True)


def together(one: Definite, refs: tuple[str, ...]) -> ChangeSeveral | None:
    """The same change of all of these, `one` being that of the first; None where it is made one by one."""
    if one.name not in KINDS or (isinstance(one, Postpone) and one.by):
        return None
    to = one.to if isinstance(one, Postpone) else None
    return ChangeSeveral(refs=" ".join(refs), what=one.name, to=to, reason=getattr(one, "reason", ""))


_NUMBERS = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "two": 2, "three": 3, "four": 4, "five": 5}
_NUMBERS |= {"twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6}


def _so_many(message: Message, shown: tuple[str, ...]) -> tuple[str, ...]:
    """ "ces trois actions": the first so many of those that were shown, or all of them."""
    spans = message.spans("context.them")
    most = max((_NUMBERS.get(message.words[at], 0) for start, end in spans for at in range(start, end)), default=0)
    return shown[:most] if most else shown


def _meant(message: Message, without: set[int]) -> tuple[str, ...]:
    """The references, those in a reason left out where others stand outside it."""
    outside = (ref.value for ref in message.cut.named_refs if message.span_of(ref.start, ref.end)[0] not in without)
    return tuple(dict.fromkeys(outside)) if len(message.refs) > 1 else message.refs


def subject(message: Message, *cues: str, without: set[int] | None = None) -> list[int]:
    """The words that say what the change is about, those of the change itself left out."""
    orders = message.spans("mood.order", "mark_done.strong", "mark_done.asks", "mark_in_progress.asks", "postpone.has")
    nouns = [span for span in orders if is_noun(message, span)]
    verbs = [span for span in message.spans(*cues, *_VERBS, *_AROUND) if span not in nouns]
    return message.content(message.own(verbs) | (without or set()))


def is_noun(message: Message, span: Span) -> bool:
    """ "the move", "la note": behind an article it is no verb."""
    return any(word in _ARTICLES[message.language] for word in message.words[max(0, span[0] - 1) : span[0]])


def reason_given(message: Message) -> tuple[str, set[int]]:
    """The reason that is given, as it was written, and its words."""
    spans = message.spans("reason.because")
    if not spans:
        return _reason_behind_comma(message)
    start, end = min(spans)
    if start <= 1 and (comma := message.text.find(",", message.ends[end - 1])) > 0:
        # "Suite à une absence, reporte TI-12": the reason comes first.
        last = message.span_of(0, comma)[1]
        keep = start if message.words[start] in _KEPT else end
        return message.written((keep, last)), set(range(start, last))
    lead = message.words[start:end]
    keep = start if lead[0] in _KEPT else end
    reason = message.rest_written(message.starts[keep]) if keep < len(message.words) else ""
    return reason, set(range(start, len(message.words)))


def _reason_behind_comma(message: Message) -> tuple[str, set[int]]:
    """ "abandonne TI-65, plus de budget": what follows the order, where it is neither a condition nor thanks."""
    orders = message.spans("abandon.says", "postpone.has")
    if not orders:
        return "", set()
    # One that is pointed at ("la dernière") stands among the words alone.
    marks = [at + 1 for at, word in enumerate(message.words) if word == "@"]
    last = max(marks, default=0)
    if len(marks) > 1 and _is_told_by(message, marks[0], marks[-1]):
        # "abandonne HEN-80, redondant avec HEN-79"
        last = marks[0]
    after = max(last, min(end for _, end in orders))
    breaks = _BREAK if message.has("postpone.has") else _COLON
    found = breaks.search(message.text, message.ends[after - 1])
    start = message.span_of(found.end(), len(message.text))[0] if found else 0
    if not found or start < after or message.words[start] in _NO_REASON or len(message.words) - start < 2:
        return "", set()
    others = message.spans("mood.polite", "thanks.whole", "mood.wishes", "abandon.says", "postpone.has")
    if any(span[0] >= start and not _is_told(message, span, start) for span in others):
        return "", set()
    reason = message.rest_written(message.starts[start])
    return reason if "(" in reason else reason.rstrip(")"), set(range(start, len(message.words)))


def _is_told(message: Message, span: Span, start: int) -> bool:
    """ "les jurys nous retardent": behind somebody who does it, it is no order."""
    return any(start <= at < span[0] and message.is_content(at) for at in range(start, span[0])) and (
        message.words[span[0]].endswith(("ent", "e", "s", "t"))
    )


def _is_told_by(message: Message, first: int, last: int) -> bool:
    """Whether a comma and words that say something stand between two references: the second is part of a reason."""
    found = _BREAK.search(message.text, message.ends[first - 1], message.starts[last - 1])
    return found is not None and any(
        message.is_content(at) and message.starts[at] >= found.end() for at in range(first, last - 1)
    )


def refused(
    message: Message, skip: set[int], hidden: list[Span], *, ordered: bool, clause: Span | None = None
) -> NotUnderstood | None:
    """Why nothing is changed, if something stands in the way."""
    stopped = in_the_way(message, skip, hidden, ordered=ordered, clause=clause)
    return NotUnderstood(reason=stopped, near=message.refs[:1]) if stopped else None
