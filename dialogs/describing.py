"""Statements of what a body is: its full name, another name, its kind, the body it belongs to."""

import re

from dialogs.aiming import refused
from dialogs.message import Message
from dialogs.mood import is_asked, is_polite
from dialogs.people_requests import DescribeBody, EditBody
from dialogs.phrases import Span
from dialogs.requests import Request
from dialogs.whom import Meant, meant_in
from storage.plan import BodyKind

_SAYS = "describe_body."
_ARTICLE = re.compile(r"^(?:(?:la|le|les|the|de|het|een)\s+|l['’]\s*)", re.IGNORECASE)


def description(message: Message) -> Request | None:
    """ "CQI veut dire Commission qualité institutionnelle", "la CQC dépend de la Direction", "modifie la CQI"."""
    if message.refs:
        return None
    bodies = [meant for meant in meant_in(message) if meant.kind == "body"]
    if not bodies:
        return None
    body = bodies[0]
    made = _form(message, body) or (None if is_asked(message) else _statement(message, bodies))
    if made is None:
        return None
    return refused(message, set(range(body.span[1], len(message.words))), [], ordered=False) or made


def _form(message: Message, body: Meant) -> Request | None:
    spans = message.spans("edit_body.has")
    if not spans or (is_asked(message) and not is_polite(message)):
        return None
    around = message.positions("edit_body.", "mood.polite", "mood.filler", "mood.order", "mood.wishes", "thanks.")
    return None if message.content(set(around) | set(range(*body.span))) else EditBody(body=body.value)


def _statement(message: Message, bodies: list[Meant]) -> Request | None:
    body = bodies[0]
    if message.content(set(range(*body.span)) | set(range(body.span[1], len(message.words)))):
        # Something is said before the body that this does not understand.
        return None
    for slot in ("full_name", "alias"):
        if (span := _right_behind(message, f"{_SAYS}{slot}", body)) and (said := _rest(message, span)):
            return DescribeBody(body=body.value, **{slot: said})
    if span := _right_behind(message, f"{_SAYS}parent", body):
        above = next((other for other in bodies[1:] if other.span[0] >= span[1]), None)
        if above and not message.content(set(range(above.span[1])) | set(range(*above.span))):
            return DescribeBody(body=body.value, parent=above.value)
    for kind in BodyKind:
        span = _right_behind(message, f"{_SAYS}{kind}", body)
        if span and not message.content(set(range(span[1]))):
            return DescribeBody(body=body.value, kind=kind)
    return None


def _right_behind(message: Message, cue: str, body: Meant) -> Span | None:
    return next((span for span in message.spans(cue) if 0 <= span[0] - body.span[1] <= 1), None)


def _rest(message: Message, span: Span) -> str:
    """What follows, as it was written."""
    if span[1] >= len(message.words) or len(message.words) - span[1] > 12:
        return ""
    return _ARTICLE.sub("", message.rest_written(message.starts[span[1]])).rstrip(" .!")
