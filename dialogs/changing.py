"""Statements and orders that change an action; here its status: done, in progress, abandoned, reopened.

Each needs a plain statement or order: a question, negation, condition, doubt, quotation, a time to come, an order to
somebody else or hearsay never becomes a change.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from dialogs.aiming import Day, is_noun, reason_given, refused, subject, target
from dialogs.assigning import assignment
from dialogs.clauses import clause_around, first_word
from dialogs.dates import Found, Unclear
from dialogs.message import Message
from dialogs.mood import is_asked, is_infinitive, is_polite, is_quoted, is_reported, is_wondered
from dialogs.noting import evidence, note
from dialogs.phrases import Span
from dialogs.questions import lost
from dialogs.requests import (
    Abandon,
    Definite,
    MarkDone,
    MarkInProgress,
    NeedsChoice,
    NotUnderstood,
    Reopen,
    Request,
)
from dialogs.rescheduling import postponement

_PART = re.compile(r"(?<![\d.,])\d{1,2}(?:[.,]\d+)? ?(?:%|pour ?cents?\b|per ?cent\b|procent\b)")
_ONCE = ("etait", "etaient", "avait", "avaient", "was", "were", "had", "waren")
_ORDERS = ("mark_done.strong", "mark_done.asks", "mark_in_progress.asks")
_TO_COME = (
    "pour",
    "d",
    "avant",
    "sous",
    "dans",
    "jusqu",
    "by",
    "before",
    "for",
    "until",
    "in",
    "voor",
    "tegen",
    "tot",
    "binnen",
)
"""What stands before a day that is to come; on any other, what is told as done was done."""
_AUXILIARY = (["a"], ["ai"], ["as"], ["avons"], ["avez"], ["ont"], ["est"], ["sont"], ["ete"])
"""Behind these "clôturé" is what was done, and no order."""
_LATELY = timedelta(days=120)
_MANY = ("list_actions.noun", "count_actions.has", "list_changes.has", "who_is_responsible.has")


def change(message: Message, day: Day) -> Request | None:
    """The change that the message states or orders; a refusal where something stands in the way; None for neither."""
    return (
        evidence(message, day)
        or note(message, day)
        or postponement(message, day)
        or assignment(message, day)
        or _status(message, day)
    )


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What the message says of a status, and where."""

    spans: list[Span]
    ordered: bool
    hidden: list[Span]


def _status(message: Message, day: Day) -> Request | None:
    reason, because = reason_given(message)
    plain = _plain_spans(message, because, pointed=bool(day.shown) and message.has("context.them"))
    about = subject(message, without=because)
    if reopened := plain("reopen.says"):
        if _is_denied(message, reopened[0]):
            return NotUnderstood(reason="negated", near=message.refs[:1])
        hidden = [*reopened, *message.spans("mood.negated", "reopen.says")]
        ahead = message.spans("mood.ahead")
        hidden += [span for span in ahead if _touches(span, reopened) or message.words[span[0]] in _ONCE]
        # "il faut rouvrir TI-62" is an order: only the bot can.
        hidden += [
            (at, at + 1) for at, _ in ahead if message.words[at : at + 2] in (["faut", "rouvrir"], ["faut", "reouvrir"])
        ]
        said = _Said(spans=reopened, ordered=True, hidden=hidden)
        return _made(message, day, said, because, lambda ref: Reopen(ref=ref, reason=reason), cues=("reopen.says",))
    if abandoned := plain("abandon.says"):
        ordered = any(_is_order(message, span) for span in abandoned)
        said = _Said(spans=abandoned, ordered=ordered, hidden=abandoned)
        return _made(message, day, said, because, lambda ref: Abandon(ref=ref, reason=reason), cues=("abandon.says",))
    strong, asked = plain("mark_done.strong", "mark_done.asks"), plain("mark_in_progress.asks")
    begun = asked or plain("mark_in_progress.says")
    stated = strong or plain("mark_done.says")
    done = stated or plain("mark_done.achieves", "mark_done.does")
    done = [span for span in done if not any(s <= span[0] and span[1] <= e for s, e in message.spans("mood.negated"))]
    # "ça y est, on a commencé" is no end.
    outside = [span for span in done if not any(s <= span[0] < e for s, e in [*begun, *message.spans("mood.filler")])]
    if begun and (asked or not (strong or _beside_the_action(message, outside, begun))):
        said = _Said(spans=begun, ordered=bool(asked), hidden=begun + _as_such(message, begun))
        return _made(message, day, said, because, lambda ref: MarkInProgress(ref=ref))
    if not done:
        return None
    if not (message.refs or about or day.ref or day.shown or strong):
        return None if is_asked(message) else NotUnderstood()
    hidden = message.spans("mark_done.mere") + _as_such(message, done)
    # "TI-12 peut être clôturée" doubts nothing.
    said = _Said(
        spans=done, ordered=bool(strong), hidden=hidden + [span for span in strong if message.words[span[0]] == "@"]
    )
    made = _made(message, day, said, because, lambda ref: MarkDone(ref=ref))
    if isinstance(made, MarkDone) and (_is_for_later(message, day) or _PART.search(message.text)):
        return NotUnderstood(reason="unsure", near=message.refs[:1])
    if not stated and isinstance(made, MarkDone | NeedsChoice) and not _is_what_it_was_for(message, made, done):
        return None
    return made


