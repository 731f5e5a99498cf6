"""Forged and odd tokens, activities and bodies, with real signatures over real HTTP: all refused, none with a 500."""

import asyncio
import base64
import gzip
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from multidict import CIMultiDict
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot import bearer, keys
from bot.activity import MAX_BODY, Malformed, parse_activity
from bot.gate import Gate, Refused
from bot.keys import SigningKeys
from bot.limits import Allowance
from bot.loopback import LoopbackTeams, channel, personal_chat
from bot.settings import Settings

APP = "11111111-2222-3333-4444-555555555555"
TENANT = "aaaaaaaa-0000-0000-0000-000000000000"
SERVICE = "https://smba.trafficmanager.net/emea/"
NOW = 1_800_000_000.0

OURS = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)
CURVE = ec.generate_private_key(ec.SECP256R1())
PEM = OURS.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def public(key: Any, kid: str, endorsements: Any = ("msteams",), **more: Any) -> dict[str, Any]:
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**jwk, "kid": kid, "use": "sig", "endorsements": endorsements, **more}


@dataclass
class Authority:
    """Publishes keys on loopback; `down` is a status, or a time in seconds that it takes."""

    keys: list[Any] = field(default_factory=list)
    asked: int = 0
    down: int = 0
    slow: float = 0
    url: str = ""

    async def metadata(self, request: web.Request) -> web.Response:
        self.asked += 1
        await asyncio.sleep(self.slow)
        return web.json_response({"jwks_uri": self.url + "/keys"}, status=self.down or 200)

    async def published(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys})


@pytest.fixture
async def authority() -> AsyncIterator[Authority]:
    made = Authority()
    made.keys = [
        public(OURS, "ours"),
        public(OURS, "unendorsed", None),
        public(OURS, "webchat", ["webchat"]),
        public(OURS, "odd-endorsements", {"msteams": True}),
        public(OURS, "encryption", use="enc"),
        public(WEAK, "weak"),
        {**json.loads(ECAlgorithm.to_jwk(CURVE.public_key())), "kid": "curve", "endorsements": ["msteams"]},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric", "endorsements": ["msteams"]},
        {"kty": "RSA", "kid": "broken", "n": "!", "e": 7},
        "not a key",
    ]
    app = web.Application()
    app.router.add_get("/metadata", made.metadata)
    app.router.add_get("/keys", made.published)
    async with TestServer(app) as server:
        made.url = str(server.make_url("")).rstrip("/")
        yield made


@dataclass
class Door:
    """A server with nothing but a gate."""

    url: str
    gate: Gate
    session: aiohttp.ClientSession
    refused: list[Refused] = field(default_factory=list)
    admitted: int = 0

    async def knock(self, body: bytes, headers: Any = (), *, token: str | None = None) -> int:
        sent = CIMultiDict({"Content-Type": "application/json"})
        sent.update(headers)
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        async with self.session.post(self.url, data=body, headers=sent) as response:
            return response.status

    async def handle(self, request: web.Request) -> web.Response:
        try:
            admitted = await self.gate.admit(request, await self.gate.identify(request))
        except Refused as refusal:
            self.refused.append(refusal)
            return web.Response(status=refusal.status)
        self.admitted += 1
        return web.json_response({"tenant": admitted.tenant})


async def open_door(gate: Gate) -> AsyncIterator[Door]:
    app = web.Application()
    async with aiohttp.ClientSession() as session:
        door = Door("", gate, session)
        app.router.add_route("*", "/{path:.*}", door.handle)
        async with TestServer(app) as server:
            door.url = str(server.make_url("/api/messages"))
            yield door
    await gate.close()


