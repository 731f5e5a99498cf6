"""The cards that show what was changed, and ask for what a change lacks: receipts, reasons, the record, who one is."""

from dialogs.answers import (
    Assigned,
    Changed,
    Measured,
    Moment,
    NoteKept,
    ReasonAsked,
    Undone,
    You,
)
from dialogs.elements import Card, Element, banner, button, said, small, text, title
from dialogs.requests import ListActions, MarkDone, Postpone, ShowAction, Undo
from dialogs.wording import authored, deadline, unit_name
from dialogs.words import Words
from storage.plan import Action
from storage.selection import Selection


def changed_card(answer: Changed, moment: Moment, words: Words) -> Card:
    """What became of the action, and why."""
    action = answer.after
    first = words(f"receipt.{answer.kind}", ref=action.ref, day=deadline(action, moment, words))
    lines = [said(action.title), said(authored(answer.by, words))]
    if answer.kind == "postponed":
        lines.append(words("receipt.was", before=said(deadline(answer.before, moment, words))))
    if answer.why:
        lines.append(words("receipt.why", why=said(answer.why)))
    if answer.corrected:
        lines.append(words.count("receipt.corrected", answer.corrected))
    return _receipt(words, first, lines, action, answer.event)


def measured_card(answer: Measured, words: Words) -> Card:
    first = words("receipt.measured", indicator=said(answer.indicator.name), value=said(answer.value))
    how = words("receipt.measured_how", ref=answer.action.ref, on=words.day(answer.on))
    return _receipt(words, first, [how, said(authored(answer.by, words))], answer.action, answer.event)


def note_card(answer: NoteKept, words: Words) -> Card:
    key = "receipt.evidence_added" if answer.link else "receipt.noted"
    lines = [said(answer.note), said(answer.link), said(authored(answer.by, words))]
    return _receipt(words, words(key, ref=answer.action.ref), lines, answer.action, answer.event)


def assigned_card(answer: Assigned, words: Words) -> Card:
    first = words("receipt.assigned", ref=answer.action.ref, who=said(answer.to))
    return _receipt(
        words, first, [said(answer.action.title), said(authored(answer.by, words))], answer.action, answer.event
    )


def _receipt(words: Words, first: str, lines: list[str], action: Action, event: int) -> Card:
    body = (banner(f"✓ {first}", "good"), *(small(line, spacing="Small") for line in lines if line))
    buttons = (
        button(words("button.undo"), Undo(event=event, ref=action.ref), words.language, version=action.version),
        button(words("button.details"), ShowAction(ref=action.ref), words.language, version=action.version),
    )
    return Card(language=words.language, summary=first, body=body, buttons=buttons)


def undone_card(answer: Undone, words: Words) -> Card:
    action = answer.action
    if answer.indicator:
        first = words("receipt.undone_value", value=said(answer.value), indicator=said(answer.indicator))
    elif answer.kind in ("noted", "evidence_added", "assigned", "postponed", "made_discreet", "made_public"):
        first = words("receipt.undone_other", ref=action.ref)
    else:
        first = words("receipt.undone", ref=action.ref, status=words(f"status.{action.status}"))
    body = [text(first), small(said(action.title), spacing="Small")]
    if answer.corrected:
        body.append(small(words.count("receipt.corrected", answer.corrected), spacing="Small"))
    buttons = [button(words("button.details"), ShowAction(ref=action.ref), words.language, version=action.version)]
    if answer.kind == "marked_done":
        again = MarkDone(ref=action.ref, version=action.version)
        buttons.insert(0, button(words("button.done"), again, words.language, version=action.version))
    if answer.left:
        event, ref, kind = answer.left
        what = words("receipt.one_more", what=words(f"left.{kind}", ref=ref))
        body.append(small(what, spacing="Small"))
        buttons.append(button(words("button.undo_more"), Undo(event=event), words.language))
    return Card(language=words.language, summary=first, body=tuple(body), buttons=tuple(buttons))


def reason_card(answer: ReasonAsked, words: Words) -> Card:
    """A small form: the new day where one is missing, and the reason."""
    request, action = answer.request, answer.action
    fields: list[Element] = []
    if isinstance(request, Postpone):
        question = words("asked.postpone", ref=action.ref)
        day: Element = {"type": "Input.Date", "id": "to", "label": words("form.to"), "isRequired": True}
        if request.to:
            day["value"] = request.to.isoformat()
        fields.append(day)
    else:
        question = words("asked.abandon", ref=action.ref)
    why = {"type": "Input.Text", "id": "reason", "label": words("form.reason"), "maxLength": 400, "isMultiline": True}
    fields.append({**why, "isRequired": True, "value": request.reason})
    for field in fields:
        field["errorMessage"] = words("form.required")
    save = button(words("form.save"), request, words.language, version=action.version, style="positive", saves=True)
    back = button(words("button.details"), ShowAction(ref=action.ref), words.language, version=action.version)
    body = (title(question), small(said(action.title)), *fields)
    return Card(language=words.language, summary=question, body=body, buttons=(save, back))


def you_card(answer: You, words: Words) -> Card:
    lines = [
        words("you.name", name=said(answer.name), role=words(f"role.{answer.role}")),
        words("you.unit", unit=said(unit_name(answer.unit))) if answer.unit else words("you.no_unit"),
        words("you.bodies", bodies=said(words.list(answer.bodies))) if answer.bodies else words("you.no_bodies"),
    ]
    mine = button(words("button.mine"), ListActions(where=Selection(mine=True)), words.language)
    return Card(language=words.language, summary=lines[0], body=tuple(text(line) for line in lines), buttons=(mine,))
