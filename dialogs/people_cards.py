"""The cards that show bodies, persons and units, and the form in which a body is described."""

from typing import Any

from dialogs.elements import Card, Element, banner, button, cut, facts, said, small, text, title
from dialogs.people_answers import BodyForm, BodyShown, PersonShown, UnitShown
from dialogs.people_requests import DescribeBody, EditBody, ShowBody
from dialogs.requests import ListActions, Undo
from dialogs.wording import unit_name
from dialogs.words import Words
from storage.plan import Body, BodyKind, Membership, Office
from storage.selection import Selection

MOST_PEOPLE = 30
"""Names on one card; whoever has more is told how many."""
MOST_LISTED = 40
LONGEST_FIELD = 300


def body_card(answer: BodyShown, words: Words) -> Card:
    body = answer.body
    name = words.parts((body.name, body.full_name if body.full_name != body.name else ""))
    lines: list[Element] = [banner(words(answer.headline, name=said(body.name)), "good")] if answer.headline else []
    lines += [small(kind_of(body, words)), title(said(name))]
    pairs = _about(answer, words)
    if pairs:
        lines.append(facts(pairs))
    if not answer.members:
        lines.append(small(words("body.no_members"), spacing="Small"))
    count = _count(answer.todo, answer.late, words)
    lines.append(text(count, spacing="Medium", weight="Bolder"))
    theirs = Selection(body=body.name)
    buttons = [button(words("button.actions"), ListActions(where=theirs), words.language)] if answer.todo else []
    if answer.event is not None:
        buttons.append(button(words("button.undo"), Undo(event=answer.event), words.language))
    if answer.may_edit:
        buttons.append(button(words("button.edit"), EditBody(body=body.name), words.language))
    coordinators = [each.person for each in answer.members if each.office is Office.COORDINATOR]
    who = words("body.coordinated", who=words.list(coordinators)) if coordinators else ""
    summary = words.parts((words(answer.headline, name=body.name) if answer.headline else name, who, count))
    return Card(language=words.language, summary=summary, body=tuple(lines), buttons=tuple(buttons))


def kind_of(body: Body, words: Words) -> str:
    return words(f"body_kind.{body.kind or 'none'}")


def _about(answer: BodyShown, words: Words) -> list[tuple[str, str]]:
    body = answer.body
    coordinators = [each for each in answer.members if each.office is Office.COORDINATOR]
    members = [each for each in answer.members if each.office is not Office.COORDINATOR]
    return [
        (words(f"body.{label}"), said(value))
        for label, value in (
            ("initials", body.initials if body.initials not in (body.name, body.full_name) else ""),
            ("parent", body.parent),
            ("below", words.list(answer.below)),
            ("aliases", words.list(body.aliases)),
            ("coordinator", people_of(coordinators, words)),
            ("members", people_of(members, words)),
        )
        if value
    ]


def people_of(memberships: list[Membership], words: Words) -> str:
    """Names, each with the days that are known."""
    shown = [_dated(each, words) for each in memberships[:MOST_PEOPLE]]
    if len(memberships) > MOST_PEOPLE:
        shown.append(words.count("body.more", len(memberships) - MOST_PEOPLE))
    return words.list(shown)


def _dated(each: Membership, words: Words) -> str:
    if each.end is None:
        return each.person
    return words("body.until", who=each.person, day=words.day(each.end))


def _count(todo: int, late: int, words: Words) -> str:
    return words.parts((words.count("body.todo", todo), words.count("progress.late", late) if late else ""))


def person_card(answer: PersonShown, words: Words) -> Card:
    bodies = words.list(_belongs(each, words) for each in answer.memberships)
    pairs = [
        (words("action.unit"), said(unit_name(answer.unit)) if answer.unit else ""),
        (words("person.bodies"), said(bodies)),
    ]
    role = words(f"role.{answer.role}")
    body: list[Element] = [small(role), title(said(answer.name))]
    if told := [(label, value) for label, value in pairs if value]:
        body.append(facts(told))
    if not answer.memberships:
        body.append(small(words("person.no_bodies"), spacing="Small"))
    count = _count(answer.todo, 0, words)
    body.append(text(count, spacing="Medium", weight="Bolder"))
    theirs = ListActions(where=Selection(person=answer.name))
    buttons = [button(words("button.actions"), theirs, words.language)] if answer.todo else []
    buttons += [
        button(each.body_name, ShowBody(body=each.body_name), words.language) for each in answer.memberships[:4]
    ]
    summary = words.parts((answer.name, role, bodies))
    return Card(language=words.language, summary=summary, body=tuple(body), buttons=tuple(buttons))


def _belongs(each: Membership, words: Words) -> str:
    name = each.body_name
    if each.office is Office.COORDINATOR:
        name = words("person.coordinates", body=name)
    return words("body.until", who=name, day=words.day(each.end)) if each.end else name


def unit_card(answer: UnitShown, words: Words) -> Card:
    above = answer.unit.rpartition("/")[0]
    pairs = [
        (words("body.parent"), said(unit_name(above)) if above else ""),
        (words("body.below"), said(words.list(map(unit_name, answer.below)))),
        (words("unit.coordinators"), said(words.list(answer.coordinators))),
        (words("unit.people"), words.number(answer.members) if answer.members else ""),
        (words("unit.plans"), said(words.list(words.parts(plan) for plan in answer.plans))),
    ]
    count = _count(answer.todo, 0, words)
    body: list[Element] = [small(words("action.unit")), title(said(unit_name(answer.unit)))]
    if told := [(label, value) for label, value in pairs if value]:
        body.append(facts(told))
    body.append(text(count, spacing="Medium", weight="Bolder"))
    theirs = ListActions(where=Selection(unit=answer.unit))
    buttons = (button(words("button.actions"), theirs, words.language),) if answer.todo else ()
    summary = words.parts((unit_name(answer.unit), count))
    return Card(language=words.language, summary=summary, body=tuple(body), buttons=buttons)


def body_form(answer: BodyForm, words: Words) -> Card:
    body = answer.body
    kinds = [{"title": words(f"body_kind.{kind}"), "value": kind} for kind in BodyKind]
    kinds.insert(0, {"title": words("body_kind.none"), "value": ""})
    others = [{"title": cut(name, 80), "value": name} for name in answer.others[:MOST_LISTED]]
    if body.parent and body.parent not in answer.others[:MOST_LISTED]:
        others.insert(0, {"title": cut(body.parent, 80), "value": body.parent})
    others.insert(0, {"title": words("body.no_parent"), "value": ""})
    fields: list[Element] = [
        _field("full_name", body.full_name, words),
        _field("initials", body.initials, words),
        _choice("kind", body.kind or "", kinds, words),
        _choice("parent", body.parent, others, words),
        _field("aliases", ", ".join(body.aliases), words),
    ]
    question = words("body.form", name=said(body.name))
    save = button(words("form.save"), DescribeBody(body=body.name), words.language, style="positive", saves=True)
    back = button(words("button.details"), ShowBody(body=body.name), words.language)
    return Card(language=words.language, summary=question, body=(title(question), *fields), buttons=(save, back))


def _field(name: str, value: str, words: Words) -> Element:
    label = words(f"body.{name}")
    return {"type": "Input.Text", "id": name, "label": label, "value": value, "maxLength": LONGEST_FIELD}


def _choice(name: str, value: str, choices: list[dict[str, Any]], words: Words) -> Element:
    label = words(f"body.{name}")
    return {"type": "Input.ChoiceSet", "id": name, "label": label, "value": value, "choices": choices}
