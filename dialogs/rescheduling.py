"""Orders and statements that give an action a new deadline."""

import re

from dialogs.aiming import Day, reason_given, refused, subject, target
from dialogs.dates import Found
from dialogs.message import Message
from dialogs.mood import is_asked, is_polite, is_wondered
from dialogs.questions import lost
from dialogs.requests import NotUnderstood, Postpone, Request

_NOUNS = frozenset(["echeance", "deadline", "date", "due"])
_COUNTS = frozenset(["a", "an", "one", "two", "three", "four", "five", "six", "another"])
_LENGTH = re.compile(
    r"\b(?:jours?|semaines?|mois|ans?|days?|weeks?|months?|years?|dag|dagen|week|weken|maand|maanden|jaar)$"
)


def postponement(message: Message, day: Day) -> Request | None:
    spans = message.spans("postpone.has")
    if not spans or message.has("list_changes.has") or (not message.refs and message.has("list_actions.noun")):
        return None
    reason, because = reason_given(message)
    spans = [
        span
        for span in spans
        if span[0] not in because and message.words[span[0] - 1 : span[0]] not in (["the"], ["a"])
    ]
    if not spans:
        return None
    head = message.text
    if because:
        start, end = message.starts[min(because)], message.ends[max(because)]
        head = head[:start] + " " * (end - start) + head[end:]
    when = message.period(day.today, day.calendar, text=head)
    skip = set(because)
    to = None
    if when is not None:
        skip.update(range(*message.span_of(when.start_at, when.end_at)))
        if isinstance(when, Found):
            to = when.period.end or when.period.start
            if _is_a_length(message, when):
                to = None
    if when is None and all(message.words[span[0]] in _NOUNS for span in spans):
        return None
    if when is None and message.has("mark_done.strong", "mark_in_progress.asks", "reopen.says"):
        return None
    if when is None and message.has("assign.has") and any(name.kind in ("body", "person") for name in message.names):
        return None
    about = subject(message, "postpone.has", without=skip)
    if not message.refs and not about and not day.ref:
        return None if is_asked(message) else NotUnderstood()
    if not message.refs and to is None and not message.has("mood.order", "mood.polite") and spans[0][0] > 2:
        return None
    asks = is_asked(message, spans[0][0])
    if asks and not (is_polite(message) and not is_wondered(message)):
        return None
    hidden = message.spans("postpone.has")
    if stopped := refused(message, skip, hidden + message.spans("mood.wishes"), ordered=True):
        return stopped
    if message.has("postpone.mere"):
        return NotUnderstood(reason="negated", near=message.refs[:1])
    return target(message, day, about, lambda ref: Postpone(ref=ref, to=to, reason=reason), without=skip) or lost(
        message
    )


def _is_a_length(message: Message, when: Found) -> bool:
    """ "repousse de deux mois" counts from the present deadline, which the sentence does not tell."""
    start = message.span_of(when.start_at, when.end_at)[0]
    before = message.words[start - 1] if start else ""
    first = message.words[start] if start < len(message.words) else ""
    following = message.words[start + 1] if start + 1 < len(message.words) else ""
    counted = following.isdigit() or following in _COUNTS
    led = before in ("de", "d", "by", "met", "with") or first in ("de", "met") or (first == "by" and counted)
    return led and _LENGTH.search(when.words) is not None
