"""Who takes an action on: oneself, a body or a person."""

import re

from dialogs.aiming import Day, refused, subject, target
from dialogs.clauses import clause_around, first_word
from dialogs.message import Message
from dialogs.mood import is_asked, is_polite, is_quoted, is_wondered
from dialogs.phrases import Span
from dialogs.questions import lost
from dialogs.requests import Assign, NotUnderstood, Request
from storage.folding import fold

_NAME = re.compile(r"[A-ZÀ-Ý][\w'’-]+(?: (?:[A-ZÀ-Ý][\w'’-]+|de|van|der|den|El|la|le))*")


def assignment(message: Message, day: Day) -> Request | None:
    mine = message.spans("assign.me")
    given = [span for span in message.spans("assign.has") if _gives(message, span)]
    if not mine and not given:
        return None
    first = (mine or given)[0]
    if message.has("assign.mere") or is_quoted(message, first):
        return NotUnderstood(reason="negated", near=message.refs[:1]) if message.has("mood.negated") else None
    if is_asked(message, first[0]) and not (is_polite(message) and not is_wondered(message)):
        return None
    if mine:
        about = subject(message, "assign.has")
        if not message.refs and not about and not day.ref and not day.shown:
            return NotUnderstood() if len(message.words) < 12 else None
        if stopped := refused(message, set(), mine, ordered=False):
            return stopped
        return target(message, day, about, lambda ref: Assign(ref=ref, me=True)) or lost(message)
    return _given(message, day, given)


def _gives(message: Message, span: Span) -> bool:
    """ "TI-12 à Karim" by itself; "j'ai envoyé TI-12 à Karim" gives it to nobody."""
    start, end = span
    if message.words[start] != "@" or end - start > 2:
        return True
    return start == first_word(message, *clause_around(message, start)) or start - 1 in message.positions(
        "assign.", "mood.order"
    )


def _given(message: Message, day: Day, given: list[Span]) -> Request | None:
    if message.has("record_measurement.names") or (
        not message.refs and message.has("list_actions.noun", "list_actions.those")
    ):
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
    if not any(
        -1 <= min(used) - end <= 3 or -1 <= start - max(used) - 1 <= 2 or start <= min(used) < end
        for start, end in given
    ):
        return None
    if not message.refs and (message.has("mark_done.says") or not message.has("assign.has")):
        return None
    about = subject(message, "assign.has", without=used)
    if not message.refs and not about and not day.ref:
        return None if is_asked(message) else NotUnderstood()
    if stopped := refused(message, used, given, ordered=True):
        return stopped
    return target(message, day, about, lambda ref: Assign(ref=ref, body=body, person=person)) or None


def _another_first_name(message: Message, at: int, person: str) -> bool:
    """ "Marie Dupont" is not Claire Dumont, however near: before the word stands a first name that is not theirs."""
    before = at - 1
    if before < 0 or not message.written((before, before + 1))[:1].isupper():
        return False
    word = message.words[before]
    known = word in message.says.known or word in message.says.small_words or word == "@"
    return not known and word not in fold(person).split()


def _person_called(message: Message) -> tuple[str, set[int]]:
    """Somebody by a first name, or by capitals where we do not know the person."""
    for at, word in enumerate(message.words):
        person = message.lexicon.person_called(word)
        if person and message.written((at, at + 1))[:1].isupper():
            if _another_first_name(message, at, person):
                return message.written((at - 1, at + 1)), {at - 1, at}
            return person, {at}
    for at in range(1, len(message.words)):
        if message.words[at] in message.says.small_words or message.words[at] in message.says.known:
            continue
        found = _NAME.match(message.rest_written(message.starts[at]))
        if found and " " in found[0] and not message.lexicon.titles.knows(message.words[at]):
            return found[0], set(range(at, at + len(found[0].split())))
    return "", set()
