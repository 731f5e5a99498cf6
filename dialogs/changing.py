"""Statements and orders that change an action; here its status: done, in progress, abandoned, reopened.

Each needs a plain statement or order: a question, negation, condition, doubt, quotation, a time to come, an order to
somebody else or hearsay never becomes a change.
"""

import re
from collections.abc import Callable

from dialogs.aiming import Day, is_noun, reason_given, refused, subject, target
from dialogs.assigning import assignment
from dialogs.dates import Found, Unclear
from dialogs.message import Message
from dialogs.mood import is_asked, is_polite, is_quoted, is_reported, is_wondered
from dialogs.noting import evidence, note
from dialogs.phrases import Span
from dialogs.questions import lost
from dialogs.requests import Abandon, Definite, MarkDone, MarkInProgress, NotUnderstood, Reopen, Request
from dialogs.rescheduling import postponement

_PART = re.compile(r"(?<![\d.,])\d{1,2}(?:[.,]\d+)? ?(?:%|pour ?cents?\b|per ?cent\b|procent\b)")
_ONCE = ("etait", "etaient", "avait", "avaient", "was", "were", "had", "waren")


def change(message: Message, day: Day) -> Request | None:
    """The change that the message states or orders; a refusal where something stands in the way; None for neither."""
    return (
        evidence(message, day)
        or note(message, day)
        or postponement(message, day)
        or assignment(message, day)
        or _status(message, day)
    )


def _status(message: Message, day: Day) -> Request | None:
    reason, because = reason_given(message)

    orders = message.spans("mark_done.strong", "mark_done.asks", "mark_in_progress.asks")

    def plain(*cues: str) -> list[Span]:
        mere = [span for cue in cues for span in message.spans(cue.split(".")[0] + ".mere")]
        return [
            span
            for span in message.spans(*cues)
            if span[0] not in because
            and not is_quoted(message, span)
            and not (is_noun(message, span) and span in orders)
            and not (span in orders and _is_what_another_does(message, span))
            and not any(start <= span[0] and span[1] <= end for start, end in mere)
        ]

    reopened = plain("reopen.says")
    abandoned = plain("abandon.says")
    begun = plain("mark_in_progress.says", "mark_in_progress.asks")
    done = plain("mark_done.says", "mark_done.asks", "mark_done.strong")
    done = [span for span in done if not any(s <= span[0] and span[1] <= e for s, e in message.spans("mood.negated"))]
    if (
        not message.refs
        and message.has("list_actions.noun", "count_actions.has")
        and not plain("mark_done.strong", "mark_in_progress.asks", "mark_done.asks")
    ):
        return None
    about = subject(message, without=because)
    if (
        not message.refs
        and not about
        and not day.ref
        and not day.shown
        and not (reopened or abandoned or begun or done)
    ):
        return None
    if reopened:
        if _is_denied(message, reopened[0]):
            return NotUnderstood(reason="negated", near=message.refs[:1])
        hidden = [*reopened, *message.spans("mood.negated", "reopen.says")]
        ahead = message.spans("mood.ahead")
        hidden += [span for span in ahead if _touches(span, reopened) or message.words[span[0]] in _ONCE]
        return _made(
            message,
            day,
            reopened,
            because,
            hidden,
            lambda ref: Reopen(ref=ref, reason=reason),
            ordered=True,
            cues=("reopen.says",),
        )
    if abandoned:
        return _made(
            message,
            day,
            abandoned,
            because,
            abandoned,
            lambda ref: Abandon(ref=ref, reason=reason),
            cues=("abandon.says",),
        )
    strong = plain("mark_done.strong")
    if begun and not (strong and not message.has("mark_in_progress.asks")):
        later = [span for span in done if all(not (s <= span[0] < e) for s, e in begun)]
        if not later:
            return _made(
                message, day, begun, because, begun + _as_such(message, begun), lambda ref: MarkInProgress(ref=ref)
            )
    if done:
        ordered = bool(plain("mark_done.asks", "mark_done.strong"))
        if not message.refs and not about and not day.ref and not day.shown and not ordered:
            return None if is_asked(message) else NotUnderstood()
        hidden = message.spans("mark_done.mere") + _as_such(message, done)
        made = _made(message, day, done, because, hidden, lambda ref: MarkDone(ref=ref), ordered=ordered)
        if isinstance(made, MarkDone) and (_is_for_later(message, day) or _PART.search(message.text)):
            return NotUnderstood(reason="unsure", near=message.refs[:1])
        return made
    return None


def _is_denied(message: Message, span: Span) -> bool:
    """ "ne rouvre pas TI-12": the negation is about the verb itself."""
    around = (*message.words[span[0] - 1 : span[0]], *message.words[span[0] + 1 : span[0] + 2])
    return any(word in ("ne", "n", "pas", "t", "not", "never", "niet", "jamais", "nooit") for word in around)


def _as_such(message: Message, spans: list[Span]) -> list[Span]:
    """The "als" of "markeer TI-12 als klaar", which is no condition."""
    return [(end - 2, end - 1) for _, end in spans if message.words[end - 2 : end - 1] == ["als"]]


def _is_what_another_does(message: Message, span: Span) -> bool:
    """An infinitive that orders nothing: "à clôturer", "que la CQC doit terminer"."""
    start = span[0]
    if message.language != "fr" or not message.words[start].endswith(("er", "ir", "re")):
        return False
    before = start - 1
    while before >= 0 and message.words[before] in ("la", "le", "les", "l", "me", "m", "nous", "bien"):
        before -= 1
    if message.words[before - 1 : before + 1] == ["on", "peut"]:
        return False
    if before < 0 or message.sentence_of[before] != message.sentence_of[start] or message.words[before] in "@,":
        return False
    return not any(
        s <= before < e for s, e in message.spans("mood.polite", "mood.filler", "greet.whole", "mark_done.says")
    )


def _touches(span: Span, others: list[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _is_for_later(message: Message, day: Day) -> bool:
    """ "terminez TI-12 pour vendredi" is no news, but an order to somebody."""
    when = message.period(day.today, day.calendar)
    periods = (when.period,) if isinstance(when, Found) else when.choices if isinstance(when, Unclear) else ()
    return any(
        (period.start is not None and period.start > day.today)
        or (period.end is not None and period.end > day.today and period.start == day.today)
        for period in periods
    )


def _made(
    message: Message,
    day: Day,
    spans: list[Span],
    skip: set[int],
    hidden: list[Span],
    make: Callable[[str], Definite],
    *,
    ordered: bool = False,
    cues: tuple[str, ...] = (),
) -> Request | None:
    asks = is_asked(message, spans[0][0])
    if asks and not (is_polite(message) and (ordered or _is_order(message, spans)) and not is_wondered(message)):
        return None
    if ordered and any(is_reported(message, span) for span in spans):
        return NotUnderstood(reason="unsure", near=message.refs[:1])
    inside = {at for at in range(len(message.words)) if at in message.quoted}
    if stopped := refused(message, skip | inside, hidden, ordered=ordered):
        return stopped
    return target(message, day, subject(message, *cues, without=skip), make, without=skip) or lost(message)


def _is_order(message: Message, spans: list[Span]) -> bool:
    """A polite question may order: "peux-tu abandonner TI-12 ?"."""
    polite = message.spans("mood.polite")
    return any(end <= span[0] <= end + 2 for _, end in polite for span in spans) or message.has("mood.order")
