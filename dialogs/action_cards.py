"""The cards that show actions: the list, one action with its indicators, the receipt, the announcement."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from dialogs.answers import ActionList, ActionShown, MarkedDone, Moment
from dialogs.elements import (
    Card,
    Element,
    banner,
    beside,
    button,
    button_row,
    column,
    facts,
    fitted,
    group,
    said,
    small,
    text,
    title,
)
from dialogs.record_cards import event_line
from dialogs.requests import (
    AddNote,
    ListActions,
    MarkDone,
    Postpone,
    RecordMeasurement,
    RemindMe,
    ShowAction,
    Undo,
)
from dialogs.wording import authored, deadline, owners, period, stars, understood, unit_name
from dialogs.words import Words
from storage.calendar import DAY, Period
from storage.plan import OPEN, Action, Indicator, IndicatorKind, Kind

PAGE = 6
"""Actions on one page of a list: what fits a narrow screen without losing the thread."""
MOST_INDICATORS = 12
MOST_EXTRAS = 5
LONGEST_EXTRA = 300
"""Of what other columns of the plan's file say: remarks there may be pages long."""
LONGEST_NAME = 200
"""Of an indicator in the form's list; what comes back is its beginning."""
LONGEST_TITLE = 200
"""Characters of a title in a list; the action's own card shows all of it."""


def list_card(answer: ActionList, moment: Moment, words: Words) -> Card:
    request = answer.request
    count = words.count("list.count", answer.total)
    what = understood(request, moment, words)
    body: list[Element] = [small(said(what))]
    if answer.total:
        last = answer.first + answer.shown - 1
        place = words("list.page", first=answer.first, last=last, total=answer.total)
        body.append(title(count if answer.shown == answer.total else words.parts((count, place))))
    elif answer.without_bodies:
        body.append(text(words("list.no_bodies")))
    elif request.where.due:
        body.append(text(words("list.none_due", period=period(request.where.due, moment.calendar, words))))
    else:
        body.append(text(words("list.none")))
    for each in answer.groups:
        if each.heading and each.actions:
            heading = words("list.above") if each.heading == "/" else words("list.own", unit=unit_name(each.heading))
            body.append(text(said(heading), weight="Bolder", color="Accent", spacing="Medium"))
        body += [_row(action, moment, words) for action in each.actions]
    if answer.late_before:
        body.append(
            text(
                words.count("list.late_before", answer.late_before), color="Attention", separator=True, spacing="Medium"
            )
        )
    first = next((action for each in answer.groups for action in each.actions), None)
    summary = words.parts((count, f"{first.ref} {first.title[:80]}" if first else "", what))
    return Card(
        language=words.language, summary=summary, body=tuple(body), buttons=tuple(_list_buttons(answer, moment, words))
    )


def _list_buttons(answer: ActionList, moment: Moment, words: Words) -> list[Element]:
    request = answer.request
    buttons = []
    if answer.first > 1:
        before = ListActions(where=request.where, of_my_unit=request.of_my_unit, page=request.page - 1)
        buttons.append(button(words("button.less"), before, words.language))
    if answer.first + answer.shown <= answer.total:
        after = ListActions(where=request.where, of_my_unit=request.of_my_unit, page=request.page + 1)
        buttons.append(button(words("button.more"), after, words.language))
    if answer.late_before:
        due = request.where.due
        earlier = Period(start=None, end=due.start - DAY) if due and due.start else None
        late = ListActions(where=replace(request.where, due=earlier, late=True), of_my_unit=request.of_my_unit)
        buttons.append(button(words("button.show_late"), late, words.language))
    return buttons


def _row(action: Action, moment: Moment, words: Words) -> Element:
    """One action of a list: reference and title, when, who; and what can be done with it."""
    shown = action.title if len(action.title) <= LONGEST_TITLE else action.title[: LONGEST_TITLE - 1] + "…"
    late = action.is_late(moment.today)
    who = words.list(owners(action)) or words("list.no_owner")
    status = words(f"status.{action.status}")
    when = deadline(action, moment, words)
    told = column(
        text(f"**{action.ref}** {said(shown)}"),
        small(when, isSubtle=False, color="Attention" if late else "Default", weight="Bolder" if late else "Default"),
        small(words.parts((stars(action.priority), status, said(who)))),
    )
    see = button(words("button.details"), ShowAction(ref=action.ref), words.language, version=action.version)
    # One set a button: in one set they would stand side by side and leave a telephone no room for the title.
    done = _done_button(action, moment, words, style="default")
    sets = [button_row(each, horizontalAlignment="Right") for each in (*done, see)]
    pressed = column(*sets, width="auto", verticalContentAlignment="Center")
    return beside(told, pressed, separator=True, spacing="Small")


