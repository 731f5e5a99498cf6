"""The card of the one notice a day. Facts come in, words come from the language; nothing is decided here."""

from contextlib import suppress
from datetime import date
from itertools import groupby
from typing import Any

from dialogs.answers import Moment
from dialogs.elements import Card, Element, beside, button, button_row, column, cut, fitted, said, small, text, title
from dialogs.posts import Notice, OwedLine
from dialogs.requests import (
    Definite,
    ListActions,
    MarkDone,
    ShowAction,
    Snooze,
    StopReminders,
)
from dialogs.slots import NotARequest, request_from
from dialogs.wording import deadline, owners, stars
from dialogs.words import Words
from storage.calendar import Period
from storage.plan import OPEN, Action
from storage.selection import Selection

WITH_BUTTONS = 5
"""Actions that have buttons of their own: more would not fit into a card."""
MOST_LINES = 12
LONGEST_TITLE = 160


def notice_card(notice: Notice, moment: Moment, words: Words) -> Card:
    counts = [words.count(f"notice.{kind}", len(actions)) for kind, actions in notice.groups]
    if notice.overdue:
        counts.append(words.count("notice.overdue", len(notice.overdue)))
    if notice.owed:
        counts.append(words.count("notice.owed", len(notice.owed)))
    told = words.parts(counts) or words("notice.nothing")
    body: list[Element] = [title(words("notice.title", name=said(notice.name)))]
    body.append(text(told[:1].upper() + told[1:], spacing="Small"))
    with_buttons, lines = WITH_BUTTONS, MOST_LINES
    for kind, actions in notice.groups:
        body.append(text(words(f"notice.heading.{kind}"), weight="Bolder", color="Accent", spacing="Medium"))
        full, rest = actions[:with_buttons], actions[with_buttons:]
        with_buttons -= len(full)
        body += [_row(action, moment, words) for action in full]
        body += _grouped(rest[:lines], moment, words)
        if len(rest) > lines:
            body.append(small(words.count("notice.more", len(rest) - lines), spacing="Small"))
        lines = max(lines - len(rest), 0)
    body += _overdue(notice, words)
    body += [_owed(line, words) for line in notice.owed]
    if notice.groups:
        body.append(small(words("notice.why"), separator=True, spacing="Medium"))
    return fitted(
        Card(
            language=words.language,
            summary=words.parts((words("notice.summary"), told)),
            body=tuple(body),
            buttons=tuple(_foot(notice, moment, words)),
        )
    )


def _foot(notice: Notice, moment: Moment, words: Words) -> list[Element]:
    asks: list[tuple[str, Definite]] = []
    days = {action.due_day(moment.today, moment.calendar) for action in notice.actions} - {None}
    if len(notice.actions) > WITH_BUTTONS and days:
        last = max(day for day in days if day is not None)
        all_of_them = Selection(mine=True, due=Period(start=None, end=max(last, moment.today)))
        asks.append((words("notice.all"), ListActions(where=all_of_them)))
    if notice.overdue:
        asks.append((words("button.show_late"), ListActions(where=Selection(late=True))))
    if notice.groups:
        asks.append((words("notice.later"), Snooze()))
    asks.append((words("notice.stop"), StopReminders()))
    return [button(label, request, words.language) for label, request in asks]


def _row(action: Action, moment: Moment, words: Words) -> Element:
    late = action.is_late(moment.today)
    when = deadline(action, moment, words)
    told = (
        column(
            text(f"**{action.ref}** {said(cut(action.title, LONGEST_TITLE))}"),
            small(
                when, isSubtle=False, color="Attention" if late else "Default", weight="Bolder" if late else "Default"
            ),
            small(words.parts((stars(action.priority), said(words.list(owners(action)))))),
        )
        if owners(action) or action.priority
        else column(
            text(f"**{action.ref}** {said(cut(action.title, LONGEST_TITLE))}"),
            small(
                when, isSubtle=False, color="Attention" if late else "Default", weight="Bolder" if late else "Default"
            ),
        )
    )
    asks: list[tuple[str, Definite]] = [(words("notice.answer"), ShowAction(ref=action.ref))]
    if action.status in OPEN and not action.is_done(moment.today, moment.calendar):
        asks.insert(0, (words("button.done"), MarkDone(ref=action.ref, version=action.version)))
    sets = [
        button_row(button(label, request, words.language, version=action.version), horizontalAlignment="Right")
        for label, request in asks
    ]
    pressed = column(*sets, width="auto", verticalContentAlignment="Center")
    return beside(told, pressed, separator=True, spacing="Small")


def _grouped(actions: tuple[Action, ...], moment: Moment, words: Words) -> list[Element]:
    """Many at once: one heading a day, one line an action."""

    def day_of(action: Action) -> date:
        return action.due_day(moment.today, moment.calendar) or date.max

    elements: list[Element] = []
    for day, group in groupby(sorted(actions, key=day_of), key=day_of):
        heading = words.day(day) if day != date.max else words("time.ongoing")
        elements.append(small(heading, weight="Bolder", isSubtle=False, spacing="Small"))
        elements += [small(f"**{each.ref}** {said(cut(each.title, 90))}", isSubtle=False) for each in group]
    return elements


def _overdue(notice: Notice, words: Words) -> list[Element]:
    if not notice.overdue:
        return []
    body: list[Element] = [
        text(words("notice.heading.overdue"), weight="Bolder", color="Accent", spacing="Medium"),
    ]
    counted: dict[str, int] = {}
    for action in notice.overdue:
        for owner in owners(action) or [words("list.no_owner")]:
            counted[owner] = counted.get(owner, 0) + 1
    most = sorted(counted.items(), key=lambda each: -each[1])[:8]
    body.append(text(said(words.list(f"{owner} ({number})" for owner, number in most)), spacing="Small"))
    for action in notice.overdue[:3]:
        body.append(small(f"**{action.ref}** {said(cut(action.title, 90))}", isSubtle=False))
    return body


class _Places(dict[str, Any]):
    """What a sentence of a kind wants and its cause did not write is left out."""

    def __missing__(self, key: str) -> str:
        return ""


def _owed(line: OwedLine, words: Words) -> Element:
    key = f"notices.{line.kind}"
    places = _Places({name: said(str(value)) for name, value in line.content.items()})
    if key in set(words.all_keys()):
        told = words.raw(key).format_map(places)
    else:
        told = str(line.content.get("text") or line.content.get("summary") or words("notices.other"))
        told = said(told)
    elements = [text(f"• {told}")]
    ref = line.content.get("ref")
    if isinstance(ref, str):
        elements.append(button_row(button(words("button.details"), ShowAction(ref=ref), words.language)))
    asked = line.content.get("request")
    if isinstance(asked, dict):
        with suppress(NotARequest, KeyError):
            request = request_from(asked["name"], asked["slots"])
            label = words(str(line.content.get("label", "button.details")))
            elements.append(button_row(button(label, request, words.language)))
    return {"type": "Container", "items": elements, "spacing": "Small", "separator": True}
