"""What a send's outcome means, told from what really happens on the wire."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.addresses import PrivateAddress, PublicResolver
from bot.loopback import Cut, LoopbackTeams, channel
from bot.sender import Connector, Outcome, SendFailed, TeamsMember
from bot.tokens import AppTokens, NoToken, NoTokens

CARD = {"type": "message", "summary": "TI-12 réalisée"}
PLACE = channel()


class CountedTokens:
    """Tokens numbered from 1; `refusal` is raised instead, where there is one."""

    def __init__(self, refusal: NoToken | None = None) -> None:
        self.asked = 1
        self.rejected: list[str] = []
        self.refusal = refusal

    async def get(self) -> str:
        if self.refusal is not None:
            raise self.refusal
        return f"token-{self.asked}"

    def reject(self, token: str) -> None:
        self.rejected.append(token)
        self.asked += 1

    async def close(self) -> None:
        return None


@pytest.fixture
async def teams() -> AsyncIterator[LoopbackTeams]:
    async with LoopbackTeams() as started:
        yield started


@pytest.fixture
async def connector() -> AsyncIterator[Connector]:
    started = Connector(None, CountedTokens(), loopback=True, timeout=2)
    yield started
    await started.close()


async def failure(connector: Connector, url: str, conversation: str = PLACE.id, **activity: Any) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        await connector.post(url, conversation, CARD | activity)
    return failed.value


async def test_post_reply_and_update(teams: LoopbackTeams, connector: Connector) -> None:
    first = await connector.post(teams.service_url, PLACE.id, CARD)
    reply = await connector.post(teams.service_url, PLACE.id, CARD, reply_to=first)
    await connector.put(teams.service_url, PLACE.id, first, CARD | {"summary": "annulée"})
    posts = teams.posts_in(PLACE)
    assert [(post.id, post.reply_to, post.updates) for post in posts] == [(first, None, 1), (reply, first, 0)]
    assert posts[0].activity["summary"] == "annulée"
    assert teams.requests[0][2]["Authorization"] == "Bearer token-1"


async def test_ids_are_encoded_in_the_path(teams: LoopbackTeams, connector: Connector) -> None:
    odd = "19:a/../b?c#d%2Fé@thread.tacv2;messageid=1"
    await connector.post(teams.service_url, odd, CARD)
    assert teams.posts_in(odd)[0].activity == CARD
    assert teams.requests[0][1] == (
        "/v3/conversations/19%3Aa%2F..%2Fb%3Fc%23d%252F%C3%A9%40thread.tacv2%3Bmessageid%3D1/activities"
    )


@pytest.mark.parametrize("conversation", ["", ".", ".."])
async def test_ids_that_would_change_the_path_are_not_sent(
    teams: LoopbackTeams, connector: Connector, conversation: str
) -> None:
    assert (await failure(connector, teams.service_url, conversation)).outcome is Outcome.REFUSED
    assert not teams.requests


async def test_a_person_of_the_roster(teams: LoopbackTeams, connector: Connector) -> None:
    anne = teams.add_person("Anne", "anne@example.be")
    found = await connector.get_member(teams.service_url, PLACE.id, anne.id)
    assert found == TeamsMember(id=anne.id, name="Anne", email="anne@example.be", entra_id=anne.entra_id)
    with pytest.raises(SendFailed) as failed:
        await connector.get_member(teams.service_url, PLACE.id, "29:nobody")
    assert (failed.value.outcome, failed.value.code) == (Outcome.GONE, "MemberNotFoundInConversation")


@pytest.mark.parametrize(
    ("answer", "member"),
    [
        ({"id": "29:1", "userPrincipalName": "u@x", "objectId": "o"}, ("29:1", "", "u@x", "o")),
        ({"email": None, "userPrincipalName": "u@x", "aadObjectId": "a", "objectId": "o"}, ("29:1", "", "u@x", "a")),
        ({"name": 7, "givenName": "Anne"}, ("29:1", "Anne", "", "")),
    ],
)
async def test_other_names_for_the_same(
    teams: LoopbackTeams, connector: Connector, answer: dict[str, Any], member: tuple[str, str, str, str]
) -> None:
    teams.fault = lambda method, path: web.json_response(answer)
    found = await connector.get_member(teams.service_url, PLACE.id, "29:1")
    assert (found.id, found.name, found.email, found.entra_id) == member


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (301, "", Outcome.REFUSED),
        (307, "", Outcome.REFUSED),
        (400, "BadSyntax", Outcome.REFUSED),
        (401, "Unauthorized", Outcome.UNAUTHORISED),
        (403, "BotNotInConversationRoster", Outcome.GONE),
        (403, "ConversationBlockedByUser", Outcome.GONE),
        (403, "BotDisabledByAdmin", Outcome.GONE),
        (403, "MessageWritesBlocked", Outcome.GONE),
        (403, "Forbidden", Outcome.REFUSED),
        (404, "ConversationNotFound", Outcome.GONE),
        (404, "", Outcome.GONE),
        (404, "ActivityNotFoundInConversation", Outcome.REFUSED),
        (405, "", Outcome.REFUSED),
        (408, "", Outcome.UNKNOWN),
        (412, "PreconditionFailed", Outcome.NOT_SENT),
        (413, "MessageSizeTooBig", Outcome.REFUSED),
        (429, "Throttled", Outcome.THROTTLED),
        (500, "ServiceError", Outcome.UNKNOWN),
        (502, "", Outcome.UNKNOWN),
        (503, "", Outcome.UNKNOWN),
        (504, "", Outcome.UNKNOWN),
    ],
)
async def test_each_status(
    teams: LoopbackTeams, connector: Connector, status: int, code: str, outcome: Outcome
) -> None:
    teams.fault = lambda method, path: web.json_response(
        {"error": {"code": code}}, status=status, headers={"Location": teams.service_url}
    )
    failed = await failure(connector, teams.service_url)
    assert (failed.outcome, failed.status, failed.code) == (outcome, status, code)
    assert len(teams.requests) == (2 if status == 401 else 1)


async def test_a_sub_code_counts(teams: LoopbackTeams, connector: Connector) -> None:
    body = {"error": {"code": "Forbidden", "innerHttpError": {"body": {"subCode": "MessageWritesBlocked"}}}}
    teams.fault = lambda method, path: web.json_response(body, status=403)
    assert (await failure(connector, teams.service_url)).outcome is Outcome.GONE


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"error": "x"}', b'{"error": {"code": 7}}', b"[" * 2000])
async def test_a_failure_with_an_odd_body(teams: LoopbackTeams, connector: Connector, body: bytes) -> None:
    teams.fault = lambda method, path: web.Response(body=body, status=403)
    failed = await failure(connector, teams.service_url)
    assert (failed.outcome, failed.code) == (Outcome.REFUSED, "")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("1e9", 86_400.0),
        ("nan", None),
        ("soon", None),
        (None, None),
        ("Wed, 18 Mar 2020 09:00:00 GMT", 0.0),
        ("Wed, 18 Mar 2099 09:00:00 GMT", 86_400.0),
    ],
)
async def test_how_long_to_wait(
    teams: LoopbackTeams, connector: Connector, header: str | None, seconds: float | None
) -> None:
    headers = {} if header is None else {"Retry-After": header}
    teams.fault = lambda method, path: web.Response(status=429, headers=headers)
    assert (await failure(connector, teams.service_url)).retry_after == seconds


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER])
async def test_a_connection_that_ends_without_an_answer(teams: LoopbackTeams, connector: Connector, cut: Cut) -> None:
    teams.fault = lambda method, path: cut
    assert (await failure(connector, teams.service_url)).outcome is Outcome.UNKNOWN
    assert len(teams.posts_in(PLACE)) == (0 if cut is Cut.BEFORE else 1)
    # A post is never written twice.
    assert len(teams.requests) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"id": 7}', b"x" * 100_000])
async def test_an_unreadable_success_is_delivered(teams: LoopbackTeams, connector: Connector, body: bytes) -> None:
    teams.fault = lambda method, path: web.Response(body=body, status=201)
    assert await connector.post(teams.service_url, PLACE.id, CARD) == ""


async def test_a_cut_success_is_delivered(teams: LoopbackTeams, connector: Connector) -> None:
    teams.fault = lambda method, path: Cut.HALFWAY
    assert await connector.post(teams.service_url, PLACE.id, CARD) == ""


async def test_a_roster_that_cannot_be_read(teams: LoopbackTeams, connector: Connector) -> None:
    teams.fault = lambda method, path: web.Response(body=b"<html>")
    with pytest.raises(SendFailed) as failed:
        await connector.get_member(teams.service_url, PLACE.id, "29:1")
    assert failed.value.outcome is Outcome.UNKNOWN


async def test_an_answer_that_does_not_come(teams: LoopbackTeams) -> None:
    async def never(method: str, path: str) -> None:
        await asyncio.sleep(5)

    teams.fault = never
    connector = Connector(None, CountedTokens(), loopback=True, timeout=0.05)
    assert (await failure(connector, teams.service_url)).outcome is Outcome.UNKNOWN
    await connector.close()


async def test_nobody_listens(connector: Connector) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (await failure(connector, f"http://127.0.0.1:{port}")).outcome is Outcome.NOT_SENT


async def test_no_tls_where_it_should_be(teams: LoopbackTeams, connector: Connector) -> None:
    assert (await failure(connector, teams.service_url.replace("http", "https"))).outcome is Outcome.NOT_SENT
    assert not teams.requests


async def test_connecting_takes_too_long() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(2)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        connector = Connector(None, CountedTokens(), loopback=True, timeout=0.1)
        failed = await failure(connector, f"http://127.0.0.1:{full.getsockname()[1]}")
        await connector.close()
        for each in waiting:
            each.close()
    assert failed.outcome is Outcome.NOT_SENT


@pytest.mark.parametrize(
    "url",
    [
        "http://smba.trafficmanager.net/emea/",
        "https://other.trafficmanager.net/",
        "https://10.0.0.1/",
        "https://169.254.169.254/",
        "https://smba.trafficmanager.net:8443/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://smba.trafficmanager.net\\@evil.example/",
        "ftp://127.0.0.1/",
        "",
    ],
)
async def test_addresses_that_are_not_called(connector: Connector, url: str) -> None:
    failed = await failure(connector, url)
    assert (failed.outcome, failed.code) == (Outcome.REFUSED, "BadServiceAddress")


async def test_loopback_is_called_only_where_it_is_allowed(teams: LoopbackTeams) -> None:
    credentials, anonymous = Connector(None, CountedTokens()), Connector(None, NoTokens())
    assert (await failure(credentials, teams.service_url)).outcome is Outcome.REFUSED
    assert (await failure(anonymous, "https://smba.trafficmanager.net/emea/")).outcome is Outcome.REFUSED
    await anonymous.post(teams.service_url, PLACE.id, CARD)
    assert "Authorization" not in teams.requests[0][2]
    await credentials.close()
    await anonymous.close()


async def test_a_name_that_leads_into_a_private_network() -> None:
    with pytest.raises(PrivateAddress):
        await PublicResolver().resolve("localhost", 443)
    assert await PublicResolver(loopback=True).resolve("localhost", 443)
    connector = Connector(None, CountedTokens(), hosts=["localhost"])
    failed = await failure(connector, "https://localhost/")
    assert (failed.outcome, failed.code) == (Outcome.REFUSED, "PrivateAddress")
    await connector.close()


@pytest.mark.parametrize("odd", [{"value": {1, 2}}, {"value": "\ud800"}, {"value": "x" * 100_001}])
async def test_what_cannot_be_sent(teams: LoopbackTeams, connector: Connector, odd: dict[str, Any]) -> None:
    assert (await failure(connector, teams.service_url, **odd)).outcome is Outcome.REFUSED
    assert not teams.requests


async def test_the_token_is_renewed_once(teams: LoopbackTeams) -> None:
    tokens = CountedTokens()
    connector = Connector(None, tokens, loopback=True)

    def old_token(method: str, path: str) -> web.Response | None:
        return None if teams.requests[-1][2]["Authorization"] == "Bearer token-2" else web.Response(status=401)

    teams.fault = old_token
    assert await connector.post(teams.service_url, PLACE.id, CARD)
    assert (tokens.rejected, len(teams.requests)) == (["token-1"], 2)
    await connector.close()


@pytest.mark.parametrize(("refused", "outcome"), [(True, Outcome.UNAUTHORISED), (False, Outcome.NOT_SENT)])
async def test_no_token(teams: LoopbackTeams, refused: bool, outcome: Outcome) -> None:
    connector = Connector(None, CountedTokens(NoToken("invalid_client", refused=refused)), loopback=True)
    assert (await failure(connector, teams.service_url)).outcome is outcome
    assert not teams.requests
    await connector.close()


async def test_a_stopped_connector(teams: LoopbackTeams, connector: Connector) -> None:
    await connector.post(teams.service_url, PLACE.id, CARD)
    await connector.close()
    assert (await failure(connector, teams.service_url)).outcome is Outcome.NOT_SENT


class Authority:
    """Stands in for MSAL: counts what it is asked, and gives `answers` in turn (the last again and again)."""

    def __init__(self, *answers: dict[str, Any] | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.http_client = self

    def close(self) -> None:
        return None

    def __call__(self, app_id: str, **settings: Any) -> "Authority":
        return self

    def remove_tokens_for_client(self) -> None:
        return None

    def acquire_token_for_client(self, scopes: list[str]) -> dict[str, Any]:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def app_tokens(authority: Authority, clock: Clock) -> AppTokens:
    return AppTokens("app", "password", "https://authority.example/t", application=authority, clock=clock)


def granted(text: str) -> dict[str, Any]:
    return {"access_token": text, "expires_in": 3600}


async def test_many_sends_ask_for_one_token(teams: LoopbackTeams) -> None:
    authority = Authority(granted("a"))
    connector = Connector(None, app_tokens(authority, Clock()), loopback=True)
    await asyncio.gather(*(connector.post(teams.service_url, PLACE.id, CARD) for _ in range(50)))
    assert (authority.asked, len(teams.posts_in(PLACE))) == (1, 50)
    await connector.close()


async def test_many_rejections_ask_for_one_new_token(teams: LoopbackTeams) -> None:
    authority = Authority(granted("a"), granted("b"))
    connector = Connector(None, app_tokens(authority, Clock()), loopback=True)
    teams.fault = lambda method, path: (
        web.Response(status=401) if teams.requests[-1][2]["Authorization"] == "Bearer a" else None
    )
    await asyncio.gather(*(connector.post(teams.service_url, PLACE.id, CARD) for _ in range(20)))
    assert (authority.asked, len(teams.posts_in(PLACE))) == (2, 20)
    await connector.close()


async def test_a_late_rejection_does_not_lose_the_new_token() -> None:
    authority = Authority(granted("a"), granted("b"), granted("c"))
    tokens = app_tokens(authority, Clock())
    first = await tokens.get()
    tokens.reject(first)
    assert await tokens.get() == "b"
    tokens.reject(first)
    assert await tokens.get() == "b"


async def test_a_token_is_renewed_ahead_of_time_beside_the_sends() -> None:
    authority, clock = Authority(granted("a"), RuntimeError("down"), granted("b")), Clock()
    tokens = app_tokens(authority, clock)
    assert await tokens.get() == "a"
    clock.now += 3100
    # Nobody waits, and the old token serves while the authority is down.
    assert [await tokens.get(), await tokens.get()] == ["a", "a"]
    await tokens.close()
    assert authority.asked == 2
    clock.now += 10
    assert await tokens.get() == "a"
    await tokens.close()
    assert (await tokens.get(), authority.asked) == ("b", 3)


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        (OSError("unreachable"), False),
        (ValueError("no such authority"), False),
        ({"error": "invalid_client", "error_description": "secret"}, True),
        ({"error": "temporarily_unavailable"}, False),
        ({}, False),
    ],
)
async def test_the_authority_gives_none_and_is_not_stormed(answer: dict[str, Any] | Exception, refused: bool) -> None:
    authority, clock = Authority(answer, granted("b")), Clock()
    tokens = app_tokens(authority, clock)
    for _ in range(3):
        with pytest.raises(NoToken) as failed:
            await tokens.get()
        assert failed.value.refused is refused
    assert authority.asked == 1
    clock.now += 60
    assert await tokens.get() == "b"


async def test_the_loop_is_not_held_while_the_authority_thinks(teams: LoopbackTeams) -> None:
    class Slow(Authority):
        def acquire_token_for_client(self, scopes: list[str]) -> dict[str, Any]:
            assert in_thread.wait(5)
            return super().acquire_token_for_client(scopes)

    in_thread = threading.Event()
    tokens = app_tokens(Slow(granted("a")), Clock())
    connector = Connector(None, tokens, loopback=True, timeout=0.05)
    assert (await failure(connector, teams.service_url)).code == "NoTokenInTime"
    in_thread.set()
    await connector.close()
    assert await tokens.get() == "a"


async def test_next_post_waits(teams: LoopbackTeams, connector: Connector) -> None:
    with pytest.raises(TimeoutError):
        await teams.next_post(PLACE, timeout=0.01)
    waiting = asyncio.create_task(teams.next_post(PLACE))
    await connector.post(teams.service_url, PLACE.id, {"type": "typing"})
    sent = await connector.post(teams.service_url, PLACE.id, CARD)
    assert (await waiting).id == sent
    await connector.put(teams.service_url, PLACE.id, sent, CARD | {"summary": "autre"})
    await teams.wait_for(lambda: teams.posts_in(PLACE)[0].updates == 1)


def certificate(folder: Path) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "authority.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


async def test_msal_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    async def configuration(request: web.Request) -> web.Response:
        base = f"https://{request.host}/adfs"
        places = {"authorization_endpoint": base + "/a", "token_endpoint": base + "/t", "issuer": base}
        return web.json_response(places)

    async def token(request: web.Request) -> web.Response:
        form = dict(await request.post())
        asked.append(form)
        if form["client_secret"] != "password":
            return web.json_response({"error": "invalid_client", "error_description": "no"}, status=401)
        return web.json_response({"access_token": f"token-{len(asked)}", "expires_in": 3600, "token_type": "Bearer"})

    file = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file)
    app = web.Application()
    app.router.add_get("/adfs/.well-known/openid-configuration", configuration)
    app.router.add_post("/adfs/t", token)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=tls)
    try:
        authority = f"https://127.0.0.1:{server.port}/adfs"
        tokens = AppTokens("app", "password", authority)
        assert [await tokens.get(), await tokens.get()] == ["token-1", "token-1"]
        tokens.reject("token-1")
        assert await tokens.get() == "token-2"
        assert (asked[0]["client_id"], asked[0]["scope"]) == ("app", "https://api.botframework.com/.default")
        with pytest.raises(NoToken) as failed:
            await AppTokens("app", "wrong", authority).get()
        assert (failed.value.code, failed.value.refused) == ("invalid_client", True)
    finally:
        await server.close()
    with pytest.raises(NoToken) as failed:
        await AppTokens("app", "password", authority).get()
    assert not failed.value.refused
