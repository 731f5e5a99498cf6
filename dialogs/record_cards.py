"""The cards of the record: what changed, newest first; who did it, when, through what and why."""

from dataclasses import replace
from datetime import date

from dialogs.answers import ChangesShown, Moment, ToldEvent
from dialogs.elements import Card, Element, button, said, small, text, title
from dialogs.requests import ListChanges, ShowAction
from dialogs.wording import authored, period, unit_name
from dialogs.words import Words

MOST_EVENTS = 12
"""On one page."""


def changes_card(answer: ChangesShown, moment: Moment, words: Words) -> Card:
    request = answer.request
    what = words("understood.opening", what=words.parts(_about(request, moment, words)))
    headline = _headline(answer, words)
    last = answer.first + len(answer.events) - 1
    if answer.total > len(answer.events):
        place = words("list.page", first=answer.first, last=last, total=answer.total)
        headline = words.parts((headline, place))
    body: list[Element] = [small(said(what)), title(said(headline))]
    if request.ref and answer.events:
        body.append(small(said(answer.events[0].title)))
    for event in answer.events:
        line = said(event_line(event, words))
        if request.ref:
            body.append(text(line, separator=True, spacing="Small"))
        else:
            body.append(text(f"**{event.ref}** {said(event.title[:120])}", separator=True))
            body.append(small(line, isSubtle=False))
    buttons = []
    if answer.first > 1:
        buttons.append(button(words("button.less"), replace(request, page=request.page - 1), words.language))
    if last < answer.total:
        buttons.append(button(words("button.more"), replace(request, page=request.page + 1), words.language))
    if request.ref:
        buttons.append(button(words("button.details"), ShowAction(ref=request.ref), words.language))
    summary = words.parts((headline, what))
    return Card(language=words.language, summary=summary, body=tuple(body), buttons=tuple(buttons))


def _about(request: ListChanges, moment: Moment, words: Words) -> list[str]:
    about = [words(f"asked_change.{request.change}" if request.change else "changes.title")]
    if request.ref:
        about.append(request.ref)
    if request.by:
        about.append(request.by)
    if request.by_me:
        about.append(words("changes.by_you"))
    where = request.where
    if where.due:
        about.append(period(where.due, moment.calendar, words))
    about += [value for value in (where.plan, where.axis, where.goal, where.body, where.person) if value]
    if where.unit:
        about.append(unit_name(where.unit))
    return about


def _headline(answer: ChangesShown, words: Words) -> str:
    """How many; or, of one kind of change of one action, how often, or that it never was."""
    request = answer.request
    if not answer.total:
        if request.ref and request.change:
            return words(f"never.{request.change}", ref=request.ref)
        return words("changes.none")
    if request.ref and request.change == "postponed":
        return words.count("changes.times_postponed", answer.total, ref=request.ref)
    return words.count("changes.count", answer.total)


def event_line(event: ToldEvent, words: Words) -> str:
    """One event as a sentence: "reportée au 30 juin 2026 · par Claire Dumont, le 18 mars 2026 (message) · …"."""
    what = _what(event.undid or event.kind, event, words)
    if event.undid:
        what = words("changes.undone", what=what)
    if event.is_taken_back:
        what = words("changes.taken_back", what=what)
    why = words("receipt.why", why=event.why) if event.why else ""
    return words.parts((what, authored(event.by, words), why))


def _what(kind: str, event: ToldEvent, words: Words) -> str:
    after = event.after
    places = {
        "value": after.get("value", ""),
        "indicator": after.get("indicator", after.get("name", "")),
        "note": after.get("note", ""),
        "link": after.get("link", ""),
        "who": event.owner,
        "day": words.day(date.fromisoformat(after["end"])) if after.get("end") else "",
    }
    if kind == "assigned" and not places["who"]:
        kind = "assigned_somebody"
    what = words(f"changes.{kind}", **places)
    if kind != "postponed":
        return what
    end, written = event.before.get("end"), event.before.get("deadline")
    before = words.day(date.fromisoformat(end)) if end else written
    return words.parts((what, words("changes.before", day=before) if before else ""))
