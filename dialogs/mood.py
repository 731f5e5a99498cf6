"""What a sentence is besides its words: a question, an order, something denied, doubted, still to come or hearsay.

Nothing is changed by a sentence of which this module says that it asks or that something stands in the way.
"""

import re

from dialogs.message import Message
from dialogs.phrases import Span
from dialogs.sentences import LANGUAGES, sentences_in

_CALLED = re.compile(r"^\s*@?([A-ZÀ-Ý][\w'’-]{1,30}(?: [A-ZÀ-Ý][\w'’-]{1,30})?)\s*,")
_THEY = frozenset(["a", "ont", "avait", "avaient", "as"])


def is_asked(message: Message, at: int | None = None) -> bool:
    """Whether the sentence that holds this word, or any sentence, is a question."""
    numbers = message.sentence_of
    if not numbers:
        return "?" in message.text
    wanted = set(numbers) if at is None else {numbers[at]}
    if wanted & message.asked_sentences:
        return True
    opens = {span[0] for span in message.spans("mood.opens")}
    leads = message.positions("mood.leads")
    for number in wanted:
        first = next((here for here, n in enumerate(numbers) if n == number and here not in leads), None)
        if first is not None and first in opens:
            return True
    vouched = message.spans("mood.vouched")
    if any(
        numbers[span[0]] in wanted and not _within(span, vouched) and "," not in message.said(span)
        for span in message.spans("mood.asks")
    ):
        # "ça y est, on a commencé" asks nothing.
        return True
    return at is not None and _is_tagged(message, numbers[at])


def _is_tagged(message: Message, number: int) -> bool:
    """ "TI-12 est terminée. Non ?" """
    following = [at for at, n in enumerate(message.sentence_of) if n == number + 1]
    return (
        number + 1 in message.asked_sentences and 0 < len(following) <= 3 and "@" not in message.words[following[0] :]
    )


def is_polite(message: Message) -> bool:
    return message.has("mood.polite")


def is_wondered(message: Message) -> bool:
    """Whether it is a question in so many words, not an order asked politely ("est-ce que tu peux …")."""
    hides = message.spans("mood.polite", "mood.wishes", "mood.vouched")
    return any(not _within(span, hides) for span in message.spans("mood.asks"))


def is_quoted(message: Message, span: Span) -> bool:
    return all(at in message.quoted for at in range(*span))


def in_the_way(
    message: Message, skip: set[int], hidden: list[Span], *, ordered: bool = False, clause: Span | None = None
) -> str:
    """What keeps the sentence from being a plain statement or order: "negated", "unsure" or nothing.

    `skip` are words that do not count (a reason, a note, a day), `hidden` places whose words mean something else.
    Of an order only the words of its own `clause` are in the way, and a condition wherever it stands.
    """
    hides = [*hidden, *message.spans("mood.wishes", "mood.polite", "mood.vouched")]

    def stands(cue: str, within: Span | None = None) -> bool:
        return any(
            not _within(span, hides)
            and not all(at in skip for at in range(*span))
            and (within is None or within[0] <= span[0] < within[1])
            for span in message.spans(cue)
        )

    if message.cut.is_cut_short:
        # Nobody orders a change in so many words, and what was not read could take it back.
        return "unsure"
    within = clause if ordered else None
    if stands("mood.negated", within):
        return "negated"
    if stands("mood.unsure", within) or stands("mood.others", within) or stands("mood.condition"):
        return "unsure"
    if stands("mood.ahead", clause):
        return "unsure"
    if ordered and is_for_another(message):
        return "unsure"
    return _in_another_language(message, skip)


def _within(span: Span, hides: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in hides)


def _in_another_language(message: Message, skip: set[int]) -> str:
    """A mixed sentence is doubted in either of its languages: "je pense que TI-12 is done"."""
    own = message.says.known
    for language in LANGUAGES:
        if language == message.language:
            continue
        for cue, _, start, end in sentences_in(language).phrases.walk(message.words):
            if (
                cue in ("mood.negated", "mood.unsure", "mood.ahead", "mood.condition")
                and not any(at in skip for at in range(start, end))
                and not all(message.words[at] in own for at in range(start, end))
            ):
                return "negated" if cue == "mood.negated" else "unsure"
    return ""


def is_for_another(message: Message) -> bool:
    """An order that calls somebody else by name: "Karim, marque TI-12 comme terminée"."""
    found = _CALLED.match(message.original)
    if not found or not message.words:
        return False
    word = message.words[0]
    return message.lexicon.person_called(word) is not None or not (
        word in message.says.known or message.lexicon.is_name(word) or word == "@"
    )


def is_infinitive(message: Message, at: int) -> bool:
    """Of French: "clôturer", and not "clôture" or "clôturé", of which the accent is gone."""
    word = message.words[at]
    return message.language == "fr" and word.endswith(("er", "ir", "re")) and word + "r" not in message.says.known


def is_reported(message: Message, span: Span) -> bool:
    """ "Karim a marqué TI-12 comme terminée": what somebody else did, told as past."""
    before = message.words[: span[0]]
    if is_infinitive(message, span[0]):
        # "à rouvrir"
        return False
    return message.language == "fr" and bool(before) and before[-1] in _THEY and before[-2:-1] not in (["on"], ["j"])
