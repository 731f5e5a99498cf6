"""Whose bearer token it is: algorithm, key, signature and claims, told without ever reading the body of a request."""

import base64
import binascii
import hashlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import orjson
from jwt import PyJWS
from jwt.exceptions import PyJWTError

from bot.keys import Keys

ISSUER = "https://api.botframework.com"
# Microsoft asks for five minutes of tolerance to clocks; past the expiry we give less.
NOT_BEFORE_TOLERANCE = 300.0
EXPIRY_TOLERANCE = 60.0
MAX_LIFETIME = 24 * 3600.0
CACHED_FOR = 300.0
_CACHED_AT_MOST = 1_000
_BEARER = re.compile(r"bearer +([\w-]{2,4000}\.[\w-]{2,6000}\.[\w-]{2,2000})", re.ASCII | re.IGNORECASE)
_RS256 = PyJWS(algorithms=["RS256"])


class WrongToken(Exception):
    """The token proves nothing; `reason` holds nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who holds a token that was verified: its claims, what its key is endorsed for, how long it may be kept."""

    claims: Mapping[str, Any]
    endorsements: frozenset[str]
    until: float


class Callers:
    """Verified tokens, kept for at most five minutes and never past their expiry."""

    def __init__(self, app_id: str, keys: Keys, *, clock: Callable[[], float] = time.time) -> None:
        self._app_id = app_id.lower()
        self._keys = keys
        self._clock = clock
        self._known: dict[bytes, Caller] = {}

    async def identify(self, authorization: list[str]) -> Caller:
        """The caller by the request's Authorization headers; raises `WrongToken`."""
        token = _bearer(authorization)
        digest = hashlib.sha256(token.encode()).digest()
        now = self._clock()
        known = self._known.get(digest)
        if known is not None and now < known.until:
            return known
        caller = await self._verify(token, now)
        if caller.until > now:
            if len(self._known) >= _CACHED_AT_MOST:
                del self._known[next(iter(self._known))]
            self._known[digest] = caller
        return caller

    async def _verify(self, token: str, now: float) -> Caller:
        key = await self._keys.find(_key_id(token))
        if key is None:
            raise WrongToken("the token's key is not known")
        try:
            payload = _RS256.decode(token, key.jwk, algorithms=["RS256"])
        except (PyJWTError, ValueError, RecursionError) as error:
            raise WrongToken("the token's signature is wrong") from error
        claims = _object(payload)
        if claims is None:
            raise WrongToken("the token's claims are no object")
        expires = self._check_claims(claims, now)
        return Caller(claims=claims, endorsements=key.endorsements, until=min(now + CACHED_FOR, expires))

    def _check_claims(self, claims: Mapping[str, Any], now: float) -> float:
        """The time of expiry; raises `WrongToken`."""
        audience, begins, expires = claims.get("aud"), claims.get("nbf"), claims.get("exp")
        if claims.get("iss") != ISSUER:
            raise WrongToken("the token is from another issuer")
        if not isinstance(audience, str) or audience.lower() != self._app_id:
            raise WrongToken("the token is for another bot")
        if not _is_time(begins) or not _is_time(expires):
            raise WrongToken("the token has no time of expiry or of beginning")
        if not 0 < expires - begins <= MAX_LIFETIME:
            raise WrongToken("the token lives too long")
        if begins > now + NOT_BEFORE_TOLERANCE:
            raise WrongToken("the token is not valid yet")
        if expires <= now - EXPIRY_TOLERANCE:
            raise WrongToken("the token has expired")
        return float(expires)


def _bearer(authorization: list[str]) -> str:
    if len(authorization) != 1:
        raise WrongToken("there is no bearer token, or more than one")
    parts = _BEARER.fullmatch(authorization[0])
    if parts is None:
        raise WrongToken("the bearer token has not the form of one")
    return parts[1]


def _key_id(token: str) -> str:
    """The key id in the token's header; raises `WrongToken`. What else stands there is never followed."""
    part = token.partition(".")[0]
    try:
        header = _object(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, ValueError):
        header = None
    if header is None:
        raise WrongToken("the token's header is no object")
    if header.get("alg") != "RS256" or header.get("typ", "JWT") != "JWT" or "crit" in header or "b64" in header:
        raise WrongToken("the token's algorithm is not RS256")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= 200:
        raise WrongToken("the token names no key")
    flat = (each for value in header.values() for each in (value if isinstance(value, list) else [value]))
    if any(isinstance(each, dict | list) for each in flat):
        raise WrongToken("the token's header has parts of its own")
    return key_id


def _is_time(value: object) -> TypeGuard[int | float]:
    return type(value) in (int, float)


def _object(text: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
