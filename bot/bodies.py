"""Answers about bodies, persons and units: who they are, who belongs to them, what they answer for. Looks only."""

from dataclasses import replace
from typing import TypeVar, assert_never

from bot.asker import Asker
from bot.house import House
from dialogs import answers
from dialogs import people_answers as seen
from dialogs.answers import Answer
from dialogs.people_requests import LooksAtPeople, ShowBody, ShowMyData, ShowPerson, ShowUnit
from dialogs.requests import Assign
from dialogs.wording import unit_name
from storage.bodies import find_body, get_body, list_below, list_memberships, members_on, unit_of
from storage.database import Reading
from storage.people import count_in_unit, one_person
from storage.personal import data_of
from storage.plan import Member
from storage.queries import count_actions, list_admins, list_coordinators
from storage.refusals import NoSuchPerson, SeveralPeople
from storage.rights import Act, may_in
from storage.selection import Selection


def show_people(reading: Reading, house: House, request: LooksAtPeople, asker: Asker) -> Answer:
    match request:
        case ShowBody():
            number = find_body(reading, request.body)
            if number is None:
                return answers.Refused(code="refused.no_such_body", places={"name": request.body})
            return body_shown(reading, house, number, asker)
        case ShowPerson():
            return _person(reading, house, request, asker)
        case ShowUnit():
            return _unit(reading, house, request.unit, asker)
        case ShowMyData():
            return _my_data(reading, house, asker)
        case _ as unknown:
            assert_never(unknown)


def _my_data(reading: Reading, house: House, asker: Asker) -> Answer:
    """To themselves alone: what is kept of a person is nobody else's to read."""
    if asker.kind != "personal":
        return answers.Refused(code="refused.in_private", places={})
    data = data_of(reading, asker.member.id)
    if data is None:
        return answers.Refused(code="refused.no_data", places={})
    admins = tuple(one.name for one in list_admins(reading))
    return seen.MyData(data=data, admins=admins, zone=house.zone, kept_days=house.kept_days)


def body_shown(
    reading: Reading, house: House, number: int, asker: Asker, *, headline: str = "", event: int | None = None
) -> Answer:
    body = get_body(reading, number)
    theirs = Selection(body=body.name)
    context = (asker.member, asker.today, house.calendar)
    return seen.BodyShown(
        body=body,
        members=tuple(members_on(reading, [number], asker.today).get(number, ())),
        below=tuple(list_below(reading, number)),
        todo=count_actions(reading, theirs, *context),
        late=count_actions(reading, replace(theirs, late=True), *context),
        may_edit=may_in(asker.member, Act.MANAGE_BODIES, unit_of(reading, number)),
        headline=headline,
        event=event,
    )


def _person(reading: Reading, house: House, request: ShowPerson, asker: Asker) -> Answer:
    try:
        person = one_person(reading, request.person, request.member)
    except NoSuchPerson as unknown:
        return answers.Refused(code="refused.no_such_person", places={"name": unknown.name})
    except SeveralPeople as several:
        return which_person(several, request)
    memberships = list_memberships(reading, member_id=person.id)
    theirs = Selection(person=person.name)
    return seen.PersonShown(
        name=person.name,
        member=person.id,
        role=person.role,
        unit=person.unit,
        memberships=tuple(each for each in memberships if each.holds_on(asker.today)),
        todo=count_actions(reading, theirs, asker.member, asker.today, house.calendar),
    )


NamesSomebody = TypeVar("NamesSomebody", bound=ShowPerson | Assign)


def which_person(several: SeveralPeople, request: NamesSomebody) -> Answer:
    """Which of those of one name? Each button asks the same of one of them."""
    options = tuple((_told_apart(one, several.people), replace(request, member=one.id)) for one in several.people[:5])
    return answers.Choice(sentence="choice.person", places={"name": several.name}, options=options)


def _told_apart(one: Member, others: tuple[Member, ...]) -> str:
    """The name; where others have it too, with what tells them apart."""
    if sum(other.name == one.name for other in others) == 1:
        return one.name
    same = [other for other in others if (other.name, other.unit) == (one.name, one.unit)]
    return f"{one.name} · {unit_name(one.unit) if one.unit and len(same) == 1 else one.email}"


def _unit(reading: Reading, house: House, path: str, asker: Asker) -> Answer:
    vocabulary = house.lexicon(reading).vocabulary
    if path not in vocabulary.units:
        return answers.Refused(code="refused.unknown_name", places={"name": path})
    return seen.UnitShown(
        unit=path,
        below=tuple(each for each in vocabulary.units if each.rpartition("/")[0] == path),
        coordinators=tuple(one.name for one in list_coordinators(reading, path)),
        members=count_in_unit(reading, path),
        plans=tuple((plan.key, plan.title) for plan in vocabulary.plans if plan.unit == path),
        todo=count_actions(reading, Selection(unit=path), asker.member, asker.today, house.calendar),
    )
