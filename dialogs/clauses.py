"""A message cut into clauses, and the words of it that only tell what the request is made for.

"Je relis le PV du collège : lesquelles a-t-on abandonnées ?" asks nothing of the college. Decides no request.
"""

from dataclasses import dataclass
from itertools import pairwise

from dialogs.message import Message
from dialogs.phrases import Span

_OPENING = (
    "mood.opens", "mood.polite", "mood.order", "clauses.wants", "list_actions.may", "mark_done.asks", "reopen.says",
    "postpone.has", "assign.me", "assign.has", "add_note.verb",
)  # fmt: skip
"""What a clause may begin with, besides its subject."""
_ASKING = (
    "mood.opens", "list_actions.may", "show_progress.has", "show_action.has", "count_actions.has", "list_changes.has",
    "who_is_responsible.has",
)  # fmt: skip
"""What a clause that asks may begin with."""
_TELLING = (
    "list_actions.noun", "count_actions.", "list_changes.", "who_", "slots.late", "slots.done", "slots.todo",
    "slots.in_progress", "slots.abandoned", "slots.undone", "slots.priority", "record_measurement.names", "subscribe",
    "unsubscribe",
)  # fmt: skip
"""What makes a clause part of the request, though another one asks."""


@dataclass(frozen=True, kw_only=True)
class Clause:
    """Words from `start` to before `end`."""

    start: int
    end: int
    asked: bool
    """Whether a question mark ends it."""


def clauses_of(message: Message) -> list[Clause]:
    """The clauses in their order; an enumeration is none of its own."""
    count = len(message.words)
    if not count:
        return []
    starts = [0]
    opening = {span[0] for span in message.spans(*_OPENING, "clauses.subject")}
    joined = {span[0]: span[1] for span in message.spans("clauses.joins")}
    for at in range(1, count):
        between = message.text[message.ends[at - 1] : message.starts[at]]
        behind = joined.get(at, at)
        if (
            any(sign in between for sign in ".!?;:")
            or (
                (any(sign in between for sign in ",()") or " - " in between or ">" in between)
                and (at in opening or behind in opening)
            )
            or (at in joined and behind in opening)
        ):
            starts.append(at)
    ends = [*starts[1:], count]
    text = message.text
    return [
        Clause(
            start=start,
            end=end,
            asked="?" in text[message.ends[end - 1] : message.starts[end] if end < count else len(text)],
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def first_word(message: Message, start: int, end: int) -> int:
    """Where a clause begins, what joins it to the one before and calls left out."""
    led = message.positions("mood.leads", "clauses.joins", "greet.")
    return next((at for at in range(start, end) if at not in led), start)


def asides(message: Message) -> frozenset[int]:
    """Words that only tell what a question is asked for."""
    clauses = clauses_of(message)
    aside: set[int] = set()
    asking = [clause for clause in clauses if _asks(message, clause)]
    if asking:
        subjects = {span[0] for span in message.spans("clauses.subject")}
        telling = message.positions(*_TELLING)
        for clause in clauses:
            words = range(clause.start, clause.end)
            if (
                clause not in asking
                and first_word(message, clause.start, clause.end) in subjects
                and not telling.intersection(words)
                and "@" not in message.words[clause.start : clause.end]
            ):
                aside.update(words)
    for start, _ in message.spans("clauses.purpose"):
        clause = next(each for each in clauses if each.start <= start < each.end)
        end = _end_of_aside(message, start, clause)
        if end - start < clause.end - clause.start or len(clauses) > 1:
            aside.update(range(start, end))
    return frozenset(aside) if len(aside) < len(message.words) else frozenset()


def _end_of_aside(message: Message, start: int, clause: Clause) -> int:
    """A comma ends it where it stands at the head of its clause."""
    for before, at in pairwise(range(start, clause.end)):
        if "," in message.text[message.ends[before] : message.starts[at]]:
            return at
    return clause.end


def _asks(message: Message, clause: Clause) -> bool:
    first = first_word(message, clause.start, clause.end)
    within = range(clause.start, clause.end)
    if clause.asked or any(span[0] == first for span in message.spans(*_ASKING)):
        return True
    return any(span[0] in within for span in message.spans("mood.asks", "mood.polite", "clauses.wants"))


def clause_around(message: Message, at: int) -> Span:
    """The words of the clause that holds this one."""
    return next(((each.start, each.end) for each in clauses_of(message) if each.start <= at < each.end), (0, 0))