WITH_CREDENTIALS = Settings(
    app_id=APP, app_password=SecretStr("secret"), app_tenant=TENANT, person_limit=1_000_000, tenant_limit=10_000_000
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def door(authority: Authority, clock: Clock) -> AsyncIterator[Door]:
    gate = Gate(WITH_CREDENTIALS, keys=SigningKeys(authority.url + "/metadata", clock=clock), clock=clock)
    async for opened in open_door(gate):
        yield opened


@pytest.fixture
async def anonymous() -> AsyncIterator[Door]:
    async for opened in open_door(Gate(Settings(person_limit=1_000_000))):
        yield opened


def b64(content: Any) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def claims(**changed: Any) -> dict[str, Any]:
    usual = {"iss": bearer.ISSUER, "aud": APP, "nbf": int(NOW) - 60, "exp": int(NOW) + 3540, "serviceurl": SERVICE}
    return {name: value for name, value in {**usual, **changed}.items() if value is not ...}


def head(**changed: Any) -> dict[str, Any]:
    usual = {"alg": "RS256", "typ": "JWT", "kid": "ours"}
    return {name: value for name, value in {**usual, **changed}.items() if value is not ...}


def signed(header: Any = None, payload: Any = None, key: rsa.RSAPrivateKey = OURS) -> str:
    """Always a right RS256 signature, whatever the header says."""
    text = f"{b64(head() if header is None else header)}.{b64(claims() if payload is None else payload)}"
    return f"{text}.{b64(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def by_pyjwt(key: Any, algorithm: str, **header: Any) -> str:
    return jwt.encode(claims(), key, algorithm=algorithm, headers={"kid": "ours", **header})


def by_hmac(secret: bytes) -> str:
    text = f"{b64(head(alg='HS256'))}.{b64(claims())}"
    return f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}"


def activity(**changed: Any) -> dict[str, Any]:
    usual = {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": {"id": "29:1", "name": "Anne", "aadObjectId": "o"},
        "recipient": {"id": f"28:{APP}", "name": "Boucle"},
        "conversation": {"id": "a:1", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "text": "aide",
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not ...}


BODY = json.dumps(activity()).encode()


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"recipient": {"id": APP}},
        {"recipient": {"id": f"28:{APP.upper()}"}},
        {"serviceUrl": SERVICE.rstrip("/")},
        {"channelData": ...},
        {"conversation": {"id": "a:1", "tenantId": TENANT.upper()}},
        {"type": "invoke", "value": {"action": {"verb": "mark_done"}}},
        {"entities": None, "membersAdded": None, "attachments": None, "text": None, "new": {"from": "Teams"}},
        {"entities": [{"type": "https://schema.org/Message", "text": {"odd": 1}}, {"type": "clientInfo"}]},
    ],
)
async def test_what_teams_sends_is_admitted(door: Door, changed: dict[str, Any]) -> None:
    assert await door.knock(json.dumps(activity(**changed)).encode(), token=signed()) == 200


@pytest.mark.parametrize(
    "token",
    [
        signed(payload=claims(aud=APP.upper(), iat=int(NOW), exp=NOW + 100.5)),
        signed(head(typ=..., x5t="ours")),
        # Clocks differ a little.
        signed(payload=claims(nbf=int(NOW) + 200)),
        signed(payload=claims(exp=int(NOW) - 30)),
    ],
)
async def test_tokens_that_are_good_enough(door: Door, token: str) -> None:
    assert await door.knock(BODY, token=token) == 200


