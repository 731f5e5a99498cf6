"""Several schools on one deployment: nothing that anybody asks in one reads or changes what another has."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, get_args

import pytest
from sqlalchemy import select, update

from bot.loopback import LoopbackTeams
from dialogs.requests import Definite, Selecting
from storage.database import Database
from storage.examples import PEOPLE, example_plans
from storage.imports.register import read_register
from storage.loading import load_plan
from storage.people import register
from storage.plan import Kind, Status
from storage.selection import Selection
from storage.tables import metadata
from tests.conversation import Clock, School, Seen, Someone, running, settle
from tests.databases import TENANT, TODAY

OTHER = "another-school"
TOKEN = re.compile(r"zyz\d+")
# What is written somewhere in the other school, each text of it with a word that stands nowhere else.
TEXTS = (
    ("plan", "title"), ("action", "axis"), ("action", "goal"), ("action", "objective"), ("action", "title"),
    ("body", "name"), ("member", "name"), ("indicator", "name"),
)  # fmt: skip


@dataclass
class Schools:
    """Ours, the other, and the database they share."""

    ours: School
    theirs: School
    database: Database

    def rows_of_theirs(self) -> dict[str, Any]:
        with self.database.engine.connect() as connection:
            return {
                table.name: sorted(
                    map(tuple, connection.execute(select(table).where(table.c.tenant == OTHER))), key=repr
                )
                for table in metadata.sorted_tables
            }


def another_school(database: Database) -> None:
    """People of the same names and addresses, TI in common, a plan of its own."""
    with database.writing(OTHER) as writing:
        for example in example_plans(TODAY):
            key = {"HEN": "ZED"}.get(example.key, example.key)
            load_plan(writing, example.plan, key=key, title=example.title, unit=example.unit)
        register(writing, read_register(PEOPLE))
    number = 0
    with database.engine.begin() as connection:
        for name, column in TEXTS:
            table = metadata.tables[name]
            for row in connection.execute(select(table.c.id, table.c[column]).where(table.c.tenant == OTHER)).all():
                number += 1
                marked = f"{row[1]} zyz{number}"
                connection.execute(update(table).where(table.c.id == row.id).values({column: marked}))


FILLED_WITH = another_school


@pytest.fixture
async def schools(database: Database, clock: Clock, teams: LoopbackTeams) -> AsyncIterator[Schools]:
    async with LoopbackTeams(tenant=OTHER) as others, running(database, clock, teams, tenants=(TENANT, OTHER)) as ours:
        yield Schools(ours, replace(ours, teams=others, _people={}), database)


def test_every_table_has_its_tenant() -> None:
    assert [table.name for table in metadata.sorted_tables if "tenant" not in table.c] == []


async def test_the_same_question_is_answered_from_ones_own_plan(schools: Schools) -> None:
    ours = await schools.ours.chat("nadia.lambert").says("TI-12")
    theirs = await schools.theirs.chat("nadia.lambert").says("TI-12")
    assert not TOKEN.search(ours.text)
    assert TOKEN.search(theirs.text)
    assert "Je n'ai pas compris" in await schools.ours.chat("nadia.lambert").says("ZED-5")
    asked = {"ref": "ZED-5", "lang": "fr"}
    nothing = await schools.ours.chat("nadia.lambert").presses_data("show_action", asked)
    assert "Je ne connais pas d'action ZED-5" in nothing
    assert "ZED-5" in await schools.theirs.chat("nadia.lambert").says("ZED-5")


async def test_what_is_done_in_one_is_announced_there_alone(schools: Schools) -> None:
    here, there = (school.channel("claire.dumont") for school in (schools.ours, schools.theirs))
    assert here.place == there.place
    for someone in (here, there):
        await someone.says("abonne ce canal au plan TI")
    before = schools.rows_of_theirs()
    assert "Annoncé dans 1 canal." in await schools.ours.chat("nadia.lambert").says("TI-12 est terminée")
    await schools.ours.until_announced(here.place)
    await settle()
    assert schools.theirs.announcements(there.place) == []
    assert schools.rows_of_theirs() == before
    await schools.theirs.chat("nadia.lambert").says("TI-12 est terminée")
    (post,) = await schools.theirs.until_announced(there.place)
    assert TOKEN.search(post.text)
    assert len(schools.ours.announcements(here.place)) == 1


async def test_one_account_is_two_people_in_two_schools(schools: Schools) -> None:
    """A guest: the same Entra id, in another school's directory."""
    await schools.ours.chat("anne.leroy").says("bonjour")
    anne = schools.ours.person("anne.leroy")
    guest = schools.theirs.teams.add_person("Une invitée", "invitee@ecole.example", entra_id=anne.entra_id)
    there = schools.theirs.chat("anne.leroy")
    there.person = guest
    assert "Vous ne pouvez pas changer TI-12" in await there.says("TI-12 est terminée")
    assert "TI-12 est réalisée" in await schools.ours.chat("anne.leroy").says("TI-12 est terminée")


