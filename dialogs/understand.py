"""From what a person wrote to the request it makes, without a language model: the request first, then what it is about.

Pure and deterministic. Changing the plan needs a plain statement or order: a question, a negation, a condition or
a doubt in the sentence never becomes a change.
"""

from dataclasses import dataclass, field
from datetime import date

from dialogs.acquainting import acquaintance
from dialogs.aiming import Day
from dialogs.changing import change
from dialogs.clauses import asides
from dialogs.cut import Cut, likely_languages
from dialogs.describing import description
from dialogs.exporting import exporting
from dialogs.leaning import Context, follow_up, pointed_at
from dialogs.measuring import is_of_known_indicator, measurement
from dialogs.message import Message
from dialogs.mood import is_asked, is_quoted
from dialogs.names import Lexicon
from dialogs.phrases import words_of
from dialogs.questions import by_title, left_over, lost, question
from dialogs.reminding import about_notices
from dialogs.requests import (
    Changing,
    Help,
    NeedsChoice,
    NotUnderstood,
    RecordMeasurement,
    Request,
    ShowAction,
    WhoIsResponsible,
)
from dialogs.selecting import read_selection
from dialogs.several import change_of_all
from dialogs.speaking import discretion, language_wanted, small_talk, subscription, undo_of_one
from storage.calendar import AcademicCalendar
from storage.folding import fold

__all__ = ["Context", "Understood", "understand"]

_SUBSCRIBING = ("subscribe.has", "unsubscribe.has", "list_subscriptions.has")
_LISTS = ("list_actions.noun", "count_actions.has", "show_progress.has")
_MANY = ("slots.priority_1", "slots.priority_2", "slots.priority_3")
"""What only several actions have in common: "les trois étoiles pas encore faites"."""
_RUNNERS_UP = (
    "mark_done", "mark_in_progress", "abandon", "reopen", "postpone", "assign", "add_note", "list_changes",
    "who_is_responsible", "count_actions", "show_progress", "show_action", "list_actions", "record_measurement",
    "subscribe", "unsubscribe", "list_subscriptions", "export_plan", "export_report", "undo", "help", "greet", "thanks",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Understood:
    language: str
    request: Request
    words: dict[str, str] = field(default_factory=dict)
    """For each slot of a question the words it came from; `dialogs.explaining` finds the others."""
    runner_up: str = ""
    """The name of the request that the message is next likeliest to make."""


def understand(
    text: str,
    lexicon: Lexicon,
    today: date,
    calendar: AcademicCalendar,
    *,
    client_language: str = "fr",
    context: Context | None = None,
) -> Understood:
    """What the message asks. `client_language` decides only where the words leave the language open.

    A message that says nothing in its likeliest language may be understood in another, but never as a change.
    """
    cut = Cut(text, lexicon)
    first: Understood | None = None
    likely = likely_languages(cut, client_language)
    for language in likely[:1] if cut.is_cut_short else likely:
        message = Message(cut, language, lexicon)
        said: dict[str, str] = {}
        request = _request(message, today, calendar, context or Context(), said)
        understood = Understood(language=language, request=request, words=said, runner_up=_runner_up(message, request))
        if first is None:
            first = understood
        if isinstance(request, NotUnderstood) and not request.reason:
            continue
        if understood is first or not (_is_by_title(request, cut) or isinstance(request, Changing)):
            return understood
    assert first is not None
    return first


def _is_by_title(request: Request, cut: Cut) -> bool:
    """In a language that is not the likeliest, a title that shares some words proves nothing."""
    return not cut.refs and isinstance(request, ShowAction | WhoIsResponsible | NeedsChoice)


def _request(
    message: Message, today: date, calendar: AcademicCalendar, context: Context, said: dict[str, str]
) -> Request:
    if not message.words and not message.cut.links:
        return Help() if not message.original else NotUnderstood()
    if talk := small_talk(message) or undo_of_one(message) or language_wanted(message) or discretion(message):
        return talk
    if pointed := pointed_at(message, context):
        message = message.pointing(*pointed)
    if about := acquaintance(message) or description(message):
        return about
    if (everything := change_of_all(message, today, calendar)) is not None:
        return everything
    day = Day(today=today, calendar=calendar, ref=context.ref, shown=context.shown)
    if notices := about_notices(message, day):
        return notices
    if (file := exporting(message, today, calendar)) is not None:
        return file
    if any(not is_quoted(message, span) for span in message.spans(*_SUBSCRIBING)):
        found = subscription(message, read_selection(message, today, calendar))
        if found:
            return found
    changed = _changed(message, day)
    if changed is not None and not (isinstance(changed, NotUnderstood) and not changed.reason):
        return changed
    several = message.has(*_LISTS) or (message.has(*_MANY) and not message.refs)
    if changed is not None and not is_asked(message) and not several:
        return changed
    if context.last or context.ref:
        asked = read_selection(message, today, calendar)
        follow = follow_up(message, context, asked, left_over(message, asked), today)
        if follow is not None:
            said.update(asked.said)
            return follow
    message = message.without(asides(message))
    return (
        question(message, today, calendar, said)
        or by_title(message, message.content(), lambda ref: ShowAction(ref=ref))
        or changed
        or lost(message)
    )


def _changed(message: Message, day: Day) -> Request | None:
    """The change or the value that the message states; a value where the change would be refused."""
    if is_of_known_indicator(message):
        return measurement(message, day) or change(message, day)
    changed = change(message, day)
    if changed is None or isinstance(changed, NotUnderstood):
        measured = measurement(message, day)
        if isinstance(measured, RecordMeasurement) and (changed is None or _names_a_measure(message, measured)):
            return measured
        return changed or measured
    return changed


def _names_a_measure(message: Message, measured: RecordMeasurement) -> bool:
    """Not "terminée à 80 %", which measures nothing."""
    return any(word not in message.says.deeds for word in words_of(fold(measured.indicator)))


def _runner_up(message: Message, request: Request) -> str:
    heard = {cue.split(".")[0] for cue in message.shown_cues()}
    return next((name for name in _RUNNERS_UP if name in heard and name != request.name), "")