GOOD = signed()
_HEAD, _PAYLOAD, _SIGNATURE = GOOD.split(".")
FORGED: dict[str, str | list[tuple[str, str]]] = {
    # Not a bearer token at all.
    "no header": [],
    "empty": [("Authorization", "")],
    "scheme only": [("Authorization", "Bearer")],
    "scheme and space": [("Authorization", "Bearer ")],
    "basic": [("Authorization", "Basic YTpi")],
    "no scheme": [("Authorization", GOOD)],
    "another scheme": [("Authorization", f"Bearers {GOOD}")],
    "two tokens": [("Authorization", f"Bearer {GOOD} {GOOD}")],
    "two headers": [("Authorization", f"Bearer {GOOD}"), ("Authorization", f"Bearer {GOOD}")],
    "a comma": [("Authorization", f"Bearer {GOOD}, Bearer {GOOD}")],
    "non-ascii": [("Authorization", f"Bearer é{GOOD}")],
    "one part": _HEAD,
    "two parts": f"{_HEAD}.{_PAYLOAD}",
    "four parts": f"{GOOD}.{_SIGNATURE}",
    "five parts, as encrypted": f"{GOOD}.{_HEAD}.{_PAYLOAD}",
    "empty parts": "..",
    "standard base64": GOOD.replace("-", "+").replace("_", "/") + "+",
    "padded": GOOD + "==",
    "too long": f"{_HEAD}.{'A' * 6100}.{_SIGNATURE}",
    # Odd headers.
    "header not base64": f"{_HEAD}AAAAA.{_PAYLOAD}.{_SIGNATURE}",
    "header not json": signed(b"not json"),
    "header utf-16": signed(json.dumps(head()).encode("utf-16")),
    "header a list": signed([head()]),
    "header a number": signed(7),
    "header null": signed(b"null"),
    "header deep": signed(b'{"alg":"RS256","kid":"ours","a":' + b"[" * 900 + b"]" * 900 + b"}"),
    "header very deep": signed(b"[" * 2900),
    "header with objects": signed(head(more={"a": 1})),
    "alg none": signed(head(alg="none")),
    "alg none, no signature": f"{b64(head(alg='none'))}.{_PAYLOAD}.",
    "alg none, one letter": f"{b64(head(alg='none'))}.{_PAYLOAD}.AA",
    "alg None": signed(head(alg="None")),
    "alg missing": signed(head(alg=...)),
    "alg null": signed(head(alg=None)),
    "alg number": signed(head(alg=256)),
    "alg list": signed(head(alg=["RS256"])),
    "alg lower case": signed(head(alg="rs256")),
    "HS256 by the public key": by_hmac(PEM),
    "HS256 by nothing": by_hmac(b""),
    "HS256 by a published symmetric key": signed(head(alg="HS256", kid="symmetric")),
    "RS384": by_pyjwt(OURS, "RS384"),
    "RS512": by_pyjwt(OURS, "RS512"),
    "PS256": by_pyjwt(OURS, "PS256"),
    "ES256": by_pyjwt(CURVE, "ES256", kid="curve"),
    "kid missing": signed(head(kid=...)),
    "kid null": signed(head(kid=None)),
    "kid empty": signed(head(kid="")),
    "kid number": signed(head(kid=1)),
    "kid list": signed(head(kid=["ours"])),
    "kid unknown": signed(head(kid="theirs")),
    "kid other case": signed(head(kid="OURS")),
    "kid a path": signed(head(kid="../../dev/null")),
    "kid sql": signed(head(kid="' or 1=1 --")),
    "kid long": signed(head(kid="k" * 500)),
    "kid of a broken key": signed(head(kid="broken")),
    "kid of a curve": signed(head(kid="curve")),
    "kid of a symmetric key": signed(head(kid="symmetric")),
    "kid of an encryption key": signed(head(kid="encryption")),
    "kid of a weak key": signed(head(kid="weak"), key=WEAK),
    "crit": signed(head(crit=["exp"])),
    "b64": signed(head(b64=False)),
    "typ of an access token": signed(head(typ="at+jwt")),
    "typ a list": signed(head(typ=[])),
    "own key in the header": signed(head(jwk=public(OTHER, "ours")), key=OTHER),
    "key address in the header": signed(head(jku="http://127.0.0.1/keys"), key=OTHER),
    "certificate in the header": signed(head(x5c=["MIIB"]), key=OTHER),
    "certificate address in the header": signed(head(x5u="http://127.0.0.1/c"), key=OTHER),
    # Wrong signatures.
    "signed by another": signed(key=OTHER),
    "signature altered": f"{_HEAD}.{_PAYLOAD}.{'B' if _SIGNATURE[0] == 'A' else 'A'}{_SIGNATURE[1:]}",
    "signature cut": GOOD[:-20],
    "signature empty": f"{_HEAD}.{_PAYLOAD}.",
    "signature of one letter": f"{_HEAD}.{_PAYLOAD}.A",
    "signature of another token": f"{GOOD.rpartition('.')[0]}.{signed(payload=claims(jti='2')).rpartition('.')[2]}",
    "payload altered": f"{_HEAD}.{b64(claims(exp=int(NOW) + 9999))}.{_SIGNATURE}",
    "header altered": f"{b64(head(more=1))}.{_PAYLOAD}.{_SIGNATURE}",
    # Claims, rightly signed.
    "payload not json": signed(payload=b"not json"),
    "payload utf-16": signed(payload=json.dumps(claims()).encode("utf-16")),
    "payload a list": signed(payload=[claims()]),
    "payload a text": signed(payload="claims"),
    "payload a number": signed(payload=7),
    "payload null": signed(payload=b"null"),
    "payload deep": signed(payload=b"[" * 3000),
    "iss missing": signed(payload=claims(iss=...)),
    "iss null": signed(payload=claims(iss=None)),
    "iss list": signed(payload=claims(iss=[bearer.ISSUER])),
    "iss with a slash": signed(payload=claims(iss=bearer.ISSUER + "/")),
    "iss other case": signed(payload=claims(iss=bearer.ISSUER.upper())),
    "iss of the government cloud": signed(payload=claims(iss="https://api.botframework.us")),
    "iss of the emulator": signed(payload=claims(iss="https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/")),
    "iss of a skill": signed(payload=claims(iss=f"https://login.microsoftonline.com/{TENANT}/v2.0", appid=APP)),
    "aud missing": signed(payload=claims(aud=...)),
    "aud null": signed(payload=claims(aud=None)),
    "aud number": signed(payload=claims(aud=7)),
    "aud empty": signed(payload=claims(aud="")),
    "aud another bot": signed(payload=claims(aud=TENANT)),
    "aud the connector": signed(payload=claims(aud=bearer.ISSUER)),
    "aud in a list": signed(payload=claims(aud=[APP])),
    "aud among others": signed(payload=claims(aud=[TENANT, APP])),
    "aud part of ours": signed(payload=claims(aud=APP[:-1])),
    "aud longer than ours": signed(payload=claims(aud=APP + "0")),
    "exp missing": signed(payload=claims(exp=...)),
    "exp null": signed(payload=claims(exp=None)),
    "exp text": signed(payload=claims(exp=str(int(NOW) + 3540))),
    "exp true": signed(payload=claims(exp=True)),
    "exp list": signed(payload=claims(exp=[int(NOW) + 3540])),
    "exp passed": signed(payload=claims(nbf=int(NOW) - 3700, exp=int(NOW) - 100)),
    "exp long passed": signed(payload=claims(nbf=1, exp=3600)),
    "exp never": signed(payload=claims(exp=1e300)),
    "exp infinite": signed(payload=json.dumps(claims(exp=float("inf"))).encode()),
    "exp not a number": signed(payload=json.dumps(claims(exp=float("nan"))).encode()),
    "exp beyond 64 bits": signed(payload=claims(exp=2**70)),
    "exp next year": signed(payload=claims(exp=int(NOW) + 365 * 86_400)),
    "nbf missing": signed(payload=claims(nbf=...)),
    "nbf null": signed(payload=claims(nbf=None)),
    "nbf text": signed(payload=claims(nbf="0")),
    "nbf false": signed(payload=claims(nbf=False)),
    "nbf to come": signed(payload=claims(nbf=int(NOW) + 1000)),
    "nbf long ago": signed(payload=claims(nbf=0)),
    "nbf after exp": signed(payload=claims(nbf=int(NOW) + 250, exp=int(NOW) + 200)),
    "nbf is exp": signed(payload=claims(nbf=int(NOW), exp=int(NOW))),
    "nbf minus infinite": signed(payload=json.dumps(claims(nbf=float("-inf"))).encode()),
    "serviceurl missing": signed(payload=claims(serviceurl=...)),
    "serviceurl null": signed(payload=claims(serviceurl=None)),
    "serviceurl empty": signed(payload=claims(serviceurl="")),
    "serviceurl list": signed(payload=claims(serviceurl=[SERVICE])),
    "serviceurl of another region": signed(payload=claims(serviceurl="https://smba.trafficmanager.net/amer/")),
    "serviceurl longer": signed(payload=claims(serviceurl=SERVICE + "x")),
    "serviceurl other case": signed(payload=claims(serviceurl=SERVICE.upper())),
    "serviceUrl spelt otherwise": signed(payload=claims(serviceurl=..., serviceUrl=SERVICE)),
    # Keys that may not speak for Teams.
    "key without endorsement": signed(head(kid="unendorsed")),
    "key endorsed for another channel": signed(head(kid="webchat")),
    "key with odd endorsements": signed(head(kid="odd-endorsements")),
}


