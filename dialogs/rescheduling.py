"""Orders and statements that give an action a new deadline: a day, or so much later than the present one."""

from dataclasses import replace
from datetime import date

from dialogs.aiming import Day, reason_given, refused, subject, target
from dialogs.clauses import clause_around
from dialogs.dates import Found, Length, find_lengths
from dialogs.dates_leaves import shifted
from dialogs.message import Message
from dialogs.mood import is_asked, is_polite, is_wondered
from dialogs.phrases import Span
from dialogs.questions import lost
from dialogs.requests import NotUnderstood, Postpone, Request

_NOUNS = frozenset(["echeance", "deadline", "date", "due"])
_BY = {
    "fr": frozenset(["de", "d", "encore", "un", "une"]),
    "en": frozenset(["by", "another", "an", "extra", "with"]),
    "nl": frozenset(["met", "nog"]),
}
"""What stands before a length that counts from the present deadline."""
_MORE = frozenset(
    [
        "supplementaire", "supplementaires", "plus", "more", "later", "extra", "additional", "langer", "bijkomende",
    "rab", "respite",
]
)  # fmt: skip
_THE = (["the"], ["a"])
_UNITS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "semester": "S", "year": "Y"}


def postponement(message: Message, day: Day) -> Request | None:
    spans = message.spans("postpone.has")
    pointed = bool(day.shown) and message.has("context.them")
    if not spans or (not message.refs and not pointed and message.has("list_actions.noun")):
        return None
    if message.has("list_changes.has") and not any(start == 0 for start, _ in message.spans("mood.order")):
        # "change the deadline of TI-27", and not "what changed?".
        return None
    reason, because = reason_given(message)
    spans = [
        span
        for span in spans
        if span[0] not in because
        and not (_is_lone(message, span) and message.language == "en" and message.words[span[0] - 1 : span[0]] in _THE)
    ]
    if not spans:
        return None
    head = message.text
    if because:
        start, end = message.starts[min(because)], message.ends[max(because)]
        head = head[:start] + " " * (end - start) + head[end:]
    skip = set(because)
    length = _length_given(message, head, day)
    when = None if length else message.period(day.today, day.calendar, text=head)
    to = None
    if length is not None:
        skip.update(range(*message.span_of(length.start_at, length.end_at)))
    if when is not None:
        skip.update(range(*message.span_of(when.start_at, when.end_at)))
        if isinstance(when, Found):
            to = when.period.end or when.period.start
    told = when is not None or length is not None
    if not told and all(message.words[span[0]] in _NOUNS for span in spans):
        return None
    if not told and message.has("assign.me", "mark_done.strong", "mark_in_progress.asks", "reopen.says"):
        return None
    if not told and message.has("assign.has") and any(name.kind in ("body", "person") for name in message.names):
        return None
    about = subject(message, "postpone.has", without=skip)
    if not message.refs and not about and not day.ref and not pointed:
        return None if is_asked(message) else NotUnderstood()
    if not message.refs and not told and not message.has("mood.order", "mood.polite") and spans[0][0] > 2:
        return None
    asks = is_asked(message, spans[0][0])
    if asks and not (is_polite(message) and not is_wondered(message)):
        return None
    hidden = message.spans("postpone.has") + message.spans("mood.wishes")
    if stopped := refused(message, skip, hidden, ordered=True, clause=clause_around(message, spans[0][0])):
        return stopped
    if message.has("postpone.mere"):
        return NotUnderstood(reason="negated", near=message.refs[:1])
    by = f"P{length.count}{_UNITS[length.unit]}" if length else ""
    return target(
        message, day, about, lambda ref: Postpone(ref=ref, to=to, by=by, reason=reason), without=skip
    ) or lost(message)


def _is_lone(message: Message, span: Span) -> bool:
    """A single word is the noun ("the move"); so is "the target is", of no action."""
    return span[1] - span[0] == 1 or not message.refs


def _length_given(message: Message, text: str, day: Day) -> Length | None:
    """ "repousse de deux mois", "two weeks more": counted from the present deadline, which is not in the sentence."""
    for length in find_lengths(text, message.language, day.today, day.calendar):
        start, end = message.span_of(length.start_at, length.end_at)
        before, first = message.words[max(0, start - 1) : start], message.words[start : start + 1]
        led = _BY[message.language].intersection(before) or (start and _BY[message.language].intersection(first))
        more = _MORE.intersection(message.words[end : end + 2])
        if (led or more) and length.unit in _UNITS:
            return length
    return None


def resolved(request: Postpone, due: date | None, today: date) -> Postpone:
    """The request with its day, where it was told as so much later than the day it is due now."""
    if not request.by or request.to is not None or due is None:
        return request
    unit = next(name for name, letter in _UNITS.items() if letter == request.by[-1])
    to = shifted(due, int(request.by[1:-1]), unit)
    return replace(request, to=to) if to > today else request