def _done_button(action: Action, moment: Moment, words: Words, style: str = "positive") -> list[Element]:
    if action.status not in OPEN or action.is_done(moment.today, moment.calendar):
        return []
    done = MarkDone(ref=action.ref, version=action.version)
    return [button(words("button.done"), done, words.language, version=action.version, style=style)]


def shown_card(answer: ActionShown, moment: Moment, words: Words) -> Card:
    action = answer.action
    when = deadline(action, moment, words)
    body: list[Element] = []
    if answer.note:
        body.append(text(words(answer.note, ref=action.ref), color="Warning"))
    body += [
        small(words.parts((f"{words('action.plan')} {action.plan}", said(action.axis)))),
        title(f"{action.ref} · {said(action.title)}"),
        *([small(words("action.discreet"), color="Warning")] if action.discreet else []),
        text(
            when,
            spacing="Small",
            color="Attention" if action.is_late(moment.today) else "Default",
            weight="Bolder",
        ),
        facts(_facts(answer, moment, words)),
    ]
    if answer.indicators:
        body.append(text(words("action.indicators"), weight="Bolder", spacing="Medium", separator=True))
        body += [_indicator(indicator, words) for indicator in answer.indicators[:MOST_INDICATORS]]
    for note in answer.notes:
        body.append(small(said(event_line(note, words)), spacing="Small"))
    buttons = _done_button(action, moment, words)
    if answer.may_change:
        buttons.append(_form(answer, moment, words))
        buttons += _other_answers(action, words)
    status = words(f"status.{action.status}")
    summary = words.parts((f"{action.ref} {action.title}", when, status))
    return Card(language=words.language, summary=summary, body=tuple(body), buttons=tuple(buttons))


def _facts(answer: ActionShown, moment: Moment, words: Words) -> list[tuple[str, str]]:
    action = answer.action
    who = [
        words("action.people", body=body.name, people=words.list(people))
        if (people := answer.people.get(body.name))
        else body.name
        for body in action.bodies
    ]
    who += [person.name for person in action.assignees]
    # A day says the same in the plan's words and in ours.
    written = action.deadline.text if action.deadline.kind is not Kind.DAY else ""
    status = words(f"status.{action.status}")
    if action.done_by and action.done_on:
        status = words("action.done_by", status=status, who=action.done_by, day=words.day(action.done_on))
    late = action.deadline.end + DAY if action.is_late(moment.today) and action.deadline.end else None
    pairs = [
        ("status", status),
        ("late", words("time.late_since", day=words.day(late)) if late else ""),
        ("bodies", words.list(who) or words("list.no_owner")),
        ("priority", stars(action.priority)),
        ("deadline", words("action.written", text=written) if written else ""),
        ("goal", action.goal),
        ("objective", action.objective),
        ("unit", unit_name(action.unit) if action.unit else ""),
    ]
    told = [(words(f"action.{label}"), said(value)) for label, value in pairs if value]
    return told + [(said(heading), said(value[:LONGEST_EXTRA])) for heading, value in action.extra[:MOST_EXTRAS]]


def _indicator(indicator: Indicator, words: Words) -> Element:
    lines = [text(said(indicator.name), spacing="Small")]
    for value in indicator.measurements:
        worded = words(
            "action.value",
            value=said(_value(value.value, value.number, indicator.kind, words)),
            day=words.day(value.on),
        )
        proof = f"[{said(value.link)}]({value.link})" if value.link else ""
        lines.append(small(words.parts((worded, said(value.author), said(value.note), proof))))
    if not indicator.measurements:
        lines.append(small(words("action.no_value")))
    return group(*lines, spacing="Small")


def _value(value: str, number: float | None, kind: IndicatorKind, words: Words) -> str:
    if number is None:
        return value
    return f"{words.number(number)} %" if kind is IndicatorKind.PERCENTAGE else words.number(number)


