"""The few Adaptive Card elements the cards are built from, as plain dicts (typed models cost twenty times as much)."""

import re
from dataclasses import dataclass, replace
from typing import Any

import orjson

from dialogs.requests import Definite
from dialogs.slots import slots_of

Element = dict[str, Any]

VERSION = "1.5"
LARGEST = 24 * 1024
"""Bytes of the whole activity as UTF-16 JSON; Teams refuses at about 100 KB, and some clients before that."""
MOST_BUTTONS = 6


@dataclass(frozen=True, kw_only=True)
class Card:
    """A finished card; `summary` is what a notification shows."""

    language: str
    summary: str
    body: tuple[Element, ...]
    buttons: tuple[Element, ...] = ()

    def content(self) -> Element:
        """The card itself, without what surrounds it in a message."""
        card: Element = {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": VERSION,
            "lang": self.language,
            "body": list(self.body),
        }
        if self.buttons:
            card["actions"] = list(self.buttons[:MOST_BUTTONS])
        return card


_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\*_[]`"})


def said(text: str) -> str:
    """Text of people or plans, so that it is shown and never read as markup."""
    return text.translate(_MARKS)


_GLUED = re.compile(r"(?<=«) | (?=[»:;?!](?:\W|$))")


def text(words: str, **style: Any) -> Element:
    """A paragraph. Spaces that belong to a French sign do not break, so that no line begins with it."""
    return {"type": "TextBlock", "text": _GLUED.sub("\u00a0", words), "wrap": True, **style}


def title(words: str, **style: Any) -> Element:
    return text(words, **({"weight": "Bolder", "size": "Medium"} | style))


def small(words: str, **style: Any) -> Element:
    return text(words, **({"size": "Small", "spacing": "None", "isSubtle": True} | style))


def facts(pairs: list[tuple[str, str]]) -> Element:
    """Label and value side by side; not a FactSet, which cuts long labels off on a narrow screen."""
    rows = [
        beside(column(text(label, size="Small", isSubtle=True), width="96px"), column(text(value)), spacing="Small")
        for label, value in pairs
    ]
    return group(*rows, spacing="Medium")


def group(*items: Element, **style: Any) -> Element:
    return {"type": "Container", "items": list(items), **style}


def banner(words: str, style: str) -> Element:
    """What happened, on the colour of its kind (good, warning): coloured letters alone are hard to read."""
    return group(title(words), style=style, bleed=True)


def column(*items: Element, width: str = "stretch", **style: Any) -> Element:
    return {"type": "Column", "width": width, "items": list(items), **style}


def beside(*columns: Element, **style: Any) -> Element:
    """Columns next to one another; three at most, or a telephone cannot show them."""
    return {"type": "ColumnSet", "columns": list(columns), **style}


def button_row(*buttons: Element, **style: Any) -> Element:
    return {"type": "ActionSet", "actions": list(buttons), "spacing": "Small", **style}


def button(
    label: str, request: Definite, language: str, *, version: int = 1, style: str = "default", saves: bool = False
) -> Element:
    """A button that asks `request`; older clients send the same data as a message.

    `version` is that of the action it was drawn from; `language` is the card's, so that the answer speaks it too.
    Only a button that `saves` a form takes the form's fields along: an empty required one would block all others.
    """
    carried = {"verb": request.name, "lang": language, **slots_of(request), "version": version}
    pressed: Element = {"type": "Action.Execute", "title": label, "verb": request.name, "data": carried}
    if style != "default":
        pressed["style"] = style
    if not saves:
        pressed["associatedInputs"] = "none"
    pressed["fallback"] = {"type": "Action.Submit", "title": label, "data": carried}
    return pressed


_ROOM = LARGEST - 2 * 1024
"""What a card may take: around it stand the ids of people and conversation."""
_SHORTER = (1_000, 500, 250, 120)


def fitted(card: Card) -> Card:
    """The card, small enough for Teams: long texts are cut first, and only then what stands last is left out."""
    for longest in _SHORTER:
        if _size(card) <= _ROOM:
            return card
        body = tuple(_cut(element, longest) for element in card.body)
        card = replace(card, body=body, summary=cut(card.summary, longest))
    while card.body and _size(card) > _ROOM:
        card = replace(card, body=card.body[:-1])
    return card


def cut(words: str, longest: int) -> str:
    """At most so many characters; what is missing is marked."""
    return words if len(words) <= longest else words[: longest - 1].rstrip("\\ ") + "…"


def _cut(element: Element, longest: int) -> Element:
    shorter = dict(element)
    if element.get("type") == "TextBlock":
        shorter["text"] = cut(element["text"], longest)
    for part in ("items", "columns"):
        if part in element:
            shorter[part] = [_cut(child, longest) for child in element[part]]
    return shorter


def _size(card: Card) -> int:
    """Bytes of the card with its summary, as UTF-16 JSON."""
    return len(orjson.dumps((card.content(), card.summary)).decode().encode("utf-16-le"))


def plain_text(card: Card) -> str:
    """The card as lines of text: for the terminal, and for whoever reads answers by program."""
    lines: list[str] = []
    for element in card.body:
        _read(element, lines)
    return "\n".join(lines)


def _read(element: Element, lines: list[str]) -> None:
    if element["type"] == "TextBlock":
        lines.append(_unmark(element["text"]))
    if element["type"] == "ColumnSet":
        columns = [_lines(column) for column in element["columns"]]
        if all(len(column) <= 1 for column in columns):
            lines.append("  ".join(line for column in columns for line in column))
        else:
            lines += [line for column in columns for line in column]
    for child in element.get("items", ()):
        _read(child, lines)


def _lines(element: Element) -> list[str]:
    lines: list[str] = []
    _read(element, lines)
    return lines


def _unmark(words: str) -> str:
    bare = words.replace("**", "").replace("\u00a0", " ")
    for mark in "*_[]`\\":
        bare = bare.replace(f"\\{mark}", mark)
    return bare