async def test_forged_tokens_are_refused(door: Door) -> None:
    assert len(FORGED) > 100
    answers = {}
    for name, forged in FORGED.items():
        headers = forged if isinstance(forged, list) else [("Authorization", f"Bearer {forged}")]
        answers[name] = await door.knock(BODY, CIMultiDict(headers))
    assert {name: status for name, status in answers.items() if status not in (401, 403)} == {}
    assert door.admitted == 0
    assert await door.knock(BODY, token=GOOD) == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"channelId": ...},
        {"channelId": None},
        {"channelId": ""},
        {"channelId": "MSTEAMS"},
        {"channelId": "webchat"},
        {"channelId": "directline"},
        {"channelId": "emulator"},
        {"serviceUrl": ...},
        {"serviceUrl": None},
        {"serviceUrl": ""},
        {"serviceUrl": "https://smba.trafficmanager.net/amer/"},
        {"recipient": ...},
        {"recipient": None},
        {"recipient": {"id": TENANT}},
        {"recipient": {"id": f"29:{APP}"}},
        {"recipient": {"id": f"28:28:{APP}"}},
        {"recipient": {"id": f"28:{APP}x"}},
        {"conversation": {"id": "a:1", "tenantId": "other"}},
        {"conversation": {"id": "a:1", "tenantId": ""}},
        {"channelData": {"tenant": {"id": "other"}}},
        {"from": {"id": "29:1", "tenantId": "other"}},
        {"recipient": {"id": f"28:{APP}", "tenantId": "other"}},
        {"channelData": {"tenant": {"id": TENANT}, "team": {"id": "19:t", "tenantId": "other"}}},
        {"channelData": {"tenant": {"id": TENANT}, "channel": {"id": "19:c", "tenantId": "other"}}},
        {"channelData": ..., "conversation": {"id": "a:1"}},
    ],
)
async def test_a_good_token_does_not_carry_a_foreign_activity(door: Door, changed: dict[str, Any]) -> None:
    assert await door.knock(json.dumps(activity(**changed)).encode(), token=GOOD) == 403


