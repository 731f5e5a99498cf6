"""The whole application at its edge: who is let in, what is answered when things break, what the log never holds."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot import endpoint
from bot.gate import Gate
from bot.keys import SigningKeys
from bot.loopback import Cut, LoopbackTeams, Person
from bot.sender import Connector
from bot.settings import Settings
from storage.database import Database
from storage.imports.register import Entry
from storage.people import register
from storage.plan import Role
from tests.conversation import Clock, School, Seen, Someone, check_card, running
from tests.databases import TENANT as OURS
from tests.databases import SqliteShelf
from tests.test_command_line import address, serving
from tests.test_gate import APP, NOW, TENANT, Authority, claims, head, public, signed
from tests.test_gate import OTHER as OTHER_KEY
from tests.test_gate import OURS as KEY
from tests.test_sender import CountedTokens

SORRY = "Quelque chose s'est mal passé chez moi, et rien n'a changé."


# With authentication on


class SignedTeams(LoopbackTeams):
    """Teams that shows a token, as the real one does."""

    token = ""

    async def send(
        self, bot_url: str, activity: dict[str, Any], *, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        return await super().send(
            bot_url, activity, headers={"Authorization": f"Bearer {self.token}"} | (headers or {})
        )


@pytest.fixture
async def guarded(database: Database, clock: Clock) -> AsyncIterator[School]:
    """The bot as it runs for a tenant: an app id, real signatures, a token for each call to Teams."""
    authority = Authority(keys=[public(KEY, "ours")])
    app = web.Application()
    app.router.add_get("/metadata", authority.metadata)
    app.router.add_get("/keys", authority.published)
    settings = Settings(app_id=APP, app_password=SecretStr("x"), app_tenant=TENANT, service_hosts=("127.0.0.1",))
    async with TestServer(app) as server, SignedTeams(bot_id=f"28:{APP}", tenant=TENANT) as teams:
        authority.url = str(server.make_url("")).rstrip("/")
        teams.token = signed(payload=claims(serviceurl=teams.service_url))
        gate = Gate(settings, keys=SigningKeys(authority.url + "/metadata"), clock=lambda: NOW)
        connector = Connector(None, CountedTokens(), loopback=settings.loopback_service, hosts=settings.service_hosts)
        async with running(database, clock, teams, gate=gate, connector=connector) as school:
            yield school


async def test_with_authentication_on_people_are_answered(guarded: School) -> None:
    nadia, claire = guarded.chat("nadia.lambert"), guarded.channel("claire.dumont")
    await claire.says("abonne ce canal au plan TI")
    await nadia.says("TI-12")
    assert "✓ TI-12 est réalisée" in await nadia.presses("Réalisée")
    await guarded.until_announced(claire.place)
    shown = {headers.get("Authorization") for _, _, headers in guarded.teams.requests}
    assert shown == {"Bearer token-1"}


async def test_with_authentication_on_nobody_else_is_heard(guarded: School) -> None:
    nadia = guarded.chat("nadia.lambert")
    said = guarded.teams.message(nadia.person, nadia.place, "TI-12 est terminée")
    here = guarded.teams.service_url
    for token in (
        "",
        "a.b.c",
        signed(payload=claims(serviceurl=here), key=OTHER_KEY),
        signed(head(alg="none"), claims(serviceurl=here)),
        signed(payload=claims(serviceurl=here, aud="another")),
        signed(payload=claims(serviceurl=here, exp=int(NOW) - 3600)),
    ):
        status, body = await guarded.teams.send(guarded.url, said, headers={"Authorization": f"Bearer {token}"})
        assert (status, body) == (401, None)
    for changed in (
        {"serviceUrl": "http://127.0.0.1:9/"},
        {"recipient": {"id": "28:another"}},
        {"channelId": "webchat"},
        {"conversation": {"id": "a:1", "tenantId": "another"}},
    ):
        status, _ = await guarded.teams.send(guarded.url, said | changed)
        assert status == 403
    assert guarded.rows("SELECT count(*) FROM event")[0][0] == 0
    assert guarded.teams.requests == []


# Alive and ready


async def get(school: School, path: str) -> tuple[int, str]:
    url = school.url.replace("/api/messages", path)
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_alive_and_ready(school: School) -> None:
    assert await get(school, "/healthz") == (200, "ok")
    assert await get(school, "/readyz") == (200, "ok")


async def test_not_ready_while_the_schema_is_old(school: School) -> None:
    with school.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    status, text = await get(school, "/readyz")
    assert status == 503
    assert "0000" in text
    with school.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    assert (await get(school, "/readyz"))[0] == 503
    assert await get(school, "/healthz") == (200, "ok")


async def test_not_ready_while_the_database_is_away(
    school: School, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    def refused(*_: object) -> None:
        raise OSError("db.ecole.example does not answer")

    with monkeypatch.context() as away:
        away.setattr(school.database.engine, "connect", refused)
        status, text = await get(school, "/readyz")
        assert (status, "OSError" in text, "ecole" in text) == (503, True, False)
        assert await get(school, "/healthz") == (200, "ok")
        # A turn meets the same: it says so, and nothing hangs.
        assert SORRY in await school.chat("nadia.lambert").says("TI-12")
    assert await get(school, "/readyz") == (200, "ok")
    assert "TI-12" in await school.chat("nadia.lambert").says("TI-12")


# When a turn breaks


def drop_outbox(school: School) -> None:
    with school.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE said")
        connection.exec_driver_sql("DROP TABLE outbox")


def counts(school: School) -> dict[str, int]:
    tables = ("event", "measurement", "subscription", "seen", "memory", "indicator")
    return {table: school.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


async def test_a_broken_turn_says_sorry_and_leaves_nothing_half_made(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.channel("claire.dumont")
    await claire.says("abonne ce canal au plan TI")
    await nadia.says("TI-12")
    shown = nadia.card
    drop_outbox(school)
    before = counts(school)
    for turn in ("typed", "pressed"):
        with capture_logs(processors=[merge_contextvars]) as lines:
            nadia.card = shown
            sorry = await (nadia.says("TI-12 est terminée") if turn == "typed" else nadia.presses("Réalisée"))
        assert SORRY in sorry
        (broken,) = [line for line in lines if line["event"] == "turn broken"]
        assert f"donnez cette référence à votre équipe informatique : {broken['turn']}." in sorry
    assert school.rows("SELECT status, version FROM action WHERE ref = 'TI-12'")[0] == ("todo", 1)
    assert counts(school) == before
    assert "TI-12" in await nadia.says("TI-12"), "what only looks is still answered"


async def test_each_break_has_its_own_reference_and_language(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.channel("claire.dumont")
    await claire.says("abonne ce canal au plan TI")
    drop_outbox(school)
    said = {(await nadia.says("TI-12 est terminée")).text for _ in range(3)}
    assert len(said) == 3
    english = await nadia.says("TI-12 is done", locale="en-GB")
    assert "Something went wrong" in english


async def test_a_reply_that_teams_does_not_take_is_lost_without_harm(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "REPLY_PAUSE", 0.01)
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12")
    faults: list[Any] = []

    def fault(method: str, path: str) -> Any:
        return faults.pop(0) if faults and method == "POST" else None

    school.teams.fault = fault
    for refs, fault_made, delivered in (
        ("TI-12", [web.Response(status=503)], 0),
        ("TI-18", [Cut.BEFORE], 0),
        ("TI-13", [web.Response(status=429, headers={"Retry-After": "0"})], 1),
        ("TI-14", [web.Response(status=412), web.Response(status=412)], 0),
        ("TI-15", [web.Response(status=429, headers={"Retry-After": "60"})], 0),
        ("TI-16", [web.Response(status=403)], 0),
    ):
        faults[:] = fault_made
        before = len(school.teams.posts_in(nadia.place))
        said = school.teams.message(nadia.person, nadia.place, f"{refs} est terminée")
        status, _ = await school.teams.send(school.url, said)
        assert status == 200
        assert len(school.teams.posts_in(nadia.place)) - before == delivered
        assert faults == []
        assert school.rows(f"SELECT status FROM action WHERE ref = '{refs}'")[0][0] == "done"


async def test_a_welcome_that_breaks_is_given_the_next_time(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    nadia = school.chat("nadia.lambert")

    def away(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(endpoint, "welcome_once", away)
        assert await nadia.installs() is None
    assert await nadia.installs() is not None


# What the log holds

SECRETS = (
    "Nadia", "Lambert", "nadia.lambert", "ecole.example", "Relancer", "GGN", "mot-de-passe", "remarque", "29:person",
    "00000000-0000-0000-0000-00000000000", "eyJ", "a:chat", "trigger-text", "Qualité",
)  # fmt: skip


async def test_the_log_holds_nothing_of_what_people_say_or_are(
    sqlite_shelf: SqliteShelf, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    """The server is a process of its own, its log at the level that tells most, which holds all that others hold."""
    with sqlite_shelf.database() as database:
        environment = {"DATABASE_URL": address(database), "PORT": str(unused_tcp_port), "BOUCLE_LOG_LEVEL": "debug"}
        for name in ("MicrosoftAppId", "MicrosoftAppPassword", "HOST"):
            monkeypatch.delenv(name, raising=False)
        with serving(**environment) as (server, told):
            assert told.startswith("Boucle listens on ")
            url = f"http://127.0.0.1:{unused_tcp_port}/api/messages"
            async with LoopbackTeams() as teams:
                school = School(database, None, Clock(), teams, url)  # type: ignore[arg-type]
                nadia, claire = school.chat("nadia.lambert"), school.channel("claire.dumont")
                await nadia.installs()
                await claire.says("abonne ce canal au plan TI")
                await nadia.says("mot-de-passe TI-12 remarque <at>Nadia</at>")
                await nadia.says("TI-12")
                await nadia.presses("Réalisée")
                await school.until_announced(claire.place)
                await nadia.presses("Annuler")
                await teams.send(url, {"type": "mot-de-passe"} | teams.message(nadia.person, nadia.place, "x"))
                await teams.send(url, {"from": "Nadia Lambert", "text": "mot-de-passe"})
                await teams.send(
                    url,
                    teams.message(nadia.person, nadia.place, "mot-de-passe"),
                    headers={"Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.eyJ"},
                )
                teams.fault = lambda method, path: web.json_response(
                    {"error": {"code": "Nope", "message": "Nadia Lambert"}}, status=503
                )
                await teams.send(url, teams.message(nadia.person, nadia.place, "mot-de-passe"))
                teams.fault = None
                # An error that repeats what somebody wrote, as PostgreSQL does.
                with database.engine.begin() as connection:
                    connection.exec_driver_sql(
                        "CREATE TRIGGER broken BEFORE INSERT ON event"
                        " BEGIN SELECT RAISE(ABORT, 'trigger-text Nadia Lambert nadia.lambert@ecole.example'); END"
                    )
                sorry = await nadia.says("TI-18 est terminée mot-de-passe")
                sorry = sorry if SORRY in sorry else await nadia.says("TI-18 est terminée")
            server.terminate()
            _, log = await asyncio.to_thread(server.communicate)
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"turn", "posted", "refused", "reply lost", "turn broken"} <= {line["event"] for line in lines}
    assert all({"timestamp", "level"} <= line.keys() for line in lines)
    (broken,) = [line for line in lines if line["event"] == "turn broken"]
    assert broken["turn"] in sorry
    assert broken["exception"][-1]["exc_type"] == "IntegrityError"
    assert [secret for secret in SECRETS if secret in log] == []


# Every kind of activity


async def sent(school: School, activity: dict[str, Any]) -> tuple[int, Any, int]:
    """Status, body, and how many posts came of it."""
    before = sum(len(posts) for posts in school.teams.posts.values())
    status, body = await school.teams.send(school.url, activity)
    return status, body, sum(len(posts) for posts in school.teams.posts.values()) - before


async def test_replies_that_are_expected_come_in_the_answer(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    said = school.teams.message(nadia.person, nadia.place, "TI-12", deliveryMode="expectReplies")
    status, body, posts = await sent(school, said)
    assert (status, posts, len(body["activities"])) == (200, 0, 1)
    reply = body["activities"][0]
    assert (reply["type"], bool(reply["summary"]), "text" in reply) == ("message", True, False)
    content = reply["attachments"][0]["content"]
    check_card(content)
    assert "TI-12" in Seen(content)
    silent = school.teams.members_added(nadia.person, nadia.place, deliveryMode="expectReplies")
    assert await sent(school, silent) == (200, {"activities": []}, 0)


async def test_the_bot_is_added_and_people_are(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.channel("claire.dumont")
    others = school.person("karim.benali"), school.person("sofie.peeters")
    added = school.teams.members_added
    assert (await sent(school, added(nadia.person, claire.place, *others)))[::2] == (200, 0)
    assert (await sent(school, added(nadia.person, claire.place, others[0], bot=True)))[::2] == (200, 1)
    assert "@Boucle abonne ce canal" in Seen(
        school.teams.posts_in(claire.place)[0].activity["attachments"][0]["content"]
    )
    # Teams tells it twice, in two ways.
    assert await claire.installs() is None
    assert (await sent(school, added(nadia.person, claire.place, bot=True)))[::2] == (200, 0)


@pytest.mark.parametrize("way", ["installationUpdate", "conversationUpdate"])
async def test_the_bot_is_removed(school: School, way: str) -> None:
    claire, nadia = school.channel("claire.dumont"), school.chat("nadia.lambert")
    await claire.installs()
    await claire.says("abonne ce canal au plan TI")
    if way == "installationUpdate":
        gone = school.teams.install(claire.person, claire.place, "remove")
    else:
        gone = school.teams.members_added(claire.person, claire.place)
        gone |= {"membersAdded": None, "membersRemoved": [{"id": school.teams.bot_id}]}
    assert (await sent(school, gone))[::2] == (200, 0)
    assert bool(school.rows("SELECT is_open FROM conversation WHERE kind = 'channel'")[0][0]) is False
    assert "Annoncé" not in await nadia.says("TI-12 est terminée")
    # It is welcomed again, and hears again what it had subscribed to.
    assert await claire.installs() is not None
    assert "Annoncé dans 1 canal" in await nadia.says("TI-18 est terminée")


async def test_what_the_bot_does_not_know_is_heard_in_silence(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    make = school.teams.activity_for
    for kind in (
        "typing", "messageUpdate", "messageDelete", "messageReaction", "endOfConversation", "event", "handoff", "trace",
        "command", "commandResult", "suggestion", "installationUpdate", "conversationUpdate", "new", "__init__",
    ):  # fmt: skip
        for fields in (
            {},
            {"name": "application/vnd.microsoft.readReceipt", "value": "odd"},
            {"name": "application/vnd.microsoft.meetingStart", "value": [1]},
            {"action": "upgrade", "channelData": {"eventType": "editMessage", "settings": {"a": 1}}},
            {"reactionsAdded": "odd", "value": None},
        ):
            assert (await sent(school, make(nadia.person, nadia.place, kind, **fields)))[::2] == (200, 0), (
                kind,
                fields,
            )


async def test_fields_we_do_not_read_may_hold_anything(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    for name in (
        "timestamp", "localTimestamp", "localTimezone", "attachmentLayout", "reactionsAdded", "topicName", "expiration",
        "historyDisclosed", "speak", "inputHint", "suggestedActions", "label", "valueType", "relatesTo", "code",
        "importance", "listenFor", "textHighlights", "semanticAction", "callerId", "rawTimestamp", "new",
    ):  # fmt: skip
        for odd in ("odd", {"a": [1]}, [7], True) if name not in ("timestamp", "localTimezone") else ("odd",):
            said = school.teams.message(nadia.person, nadia.place, "bonjour") | {name: odd}
            assert (await sent(school, said))[::2] == (200, 1), (name, odd)


async def test_unknown_invokes(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    for name in ("task/fetch", "composeExtension/query", "signin/verifyState", "x", "", None):
        for value in ({}, None, "odd", [1], {"action": "odd"}):
            asked = school.teams.activity_for(nadia.person, nadia.place, "invoke", name=name, value=value)
            assert await sent(school, asked) == (501, None, 0), (name, value)
    for value in (None, "odd", 7, [], {}, {"action": None}, {"action": {"verb": 7, "data": "x"}}):
        pressed = school.teams.activity_for(
            nadia.person, nadia.place, "invoke", name="adaptiveCard/action", value=value
        )
        status, body, posts = await sent(school, pressed)
        assert (status, body["statusCode"], posts) == (200, 200, 0)
        check_card(body["value"])


async def test_messages_without_text(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    for fields in (
        {"text": None},
        {"text": ""},
        {"text": "  \n "},
        {"text": "<at>Boucle</at>"},
        {"text": None, "attachments": [{"contentType": "image/png", "contentUrl": "https://x.example/a.png"}]},
        {"text": None, "value": {}},
        {"text": None, "value": []},
        {"text": None, "value": "odd"},
        {"text": None, "value": {"verb": ["odd"]}},
    ):
        said = school.teams.message(nadia.person, nadia.place, "x") | fields
        card = await nadia.sends(said)
        assert SORRY not in card, fields


async def test_days_at_the_end_of_time(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    for due in (["9999-12-31", None], [None, "9999-12-31"], ["0001-01-01", "0001-01-02"], [None, "0001-01-01"]):
        for verb in ("list_actions", "count_actions", "show_progress"):
            assert SORRY not in await nadia.presses_data(verb, {"due": due}), (verb, due)
    for text in ("échéances après le 31/12/9999", "échéances de 9999-9999", "que faire d'ici 9998 ?"):
        assert SORRY not in await nadia.says(text), text


async def test_accounts_with_long_ids_and_names(school: School) -> None:
    """Without an Entra id the id of Teams counts, which is longer; a display name may be anything."""
    person = Person(id="29:" + "x" * 300, name="N" * 5_000, email="", entra_id="")
    school.teams.people[person.id] = person
    place = school.channel("claire.dumont", "C" * 1_000).place
    place = type(place)(id="19:short@thread.tacv2", kind="channel", name=place.name, team_id="t", team_name="T")
    someone = Someone(school, person, place)
    for _ in range(2):
        said = school.teams.message(person, place, "abonne ce canal au plan TI")
        said["from"] = {"id": person.id, "name": person.name}
        assert SORRY not in await someone.sends(said)
    assert school.rows("SELECT count(*) FROM member WHERE role = 'reader'")[0][0] == 1


# Many at once


async def test_fifty_messages_of_ten_people_at_once(school: School) -> None:
    emails = [row[0].partition("@")[0] for row in school.rows("SELECT email FROM member ORDER BY id")][:10]
    assert len(emails) == 10
    texts = ("TI-12", "les actions en retard", "mes actions", "TI-12 est terminée", "où en est le plan TI ?")
    people = [school.chat(email) for email in emails]
    said = [school.teams.message(someone.person, someone.place, text) for someone in people for text in texts]
    answers = await asyncio.gather(*(school.teams.send(school.url, activity) for activity in said))
    assert {status for status, _ in answers} == {200}
    replies = {
        post.reply_to: Seen(post.activity["attachments"][0]["content"])
        for someone in people
        for post in school.teams.posts_in(someone.place)
    }
    assert set(replies) == {activity["id"] for activity in said}
    assert [reply.text for reply in replies.values() if SORRY in reply] == []
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'marked_done'")[0][0] == 1
    assert school.rows("SELECT count(*) FROM member")[0][0] == 11


async def test_twenty_people_press_the_same_button_at_once(school: School) -> None:
    claire = school.channel("claire.dumont")
    await claire.says("abonne ce canal au plan TI")
    with school.database.writing(OURS) as writing:
        register(
            writing, [Entry(email=f"p{n}@ecole.example", name=f"Personne {n}", role=Role.ADMIN) for n in range(20)]
        )
    people = [school.chat(f"p{number}") for number in range(20)]
    card = await people[0].says("TI-12")
    button = card.button("Réalisée")

    async def press(someone: Someone) -> Seen:
        return await someone.presses_data(button["verb"], button["data"])

    answers = await asyncio.gather(*map(press, people))
    done = [answer for answer in answers if "✓ TI-12 est réalisée" in answer]
    assert len(done) == 1
    others = [answer for answer in answers if answer is not done[0]]
    names = {answer.text.partition("est déjà réalisée, par ")[2].partition(" le 18 mars")[0] for answer in others}
    assert len(names) == 1, "everybody hears who it was"
    assert names.pop() in done[0]
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'marked_done'")[0][0] == 1
    assert school.rows("SELECT version FROM action WHERE ref = 'TI-12'")[0][0] == 2
    assert len(await school.until_announced(claire.place)) == 1


async def test_the_same_message_delivered_twice_at_once(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.channel("claire.dumont")
    sends: list[Awaitable[tuple[int, Any]]] = []
    for someone, text in ((nadia, "TI-10 est terminée"), (claire, "abonne ce canal au plan TI")):
        said = school.teams.message(someone.person, someone.place, text)
        sends += [school.teams.send(school.url, said) for _ in range(4)]
    answers = await asyncio.gather(*sends)
    assert {status for status, _ in answers} == {200}
    kinds = sorted(row[0] for row in school.rows("SELECT kind FROM event"))
    assert kinds == ["marked_done", "subscribed"]
    for someone in (nadia, claire):
        for post in school.teams.posts_in(someone.place):
            assert SORRY not in Seen(post.activity["attachments"][0]["content"])
