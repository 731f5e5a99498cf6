"""Discreet actions: there are none but for those responsible and coordinators, each of them alone with the bot."""

import re
from datetime import UTC
from typing import Any

import pytest
from sqlalchemy import update

from storage.calendar import BELGIAN
from storage.database import Database, Reading
from storage.exports.content import read_content
from storage.indicators import list_holders, list_indicators
from storage.naming import list_discreet, read_vocabulary
from storage.people import find_member_by_email
from storage.queries import count_actions, get_action, list_actions, list_actions_by_ref, list_progress, list_refs
from storage.rights import Act
from storage.selection import Selection
from storage.sight import EVERYTHING, PUBLIC, Sight
from storage.tables import action
from tests.conversation import School, Seen, settle
from tests.databases import TENANT, TODAY
from tests.test_rights import CELLS, REF, someone

# What the database and one action's own test say must be the same, for everybody and everywhere.


@pytest.mark.parametrize("unit", ["Haute école/Techniques de l'image", None])
def test_who_sees_a_discreet_action_where(database: Database, unit: str | None) -> None:
    for cell in CELLS:
        with database.rehearsing(TENANT) as writing:
            member = someone(writing, cell)
            values = {"discreet": True, "unit": unit}
            writing.connection.execute(update(action).where(action.c.ref == REF).values(**values))
            hidden = get_action(writing.seeing(EVERYTHING), REF)
            assert hidden is not None
            for sight in (
                PUBLIC,
                EVERYTHING,
                Sight(member=member),
                Sight(member=member, alone=True),
                Sight(alone=True),
            ):
                reading = writing.seeing(sight)
                seen = get_action(reading, REF)
                assert (seen is not None) == sight.sees(hidden), (cell, sight)
                if unit is not None:
                    expected = sight.everything or (
                        sight.alone and sight.member is not None and cell.expects(Act.READ_DISCREET)
                    )
                    assert (seen is not None) == expected, (cell, sight)
                context = (Selection(plan="TI"), member, TODAY, BELGIAN)
                assert (REF in list_refs(reading, *context)) == (seen is not None)
                assert (REF in list_discreet(reading)) == (seen is not None)


def test_for_whoever_may_not_see_it_there_is_none(database: Database) -> None:
    with database.rehearsing(TENANT) as writing:
        before = _everything_about(writing)
        writing.connection.execute(update(action).where(action.c.ref == "TI-36").values(discreet=True))
        after = _everything_about(writing)
        assert after["count"] == before["count"] - 1
        assert after["total"] == before["total"] - 1
        assert len(after["export"]) == len(before["export"]) - 1
        for name in ("refs", "listed", "titles"):
            (gone,) = [each for each in before[name] if each not in after[name]]
            assert gone.startswith("TI-36")
        assert "TI-36" not in str(after)
        assert get_action(writing, "TI-36") is None
        assert list_actions_by_ref(writing, ["TI-36", "TI-37"])[0].ref == "TI-37"
        assert list_indicators(writing, "TI-36") == []
        with_it = writing.seeing(EVERYTHING)
        for indicator in list_indicators(with_it, "TI-36"):
            others = [each for each in list_holders(with_it, indicator.name) if each.ref != "TI-36"]
            assert list_holders(writing, indicator.name) == others
            assert (indicator.name in read_vocabulary(writing).indicators) == bool(others)