@pytest.mark.parametrize(
    "url",
    [
        "http://smba.trafficmanager.net/emea/",
        "https://evil.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net./emea/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "https://evil.example#smba.trafficmanager.net/",
        "https://evil.example/?smba.trafficmanager.net",
        "https://smba.trafficmanager.net:444/",
        "https://smba.trafficmanager.nét/",
        " https://smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/\n",
        "http://127.0.0.1:3978/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
        "https://[::1]/",
        "file:///etc/passwd",
        "//smba.trafficmanager.net/",
        "https://",
        "https://smba.trafficmanager.net/" + "a" * 3000,
    ],
)
async def test_service_addresses_that_even_a_token_cannot_open(door: Door, url: str) -> None:
    body = json.dumps(activity(serviceUrl=url)).encode()
    assert await door.knock(body, token=signed(payload=claims(serviceurl=url))) == 403


ODD: dict[str, list[Any]] = {
    "type": [..., None, 7, "", [], "x" * 200],
    "from": [..., None, "29:1", [], {}, {"id": None}, {"id": 7}, {"id": ""}, {"id": "1", "name": 7}],
    "conversation": [..., None, "a:1", [], {}, {"id": 1}, {"id": "x" * 3000}, {"id": "1", "isGroup": "yes"}],
    "recipient": ["28:1", [], {}, {"id": True}],
    "text": [7, [], {}, True],
    "channelId": [7, ["msteams"], {}],
    "serviceUrl": [7, [SERVICE], {}],
    "entities": ["mention", {}, ["mention"], [None], [{"type": "mention", "mentioned": "29:1"}]],
    "membersAdded": ["29:1", {}, [None], ["29:1"], [{}]],
    "attachments": ["x", [7], [{"contentType": 7}]],
    "channelData": ["x", [], {"tenant": TENANT}, {"tenant": {"id": 7}}, {"team": []}, {"settings": 7}],
    "locale": [7, []],
    "id": [7, {}],
    "name": [7],
    "replyToId": [7],
}
MALFORMED = {
    "nothing": b"",
    "not json": b"hello",
    "cut": BODY[:-1],
    "more": BODY + b"x",
    "a byte order mark": b"\xef\xbb\xbf" + BODY,
    "utf-16": BODY.decode().encode("utf-16"),
    "latin-1": json.dumps(activity(text="é"), ensure_ascii=False).encode("latin-1"),
    "a lone surrogate": json.dumps(activity(text="\ud800")).encode(),
    "a control character": BODY.replace(b"aide", b"ai\x01de"),
    "a nul in the text": json.dumps(activity(text="a\0b")).encode(),
    "a nul in a form": json.dumps(activity(value={"note": ["a\0"]})).encode(),
    "a nul in a key": json.dumps(activity(value={"a\0": 1})).encode(),
    "not a number": json.dumps(activity(value=float("nan"))).encode(),
    "infinite": json.dumps(activity(value=float("inf"))).encode(),
    "null": b"null",
    "a list": b"[" + BODY + b"]",
    "a text": b'"message"',
    "a number": b"7",
    "empty object": b"{}",
    "41 levels": json.dumps(activity(value=json.loads("[" * 40 + "]" * 40))).encode(),
    "100,000 levels": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "20,001 parts": json.dumps(activity(value=[0] * 20_001)).encode(),
    "100,000 parts": b'{"a":[' + b",".join([b"{}"] * 80_000) + b"]}",
    "a number above 2**63": json.dumps(activity(value=2**63)).encode(),
    "a number below -2**63": json.dumps(activity(value=-(2**63) - 1)).encode(),
    "a number of 400 digits": json.dumps(activity(value=10**300)).encode(),
    "a large fraction": json.dumps(activity(value=1e200)).encode(),
    **{f"{name} = {odd!r}": json.dumps(activity(**{name: odd})).encode() for name, odds in ODD.items() for odd in odds},
}


