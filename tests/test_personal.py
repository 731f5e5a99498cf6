"""What is kept of a person: shown to them alone, forgotten in time, and erased from every table on demand."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select

from bot.rounds import make_round
from storage.database import Database
from storage.people import find_member_by_email
from storage.personal import _renamed, erase
from storage.tables import metadata
from tests.conversation import School, settle
from tests.databases import TENANT, TODAY


def everything_in(database: Database, of: MetaData = metadata) -> str:
    """All rows of all tables, as text."""
    with database.engine.connect() as connection:
        return "\n".join(str(tuple(row)) for table in of.sorted_tables for row in connection.execute(select(table)))


async def test_my_data_to_myself_alone(school: School) -> None:
    karim = school.chat("karim.benali")
    await karim.says("TI-36 est terminée")
    await karim.says("je prends TI-37 en charge")
    mine = await karim.says("mes données")
    for told in ("Karim Benali", "karim.benali@ecole.example", "membre", "Techniques de l'image", "CQC", "TI-37"):
        assert told in mine
    assert "2 changements le 18 mars 2026" in mine
    assert "après 30 jours" in mine
    assert "Anne Leroy" in mine, "who may erase them"
    in_channel = await school.channel("karim.benali").says("mes données")
    assert "conversation privée" in in_channel
    assert "karim.benali@ecole.example" not in in_channel
    await karim.says("réponds-moi en anglais")
    assert "2 changes" in await karim.says("my data")
    assert "Karim Benali" in await karim.says("welke gegevens bewaar je over mij?")


async def test_whoever_is_erased_is_in_no_table_any_more(school: School) -> None:
    claire, karim, nadia = school.channel("claire.dumont"), school.chat("karim.benali"), school.chat("nadia.lambert")
    await claire.says("abonne ce canal au plan TI")
    await karim.installs()
    await karim.says("je prends TI-37 en charge")
    await karim.says("TI-36 est terminée")
    await karim.says("rappelle-moi TI-37 vendredi")
    await karim.says("mes actions")
    await school.until_announced(claire.place)
    await school.morning(1)
    await settle()
    before = everything_in(school.database)
    traces = ("Karim Benali", "karim.benali", karim.person.id, karim.place.id)
    assert all(trace in before for trace in ("Karim Benali", "karim.benali"))
    assert school.rows("SELECT 1 FROM action_member")
    with school.database.writing(TENANT) as writing:
        person = find_member_by_email(writing, "karim.benali@ecole.example", TODAY)
        assert person is not None
        pseudonym = erase(writing, person.id, TODAY)
    after = everything_in(school.database)
    assert [trace for trace in traces if trace in after] == []
    assert pseudonym in after
    history = await nadia.says("historique de TI-36")
    assert pseudonym in history
    assert "Karim" not in history
    assert "Karim" not in await nadia.says("qui est responsable de TI-37 ?")
    await school.morning(1)
    await settle()
    assert len(school.unasked(karim.place)) <= 1, "nothing is said to them any more"
    again = await school.chat("karim.benali").says("qui suis-je ?")
    assert "lecture" in again or "lecteur" in again or "lectrice" in again


def test_a_short_name_is_replaced_as_a_word_alone() -> None:
    called = re.compile(r"(?<!\w)Li(?!\w)")
    post = {"line": {"who": "Li", "ref": "TI-1"}, "body": [{"text": "Par Li, le 3 mai : Lier, Liste"}], "n": 3}
    told = {"line": {"who": "X", "ref": "TI-1"}, "body": [{"text": "Par X, le 3 mai : Lier, Liste"}], "n": 3}
    assert _renamed(post, called, "X") == told


def test_two_people_of_one_place_are_erased_apart(database: Database) -> None:
    with database.writing(TENANT) as writing:
        for name in ("karim.benali", "sofie.peeters"):
            person = find_member_by_email(writing, f"{name}@ecole.example", TODAY)
            assert person is not None
            erase(writing, person.id, TODAY)
    text = everything_in(database)
    assert "Benali" not in text
    assert "Peeters" not in text
    assert "Nadia Lambert" in text


async def test_what_was_said_is_forgotten_in_time(school: School) -> None:
    karim = school.chat("karim.benali")
    await karim.installs()
    await karim.says("mes actions")
    await school.morning(1)
    await settle()
    assert school.rows("SELECT 1 FROM memory")
    assert [row for row in school.rows("SELECT content FROM outbox WHERE kind = 'notice'") if "Karim" in str(row[0])]
    school.clock.now += timedelta(days=31)
    make_round(school.house, school.clock.now)
    old = school.clock.now - timedelta(days=30)
    assert [row for row in school.rows("SELECT at FROM memory") if str(row[0]) < str(old)] == []
    told = school.rows("SELECT content, due_at FROM outbox WHERE kind = 'notice' ORDER BY id")
    assert "Karim" not in str(told[0][0])


@pytest.mark.parametrize("text", ["mes données", "quelles données gardes-tu sur moi ?", "what do you keep about me?"])
async def test_somebody_unknown_may_ask_too(school: School, text: str) -> None:
    stranger = school.chat("someone.new")
    assert "someone.new@ecole.example" in await stranger.says(text)
