"""The few Adaptive Card elements the cards are built from, as plain dicts (typed models cost twenty times as much)."""

from dataclasses import dataclass
from typing import Any

from dialogs.requests import Definite, slots_of

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


def text(words: str, **style: Any) -> Element:
    return {"type": "TextBlock", "text": words, "wrap": True, **style}


def title(words: str, **style: Any) -> Element:
    return text(words, **({"weight": "Bolder", "size": "Medium"} | style))


def small(words: str, **style: Any) -> Element:
    return text(words, **({"size": "Small", "spacing": "None", "isSubtle": True} | style))


def facts(pairs: list[tuple[str, str]]) -> Element:
    """Label and value below one another: a FactSet cuts long labels off on a narrow screen."""
    items: list[Element] = []
    for label, value in pairs:
        items.append(text(label, size="Small", isSubtle=True, spacing="Small"))
        items.append(text(value, spacing="None"))
    return {"type": "Container", "items": items, "spacing": "Small"}


def group(*items: Element, **style: Any) -> Element:
    return {"type": "Container", "items": list(items), **style}


def button_row(*buttons: Element) -> Element:
    return {"type": "ActionSet", "actions": list(buttons), "spacing": "Small"}


def button(
    label: str, request: Definite, language: str, *, version: int = 1, style: str = "default", saves: bool = False
) -> Element:
    """A button that asks `request`; older clients send the same data as a message.

    `version` is that of the action it was drawn from; `language` is the card's, so that the answer speaks it too.
    Only a button that `saves` a form takes the form's fields along: an empty required one would block all others.
    """
    carried = {"verb": request.name, "language": language, **slots_of(request), "version": version}
    pressed: Element = {"type": "Action.Execute", "title": label, "verb": request.name, "data": carried}
    if style != "default":
        pressed["style"] = style
    if not saves:
        pressed["associatedInputs"] = "none"
    pressed["fallback"] = {"type": "Action.Submit", "title": label, "data": carried}
    return pressed


def plain_text(card: Card) -> str:
    """The card as lines of text: for the terminal, and for whoever reads answers by program."""
    lines: list[str] = []
    for element in card.body:
        _read(element, lines)
    return "\n".join(lines)


def _read(element: Element, lines: list[str]) -> None:
    if element["type"] == "TextBlock":
        lines.append(_unmark(element["text"]))
    for child in (*element.get("items", ()), *element.get("columns", ())):
        _read(child, lines)


def _unmark(words: str) -> str:
    bare = words.replace("**", "")
    for mark in "*_[]`\\":
        bare = bare.replace(f"\\{mark}", mark)
    return bare