async def test_malformed_bodies_are_refused(door: Door) -> None:
    assert {name: await door.knock(body, token=GOOD) for name, body in MALFORMED.items()} == dict.fromkeys(
        MALFORMED, 400
    )
    # Without a token nobody learns even that.
    assert {await door.knock(body) for body in MALFORMED.values()} == {401}
    assert door.admitted == 0


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(activity())), inner),
        max_leaves=12,
    ).map(lambda odd: json.dumps(activity(**odd) if isinstance(odd, dict) else odd).encode())
)
def test_any_body_is_an_activity_or_malformed(body: bytes) -> None:
    with suppress(Malformed):
        assert parse_activity(body).type


async def test_the_envelope(door: Door) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "BREW"):
        async with door.session.request(method, door.url, headers={"Authorization": f"Bearer {GOOD}"}) as response:
            assert response.status == 400
    async with door.session.post(door.url + "/x", data=BODY, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "", "json"):
        assert await door.knock(BODY, {"Content-Type": kind}, token=GOOD) == 415
    assert await door.knock(BODY, {"Content-Type": "application/json; charset=UTF-8"}, token=GOOD) == 200
    assert await door.knock(gzip.compress(BODY), {"Content-Encoding": "gzip"}, token=GOOD) == 415
    assert await door.knock(b" " * MAX_BODY + BODY, token=GOOD) == 413
    assert await door.knock(BODY + b" " * (MAX_BODY - len(BODY)), token=GOOD) == 200


async def test_a_body_without_a_length(door: Door) -> None:
    async def sent(times: int) -> int:
        async def chunks() -> AsyncIterator[bytes]:
            yield BODY
            for _ in range(times):
                yield b" " * 1024

        headers = {"Authorization": f"Bearer {GOOD}", "Content-Type": "application/json"}
        async with door.session.post(door.url, data=chunks(), headers=headers) as response:
            return response.status

    assert (await sent(1), await sent(260)) == (200, 413)


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 9999\r\n\r\n{",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    ],
)
async def test_a_body_that_is_cut(door: Door, rest: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(door.url.split(":")[2].split("/")[0]))
    writer.write(
        b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer " + GOOD.encode() + b"\r\n" + rest
    )
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    assert b" 500 " not in answer
    assert door.admitted == 0
    assert all(refusal.status == 400 for refusal in door.refused)


async def test_one_line_in_the_log_and_nothing_of_the_body(door: Door) -> None:
    with capture_logs() as lines:
        await door.knock(json.dumps(activity(text="confidentiel", channelId="webchat")).encode(), token=GOOD)
        await door.knock(json.dumps(activity(**{"from": {"id": ["confidentiel"]}})).encode(), token=GOOD)
        await door.knock(BODY, token="confidentiel.a.b")
    assert [(line["event"], line["status"]) for line in lines] == [("refused", 403), ("refused", 400), ("refused", 401)]
    assert "confidentiel" not in str(lines)


async def test_any_tenant_where_none_is_set(authority: Authority, clock: Clock) -> None:
    gate = Gate(
        Settings(app_id=APP, app_password=SecretStr("x")), keys=SigningKeys(authority.url + "/metadata"), clock=clock
    )
    async for door in open_door(gate):
        elsewhere = {"channelData": {"tenant": {"id": "other"}}, "conversation": {"id": "a:1", "tenantId": "Other"}}
        assert await door.knock(json.dumps(activity(**elsewhere)).encode(), token=GOOD) == 200
        # Whose plan it is about would be anybody's guess.
        both = {"channelData": {"tenant": {"id": "other"}}}
        assert await door.knock(json.dumps(activity(**both)).encode(), token=GOOD) == 403


async def test_an_activity_of_two_tenants_is_nobody_s(authority: Authority, clock: Clock) -> None:
    gate = Gate(
        Settings(app_id=APP, app_password=SecretStr("x"), tenants=("one", "Two")),
        keys=SigningKeys(authority.url + "/metadata"),
        clock=clock,
    )
    async for door in open_door(gate):
        for conversation, data, status in (
            ("one", "ONE", 200),
            ("two", "two", 200),
            ("one", "two", 403),
            ("one", "", 403),
        ):
            named = activity(conversation={"id": "a:1", "tenantId": conversation}, channelData={"tenant": {"id": data}})
            assert await door.knock(json.dumps(named).encode(), token=GOOD) == status


