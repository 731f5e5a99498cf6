"""Questions about the past: what changed, which kind of change is meant, and whose."""

from dataclasses import replace

from dialogs.asked import Asked
from dialogs.message import Message
from dialogs.requests import KINDS_OF_CHANGE, ListChanges


def asks_what_changed(message: Message) -> bool:
    """Not "ce qui a été fait", where nobody asks who did it; but "qu'a fait Karim ?"."""
    return (
        any(
            message.words[start] != "qui" or message.words[start - 1 : start] not in (["ce"], ["actions"], ["taches"])
            for start, _ in message.spans("list_changes.has", "changed.who")
        )
        or message.has("changed.did_i", "changed.times")
        or (message.has("changed.did") and _names_a_person(message))
    )


def kind_asked(message: Message) -> str:
    """The kind of change that is asked for by itself; empty where it is any, or several."""
    kinds = [kind for kind in KINDS_OF_CHANGE if message.has(f"changed.{kind}")]
    return kinds[0] if len(kinds) == 1 and not message.has("changed.did", "changed.did_i") else ""


def narrowed(message: Message, request: ListChanges, asked: Asked) -> ListChanges:
    """The question with the kind of change and the person that it names as the one who made it."""
    by_me = message.has("changed.did_i")
    where = replace(request.where, mine=False) if by_me else request.where
    request = replace(request, where=where, change=kind_asked(message), by_me=by_me)
    if where.person and not _is_of_their_actions(message):
        request = replace(request, where=replace(where, person=None), by=where.person)
    return request


def _names_a_person(message: Message) -> bool:
    return any(name.kind == "person" for name in message.names) or any(
        message.lexicon.person_called(word) and message.written((at, at + 1))[:1].isupper()
        for at, word in enumerate(message.words)
    )


def _is_of_their_actions(message: Message) -> bool:
    """ "ce qui a changé dans les actions de Karim": the actions are theirs, the changes anybody's."""
    return message.has("list_actions.noun")
