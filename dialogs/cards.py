"""Drawing an answer as one Adaptive Card. Facts come in, words come from the language; nothing is decided here."""

from dataclasses import replace
from typing import Any, assert_never

from dialogs import answers, people_answers, several_answers
from dialogs.action_cards import announcement, list_card, receipt, shown_card
from dialogs.answers import Answer, Moment
from dialogs.change_cards import (
    assigned_card,
    changed_card,
    measured_card,
    note_card,
    reason_card,
    undone_card,
    you_card,
)
from dialogs.elements import Card, Element, beside, button, button_row, column, fitted, said, small, text, title
from dialogs.file_cards import ended_card, offered_card
from dialogs.my_data_card import my_data_card
from dialogs.people_cards import body_card, body_form, person_card, unit_card
from dialogs.record_cards import changes_card
from dialogs.requests import Ask, ChooseUnit, Help, ListActions, ShowAction, ShowProgress
from dialogs.several_cards import nothing_card, preview_card, several_receipt, several_undone
from dialogs.told_cards import told_card
from dialogs.wording import owners, scope, understood, unit_name
from dialogs.words import Words, words_in

__all__ = ["announcement", "card_for"]

MOST_CHOICES = 5
MOST_LISTED = 40
"""Units in a drop-down list: a longer one would not fit into a card, and the rest can be answered in words."""


def card_for(answer: Answer, moment: Moment) -> Card:
    """The card that shows this answer, in the moment's language, and that Teams takes."""
    return fitted(_drawn(answer, moment, words_in(moment.language)))


def _drawn(answer: Answer, moment: Moment, words: Words) -> Card:
    match answer:
        case answers.ActionList():
            return list_card(answer, moment, words)
        case answers.ActionShown():
            return shown_card(answer, moment, words)
        case answers.MarkedDone():
            return receipt(answer, moment, words)
        case answers.ActionCount():
            return _count(answer, moment, words)
        case answers.ProgressShown():
            return _progress(answer, moment, words)
        case answers.Responsible():
            return _responsible(answer, words)
        case answers.Measured():
            return measured_card(answer, words)
        case answers.Undone():
            return undone_card(answer, words)
        case answers.Changed():
            return changed_card(answer, moment, words)
        case answers.ReasonAsked():
            return reason_card(answer, words)
        case answers.NoteKept():
            return note_card(answer, words)
        case answers.Assigned():
            return assigned_card(answer, words)
        case answers.ChangesShown():
            return changes_card(answer, moment, words)
        case answers.You():
            return you_card(answer, words)
        case answers.LanguageKept():
            return _simple(words, words("receipt.language"), buttons=_first_steps(words))
        case answers.Subscribed():
            what = scope(answer.scope, answer.target, words)
            return _simple(words, words("receipt.subscribed", scope=said(what)), words("receipt.subscribed_how"))
        case answers.Unsubscribed():
            what = words.list(scope(kind, target, words) for kind, target in answer.scopes)
            return _simple(words, words("receipt.unsubscribed", scope=said(what)))
        case (
            answers.Subscriptions()
            | answers.ReminderKept()
            | answers.Snoozed()
            | answers.RemindersSet()
            | answers.RemindersShown()
            | answers.DigestSet()
            | answers.DigestShown()
            | answers.DigestSent()
            | answers.Undelivered()
        ):
            return told_card(answer, moment, words)
        case answers.UnitAsked():
            return _unit_asked(answer, words)
        case answers.UnitKept():
            return _simple(words, words("receipt.unit", unit=said(unit_name(answer.unit))), buttons=_first_steps(words))
        case answers.Choice():
            return _choice(answer, words)
        case answers.Refused():
            return _refused(answer, words)
        case answers.Lost():
            return _lost(answer, words)
        case answers.Broken():
            hint = words("lost.reference", reference=answer.reference)
            return _simple(
                words, words("lost.broken"), hint, buttons=[button(words("button.help"), Help(), words.language)]
            )
        case answers.FileOffered():
            return offered_card(answer, words)
        case answers.FileKept() | answers.FileDeclined() | answers.FileLost():
            return ended_card(answer, words)
        case answers.Welcome():
            return _welcome(answer, words)
        case answers.HelpShown():
            return _help(answer, words)
        case answers.Greeted():
            return _simple(words, words("small.greet", name=said(answer.name)), buttons=_first_steps(words))
        case answers.Thanked():
            return _simple(words, words("small.thanks"), buttons=_first_steps(words)[:1])
        case people_answers.BodyShown():
            return body_card(answer, words)
        case people_answers.PersonShown():
            return person_card(answer, words)
        case several_answers.SeveralAsked():
            return preview_card(answer, moment, words)
        case several_answers.SeveralChanged():
            return several_receipt(answer, words)
        case several_answers.SeveralUndone():
            return several_undone(answer, words)
        case several_answers.NothingDone():
            return nothing_card(words)
        case people_answers.MyData():
            return my_data_card(answer, words)
        case people_answers.UnitShown():
            return unit_card(answer, words)
        case people_answers.BodyForm():
            return body_form(answer, words)
        case _ as unknown:
            assert_never(unknown)