async def test_the_token_is_remembered_for_five_minutes(door: Door, authority: Authority, clock: Clock) -> None:
    assert await door.knock(BODY, token=GOOD) == 200
    authority.keys = [public(OTHER, "other")]
    clock.now += 299
    assert await door.knock(BODY, token=GOOD) == 200
    # What is remembered is the caller, not the activity.
    assert await door.knock(json.dumps(activity(channelId="webchat")).encode(), token=GOOD) == 403
    clock.now += 2
    assert await door.knock(BODY, token=signed(head(kid="other"), key=OTHER)) == 200
    assert await door.knock(BODY, token=GOOD) == 401


async def test_the_token_is_not_remembered_past_its_end(door: Door, clock: Clock) -> None:
    short = signed(payload=claims(exp=int(NOW) + 10))
    assert await door.knock(BODY, token=short) == 200
    clock.now += 71
    assert await door.knock(BODY, token=short) == 401


async def test_an_unknown_key_is_fetched_at_once_but_seldom(door: Door, authority: Authority, clock: Clock) -> None:
    assert await door.knock(BODY, token=GOOD) == 200
    new = signed(head(kid="new"), key=OTHER)
    authority.keys.append(public(OTHER, "new"))
    clock.now += 301
    assert await door.knock(BODY, token=new) == 200
    assert authority.asked == 2
    answers = {await door.knock(BODY, token=signed(head(kid=f"made-up-{number}"))) for number in range(20)}
    assert (answers, authority.asked) == ({401}, 2)
    clock.now += 301
    assert await door.knock(BODY, token=signed(head(kid="made-up"))) == 401
    assert authority.asked == 3


@pytest.mark.parametrize("fault", ["status", "no address", "no keys", "not json", "weaker address"])
async def test_the_old_keys_serve_while_the_authority_is_down(
    door: Door, authority: Authority, clock: Clock, fault: str
) -> None:
    assert await door.knock(BODY, token=GOOD) == 200
    clock.now += 301
    if fault == "status":
        authority.down = 503
    elif fault == "no address":
        authority.url = ""
    elif fault == "weaker address":
        authority.url = "ftp://127.0.0.1"
    else:
        authority.keys = [] if fault == "no keys" else [{"kid": "x"}]
    assert await door.knock(BODY, token=signed(head(kid="new"))) == 401
    assert authority.asked == 2
    assert await door.knock(BODY, token=signed(payload=claims(jti="new"))) == 200


async def test_many_first_calls_share_one_fetch(door: Door, authority: Authority) -> None:
    authority.slow = 0.05
    answers = await asyncio.gather(*(door.knock(BODY, token=signed(payload=claims(jti=n))) for n in range(20)))
    assert (set(answers), authority.asked) == ({200}, 1)


async def test_a_hanging_authority_holds_nobody_whose_key_is_known(authority: Authority, clock: Clock) -> None:
    signing = SigningKeys(authority.url + "/metadata", timeout=0.2, clock=clock)
    assert await signing.find("ours")
    authority.slow = 0.5
    clock.now += 301
    waiting = asyncio.create_task(signing.find("unknown"))
    await asyncio.sleep(0)
    async with asyncio.timeout(0.05):
        assert await signing.find("ours")
    assert await waiting is None
    await signing.close()


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        while not met():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_keys_are_fetched_in_the_background_and_again(authority: Authority) -> None:
    authority.down = 503
    signing = SigningKeys(authority.url + "/metadata", refresh_every=0.02, retry_every=0.01)
    signing.start()
    await until(lambda: authority.asked > 1)
    assert not signing.loaded
    authority.down = 0
    await until(lambda: signing.loaded)
    authority.keys = [public(OTHER, "rolled")]
    await until(lambda: "rolled" in signing._keys)
    assert await signing.find("rolled")
    await signing.close()
    assert keys.UNKNOWN_KEY_EVERY == 300


@pytest.fixture
async def teams() -> AsyncIterator[LoopbackTeams]:
    async with LoopbackTeams() as started:
        yield started


