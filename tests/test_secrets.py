"""Every path of a running bot, driven with marked secrets while its log tells most: none of them is in any line."""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.loopback import Cut, LoopbackTeams
from tests.authority import LocalAuthority
from tests.conversation import Clock, School
from tests.databases import PostgresqlShelf, SqliteShelf
from tests.test_command_line import address, serving
from tests.test_edge import SORRY, get
from tests.test_faults import free_port
from tests.test_gate import APP, MALFORMED, OTHER, TENANT

PASSWORD = "marked-app-password"
MARKED = (
    PASSWORD, "marked", "Nadia", "Lambert", "nadia.lambert", "ecole.example", "eyJ", "29:person", "a:chat",
    "00000000-0000-0000-0000-00000000000", "Qualité", "Relancer", "Traceback", TENANT,
)  # fmt: skip


async def raw(port: int, request: bytes) -> bytes:
    """What the server answers to bytes that no HTTP client would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(4_000), 2)
    except (TimeoutError, ConnectionError):
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("shelf", ["sqlite", "postgresql"])
async def test_no_secret_and_no_word_of_people_in_the_log(
    shelf: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    kept: SqliteShelf | PostgresqlShelf = request.getfixturevalue(f"{shelf}_shelf")
    with kept.database() as database:
        with database.engine.begin() as connection:
            for table in ("member", "plan", "action", "unit", "body", "indicator", "revision"):
                connection.exec_driver_sql(f"UPDATE {table} SET tenant = '{TENANT}'")
        async with LocalAuthority(tmp_path, password=PASSWORD) as authority:
            port = free_port()
            environment = authority.environment() | {
                "DATABASE_URL": address(database),
                "PORT": str(port),
                "BOUCLE_LOG_LEVEL": "debug",
                "BOUCLE_PERSON_LIMIT": "60",
            }
            with serving(**environment) as (server, told):
                assert told.startswith("Boucle listens on ")
                said = await _drive(
                    School(database, None, Clock(), None, f"http://127.0.0.1:{port}/api/messages"), authority, port
                )  # type: ignore[arg-type]
                assert said >= {200, 400, 401, 403, 413, 415, 429, 501, 503} - {503}
                server.terminate()
                out, log = await asyncio.to_thread(server.communicate)
    lines = [json.loads(line) for line in log.splitlines()]
    events = {line["event"] for line in lines}
    assert {"turn", "posted", "refused", "reply lost", "turn broken", "roster did not answer"} <= events
    assert {line["level"] for line in lines} >= {"info", "warning", "error"}
    assert [(mark, line) for line in log.splitlines() for mark in MARKED if mark in line] == []
    assert PASSWORD not in out
    assert authority.given >= 1


async def _drive(school: School, authority: LocalAuthority, port: int) -> set[int]:
    """Statuses seen on the way."""
    statuses: set[int] = set()
    async with LoopbackTeams(bot_id=f"28:{APP}", tenant=TENANT) as teams:
        school.teams = teams
        good = authority.token(teams.service_url)

        async def send(activity: Any, token: str = good, **headers: str) -> Any:
            status, body = await teams.send(
                school.url, activity, headers={"Authorization": f"Bearer {token}", **headers}
            )
            statuses.add(status)
            return body

        nadia, claire = school.chat("nadia.lambert"), school.channel("claire.dumont")
        stranger = school.chat("marked.stranger")

        def says(text: str, who: Any = nadia, **fields: Any) -> Any:
            return teams.message(who.person, who.place, text, **fields)

        # Everything that goes well.
        await send(teams.install(nadia.person, nadia.place))
        await send(says("abonne ce canal au plan TI", claire))
        await send(says("TI-12 marked-text <at>Nadia</at>"))
        await send(says("ajoute une remarque à TI-12 : marked-note"))
        await send(says("TI-12 est terminée"))
        await teams.wait_for(lambda: any(post.reply_to is None for post in teams.posts_in(claire.place)))
        await send(says("annule"))
        await send(teams.press(nadia.person, nadia.place, "marked-verb", {"ref": "marked-ref", "version": 1}))
        await send(says("marked", deliveryMode="expectReplies"))
        await send(teams.activity_for(nadia.person, nadia.place, "invoke", name="marked-invoke", value={"a": "marked"}))
        await send(teams.activity_for(nadia.person, nadia.place, "marked-type", text="marked"))
        # Strangers' tokens, in every part.
        here = teams.service_url
        for forged in (
            *("marked", "marked.marked.marked", good[:-4] + "mark", authority.token("marked")),
            *(authority.token(here, key=OTHER), authority.token(here, kid="marked"), authority.token(here, exp=1)),
            *(authority.token(here, iss="marked"), authority.token(here, aud="marked")),
        ):
            await send(says("marked-body"), token=forged)
        # Wrong activities, behind a good token.
        elsewhere = {"id": "a:marked", "tenantId": "marked"}
        for changed in (
            *({"serviceUrl": "https://marked.example/"}, {"recipient": {"id": "28:marked"}}, {"channelId": "marked"}),
            *({"conversation": elsewhere}, {"from": {"id": ["marked"]}}, {"text": ["marked"]}, {"type": None}),
        ):
            await send(says("marked") | changed)
        for body in MALFORMED.values():
            await send_bytes(school.url, body, good, statuses)
        await send_bytes(school.url, b'{"text": "marked"}', good, statuses, "text/marked")
        await send_bytes(school.url, b" " * 300_000, good, statuses)
        # What no client sends.
        post = b"POST /api/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + good.encode() + b"\r\n"
        for bad in (
            b"marked\r\n\r\n",
            b"POST /api/messages HTTP/9.marked\r\n\r\n",
            b"\x16\x03\x01marked" * 40,
            b"POST /api/messages HTTP/1.1\r\nmarked header: \x00marked\r\n\r\n",
            post + b"Content-Length: marked\r\n\r\n",
            b"POST /marked?eyJ HTTP/1.1\r\nHost: marked\r\n" + b"X-Marked: marked\r\n" * 3000 + b"\r\n",
            post + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nmarked\r\n",
        ):
            assert b" 500 " not in await raw(port, bad)
        # Teams fails, with bodies that repeat what was sent.
        echo = {"error": {"code": "Nope", "message": "marked Nadia Lambert"}}
        for fault in (503, 400, Cut.BEFORE, Cut.HALFWAY):
            teams.fault = partial(failing, fault, echo)
            await send(says("marked"))
            await send(says("bonjour marked", stranger))
        teams.fault = None
        # An error of ours that repeats what somebody wrote, as drivers do.
        with school.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE event RENAME TO marked_table")
        assert SORRY in json.dumps(
            await send(says("TI-13 est terminée", deliveryMode="expectReplies")), ensure_ascii=False
        )
        assert (await get(school, "/readyz?marked"))[0] == 200
        for _ in range(80):
            await send(says("marked"))
    return statuses


def failing(fault: int | Cut, echo: Any, method: str, path: str) -> Any:
    return fault if isinstance(fault, Cut) else web.json_response(echo, status=fault)


async def send_bytes(url: str, body: bytes, token: str, statuses: set[int], kind: str = "application/json") -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        statuses.add(response.status)
