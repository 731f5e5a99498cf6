"""What the actions that are asked for are about: words of their titles, where the sentence says so by its build.

A word that is merely left over is no topic: "tout ce qui a pris du retard" is not about "pris".
"""

from dialogs.asked import Asked, is_cue
from dialogs.message import Message
from dialogs.phrases import Span

_FEW = 7
"""Words of a message that has room for nothing but what is asked and what it is about."""
_NEAR = 4
"""How many small words may stand between what announces a topic and the topic."""


def announced(message: Message) -> list[Span]:
    """Where a topic is announced ("sur", "about"), no part of a longer word ("mis sur pied", "sur le feu")."""
    within = message.positions("mood.filler", "show_action.whether", "mark_", "slots.in_progress", "slots.mine")
    return [span for span in message.spans("slots.topic") if span[0] not in within]


def topic(message: Message, asked: Asked, left: list[int]) -> Span | None:
    """The words that say what the actions are about, or None."""
    for _, end in announced(message):
        if found := _noun_phrase(message, asked, end, known=False):
            return found
    free = [at for at in left if _may_be_topic(message, at)]
    if not free:
        return None
    behind = [end for _, end in message.spans("slots.around", "list_actions.noun", "list_actions.one")]
    for end in behind:
        if found := _noun_phrase(message, asked, end, known=True):
            return found
    for start, _ in message.spans("list_actions.noun"):
        # "alumni actions", "the internship tasks"
        if message.language != "fr" and start - 1 in free:
            first = start - 1
            while first - 1 in free:
                first -= 1
            return first, start
    if _heads(message, free) or len(message.words) <= _FEW:
        return _noun_phrase(message, asked, free[0], known=True)
    return None


def _noun_phrase(message: Message, asked: Asked, start: int, *, known: bool) -> Span | None:
    """The content words from here on, small words between them allowed, up to a cue, a slot or a stop."""
    first = last = -1
    for at in range(start, len(message.words)):
        if at > start and any(sign in _between(message, at) for sign in ".!?;:,("):
            break
        if message.is_content(at):
            if at in asked.taken or (is_cue(message, at) and not _is_within_topic(message, at)):
                break
            if first < 0 and known and not _may_be_topic(message, at):
                break
            first, last = (at if first < 0 else first), at
        elif (
            at in asked.taken
            or at - (last if first >= 0 else start) > _NEAR
            or (first >= 0 and message.words[at] in message.says.stops)
        ):
            break
    if first < 0:
        return None
    # "e-learning", "co-construction"
    while first > start and message.text[message.ends[first - 1] : message.starts[first]] == "-":
        first -= 1
    return first, last + 1


def _between(message: Message, at: int) -> str:
    return message.text[message.ends[at - 1] : message.starts[at]]


def _is_within_topic(message: Message, at: int) -> bool:
    """A word of a title that could also be a weak cue ("la communication", "les objectifs")."""
    return at in message.positions("list_actions.may", "list_actions.one", "show_", "add_", "record_", "context.") and (
        message.lexicon.titles.knows(message.words[at])
    )


def _may_be_topic(message: Message, at: int) -> bool:
    word = message.words[at]
    if word in message.says.chatter or word in message.says.deeds:
        return False
    return (
        message.lexicon.titles.knows(word)
        or (len(word) > 5 and message.lexicon.titles.may_know(word))
        or (bool(message.says.in_french) and message.in_french([at]) != word)
    )


def _heads(message: Message, free: list[int]) -> bool:
    """ "Enquêtes : que fallait-il terminer ?" """
    first = free[0]
    last = first
    while last + 1 in free:
        last += 1
    if any(message.is_content(at) for at in range(first)):
        return False
    return last + 1 < len(message.words) and any(sign in _between(message, last + 1) for sign in ":,?")
