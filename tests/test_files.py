"""Files in a conversation: asked for, offered, agreed to, and put where Teams says; from the plan as it is then."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from aiohttp import web

from bot.addresses import why_not_file
from dialogs.file_cards import CONSENT, INFO
from storage.imports import read_plan
from tests.conversation import School, Someone

Json = dict[str, Any]


async def offer(someone: Someone, text: str) -> Json:
    """The offer that answers a message: one attachment, with a summary."""
    teams, before = someone.school.teams, len(someone.school.teams.posts_in(someone.place))
    await teams.send(someone.school.url, teams.message(someone.person, someone.place, text))
    (post,) = teams.posts_in(someone.place)[before:]
    assert post.activity["summary"]
    (attachment,) = post.activity["attachments"]
    assert attachment["contentType"] == CONSENT
    found: Json = attachment
    return found


async def answers(someone: Someone, offered: Json, upload: Json | None, **fields: Any) -> Json:
    """What follows a yes or a no: the attachment of the one post."""
    teams, before = someone.school.teams, len(someone.school.teams.posts_in(someone.place))
    given = teams.consent(someone.person, someone.place, offered, upload, **fields)
    status, body = await teams.send(someone.school.url, given)
    assert (status, body) == (200, None)
    (post,) = teams.posts_in(someone.place)[before:]
    assert post.activity["summary"]
    (attachment,) = post.activity["attachments"]
    return {"summary": post.activity["summary"], **attachment}


async def test_a_plan_is_offered_agreed_to_and_kept(school: School, tmp_path: Path) -> None:
    claire = school.chat("claire.dumont")
    offered = await offer(claire, "exporte le plan TI")
    assert offered["name"] == "plan-TI.xlsx"
    assert "Plan TI, " in offered["content"]["description"]
    assert "classeur Excel" in offered["content"]["description"]
    assert f"{round(offered['content']['sizeInBytes'] / 1024)} ko" in offered["content"]["description"]
    assert school.teams.files == {}
    upload = school.teams.upload_info("plan-TI.xlsx")
    kept = await answers(claire, offered, upload)
    assert kept["contentType"] == INFO
    assert (kept["name"], kept["contentUrl"]) == ("plan-TI.xlsx", upload["contentUrl"])
    assert kept["content"] == {"uniqueId": upload["uniqueId"], "fileType": "xlsx"}
    assert kept["summary"] == "plan-TI.xlsx est dans vos fichiers OneDrive."
    (path := tmp_path / "plan.xlsx").write_bytes(school.teams.files[upload["uniqueId"]])
    assert len(read_plan(path).actions) == 86


async def test_the_file_is_the_plan_as_it_is_when_they_agree(school: School, tmp_path: Path) -> None:
    nadia = school.chat("nadia.lambert")
    offered = await offer(nadia, "envoie-moi le plan TI en Excel")
    await nadia.says("TI-12 est terminée")
    upload = school.teams.upload_info("plan-TI.xlsx")
    await answers(nadia, offered, upload)
    (path := tmp_path / "plan.xlsx").write_bytes(school.teams.files[upload["uniqueId"]])
    sheet: Any = openpyxl.load_workbook(path).active
    (row,) = [row for row in sheet.values if row[0] == "TI-12"]
    assert "réalisée (18 mars 2026)" in row


async def test_a_no_is_taken_kindly(school: School) -> None:
    claire = school.chat("claire.dumont")
    offered = await offer(claire, "export the plan HEN as csv")
    assert offered["name"] == "plan-HEN.csv"
    assert "separated values" in offered["content"]["description"]
    told = await answers(claire, offered, None)
    assert told["summary"] == "All right, I uploaded nothing."
    assert school.teams.files == {}


async def test_in_a_channel_it_says_where_to_ask(school: School) -> None:
    channel = school.channel("claire.dumont")
    assert "conversation personnelle" in await channel.says("exporte le plan TI")


async def test_which_plan_is_asked_and_the_button_offers_it(school: School) -> None:
    claire = school.chat("claire.dumont")
    card = await claire.says("exporte le plan en Word")
    assert "De quel plan" in card
    before = len(school.teams.posts_in(claire.place))
    shown = await claire.presses("HEN")
    assert "document Word" in shown
    (post,) = school.teams.posts_in(claire.place)[before:]
    assert post.activity["attachments"][0]["name"] == "plan-HEN.docx"


async def test_what_it_cannot_write_it_says(school: School) -> None:
    claire = school.chat("claire.dumont")
    assert "Je n'écris pas ce format." in await claire.says("envoie-moi le plan TI en pdf")
    assert "je ne vous connais pas encore" in await school.chat("quelqu.un").says("exporte le plan TI")


async def test_the_right_is_looked_at_again(school: School) -> None:
    """Who was offered a file may have lost the right since; and anybody can send back anybody's offer."""
    offered = await offer(school.chat("claire.dumont"), "exporte le plan TI")
    told = await answers(school.chat("quelqu.un"), offered, school.teams.upload_info("x.xlsx"))
    assert "je ne vous connais pas encore" in told["summary"]
    channel = await answers(school.channel("claire.dumont"), offered, school.teams.upload_info("x.xlsx"))
    assert "conversation personnelle" in channel["summary"]
    assert school.teams.files == {}