# Every request, with everything that the other school has


def values_of(schools: Schools) -> dict[str, list[Any]]:
    """For each slot of a request, what it could be given from the other school."""

    def all_of(column: str, table: str) -> list[Any]:
        query = f"SELECT {column} FROM {table} WHERE tenant = '{OTHER}' ORDER BY id"
        return [row[0] for row in schools.ours.rows(query)]

    titles, axes = all_of("title", "action"), all_of("axis", "action")
    return {
        "ref": ["ZED-5", "TI-12"],
        "version": [1],
        "event": all_of("id", "event"),
        "reason": ["décret"],
        "to": [date(2027, 6, 30)],
        "on": [TODAY],
        "note": ["vu en réunion"],
        "link": ["https://ecole.example/pv"],
        "body": all_of("name", "body")[:2],
        "person": all_of("name", "member")[:2],
        "me": [True],
        "indicator": all_of("name", "indicator")[:2],
        "value": ["64"],
        "unit": ["%", "Haute école/Techniques de l'image"],
        "create": [False, True],
        "scope": ["plan", "axis", "unit"],
        "target": ["ZED", axes[0], "Haute école"],
        "language": ["fr"],
        "text": [titles[0], "ZED-5 est terminée"],
        "plan": ["ZED", "TI"],
        "format": ["xlsx"],
        "axis": [axes[0]],
        "goal": [all_of("goal", "action")[0]],
        "words": [titles[3]],
        "change": ["marked_done"],
        "by": all_of("name", "member")[:2],
        "by_me": [True],
        "again": [True],
        "refs": ["ZED-5 TI-12"],
        "what": ["mark_done"],
        "which": ["ZED-5:1 TI-12:1"],
        "rhythm": ["daily"],
        "threads": ["off"],
        "story": ["quadrimestre"],
        "digest": ["weekly"],
        "start": [TODAY],
        "end": [TODAY],
        "publish": [False, True],
        "channel": all_of("id", "conversation"),
        "member": all_of("id", "member")[:2],
        "full_name": ["Commission"],
        "initials": ["CZ"],
        "kind": ["council"],
        "parent": all_of("name", "body")[1:2],
        "alias": ["La commission"],
        "aliases": ["Une commission, une cellule"],
    }


