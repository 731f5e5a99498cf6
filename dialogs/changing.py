"""Statements and orders that change an action: its status, day, owner, notes and evidence.

Each needs a plain statement or order: a question, negation, condition, doubt, quotation, a time to come, an order to
somebody else or hearsay never becomes a change.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dialogs.dates import Found, Unclear, find_period
from dialogs.message import Message
from dialogs.mood import in_the_way, is_asked, is_polite, is_quoted, is_reported, is_wondered
from dialogs.phrases import Span
from dialogs.questions import MOST_OPTIONS, from_hits, lost
from dialogs.requests import (
    Abandon,
    AddEvidence,
    AddNote,
    Assign,
    Definite,
    MarkDone,
    MarkInProgress,
    NeedsChoice,
    NotUnderstood,
    Postpone,
    Reopen,
    Request,
)
from dialogs.titles import NEAR, SURE
from storage.calendar import AcademicCalendar

_COLON = re.compile(r"(?<!https)(?<!http)\s?[:=](?!//)")
_BREAK = re.compile(r"[,;(–—]|\.(?=\s)| - ")
_ARTICLES = {
    "fr": frozenset("la le l une un les du ma mon notre ce cette cet".split()),
    "en": frozenset("the a an our my this".split()),
    "nl": frozenset("de het een onze mijn deze dit".split()),
}
_NO_REASON = frozenset("si if als indien quand when sauf except mais but maar ou or of et and en merci thanks stp svp".split())
_NAME = re.compile(r"[A-ZÀ-Ý][\w'’-]+(?: (?:[A-ZÀ-Ý][\w'’-]+|de|van|der|den|El|la|le))*")
_VERBS = (
    "mark_done.says", "mark_done.asks", "mark_done.strong", "mark_in_progress.says", "mark_in_progress.asks",
    "abandon.says", "reopen.says", "mood.order", "mood.polite", "mood.wishes", "assign.me", "context.this_one",
    "list_actions.one", "add_note.verb", "add_note.noun", "add_note.to_write",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Day:
    """What changes lean on besides the message: the day, the calendar, and the action last spoken of."""

    today: date
    calendar: AcademicCalendar
    ref: str | None = None
    shown: tuple[str, ...] = ()


def change(message: Message, day: Day) -> Request | None:
    """The change that the message states or orders; a refusal where something stands in the way; None for neither."""
    return (
        _evidence(message, day)
        or _note(message, day)
        or _postponement(message, day)
        or _assignment(message, day)
        or _status(message, day)
    )


# What a change is about


def target(message: Message, day: Day, subject: list[int], make: Callable[[str], Definite]) -> Request | None:
    """The action that fits, a choice among several, the nearest as a guess, or the one last spoken of."""
    if len(message.refs) == 1:
        return make(message.refs[0])
    if message.refs:
        return NeedsChoice(options=tuple(make(ref) for ref in message.refs[:MOST_OPTIONS]), words=message.original[:80])
    if not subject:
        if day.ref:
            return make(day.ref)
        if day.shown:
            return NeedsChoice(options=tuple(make(ref) for ref in day.shown[:MOST_OPTIONS]), words=message.original[:80])
        return NotUnderstood()
    words = " ".join(message.words[at] for at in subject)
    hits = message.lexicon.titles.search(message.in_french(subject), limit=MOST_OPTIONS + 1)
    if not hits or hits[0].score < NEAR:
        return None
    if hits[0].score < SURE:
        return NeedsChoice(options=tuple(make(hit.ref) for hit in hits[:3]), words=words, guess=True)
    return from_hits(hits, make, words)


def _subject(message: Message, *cues: str, without: set[int] | None = None) -> list[int]:
    orders = message.spans("mood.order", "mark_done.strong", "mark_done.asks", "mark_in_progress.asks", "postpone.has")
    nouns = [span for span in orders if _is_noun(message, span)]
    around = ("mood.polite", "mood.wishes", "mood.filler", "mood.vouched", "greet.whole", "thanks.whole")
    verbs = [span for span in message.spans(*cues, *_VERBS, *around) if span not in nouns]
    return message.content(message.own(verbs) | (without or set()))


def _is_noun(message: Message, span: Span) -> bool:
    """ "the move", "la note": behind an article it is no verb."""
    return any(word in _ARTICLES[message.language] for word in message.words[max(0, span[0] - 1) : span[0]])


def _reason(message: Message) -> tuple[str, set[int]]:
    """The reason that is given, as it was written, and its words."""
    spans = message.spans("reason.because")
    if not spans:
        return _reason_behind_comma(message)
    start, end = min(spans)
    lead = message.words[start:end]
    keep = start if lead[0] in ("suite", "vu", "faute", "due", "comme", "wegens", "vanwege", "gezien", "owing") else end
    reason = message.rest_written(message.starts[keep]) if keep < len(message.words) else ""
    return reason, set(range(start, len(message.words)))


def _reason_behind_comma(message: Message) -> tuple[str, set[int]]:
    """ "abandonne TI-65, plus de budget": what follows the order, where it is neither a condition nor thanks."""
    orders = message.spans("abandon.says", "postpone.has")
    if not orders or not message.refs:
        return "", set()
    last = max(message.span_of(ref.start, ref.end)[1] for ref in message.cut.named_refs)
    after = max(last, min(end for _, end in orders))
    found = _BREAK.search(message.text, message.ends[after - 1])
    start = message.span_of(found.end(), len(message.text))[0] if found else 0
    if not found or start < after or message.words[start] in _NO_REASON or len(message.words) - start < 2:
        return "", set()
    if any(span[0] >= start for span in message.spans("mood.polite", "thanks.whole", "mood.wishes", "abandon.says")):
        return "", set()
    return message.rest_written(message.starts[start]), set(range(start, len(message.words)))


def _refused(message: Message, skip: set[int], hidden: list[Span], *, ordered: bool) -> NotUnderstood | None:
    stopped = in_the_way(message, skip, hidden, ordered=ordered)
    return NotUnderstood(reason=stopped, near=message.refs[:1]) if stopped else None


# Status


def _status(message: Message, day: Day) -> Request | None:
    reason, because = _reason(message)

    orders = message.spans("mark_done.strong", "mark_done.asks", "mark_in_progress.asks")

    def plain(*cues: str) -> list[Span]:
        mere = [span for cue in cues for span in message.spans(cue.split(".")[0] + ".mere")]
        return [
            span
            for span in message.spans(*cues)
            if span[0] not in because
            and not is_quoted(message, span)
            and not (_is_noun(message, span) and span in orders)
            and not any(start <= span[0] and span[1] <= end for start, end in mere)
        ]

    reopened = plain("reopen.says")
    abandoned = plain("abandon.says")
    begun = plain("mark_in_progress.says", "mark_in_progress.asks")
    done = plain("mark_done.says", "mark_done.asks", "mark_done.strong")
    done = [span for span in done if not any(s <= span[0] and span[1] <= e for s, e in message.spans("mood.negated"))]
    if not message.refs and message.has("list_actions.noun", "count_actions.has") and not _orders(message):
        return None
    about = _subject(message, without=because)
    if not message.refs and not about and not day.ref and not day.shown and not (reopened or abandoned or begun or done):
        return None
    if reopened:
        if _is_denied(message, reopened[0]):
            return NotUnderstood(reason="negated", near=message.refs[:1])
        hidden = [*reopened, *message.spans("mood.negated", "reopen.says")]
        hidden += [span for span in message.spans("mood.ahead") if _touches(span, reopened)]
        return _made(
            message, day, reopened, because, hidden, lambda ref: Reopen(ref=ref, reason=reason), ordered=True, cues=("reopen.says",)
        )
    if abandoned:
        return _made(
            message, day, abandoned, because, abandoned, lambda ref: Abandon(ref=ref, reason=reason), cues=("abandon.says",)
        )
    strong = plain("mark_done.strong")
    if begun and not (strong and not message.has("mark_in_progress.asks")):
        later = [span for span in done if all(not (s <= span[0] < e) for s, e in begun)]
        if not later:
            return _made(message, day, begun, because, begun + _as_such(message, begun), lambda ref: MarkInProgress(ref=ref))
    if done:
        ordered = bool(plain("mark_done.asks", "mark_done.strong"))
        if not message.refs and not about and not day.ref and not day.shown and not ordered:
            return None if is_asked(message) else NotUnderstood()
        hidden = message.spans("mark_done.mere") + _as_such(message, done)
        made = _made(message, day, done, because, hidden, lambda ref: MarkDone(ref=ref), ordered=ordered)
        if isinstance(made, MarkDone) and _is_for_later(message, day):
            return NotUnderstood(reason="unsure", near=message.refs[:1])
        return made
    return None


def _is_denied(message: Message, span: Span) -> bool:
    """ "ne rouvre pas TI-12": the negation is about the verb itself."""
    orders = message.spans("mood.order", "mark_done.strong", "mark_done.asks", "mark_in_progress.asks", "postpone.has")
    nouns = [span for span in orders if _is_noun(message, span)]
    around = (*message.words[span[0] - 1 : span[0]], *message.words[span[0] + 1 : span[0] + 2])
    return any(word in ("ne", "n", "pas", "t", "not", "never", "niet", "jamais", "nooit") for word in around)


def _as_such(message: Message, spans: list[Span]) -> list[Span]:
    """The "als" of "markeer TI-12 als klaar", which is no condition."""
    return [(end - 2, end - 1) for _, end in spans if message.words[end - 2 : end - 1] == ["als"]]


def _touches(span: Span, others: list[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _orders(message: Message) -> bool:
    return message.has("mark_done.strong", "mark_in_progress.asks", "mark_done.asks")


def _is_for_later(message: Message, day: Day) -> bool:
    """ "terminez TI-12 pour vendredi" is no news, but an order to somebody."""
    when = find_period(message.text, message.language, day.today, day.calendar)
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
    refused = _refused(message, skip | inside, hidden, ordered=ordered)
    if refused:
        return refused
    return target(message, day, _subject(message, *cues, without=skip), make) or lost(message)


def _is_order(message: Message, spans: list[Span]) -> bool:
    """A polite question may order: "peux-tu abandonner TI-12 ?"."""
    polite = message.spans("mood.polite")
    return any(end <= span[0] <= end + 2 for _, end in polite for span in spans) or message.has("mood.order")


# Deadlines


def _postponement(message: Message, day: Day) -> Request | None:
    spans = message.spans("postpone.has")
    if not spans or message.has("list_changes.has") or (not message.refs and message.has("list_actions.noun")):
        return None
    reason, because = _reason(message)
    spans = [span for span in spans if span[0] not in because and message.words[span[0] - 1 : span[0]] not in (["the"], ["a"])]
    if not spans:
        return None
    head = message.text if not because else message.text[: message.starts[min(because)]]
    when = find_period(head, message.language, day.today, day.calendar)
    skip = set(because)
    to = None
    if when is not None:
        skip.update(range(*message.span_of(when.start_at, when.end_at)))
        if isinstance(when, Found):
            to = when.period.end or when.period.start
            if _is_a_length(message, when, spans):
                to = None
    if when is None and message.has("mark_done.strong", "mark_in_progress.asks", "reopen.says"):
        return None
    if when is None and message.has("assign.has") and any(name.kind in ("body", "person") for name in message.names):
        return None
    about = _subject(message, "postpone.has", without=skip)
    if not message.refs and not about and not day.ref:
        return None if is_asked(message) else NotUnderstood()
    if not message.refs and to is None and not message.has("mood.order", "mood.polite") and spans[0][0] > 2:
        return None
    asks = is_asked(message, spans[0][0])
    if asks and not (is_polite(message) and not is_wondered(message)):
        return None
    hidden = [span for span in message.spans("postpone.has")]
    if refused := _refused(message, skip, hidden + message.spans("mood.wishes"), ordered=True):
        return refused
    if message.has("postpone.mere"):
        return NotUnderstood(reason="negated", near=message.refs[:1])
    return target(message, day, about, lambda ref: Postpone(ref=ref, to=to, reason=reason)) or lost(message)


def _is_a_length(message: Message, when: Found, spans: list[Span]) -> bool:
    """ "repousse de deux mois" counts from the present deadline, which the sentence does not tell."""
    start = message.span_of(when.start_at, when.end_at)[0]
    before = message.words[start - 1] if start else ""
    first = message.words[start] if start < len(message.words) else ""
    return (before in ("de", "d", "by", "met", "with") or first in ("de", "met")) and bool(
        re.search(r"\b(?:jours?|semaines?|mois|ans?|days?|weeks?|months?|years?|dag|dagen|week|weken|maand|maanden|jaar)$", when.words)
    ) and when.period.start == day_of(when)


def day_of(when: Found) -> date | None:
    return when.period.start


# Notes and links


def _note(message: Message, day: Day) -> Request | None:
    colon = _COLON.search(message.text)
    nouns = message.spans("add_note.noun")
    writes = message.spans("add_note.to_write")
    before = colon.start() if colon else len(message.text)
    opens = [span for span in nouns if message.starts[span[0]] < before]
    ordered = bool(opens) and any(span[0] < opens[0][0] for span in message.spans("add_note.verb"))
    heads = bool(opens) and (opens[0][0] <= 1 or _follows_ref(message, opens[0][0]))
    if not colon:
        if not ordered and not (writes and message.refs and message.words[writes[0][0]] not in ("note", "noter", "notez")):
            return None
        if is_asked(message) and not is_polite(message):
            return None
    elif not (heads or ordered or [span for span in writes if message.starts[span[0]] < before]):
        return None
    if message.has("mark_done.strong", "mark_in_progress.asks") and not opens:
        return None
    head = {at for at in range(len(message.words)) if message.starts[at] >= before}
    if colon and is_asked_before(message, before) and not is_polite(message):
        return None
    if refused := _refused(message, head, [], ordered=ordered):
        return refused
    note = message.rest_written(colon.end()) if colon else _after_ref(message)
    about = [at for at in _subject(message) if at not in head and at not in {opens[0][0] if opens else -1}]
    about = about if message.refs or colon else about[:6]
    head_refs = tuple(ref.value for ref in message.cut.named_refs if ref.start < before)
    if head_refs:
        return AddNote(ref=head_refs[0], note=note)
    return target(message, day, about, lambda ref: AddNote(ref=ref, note=note)) or lost(message)


def is_asked_before(message: Message, place: int) -> bool:
    return "?" in message.text[:place]


def _follows_ref(message: Message, at: int) -> bool:
    return "@" in message.words[max(0, at - 2) : at]


def _after_ref(message: Message) -> str:
    ref = message.cut.named_refs[0] if message.cut.named_refs else None
    return message.rest_written(ref.end) if ref else ""


def _evidence(message: Message, day: Day) -> Request | None:
    link = message.cut.link
    if not link:
        return None
    at_link = message.cut.links[0]
    inside = {at for at in range(len(message.words)) if message.starts[at] >= at_link[0]}
    asks = "?" in message.text.replace("#", "")
    if asks and not is_polite(message):
        return None
    if refused := _refused(message, inside, [], ordered=False):
        return refused
    about = [at for at in _subject(message, "add_evidence.has") if at not in inside]
    note = message.rest_written(at_link[1]) if at_link[1] < len(message.text) else ""
    if not message.refs and not about and not day.ref:
        return None
    return target(message, day, about, lambda ref: AddEvidence(ref=ref, link=link, note=note))


# Who takes it on


def _assignment(message: Message, day: Day) -> Request | None:
    mine = message.spans("assign.me")
    given = message.spans("assign.has")
    if not mine and not given:
        return None
    first = (mine or given)[0]
    if message.has("assign.mere") or is_quoted(message, first):
        return NotUnderstood(reason="negated", near=message.refs[:1]) if message.has("mood.negated") else None
    if is_asked(message, first[0]) and not (is_polite(message) and not is_wondered(message) and given):
        return None
    if mine:
        about = _subject(message, "assign.has")
        if not message.refs and not about and not day.ref and not day.shown:
            return NotUnderstood() if len(message.words) < 12 else None
        if refused := _refused(message, set(), mine, ordered=False):
            return refused
        return target(message, day, about, lambda ref: Assign(ref=ref, me=True)) or lost(message)
    return _given(message, day, given)


def _given(message: Message, day: Day, given: list[Span]) -> Request | None:
    if message.has("record_measurement.names") or (not message.refs and message.has("list_actions.noun")):
        return None
    names = [name for name in message.names if name.kind in ("body", "person")]
    name = next((name for name in names if name.kind == "person"), None) or (names[-1] if names else None)
    body = name.value if name and name.kind == "body" else ""
    person = name.value if name and name.kind == "person" else ""
    used: set[int] = set(range(*name.span)) if name else set()
    if not name:
        person, used = _person_called(message)
    if not body and not person:
        return None
    if not message.refs and (message.has("mark_done.says") or not message.has("assign.has")):
        return None
    about = _subject(message, "assign.has", without=used)
    if not message.refs and not about and not day.ref:
        return None if is_asked(message) else NotUnderstood()
    if refused := _refused(message, used, given, ordered=True):
        return refused
    return target(message, day, about, lambda ref: Assign(ref=ref, body=body, person=person)) or None


def _person_called(message: Message) -> tuple[str, set[int]]:
    """Somebody by a first name, or by capitals where we do not know the person."""
    for at, word in enumerate(message.words):
        person = message.lexicon.person_called(word)
        if person and message.written((at, at + 1))[:1].isupper():
            return person, {at}
    for at in range(1, len(message.words)):
        if message.words[at] in message.says.small_words or message.words[at] in message.says.known:
            continue
        found = _NAME.match(message.rest_written(message.starts[at]))
        if found and " " in found[0] and not message.lexicon.titles.knows(message.words[at]):
            return found[0], set(range(at, at + len(found[0].split())))
    return "", set()
