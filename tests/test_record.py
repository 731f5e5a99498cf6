"""The record: who did what, when, through what and why, and every question that it answers."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.tables import action, event
from tests.conversation import School
from tests.databases import TENANT

NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)


async def test_the_history_of_an_action_hides_nothing(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    school.clock.pass_(minutes=1)
    await nadia.presses("Annuler")
    school.clock.pass_(days=1)
    await nadia.says("note sur TI-12 : vu avec la direction")
    history = await nadia.says("historique de TI-12")
    assert "J'ai compris : ce qui a changé · TI-12" in history
    assert "3 changements" in history
    lines = history.text.split("\n")[3:]
    assert lines == [
        "remarque : vu avec la direction · par Nadia Lambert, le 19 mars 2026 à 10:01 (message)",
        "annulation : réalisée · par Nadia Lambert, le 18 mars 2026 à 10:01 (bouton)",
        "réalisée, annulée depuis · par Nadia Lambert, le 18 mars 2026 à 10:00 (message)",
    ]


async def test_what_changed_this_week_leaves_out_what_was_taken_back(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.chat("claire.dumont")
    await nadia.says("TI-12 est terminée")
    await nadia.presses("Annuler")
    await nadia.says("TI-10 est terminée")
    card = await claire.says("qu'est-ce qui a changé cette semaine ?")
    assert "1 changement" in card
    assert card.refs == ["TI-10"]
    assert "Aucun changement." in await claire.says("qu'est-ce qui a changé la semaine dernière ?")


async def test_who_did_it_and_when(school: School) -> None:
    nadia, luc = school.chat("nadia.lambert"), school.chat("luc.wauters")
    assert "HEN-20 n'a jamais été reportée." in await luc.says("qui a reporté HEN-20 ?")
    assert "Personne ne m'a encore dit que TI-12 est réalisée." in await luc.says("qui a clôturé TI-12 et quand ?")
    await nadia.says("reporte TI-12 au 30 juin 2027 parce que le décret manque")
    await nadia.says("TI-12 est terminée")
    closed = await luc.says("qui a clôturé TI-12 et quand ?")
    assert "réalisée · par Nadia Lambert, le 18 mars 2026 à 10:00 (message)" in closed
    assert "reportée" not in closed
    postponed = await luc.says("qui a reporté TI-12 ?")
    assert "reportée au 30 juin 2027 · avant : 30 septembre 2025 · par Nadia Lambert" in postponed
    assert "Raison : le décret manque" in postponed
    assert "done · by Nadia Lambert, 18 March 2026 at 10:00 (message)" in await luc.says("who closed TI-12 and when?")
    assert "uitgesteld tot 30 juni 2027" in await luc.says("wie heeft TI-12 uitgesteld?")


async def test_what_somebody_did(school: School) -> None:
    nadia, claire, karim = (school.chat(name) for name in ("nadia.lambert", "claire.dumont", "karim.benali"))
    await nadia.says("TI-12 est terminée")
    await claire.says("HEN-20 est en cours")
    card = await karim.says("qu'a fait Nadia ce mois-ci ?")
    assert "ce qui a changé · Nadia Lambert · mars 2026" in card
    assert card.refs == ["TI-12"]
    assert "1 change" in await karim.says("what did Claire do this month?")
    assert karim.card is not None
    assert karim.card.refs == ["HEN-20"]
    assert "Aucun changement." in await karim.says("qu'ai-je fait cette semaine ?")
    assert (await nadia.says("qu'ai-je fait cette semaine ?")).refs == ["TI-12"]


async def test_since_when_it_is_late(school: School) -> None:
    luc = school.chat("luc.wauters")
    card = await luc.says("depuis quand TI-12 est-elle en retard ?")
    assert "En retard" in card
    assert "depuis le 1er octobre 2025" in card
    assert "since 1 October 2025" in await luc.says("since when is TI-12 late?")


async def test_a_long_history_has_pages(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    for number in range(1, 16):
        await nadia.says(f"note sur TI-12 : étape {number}")
    first = await nadia.says("historique de TI-12")
    assert "15 changements · 1 à 12 sur 15" in first
    assert "étape 15" in first
    assert "étape 3" not in first
    second = await nadia.presses("Suite")
    assert "15 changements · 13 à 15 sur 15" in second
    assert "étape 3" in second
    assert "étape 15" in await nadia.presses("Précédent")


async def test_to_whom_it_was_given_is_told_by_their_present_name(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("confie TI-12 à la CQI")
    assert "confiée à CQI · par Nadia Lambert" in await nadia.says("historique de TI-12")


def test_nothing_leaves_the_record_and_no_reference_is_used_twice(database: Database) -> None:
    with database.writing(TENANT) as writing:
        number = writing.add(event, kind="noted", at=NOW, through="chat", before={}, after={})
    for statement in (
        delete(event).where(event.c.tenant == TENANT, event.c.id == number),
        update(event).where(event.c.tenant == TENANT, event.c.id == number).values(kind="measured"),
        delete(action).where(action.c.tenant == TENANT, action.c.ref == "TI-12"),
        update(action).where(action.c.tenant == TENANT, action.c.ref == "TI-12").values(ref="TI-900"),
    ):
        with pytest.raises(DBAPIError), database.writing(TENANT) as writing:
            writing.connection.execute(statement)