def requests_with(values: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Every request that a button can carry, with one value after the other in each of its slots."""
    for kind in get_args(Definite):
        slots = {slot.name for slot in fields(kind)} - {"where", "of_my_unit", "page"}
        if issubclass(kind, Selecting):
            slots |= {slot.name for slot in fields(Selection)} - {
                "due",
                "late",
                "status",
                "mine",
                "unowned",
                "priority",
                "kind",
            }
        assert slots <= set(values), f"say in values_of what {kind.__name__} could be given: {slots - set(values)}"
        usual = {slot: values[slot][0] for slot in slots if slot not in ("scope", "event") and values[slot]}
        if issubclass(kind, Selecting):
            yield {"verb": kind.name, "status": Status.DONE}
            yield {"verb": kind.name, "kind": Kind.ONGOING}
            usual = {}
        yield {"verb": kind.name, **usual}
        for slot in sorted(slots):
            for value in values[slot]:
                yield {"verb": kind.name, **usual, slot: value}


async def is_kept_apart(someone: Someone, pressed: dict[str, Any]) -> None:
    """Press it, and see that nothing of the other school's comes back but what was asked with."""
    data = json.loads(json.dumps({"lang": "fr", **pressed}, default=str))
    seen = await someone.presses_data(data["verb"], data)
    told = set(TOKEN.findall(json.dumps(seen.card, ensure_ascii=False)))
    assert told <= set(TOKEN.findall(json.dumps(data, ensure_ascii=False))), (pressed, seen.text)
    assert "Quelque chose s'est mal passé" not in seen, pressed


async def live_there(schools: Schools) -> list[dict[str, Any]]:
    """A day in the other school, so that there is something to find; the buttons that were seen there."""
    channel = schools.theirs.channel("claire.dumont")
    cards: list[Seen] = [await channel.says("abonne ce canal au plan TI")]
    nadia = schools.theirs.chat("nadia.lambert")
    for sentence in (
        "TI-12 est terminée",
        "TI-13 est en cours",
        "note sur TI-14 : zyz900001",
        "reporte TI-15 au 30 juin 2027 parce que zyz900002",
        "je prends TI-16",
        "confie TI-17 à la CQI",
        "TI-36",
        "Pourcentage de IN et de OUT : 64 %",
        "mes actions",
        "où en est le plan TI ?",
        "les actions en retard",
        "l'enquête est terminée",
    ):
        cards.append(await nadia.says(sentence))
    await schools.theirs.until_announced(channel.place)
    cards += schools.theirs.announcements(channel.place)
    return [button["data"] for card in cards for button in card.buttons]


@pytest.mark.parametrize("part", range(4))
async def test_no_request_reads_or_changes_what_another_school_has(schools: Schools, part: int) -> None:
    buttons = await live_there(schools)
    await settle()
    before = schools.rows_of_theirs()
    assert len(before["event"]) > 6
    # Whoever may do most does everything, in four tests that may run side by side; the others do some of it.
    people = [schools.ours.chat("anne.leroy"), schools.ours.channel("anne.leroy")]
    people += [schools.ours.chat("nadia.lambert"), schools.ours.chat("in.connu")]
    every = [*requests_with(values_of(schools)), *buttons]
    assert len(every) > 150
    # PostgreSQL is asked a third of it: what is asked is the same, and each statement is watched on both.
    for number, pressed in enumerate(every[part :: 4 if schools.database.is_sqlite else 12]):
        await is_kept_apart(people[0], pressed)
        await is_kept_apart(people[1 + number % 3], pressed)
    await settle()
    assert schools.rows_of_theirs() == before


async def test_no_sentence_reads_or_changes_what_another_school_has(schools: Schools) -> None:
    await live_there(schools)
    await settle()
    before = schools.rows_of_theirs()
    anne = schools.ours.chat("anne.leroy")
    titles = [row[0] for row in schools.ours.rows(f"SELECT title FROM action WHERE tenant = '{OTHER}' LIMIT 5")]
    people = [row[0] for row in schools.ours.rows(f"SELECT name FROM member WHERE tenant = '{OTHER}' LIMIT 3")]
    for sentence in (
        *titles,
        *(f"{title} : c'est terminé" for title in titles),
        *(f"les actions de {name}" for name in people),
        *(f"confie HEN-58 à {name}" for name in people),
        "historique de TI-12",
        "qu'est-ce qui a changé cette semaine ?",
        "what changed this week?",
        "wie is verantwoordelijk voor ZED-5?",
        "où en est le plan ZED ?",
        "abonnements",
        "annule",
        "zyz900001",
    ):
        seen = await anne.says(sentence)
        told = set(TOKEN.findall(json.dumps(seen.card, ensure_ascii=False)))
        assert told <= set(TOKEN.findall(sentence)), (sentence, seen.text)
    assert schools.rows_of_theirs() == before