async def test_nothing_that_is_posted_tells_of_it(school: School) -> None:
    """Stories, replies, corrections, gatherings, digests, and whatever is asked in a channel or of others' notices."""
    hush, word = "TI-12", "Zorglub"
    with school.database.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE action SET discreet = true, title = '{word}', kind = 'day', rhythm = NULL, status = 'todo', "
            f"\"start\" = '2026-03-20', \"end\" = '2026-03-20', unit = 'Haute école/Techniques de l''image' "
            f"WHERE ref = '{hush}'"
        )
        connection.exec_driver_sql(
            "UPDATE action_body SET body = (SELECT id FROM body WHERE name = 'CQC') "
            f"WHERE action = (SELECT id FROM action WHERE ref = '{hush}') AND position = 0"
        )
    claire = school.channel("claire.dumont")
    at_once = "abonne ce canal au plan TI"
    for what in (at_once, "abonne ce canal à la CQC", "abonne ce canal à Techniques de l'image"):
        await claire.says(what)
    daily = school.channel("claire.dumont", "Direction")
    await daily.says(at_once)
    await daily.says("annonce une fois par jour")
    weekly = school.channel("claire.dumont", "Collège")
    await weekly.says(at_once)
    await weekly.says("envoie le bilan chaque semaine")
    karim, nadia, sofie = (school.chat(name) for name in ("karim.benali", "nadia.lambert", "sofie.peeters"))
    for each in (karim, nadia, sofie):
        await each.installs()
    await nadia.says("bilan chaque semaine")
    assert word in await nadia.says(hush)
    await school.morning(1)
    assert word in await school.notice(karim)
    assert word in await karim.says(f"{hush} est terminée")
    assert word in await karim.presses("Annuler")
    assert word in await karim.says(f"{hush} est terminée")
    await nadia.says("TI-18 est terminée")
    await school.until_announced(claire.place)
    for _ in range(5):
        await school.morning(1)
        await settle()
    for asked in ("envoie le bilan du mois", "qu'est-ce qui a changé ce mois-ci ?", f"historique de {hush}", word):
        for place in (claire, daily):
            seen = await place.says(asked)
            assert not _tells(seen, hush, word) or asked in (f"historique de {hush}", word), asked
    told = 0
    for each in (claire, daily, weekly, sofie):
        for seen in school.unasked(each.place):
            told += 1
            assert not _tells(seen, hush, word), seen.text
    assert told >= 5
    for recipient, content in school.rows("SELECT recipient, content FROM outbox"):
        assert recipient.startswith("member:") or not re.search(rf"{word}|{hush}\b", str(content)), recipient


def _tells(seen: Seen, ref: str, word: str) -> bool:
    return re.search(rf"{word}|{ref}\b", seen.text + seen.summary) is not None


def _everything_about(reading: Reading) -> dict[str, Any]:
    claire = find_member_by_email(reading, "claire.dumont@ecole.example", TODAY)
    assert claire is not None
    context = (Selection(plan="TI"), claire, TODAY, BELGIAN)
    vocabulary = read_vocabulary(reading)
    exported = read_content(reading, "TI", UTC)
    assert exported is not None
    return {
        "count": count_actions(reading, *context),
        "total": sum(axis.total for axis in list_progress(reading, *context)),
        "refs": list_refs(reading, *context),
        "listed": [each.ref for each in list_actions(reading, *context, limit=500)],
        "export": [each.ref for each in exported.actions],
        "titles": [f"{ref} {title}" for ref, title in vocabulary.titles],
    }


async def test_discreet_in_words_and_public_again(school: School) -> None:
    claire, sofie = school.channel("claire.dumont"), school.chat("sofie.peeters")
    karim, nadia = school.chat("karim.benali"), school.chat("nadia.lambert")
    await claire.says("abonne ce canal au plan TI")
    await karim.says("TI-61 est terminée")
    await school.until_announced(claire.place)
    title = "Ancrer la culture qualité"
    assert title in school.announcements(claire.place)[0]
    hidden = await karim.says("ne pas annoncer TI-61")
    assert "TI-61 n'est plus annoncée" in hidden
    assert "L'annonce est corrigée dans 1 canal." in hidden
    await school.teams.wait_for(lambda: title not in school.announcements(claire.place)[0])
    await school.teams.wait_for(lambda: title not in school.stories(claire.place)[0])
    assert "Cette annonce a été retirée." in school.announcements(claire.place)[0]
    assert title not in await sofie.says("TI-61")
    assert title not in await claire.says("TI-61")
    assert "Discrète" in await karim.says("TI-61")
    assert "C'est déjà le cas" in await karim.says("TI-61 est discrète")
    refused = await karim.says("TI-61 peut être annoncée")
    assert "Nadia Lambert" in refused, "whoever may"
    assert "TI-61 peut être annoncée" in await nadia.says("TI-61 peut être annoncée")
    assert title in await sofie.says("TI-61")
    await nadia.presses("Annuler")
    assert title not in await sofie.says("TI-61")
    assert "rendue discrète" in await nadia.says("historique de TI-61")


async def test_taking_discretion_back_shows_it_again(school: School) -> None:
    karim, sofie = school.chat("karim.benali"), school.chat("sofie.peeters")
    await karim.says("TI-61 est confidentielle")
    assert "Ancrer" not in await sofie.says("TI-61")
    await karim.presses("Annuler")
    assert "Ancrer" in await sofie.says("TI-61")
