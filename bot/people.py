"""Answers that change bodies and who belongs to them: the change, and its event in the record, in one transaction."""

from typing import assert_never

from bot.asker import Asker
from bot.bodies import body_shown
from bot.house import House
from dialogs import answers
from dialogs import people_answers as seen
from dialogs.answers import Answer
from dialogs.people_requests import ChangesPeople, DescribeBody, EditBody
from storage.bodies import get_body
from storage.database import TooLong, Writing
from storage.describing import Said, describe, living_body
from storage.people_undoing import PeopleChange
from storage.plan import BodyKind
from storage.record import By


def change_people(writing: Writing, house: House, request: ChangesPeople, asker: Asker, by: By) -> Answer:
    """Make the change; what stands in the way is raised as a `Refusal`."""
    try:
        match request:
            case EditBody():
                return _form(writing, house, request, by)
            case DescribeBody():
                return _described(writing, house, request, asker, by)
            case _ as unknown:
                assert_never(unknown)
    except TooLong as text:
        return answers.Refused(code="refused.too_long", places={"most": str(text.most)})


def _form(writing: Writing, house: House, request: EditBody, by: By) -> Answer:
    body = get_body(writing, living_body(writing, request.body, by))
    names = house.lexicon(writing).vocabulary.bodies
    return seen.BodyForm(body=body, others=tuple(name for name in names if name != body.name))


def _described(writing: Writing, house: House, request: DescribeBody, asker: Asker, by: By) -> Answer:
    if request.kind and request.kind not in list(BodyKind):
        return answers.Refused(code="lost.old_button", places={})
    said = Said(
        full_name=request.full_name,
        initials=request.initials,
        kind=BodyKind(request.kind) if request.kind else None,
        no_kind=request.kind == "",
        parent=request.parent,
        aliases=None if request.aliases is None else tuple(request.aliases.split(",")),
        more_aliases=(request.alias,) if request.alias else (),
    )
    body, event = describe(writing, request.body, said, by)
    return body_shown(writing, house, body.id, asker, headline="people_done.described", event=event)


def people_undone(writing: Writing, house: House, made: PeopleChange, asker: Asker) -> Answer:
    """Whom or what the change was about, as it was before."""
    assert made.body is not None
    return body_shown(writing, house, made.body, asker, headline="people_done.undone")
