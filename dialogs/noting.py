"""Words and links to be kept beside an action."""

import re

from dialogs.aiming import Day, refused, subject, target
from dialogs.message import Message
from dialogs.mood import is_asked, is_polite
from dialogs.questions import lost
from dialogs.requests import AddEvidence, AddNote, Request

_COLON = re.compile(r"(?<!https)(?<!http)\s?[:=](?!//)")
_NEAR = 3
"""Before which word "note" must stand to open one."""
_NOTES = ("note", "noter", "notez", "notes")


def note(message: Message, day: Day) -> Request | None:
    colon = _COLON.search(message.text)
    nouns = message.spans("add_note.noun")
    if colon and nouns and nouns[0][0] <= _NEAR and message.starts[nouns[0][0]] > colon.start():
        # "HEN-33 : commentaire : …"
        colon = _COLON.search(message.text, message.ends[nouns[0][0]]) or colon
    writes = message.spans("add_note.to_write")
    before = colon.start() if colon else len(message.text)
    opens = [span for span in nouns if message.starts[span[0]] < before]
    ordered = bool(opens) and any(span[0] < opens[0][0] for span in message.spans("add_note.verb"))
    heads = bool(opens) and (opens[0][0] <= 1 or _follows_ref(message, opens[0][0]))
    status = message.has("mark_done.says", "mark_in_progress.says", "abandon.says", "reopen.says", "postpone.has")
    if not colon and (said := _in_so_many_words(message)):
        # "peux-tu noter sur HEN-87 que le budget est validé ?": what is to be noted says nothing of the action.
        if is_asked(message) and not is_polite(message):
            return None
        return AddNote(ref=message.refs[0], note=said)
    if not colon:
        noted = (
            writes
            and message.refs
            and (message.words[writes[0][0]] not in _NOTES or (writes[0][0] <= 1 and not status))
        )
        if not ordered and not noted:
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
    if stopped := refused(message, head, [], ordered=ordered):
        return stopped
    said = message.rest_written(colon.end()) if colon else _in_quotes(message) or _after_ref(message)
    about = [at for at in subject(message) if at not in head and at not in {opens[0][0] if opens else -1}]
    about = about if message.refs or colon else about[:6]
    head_refs = tuple(ref.value for ref in message.cut.named_refs if ref.start < before)
    if head_refs:
        return AddNote(ref=head_refs[0], note=said)
    return target(message, day, about, lambda ref: AddNote(ref=ref, note=said)) or lost(message)


_THAT = {"fr": ("que", "qu"), "en": ("that",), "nl": ("dat",)}


def _in_so_many_words(message: Message) -> str:
    """What stands behind "que" in "note sur TI-3 que …"; "note que TI-3 est terminée" is no note."""
    if len(message.refs) != 1 or message.has("mood.negated", "mood.condition"):
        return ""
    at = message.words.index("@")
    opened = any(start < at < end + 2 for start, end in message.spans("add_note.to_write"))
    if not opened or message.words[at + 1 : at + 2] not in [[word] for word in _THAT[message.language]]:
        return ""
    said = message.rest_written(message.starts[at + 2]) if at + 2 < len(message.words) else ""
    return said.rstrip(" ?!.")


def is_asked_before(message: Message, place: int) -> bool:
    return "?" in message.text[:place]


def _follows_ref(message: Message, at: int) -> bool:
    return "@" in message.words[max(0, at - 2) : at]


def _in_quotes(message: Message) -> str:
    words = sorted(message.quoted)
    return message.written((words[0], words[-1] + 1)) if words else ""


def _after_ref(message: Message) -> str:
    ref = message.cut.named_refs[0] if message.cut.named_refs else None
    return message.rest_written(ref.end) if ref else ""


def evidence(message: Message, day: Day) -> Request | None:
    link = message.cut.link
    if not link:
        return None
    at_link = message.cut.links[0]
    inside = {at for at in range(len(message.words)) if message.starts[at] >= at_link[0]}
    asks = "?" in message.text.replace("#", "")
    if asks and not is_polite(message):
        return None
    if stopped := refused(message, inside, [], ordered=False):
        return stopped
    about_link = subject(message, "add_evidence.has")
    about = [at for at in about_link if at not in inside]
    behind = [at for at in about_link if message.starts[at] >= at_link[1]]
    said = message.rest_written(at_link[1]) if behind else ""
    if not message.refs and not about and not day.ref:
        return None
    return target(message, day, about, lambda ref: AddEvidence(ref=ref, link=link, note=said))