async def test_anonymous_on_loopback(anonymous: Door, teams: LoopbackTeams) -> None:
    anne = teams.add_person("Anne", "anne@example.be")
    home, public_place = personal_chat(anne), channel()
    for made in (
        teams.message(anne, home, "aide"),
        teams.message(anne, public_place, "aide"),
        teams.press(anne, home, "mark_done", {"ref": "TI-12"}),
        teams.submit(anne, home, {"ref": "TI-12"}),
        teams.install(anne, home),
        teams.install(anne, public_place),
        teams.members_added(anne, public_place, bot=True),
    ):
        assert (await teams.send(anonymous.url, made))[0] == 200
    assert parse_activity(json.dumps(teams.message(anne, public_place, "aide")).encode()).entities[0].mentioned


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7"},
        {"X-Forwarded-Host": "boucle.example"},
        {"Host": "boucle.example"},
        {"Host": "127.0.0.1.boucle.example:3978"},
    ],
)
async def test_anonymous_through_a_tunnel(anonymous: Door, headers: dict[str, str]) -> None:
    body = json.dumps(activity(serviceUrl="http://127.0.0.1:1/")).encode()
    assert await anonymous.knock(body) == 200
    assert await anonymous.knock(body, headers) == 403


@pytest.mark.parametrize(
    "url", [SERVICE, "http://192.168.1.2/", "http://localhost.evil.example/", "ftp://localhost/", ""]
)
async def test_anonymous_answers_go_to_this_machine_only(anonymous: Door, url: str) -> None:
    assert await anonymous.knock(json.dumps(activity(serviceUrl=url)).encode()) == 403


async def test_anonymous_malformed_bodies(anonymous: Door) -> None:
    assert {await anonymous.knock(body) for body in MALFORMED.values()} == {400}


# How much is too much


def test_an_allowance_is_spent_and_comes_back() -> None:
    clock = Clock()
    allowance = Allowance(60, clock=clock, room=2)
    assert [allowance.take("anne") for _ in range(60)] == [0.0] * 60
    assert allowance.take("anne") == 1.0
    assert allowance.take("bert") == 0.0
    clock.now += 0.5
    assert allowance.take("anne") == 0.5
    clock.now += 0.5
    assert [allowance.take("anne"), allowance.take("anne")] == [0.0, 1.0]
    clock.now += 3600
    assert [allowance.take("anne") for _ in range(61)] == [0.0] * 60 + [1.0]
    # There is room for two: whoever was silent longest is forgotten.
    allowance.take("bert")
    allowance.take("chloé")
    assert allowance.take("anne") == 0.0


async def test_one_person_may_send_sixty_a_minute_and_not_without_end(authority: Authority, clock: Clock) -> None:
    strict = WITH_CREDENTIALS.model_copy(update={"person_limit": 60, "tenant_limit": 130})
    gate = Gate(strict, keys=SigningKeys(authority.url + "/metadata", clock=clock), clock=clock)
    async for door in open_door(gate):
        sent = {
            who: json.dumps(activity(**{"from": {"id": f"29:{who}", "aadObjectId": who}})).encode()
            for who in ("anne", "bert", "chloé")
        }
        assert [await door.knock(sent["anne"], token=GOOD) for _ in range(60)] == [200] * 60
        assert 429 in [await door.knock(sent["anne"], token=GOOD) for _ in range(20)]
        # Nobody else is held up by her, until the whole tenant has had its share.
        assert [await door.knock(sent["bert"], token=GOOD) for _ in range(60)] == [200] * 60
        assert 429 in [await door.knock(sent["chloé"], token=GOOD) for _ in range(40)]
        refused = door.refused[-1]
        assert refused.status == 429
        assert refused.wait is not None
        assert 0 < refused.wait <= 1


async def test_our_own_error_is_no_intruder(door: Door, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither while claims are checked nor while keys are read is it made a 401; the app makes a 503 of it."""

    def broken(*_: object) -> None:
        raise AttributeError("ours")

    assert await door.knock(BODY, token=GOOD) == 200
    for target, name, token in (
        (bearer.Callers, "_check_claims", signed(payload=claims(jti="1"))),
        (keys, "_read_keys", signed(head(kid="unseen"))),
    ):
        clock.now += 301
        with monkeypatch.context() as patched:
            patched.setattr(target, name, broken)
            assert await door.knock(BODY, token=token) == 500
    assert door.refused == []
    assert await door.knock(BODY, token=GOOD) == 200


async def test_keys_go_on_being_fetched_after_an_error_of_ours(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = SigningKeys(authority.url + "/metadata", refresh_every=0.01, retry_every=0.01)
    with monkeypatch.context() as broken:
        broken.setattr(keys, "_read_keys", lambda document: 1 / 0)
        signing.start()
        await until(lambda: authority.asked > 2)
        assert not signing.loaded
    await until(lambda: signing.loaded)
    await signing.close()