def _simple(words: Words, first: str, *more: str, buttons: list[Element] | None = None) -> Card:
    body = (text(first), *(small(line, spacing="Small") for line in more if line))
    return Card(language=words.language, summary=first, body=body, buttons=tuple(buttons or ()))


def _first_steps(words: Words) -> list[Element]:
    """Three things to try, as buttons."""
    return [
        button(words(f"button.{label}"), Ask(text=words(f"lost.try_{label}")), words.language)
        for label in ("month", "mine", "late")
    ]


def _count(answer: answers.ActionCount, moment: Moment, words: Words) -> Card:
    number = words.count("list.count", answer.total)
    request = answer.request
    more = ListActions(where=request.where, of_my_unit=request.of_my_unit)
    lines = [small(said(understood(request, moment, words))), title(number)]
    if answer.late_before:
        lines.append(small(words.count("list.late_before", answer.late_before), color="Attention", isSubtle=False))
    buttons = (button(words("button.details"), more, words.language),) if answer.total else ()
    return Card(language=words.language, summary=number, body=tuple(lines), buttons=buttons)


def _progress(answer: answers.ProgressShown, moment: Moment, words: Words) -> Card:
    overall = answer.overall
    headline = words("progress.title", done=overall.share)
    body: list[Element] = [
        small(said(understood(answer.request, moment, words))),
        text(headline, weight="Bolder", size="ExtraLarge", spacing="Small"),
        text(_standing(replace(overall, late=0), words), spacing="None"),
    ]
    if overall.late:
        late = words.count("progress.late", overall.late)
        body.append(text(late, spacing="None", color="Attention", weight="Bolder"))
    if len(answer.axes) > 1:
        for axis in answer.axes:
            body += _axis(axis, words)
    where = answer.request.where
    late_ones = ListActions(where=replace(where, late=True, status=None))
    buttons = (button(words("button.show_late"), late_ones, words.language),) if overall.late else ()
    summary = words.parts((headline, _standing(overall, words)))
    return Card(language=words.language, summary=summary, body=tuple(body), buttons=buttons)


def _axis(axis: answers.Standing, words: Words) -> list[Element]:
    """Two lines: the name and the share; the bar, how many, how many of them late."""
    share = text(words.share(axis.share), weight="Bolder", horizontalAlignment="Right")
    told = [
        column(small(_bar(axis.share), isSubtle=False, color="Accent"), width="auto"),
        column(small(words("progress.axis", done=axis.done, total=axis.total))),
    ]
    if axis.late:
        late = small(words.count("progress.late", axis.late), isSubtle=False, color="Attention", weight="Bolder")
        told.append(column(late, width="auto"))
    return [
        beside(column(text(said(axis.label))), column(share, width="auto"), separator=True),
        beside(*told, spacing="None"),
    ]


def _standing(standing: answers.Standing, words: Words) -> str:
    left = standing.total - standing.done - standing.abandoned
    return words.parts(
        (
            words("progress.line", done=standing.done, total=standing.total, open=left),
            words.count("progress.late", standing.late) if standing.late else "",
            words.count("progress.abandoned", standing.abandoned) if standing.abandoned else "",
        )
    )