def _beside_the_action(message: Message, done: list[Span], begun: list[Span]) -> list[Span]:
    """ "première réunion faite, TI-27 est lancée": what is said of the action itself counts."""
    marks = [message.starts[at] for at, word in enumerate(message.words) if word == "@"]

    def beside(spans: list[Span]) -> list[Span]:
        places = [(message.starts[span[0]], span) for span in spans]
        return [span for at, span in places for mark in marks if "," not in message.text[min(at, mark) : max(at, mark)]]

    return beside(done) if beside(begun) else done


def _plain_spans(message: Message, because: set[int], *, pointed: bool) -> Callable[..., list[Span]]:
    """Where these cues stand and mean what they say: no noun, no quotation, nothing that another does."""
    orders = message.spans(*_ORDERS)
    orders = [span for span in orders if message.words[span[0] - 1 : span[0]] not in _AUXILIARY]

    def plain(*cues: str) -> list[Span]:
        mere = [span for cue in cues for span in message.spans(cue.split(".")[0] + ".mere")]
        return [
            span
            for cue in cues
            for span in message.spans(cue)
            if span[0] not in because
            and not is_quoted(message, span)
            and not (is_noun(message, span) and span in orders)
            and not (cue.endswith(".asks") and message.words[span[0] - 1 : span[0]] in _AUXILIARY)
            and not (span in orders and _is_what_another_does(message, span))
            and not any(start <= span[0] and span[1] <= end for start, end in mere)
            and (message.refs or pointed or not _is_of_many(message, span, ordered=span in orders))
        ]

    return plain


def _is_of_many(message: Message, span: Span, *, ordered: bool) -> bool:
    """ "les actions terminées", "tout ce qui est fini": it asks for many and says of none that it is done."""
    start, end = clause_around(message, span[0])
    if any(start <= at < end for at, _ in message.spans("list_actions.those")):
        return True
    if ordered:
        return False
    if any(start <= at < end for at, _ in message.spans(*_MANY)):
        return True
    first = first_word(message, start, end)
    return any(at == first and at < span[0] for at, _ in message.spans("list_actions.may", "clauses.wants"))


def _is_what_it_was_for(message: Message, made: MarkDone | NeedsChoice, spans: list[Span]) -> bool:
    """ "on a envoyé la newsletter" brings it about; "on a présenté …" does where the title has the word, too."""
    if isinstance(made, NeedsChoice):
        return False
    said = [at for start, end in spans for at in range(start, end) if len(message.words[at]) > 3]
    achieved = message.spans("mark_done.achieves")
    return any(span in achieved for span in spans) or message.lexicon.titles.holds(made.ref, message.in_french(said))


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
    if not is_infinitive(message, start):
        return False
    before = start - 1
    while before >= 0 and message.words[before] in ("la", "le", "les", "l", "me", "m", "nous", "bien"):
        before -= 1
    if message.words[before - 1 : before + 1] == ["on", "peut"]:
        return False
    if before < 0 or message.sentence_of[before] != message.sentence_of[start] or message.words[before] in "@,":
        return False
    if message.words[before] == "a" and message.refs and span[1] - start > 1:
        # "HEN-65 : statut à basculer en cours"
        return False
    return not any(
        s <= before < e for s, e in message.spans("mood.polite", "mood.filler", "greet.whole", "mark_done.says")
    )


def _touches(span: Span, others: list[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _is_for_later(message: Message, day: Day) -> bool:
    """ "terminez TI-12 pour vendredi" is no news, but an order to somebody."""
    when = message.period(day.today, day.calendar)
    if isinstance(when, Found | Unclear) and when.words.split(" ")[0] not in _TO_COME:
        # "organisée le 10 mars": a day without year is the last one.
        past = message.period(day.today, day.calendar, past=True)
        if isinstance(past, Found) and past.period.end is not None and day.today - past.period.end <= _LATELY:
            when = past
    periods = (when.period,) if isinstance(when, Found) else when.choices if isinstance(when, Unclear) else ()
    return any(
        (period.start is not None and period.start > day.today)
        or (period.end is not None and period.end > day.today and period.start == day.today)
        for period in periods
    )


def _made(
    message: Message,
    day: Day,
    said: _Said,
    skip: set[int],
    make: Callable[[str], Definite],
    *,
    cues: tuple[str, ...] = (),
) -> Request | None:
    first = said.spans[0]
    orders = said.ordered or any(_is_order(message, span) for span in said.spans)
    if is_asked(message, first[0]) and not (is_polite(message) and orders and not is_wondered(message)):
        return None
    if said.ordered and any(is_reported(message, span) for span in said.spans):
        return NotUnderstood(reason="unsure", near=message.refs[:1])
    inside = {at for at in range(len(message.words)) if at in message.quoted}
    clause = clause_around(message, first[0])
    if stopped := refused(message, skip | inside, said.hidden, ordered=said.ordered, clause=clause):
        return stopped
    about = subject(message, *cues, without=skip)
    here = [at for at in about if clause[0] <= at < clause[1]]
    if here and here != about and not message.refs:
        found = target(message, day, here, make, without=skip)
        if found is not None and found.name != "needs_choice":
            return found
    return target(message, day, about, make, without=skip) or lost(message)


def _is_order(message: Message, span: Span) -> bool:
    """A polite question may order: "peux-tu abandonner TI-12 ?"."""
    polite = message.spans("mood.polite")
    return any(end <= span[0] <= end + 2 for _, end in polite) or message.has("mood.order")
