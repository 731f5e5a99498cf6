"""Questions about a body, a person or a unit itself: who it is, who belongs to it; its actions are asked otherwise."""

from dialogs.message import Message
from dialogs.people_requests import ShowBody, ShowPerson, ShowUnit
from dialogs.phrases import touch
from dialogs.requests import Request
from dialogs.whom import Meant, initials_in, meant_in, stranger_in

_AROUND = ("show_body.", "mood.polite", "mood.filler", "mood.opens", "mood.asks", "mood.order", "greet.", "thanks.")
_WHO = ("qui", "who", "wie")
_OF_ACTIONS = ("list_actions.noun", "count_actions.has", "list_changes.has", "subscribe.has", "unsubscribe.has")


def acquaintance(message: Message) -> Request | None:
    """ "qui est la CQI ?", "c'est quoi APACH ?": where the sentence says nothing else."""
    who = [span for span in message.spans("who_is_responsible.has") if message.words[span[0]] in _WHO]
    asking = [*message.spans("show_body.has"), *who]
    others = [span for span in message.spans(*_OF_ACTIONS) if not any(touch(span, own) for own in asking)]
    if not asking or others or message.refs or message.quoted:
        return None
    named = meant_in(message)
    used = set(message.positions(*_AROUND)) | {at for span in who for at in range(*span)}
    taken = {at for meant in named for at in range(*meant.span)}
    if not named and (stranger := stranger_in(message, used) or initials_in(message, used)):
        named, taken = [stranger], set(range(*stranger.span))
    if len(named) != 1 or message.content(used | taken):
        return None
    if not message.has("show_body.has") and named[0].kind != "body":
        return None
    return _about(named[0])


def _about(meant: Meant) -> Request:
    if meant.kind == "body":
        return ShowBody(body=meant.value)
    return ShowPerson(person=meant.value) if meant.kind == "person" else ShowUnit(unit=meant.value)