def _bar(share: int) -> str:
    """Ten marks: charts do not show everywhere, text does. One mark stands for what has begun at all."""
    full = max(share // 10, 1 if share else 0)
    return "■" * full + "□" * (10 - full)


def _responsible(answer: answers.Responsible, words: Words) -> Card:
    action = answer.action
    lines = [text(f"**{action.ref}** {said(action.title)}")]
    for body in action.bodies:
        people = answer.people.get(body.name)
        who = words("action.people", body=body.name, people=words.list(people)) if people else body.name
        lines.append(text(said(who), spacing="Small"))
    lines += [text(said(person.name), spacing="Small") for person in action.assignees]
    if not action.bodies and not action.assignees:
        lines += [text(words("action.nobody"), spacing="Small"), small(words("action.nobody_hint"))]
    summary = words.list(owners(action)) or words("action.nobody")
    see = button(words("button.details"), ShowAction(ref=action.ref), words.language, version=action.version)
    return Card(language=words.language, summary=f"{action.ref} : {summary}", body=tuple(lines), buttons=(see,))


def _unit_asked(answer: answers.UnitAsked, words: Words) -> Card:
    if not answer.units:
        return _simple(words, words("choice.unit_none"))
    question = words("choice.unit")
    if len(answer.units) <= MOST_CHOICES + 1:
        buttons = [button(unit_name(path), ChooseUnit(unit=path), words.language) for path in answer.units]
        return _simple(words, question, buttons=buttons)
    choices = [{"title": path.replace("/", " › "), "value": path} for path in answer.units[:MOST_LISTED]]
    field: dict[str, Any] = {"type": "Input.ChoiceSet", "id": "unit", "choices": choices, "label": words("form.unit")}
    save = button(words("button.choose"), ChooseUnit(unit=""), words.language, saves=True)
    return Card(language=words.language, summary=question, body=(text(question), field), buttons=(save,))


def _choice(answer: answers.Choice, words: Words) -> Card:
    question = words(answer.sentence, **{name: said(value) for name, value in answer.places.items()})
    body: list[Element] = [text(question)]
    labels = []
    for name, option in answer.options:
        ref = getattr(option, "ref", None)
        if ref and len(answer.options) > 1:
            body.append(text(f"**{ref}** {said(name)}", spacing="Small"))
            labels.append(ref)
        else:
            labels.append(name)
    buttons = tuple(
        button(label, option, words.language) for label, (_, option) in zip(labels, answer.options, strict=True)
    )
    return Card(language=words.language, summary=question, body=tuple(body), buttons=buttons)


def _refused(answer: answers.Refused, words: Words) -> Card:
    first = words(answer.code, **{name: said(value) for name, value in answer.places.items()})
    lines: list[str] = []
    if answer.who_may is not None:
        lines.append(words("refused.who_may", who=said(words.list(answer.who_may))))
    if answer.hint:
        lines.append(words(answer.hint, **{name: said(value) for name, value in (answer.hint_places or {}).items()}))
    if answer.action is None:
        return _simple(words, first, *lines, buttons=[button(words("button.help"), Help(), words.language)])
    see = ShowAction(ref=answer.action.ref)
    title_line = text(f"**{answer.action.ref}** {said(answer.action.title)}", spacing="Small")
    buttons = [button(words("button.details"), see, words.language, version=answer.action.version)]
    body = (text(first, weight="Bolder"), title_line, *(small(line, spacing="Small") for line in lines))
    return Card(language=words.language, summary=first, body=body, buttons=tuple(buttons))


def _lost(answer: answers.Lost, words: Words) -> Card:
    request = answer.request
    first = words("lost.title")
    if request.reason:
        first = words(f"lost.{request.reason}", words=said(request.words), ref=answer.example_ref)
    body: list[Element] = [text(first)]
    if answer.near:
        body.append(text(words("lost.near"), spacing="Small"))
        body += [text(f"**{near.ref}** {said(near.title)}", spacing="Small") for near in answer.near]
    done = words("lost.try_done", ref=answer.example_ref)
    examples = words("lost.examples", first=words("lost.try_month"), second=done)
    body.append(small(examples, spacing="Medium"))
    buttons = [
        button(near.ref, ShowAction(ref=near.ref), words.language, version=near.version) for near in answer.near[:3]
    ]
    buttons += [*_first_steps(words)[:2], button(words("button.help"), Help(), words.language)]
    return Card(language=words.language, summary=first, body=tuple(body), buttons=tuple(buttons))


def _welcome(answer: answers.Welcome, words: Words) -> Card:
    if answer.kind == "channel":
        how = words("welcome.channel_how", plan=answer.example_plan)
        return _simple(words, words("welcome.channel"), how)
    if answer.kind == "groupChat":
        return _simple(words, words("welcome.group"), words("welcome.limits"))
    body = (
        title(words("welcome.title")),
        text(words("welcome.what")),
        small(words("welcome.limits"), spacing="Small"),
        text(words("welcome.try"), spacing="Medium"),
        button_row(*_first_steps(words)),
    )
    return Card(language=words.language, summary=words("welcome.summary"), body=body)


def _help(answer: answers.HelpShown, words: Words) -> Card:
    places = {
        "plan": answer.example_plan,
        "ref": answer.example_ref,
        "body": answer.example_body,
        "month": words("lost.try_month"),
        "mine": words("lost.try_mine"),
    }
    lines: list[Element] = []
    for part in ("ask", "change", "channel"):
        heading, *examples = words(f"help.{part}", **places).splitlines()
        lines += [text(heading), *(small(example, isSubtle=False) for example in examples)]
    buttons = (
        *_first_steps(words),
        button(words("button.progress"), ShowProgress(), words.language),
    )
    body = (title(words("help.title")), *lines, small(words("help.languages"), spacing="Medium"))
    return Card(language=words.language, summary=words("help.title"), body=body, buttons=buttons)