async def test_the_papers_of_an_evaluation_are_one_package(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    school.clock.pass_(days=3)
    offered = await offer(nadia, "prépare le point d'étape du plan TI au 17 mars 2026")
    assert offered["name"] == "point-d-etape-TI-2026-03-17.zip"
    assert "Point d'étape du plan, situation au 17 mars 2026." in offered["content"]["description"]
    upload = school.teams.upload_info("x.zip")
    await answers(nadia, offered, upload)
    with zipfile.ZipFile(io.BytesIO(school.teams.files[upload["uniqueId"]])) as package:
        assert package.namelist() == [
            "rapport-avancement-TI-2026-03-17.docx",
            "note-reflexive-TI-2026-03-17.docx",
            "plan-d-action-TI-2026-03-17.docx",
            "plan-d-action-TI-2026-03-17.xlsx",
        ]
        sheet: Any = openpyxl.load_workbook(io.BytesIO(package.read("plan-d-action-TI-2026-03-17.xlsx"))).active
    (row,) = [row for row in sheet.values if row[0] == "TI-12"]
    assert not [cell for cell in row if cell and "réalisée" in cell], "it was done the day after"


async def test_a_day_to_come_is_no_day_of_a_report(school: School) -> None:
    claire = school.chat("claire.dumont")
    told = await claire.says("prépare le rapport d'avancement du plan TI, situation au 30 juin 2027")
    assert "Le 30 juin 2027 n'est pas encore passé" in told


@pytest.mark.parametrize(
    "context",
    [None, 1, "x", [], {}, {"verb": 1}, {"verb": "mark_done", "ref": "TI-12"}, {"verb": "export_plan", "plan": 7}],
)
async def test_a_context_that_is_none_of_ours_does_nothing(school: School, context: Any) -> None:
    claire = school.chat("claire.dumont")
    forged = {"name": "x", "content": {"acceptContext": context}}
    told = await answers(claire, forged, school.teams.upload_info("x.xlsx"))
    assert "Je ne comprends plus ce bouton" in told["summary"]
    assert school.teams.files == {}
    assert "à faire" in await claire.says("TI-12")


@pytest.mark.parametrize(
    "value", [None, "x", [], {}, {"action": "accept", "uploadInfo": 1}, {"action": "steal"}, {"action": ["accept"]}]
)
async def test_an_answer_that_is_none_is_refused(school: School, value: Any) -> None:
    claire = school.chat("claire.dumont")
    activity = school.teams.activity_for(claire.person, claire.place, "invoke", name="fileConsent/invoke", value=value)
    assert (await school.teams.send(school.url, activity))[0] == 400


async def test_a_plan_that_is_gone_is_said(school: School) -> None:
    claire = school.chat("claire.dumont")
    forged = {"content": {"acceptContext": {"verb": "export_plan", "plan": "NOPE", "format": "xlsx"}}}
    told = await answers(claire, forged, school.teams.upload_info("x.xlsx"))
    assert told["summary"] == "Je ne connais pas de plan NOPE."


async def test_a_file_that_cannot_be_put_there_can_be_asked_for_again(school: School) -> None:
    claire = school.chat("claire.dumont")
    offered = await offer(claire, "exporte le plan TI")
    school.teams.fault = lambda method, path: web.Response(status=503) if path.startswith("/files/") else None
    told = await answers(claire, offered, school.teams.upload_info("x.xlsx"))
    assert "Je n'ai pas pu déposer plan-TI.xlsx" in told["summary"]
    assert told["content"]["actions"][0]["title"] == "Réessayer"
    elsewhere = school.teams.upload_info("x.xlsx") | {"uploadUrl": "http://192.0.2.1/files/1"}
    assert "Je n'ai pas pu déposer" in (await answers(claire, offered, elsewhere))["summary"]


def test_files_go_only_where_teams_keeps_them() -> None:
    good = "https://ecole-my.sharepoint.com/personal/c_d/_api/v2.0/drive/items/01/uploadSession?guid='a'&path='~tmp'"
    assert why_not_file(good) is None
    for bad in (
        good.replace("https", "http"),
        "https://sharepoint.com.evil.example/x",
        "https://evilsharepoint.com/x",
        "https://sharepoint.com/x",
        "https://ecole.sharepoint.com@evil.example/x",
        "https://ecole.sharepoint.com:8443/x",
        "https://127.0.0.1/x",
        "https://ecole.sharepoint.com\\@evil.example/x",
        "https://ecole.sharepoint.com/x y",
        "https://ecole.sharepoint.com",
        "ftp://ecole.sharepoint.com/x",
        "",
    ):
        assert why_not_file(bad) is not None, bad
    assert why_not_file("http://127.0.0.1:8000/files/1?x=1") is not None
    assert why_not_file("http://127.0.0.1:8000/files/1?x=1", loopback=True) is None