def _form(answer: ActionShown, moment: Moment, words: Words) -> Element:
    """The small form behind "new value": which indicator, value, date, note, link."""
    names = [indicator.name[:LONGEST_NAME] for indicator in answer.indicators[:MOST_INDICATORS]]
    which: dict[str, Any] = {"id": "indicator", "label": words("form.indicator"), "isRequired": True}
    if names:
        choices = [{"title": name, "value": name} for name in names]
        which |= {"type": "Input.ChoiceSet", "choices": choices, "value": names[0]}
    else:
        which |= {"type": "Input.Text", "maxLength": 200}
    fields = [
        which,
        _written("value", 200, words("form.value"), words("form.value_hint")) | {"isRequired": True},
        {"type": "Input.Date", "id": "on", "label": words("form.on"), "value": moment.today.isoformat()},
        _written("note", 400, words("form.note")),
        _written("link", 400, words("form.link"), words("form.link_hint")),
    ]
    for field in fields:
        if field.get("isRequired"):
            field["errorMessage"] = words("form.required")
    request = RecordMeasurement(ref=answer.action.ref, create=not names)
    save = button(
        words("form.save"), request, words.language, version=answer.action.version, style="positive", saves=True
    )
    card = {"type": "AdaptiveCard", "version": "1.5", "body": fields, "actions": [save]}
    return {"type": "Action.ShowCard", "title": words("form.title"), "card": card}


def _other_answers(action: Action, words: Words) -> list[Element]:
    """What else can be said of an open action on the spot: a remark, another day, not now."""
    if action.status not in OPEN:
        return []
    field = _written("note", 400, words("form.note")) | {"isMultiline": True}
    add = AddNote(ref=action.ref)
    save = button(words("form.save"), add, words.language, version=action.version, style="positive", saves=True)
    remark = {"type": "AdaptiveCard", "version": "1.5", "body": [field], "actions": [save]}
    return [
        {"type": "Action.ShowCard", "title": words("form.note"), "card": remark},
        button(
            words("button.postpone"),
            Postpone(ref=action.ref, version=action.version),
            words.language,
            version=action.version,
        ),
        button(words("notice.later"), RemindMe(ref=action.ref), words.language, version=action.version),
    ]


def _written(name: str, longest: int, label: str, example: str = "") -> Element:
    field = {"type": "Input.Text", "id": name, "label": label, "maxLength": longest}
    return field | {"placeholder": example} if example else field


def receipt(answer: MarkedDone, moment: Moment, words: Words) -> Card:
    action = answer.after
    if action.deadline.rhythm is not None and action.closed_until is not None:
        first = words("receipt.occurrence", ref=action.ref)
        following = action.due_day(moment.today, moment.calendar)
        how = words(
            "receipt.occurrence_how",
            closed=words.day(action.closed_until),
            next=words.day(following) if following else "",
        )
    else:
        first = words("receipt.done", ref=action.ref)
        how = words(
            "receipt.done_how",
            before=words(f"status.{answer.before.status}"),
            after=words(f"status.{action.status}"),
        )
    how = words.parts((authored(answer.by, words), how))
    body = [banner(f"✓ {first}", "good"), text(said(action.title)), small(said(how), spacing="Small")]
    if answer.announced:
        body.append(small(words.count("receipt.announced", answer.announced)))
    buttons = [
        button(words("button.undo"), Undo(event=answer.event, ref=action.ref), words.language, version=action.version),
        button(words("button.details"), ShowAction(ref=action.ref), words.language, version=action.version),
    ]
    if answer.back is not None:
        buttons.append(button(words("button.back"), answer.back, words.language))
    summary = words.parts((first, action.title))
    return Card(language=words.language, summary=summary, body=tuple(body), buttons=tuple(buttons))


def announcement(action: Action, who: str, at: datetime, words: Words, *, taken_back: bool = False) -> Card:
    """What a subscribed channel sees: the action that was done; or, once it is undone, that this was taken back."""
    when = words.moment(at)
    heading = "announce.occurrence" if action.deadline.rhythm else "announce.done"
    if taken_back:
        status = words(f"status.{action.status}")
        top = banner(words("announce.taken_back"), "warning")
        how = words("announce.taken_back_how", who=said(who), day=when, status=status)
        summary = words.parts((words("announce.taken_back"), action.ref, action.title))
    else:
        top = banner(f"✓ {words(heading)}", "good")
        how = words("announce.who", who=said(who), day=when)
        summary = words("announce.summary", ref=action.ref, title=action.title)
    goal = words.parts((said(action.axis), said(action.goal)))
    lines = [small(line) for line in (goal, how) if line.strip()]
    body = (top, text(f"**{action.ref}** {said(action.title)}"), *lines)
    see = button(words("button.details"), ShowAction(ref=action.ref), words.language, version=action.version)
    return fitted(Card(language=words.language, summary=summary, body=body, buttons=(see,)))
