"""Who may do what: every cell of the table, and every request that changes something, made for real by everybody."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any, get_args

import pytest
from sqlalchemy import delete, insert, update

from bot.changes import change
from bot.house import House
from bot.looks import Asker, Look, look
from dialogs import answers, requests
from dialogs import people_requests as people
from dialogs import several_requests as several
from dialogs.requests import Changing, Definite, NeedsChoice, NotUnderstood
from storage.bodies import ensure_body
from storage.commands import add_note, mark_done
from storage.conversations import Place, remember_place
from storage.database import Database, Writing
from storage.people import find_member_by_email
from storage.plan import Member, Role
from storage.queries import get_action
from storage.record import By
from storage.rights import TABLE, Act, Tie, is_allowed
from storage.selection import Selection
from storage.tables import action, action_body, action_member, membership
from storage.tables import member as members
from tests.conversation import School
from tests.databases import TENANT, TODAY

NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)
HERE, THERE = "Haute école/Techniques de l'image", "Haute école/Soins infirmiers"
REF = "TI-12"

# For each act three places a column: mine, another's, nobody's; + is allowed, . is refused.
COLUMNS = (
    (Role.READER, True),
    (Role.MEMBER, True),
    (Role.COORDINATOR, False),
    (Role.COORDINATOR, True),
    (Role.ADMIN, True),
)
EXPECTED = {
    #                   reader member elsewhere here admin
    Act.READ: "         +++    +++    +++       +++  +++",
    Act.READ_DISCREET: "...    +..    +..       +++  +++",
    Act.OWN: "          +++    +++    +++       +++  +++",
    Act.SUBSCRIBE: "    +++    +++    +++       +++  +++",
    Act.CHANGE: "       ...    +..    +..       +++  +++",
    Act.TAKE_ON: "      ...    +.+    +.+       +++  +++",
    Act.GIVE: "         ...    +..    +..       +++  +++",
    Act.UNDO: "         ...    +..    +..       +..  +..",
    Act.CONFIRM: "      ...    ...    ...       +++  +++",
    Act.MARK_DISCREET: "...    +..    +..       +++  +++",
    Act.MAKE_PUBLIC: "  ...    ...    ...       +++  +++",
    Act.SET_RULES: "    ...    ...    ...       +++  +++",
    Act.MANAGE_PEOPLE: "...    ...    ...       +++  +++",
    Act.MANAGE_BODIES: "...    ...    ...       +++  +++",
    Act.MAKE_ADMIN: "   ...    ...    ...       ...  +++",
    Act.IMPORT_PLAN: "  ...    ...    ...       +++  +++",
    Act.EXPORT_PLAN: "  ...    +++    +++       +++  +++",
}


@dataclass(frozen=True)
class Cell:
    """One person before one action. `within`: of the person's unit (only a coordinator's matters)."""

    role: Role
    tie: Tie
    within: bool

    def expects(self, act: Act) -> bool:
        column = COLUMNS.index((self.role, self.within if self.role is Role.COORDINATOR else True))
        return EXPECTED[act].split()[column][list(Tie).index(self.tie)] == "+"


CELLS = [Cell(*each) for each in product(Role, Tie, (True, False))]


def test_the_table_has_every_act_and_says_what_is_expected() -> None:
    assert set(TABLE) == set(EXPECTED) == set(Act)
    for act, cell in product(Act, CELLS):
        assert is_allowed(cell.role, cell.tie, cell.within, act) == cell.expects(act), (act, cell)


def someone(writing: Writing, cell: Cell, ref: str = REF) -> Member:
    """Sofie, as somebody who stands so before this action of the plan TI."""
    sofie = find_member_by_email(writing, "sofie.peeters@ecole.example", TODAY)
    found = get_action(writing, ref)
    assert sofie is not None
    assert found is not None
    run = writing.connection.execute
    run(update(members).where(members.c.id == sofie.id).values(role=cell.role, unit=HERE if cell.within else THERE))
    run(delete(action_body).where(action_body.c.action == found.id))
    run(delete(action_member).where(action_member.c.action == found.id))
    run(delete(membership).where(membership.c.member == sofie.id))
    if cell.tie is not Tie.NOBODYS:
        number = ensure_body(writing, "Équipe des cellules")
        run(insert(action_body).values(action=found.id, body=number, position=0))
        if cell.tie is Tie.MINE:
            run(insert(membership).values(member=sofie.id, body=number))
    again = find_member_by_email(writing, "sofie.peeters@ecole.example", TODAY)
    assert again is not None
    return again


def by(member: Member) -> By:
    return By(member=member, at=NOW, today=TODAY, through="chat")


def somebody_else(writing: Writing) -> By:
    anne = find_member_by_email(writing, "anne.leroy@ecole.example", TODAY)
    assert anne is not None
    return by(anne)


Case = tuple[Act, Definite]
# What each request is made with, and the act that it is; a request that is missing here fails the test below.
CASES: dict[type[Any], Case | None] = {
    requests.MarkDone: (Act.CHANGE, requests.MarkDone(ref=REF)),
    requests.MarkInProgress: (Act.CHANGE, requests.MarkInProgress(ref=REF)),
    requests.Abandon: (Act.CHANGE, requests.Abandon(ref=REF, reason="décret")),
    requests.Reopen: (Act.CHANGE, requests.Reopen(ref=REF, reason="décret")),
    requests.Postpone: (Act.CHANGE, requests.Postpone(ref=REF, to=date(2027, 6, 30), reason="décret")),
    requests.AddNote: (Act.CHANGE, requests.AddNote(ref=REF, note="vu")),
    requests.AddEvidence: (Act.CHANGE, requests.AddEvidence(ref=REF, link="https://ecole.example/pv")),
    requests.RecordMeasurement: (
        Act.CHANGE,
        requests.RecordMeasurement(ref=REF, indicator="Tout nouvel indicateur", value="5", create=True),
    ),
    requests.Assign: (Act.TAKE_ON, requests.Assign(ref=REF, me=True)),
    requests.MarkDiscreet: (Act.MARK_DISCREET, requests.MarkDiscreet(ref=REF)),
    requests.MakePublic: None,
    requests.Undo: (Act.UNDO, requests.Undo()),
    requests.SetLanguage: (Act.OWN, requests.SetLanguage(language="nl")),
    requests.ChooseUnit: (Act.OWN, requests.ChooseUnit(unit=HERE)),
    requests.Subscribe: (Act.SUBSCRIBE, requests.Subscribe(scope="plan", target="TI")),
    requests.Unsubscribe: (Act.SUBSCRIBE, requests.Unsubscribe(scope="plan", target="HEN")),
    requests.RemindMe: (Act.OWN, requests.RemindMe(ref=REF)),
    # Only who was told something can put it off.
    requests.Snooze: None,
    requests.StopReminders: (Act.OWN, requests.StopReminders()),
    requests.StartReminders: (Act.OWN, requests.StartReminders()),
    requests.DigestSettings: (Act.OWN, requests.DigestSettings(digest="weekly")),
    requests.SendDigest: (Act.OWN, requests.SendDigest()),
    several.ConfirmSeveral: (Act.CHANGE, several.ConfirmSeveral(which=f"{REF}:1", what="mark_done")),
    people.EditBody: (Act.MANAGE_BODIES, people.EditBody(body="CQI")),
    people.DescribeBody: (Act.MANAGE_BODIES, people.DescribeBody(body="CQI", full_name="Commission qualité")),
}
MORE: tuple[Case, ...] = (
    (Act.GIVE, requests.Assign(ref=REF, body="CQI")),
    (Act.GIVE, requests.Assign(ref=REF, person="Karim Benali")),
)


def cases() -> Iterator[Case]:
    yield from filter(None, CASES.values())
    yield from MORE


def test_every_request_that_changes_something_has_its_row() -> None:
    assert set(CASES) == set(get_args(Changing))


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: f"{case[0]}-{case[1].name}")
def test_every_request_is_answered_as_the_table_says(database: Database, case: Case) -> None:
    act, request = case
    house = House(database, TENANT)
    for cell in CELLS:
        if request == requests.Assign(ref=REF, me=True) and cell.tie is Tie.MINE:
            # They answer for it as a member of a body; that they are not named themselves is no matter of right.
            continue
        with database.rehearsing(TENANT) as writing:
            member = someone(writing, cell)
            channel = remember_place(writing, Place(teams_id="19:x", kind="channel", service_url="https://x"))
            asker = Asker(member=member, today=TODAY, language="fr", kind="channel", conversation=channel, now=NOW)
            if isinstance(request, requests.Reopen):
                mark_done(writing, REF, somebody_else(writing), house.calendar)
            if isinstance(request, requests.Unsubscribe):
                subscribed = requests.Subscribe(scope="plan", target="HEN")
                change(writing, house, subscribed, asker, somebody_else(writing), back=None, then=None)
            made = request
            if isinstance(request, requests.Undo):
                # The tie is to the change: what they made themselves, or what another made.
                if cell.tie is Tie.NOBODYS:
                    continue
                author = by(replace(member, role=Role.ADMIN)) if cell.tie is Tie.MINE else somebody_else(writing)
                made = requests.Undo(event=add_note(writing, REF, author, note="vu").event)
            before = counted(writing)
            answer = change(writing, house, made, asker, by(member), back=None, then=None)
            refused = isinstance(answer, answers.Refused) and answer.code.startswith("may_not.")
            assert not isinstance(answer, answers.Refused) or refused, answer
            assert refused != cell.expects(act), (cell, answer)
            if isinstance(answer, answers.Refused):
                assert answer.code == f"may_not.{act}"
                assert answer.who_may
                assert counted(writing) == before


def counted(writing: Writing) -> Any:
    """What no refusal may move."""
    tables = ("event", "measurement", "indicator", "subscription", "outbox", "action_body", "action_member")
    counts = [writing.connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar() for name in tables]
    stands = writing.connection.execute(action.select().where(action.c.ref == REF)).one()
    return counts, tuple(stands)


LOOKS: dict[type[Any], Any] = {
    requests.ShowAction: requests.ShowAction(ref=REF),
    requests.WhoIsResponsible: requests.WhoIsResponsible(ref=REF),
    NeedsChoice: NeedsChoice(options=(requests.ShowAction(ref=REF),), words="master"),
    people.ShowBody: people.ShowBody(body="CQI"),
    people.ShowPerson: people.ShowPerson(person="Karim Benali"),
    people.ShowUnit: people.ShowUnit(unit=HERE),
    several.ChangeSeveral: several.ChangeSeveral(refs=REF, what="mark_done"),
    requests.ChangeAll: requests.ChangeAll(where=Selection(body="GT Alumni"), what="mark_done"),
}


# Files of a whole plan are for those the register knows (`TABLE` has a row for it); one's own data for oneself alone.
NOT_FOR_ALL = (requests.ExportPlan, requests.ExportReport, people.ShowMyData, several.Confirm)
READ_BY_ALL = [kind for kind in get_args(Look) if kind not in NOT_FOR_ALL]


@pytest.mark.parametrize("kind", READ_BY_ALL, ids=lambda kind: kind.name)
def test_a_reader_reads_everything(database: Database, kind: type[Any]) -> None:
    reader = Member(id=0, name="Passante", email="", role=Role.READER)
    asker = Asker(member=reader, today=TODAY, language="fr", kind="channel", conversation=None, now=NOW)
    with database.reading(TENANT) as reading:
        request = LOOKS[kind] if kind in LOOKS else kind()
        answer = look(reading, House(database, TENANT), request, asker)
    assert not isinstance(answer, answers.Refused)
    assert isinstance(answer, answers.Lost) == (kind is NotUnderstood)


# As it is said


async def test_who_may_take_a_change_back_is_said(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.chat("claire.dumont")
    await nadia.says("TI-12 est terminée")
    undo = nadia.card.button("Annuler")["data"] if nadia.card else {}
    card = await claire.presses_data("undo", undo)
    assert "Ce changement de TI-12 n'est pas de vous." in card
    assert "Peuvent le faire : Nadia Lambert." in card
    assert "réalisée, par Nadia Lambert" in await claire.says("TI-12")
    assert "This change of TI-12 is not yours." in await claire.presses_data("undo", undo | {"lang": "en"})
    assert "Deze wijziging van TI-12 is niet van u." in await claire.presses_data("undo", undo | {"lang": "nl"})


async def test_who_may_give_an_action_is_said(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    card = await sofie.says("confie TI-12 à la CQI")
    assert "Vous ne pouvez pas confier TI-12." in card
    assert "Peuvent le faire : Direction (Nadia Lambert)" in card
    assert "la coordination qualité (Claire Dumont, Nadia Lambert)." in card
