"""What is said of files: the offer, which Teams itself draws and asks, and how it ended."""

from typing import Any

from dialogs.answers import FileDeclined, FileKept, FileLost, FileOffered
from dialogs.elements import Card, Element, button, small, text
from dialogs.requests import ExportPlan, Help
from dialogs.slots import slots_of
from dialogs.words import Words

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"
_KILO = 1024


def consent(answer: FileOffered, words: Words) -> dict[str, Any]:
    """The attachment with which Teams asks; what it sends back is a request, never a right."""
    context = {"verb": answer.request.name, "lang": words.language, **slots_of(answer.request)}
    content = {
        "description": what_is_offered(answer, words),
        "sizeInBytes": answer.size,
        "acceptContext": context,
        "declineContext": context,
    }
    return {"contentType": CONSENT, "name": answer.name, "content": content}


def file_info(name: str, content_url: str, unique_id: str) -> dict[str, Any]:
    """The attachment that shows a file where it lies now."""
    content = {"uniqueId": unique_id, "fileType": name.rpartition(".")[2]}
    return {"contentType": INFO, "name": name, "contentUrl": content_url, "content": content}


def what_is_offered(answer: FileOffered, words: Words) -> str:
    kind = words(f"file.kind.{answer.name.rpartition('.')[2]}")
    size = words("file.size", n=words.number(max(1, round(answer.size / _KILO))))
    return words("file.offer", what=_what(answer, words), kind=kind, size=size)


def _what(answer: FileOffered, words: Words) -> str:
    plan = words("file.plan", key=answer.plan, title=answer.title)
    if isinstance(answer.request, ExportPlan) or answer.request.on is None:
        return plan
    return words("file.report", plan=plan, day=words.day(answer.request.on))


def offered_card(answer: FileOffered, words: Words) -> Card:
    """Where an answer has to be a card of ours: Teams' own question follows it."""
    body = (
        text(f"**{answer.name}**"),
        text(what_is_offered(answer, words)),
        small(words("file.asks"), spacing="Small"),
    )
    return Card(language=words.language, summary=words("file.summary", name=answer.name), body=body)


def ended_card(answer: FileKept | FileDeclined | FileLost, words: Words) -> Card:
    match answer:
        case FileKept():
            line, buttons = words("file.kept", name=answer.name), list[Element]()
        case FileDeclined():
            line, buttons = words("file.declined"), [button(words("button.help"), Help(), words.language)]
        case FileLost():
            line = words("file.lost", name=answer.name)
            buttons = [button(words("button.again"), answer.request, words.language)]
    return Card(language=words.language, summary=line, body=(text(line),), buttons=tuple(buttons))
