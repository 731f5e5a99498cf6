"""The public keys with which the Bot Framework signs its calls: fetched beside the traffic, never lost to an outage."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import orjson
import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError

log = structlog.get_logger()

REFRESH_EVERY = 24 * 3600.0
UNKNOWN_KEY_EVERY = 300.0
RETRY_EVERY = 30.0
_MAX_DOCUMENT = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    jwk: PyJWK
    endorsements: frozenset[str]


class Keys(Protocol):
    """Where the gate finds keys."""

    async def find(self, key_id: str) -> SigningKey | None: ...

    def start(self) -> None: ...

    async def close(self) -> None: ...


class SigningKeys:
    """Keys by id. Refreshed daily, and at once (at most every five minutes) for an id we do not know."""

    def __init__(
        self,
        metadata_url: str,
        *,
        timeout: float = 5,
        refresh_every: float = REFRESH_EVERY,
        retry_every: float = RETRY_EVERY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._metadata_url = metadata_url
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._refresh_every = refresh_every
        self._retry_every = retry_every
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._asked_at: float | None = None
        self._fetching: asyncio.Task[bool] | None = None
        self._daily: asyncio.Task[None] | None = None

    @property
    def loaded(self) -> bool:
        return bool(self._keys)

    def start(self) -> None:
        """Begins to fetch in the background; the first message need not wait for it."""
        self._daily = self._daily or asyncio.create_task(self._refresh_daily())

    async def close(self) -> None:
        for task in (self._daily, self._fetching):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def find(self, key_id: str) -> SigningKey | None:
        """The key called so, or None. Waits for a fetch only where it may bring the key."""
        if (key := self._keys.get(key_id)) is not None:
            return key
        if self._fetching is None and not self._may_ask():
            return None
        await self._fetch_once()
        return self._keys.get(key_id)

    def _may_ask(self) -> bool:
        now = self._clock()
        pause = UNKNOWN_KEY_EVERY if self._keys else min(self._retry_every, UNKNOWN_KEY_EVERY)
        if self._asked_at is not None and now - self._asked_at < pause:
            return False
        self._asked_at = now
        return True

    async def _refresh_daily(self) -> None:
        while True:
            try:
                fetched = await self._fetch_once()
            except Exception:
                # An error of ours. Whoever waits for an unknown key is told so too, and not taken for an intruder.
                log.exception("signing keys broken, going on with the old ones")
                fetched = False
            await asyncio.sleep(self._refresh_every if fetched else self._retry_every)

    async def _fetch_once(self) -> bool:
        """True when new keys came; several callers share one fetch, and none can cancel it for the others."""
        if self._fetching is None:
            self._fetching = asyncio.create_task(self._fetch())
            self._fetching.add_done_callback(self._fetched)
        return await asyncio.shield(self._fetching)

    def _fetched(self, _: asyncio.Task[bool]) -> None:
        self._fetching = None

    async def _fetch(self) -> bool:
        try:
            async with aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
                metadata = await _get_object(session, self._metadata_url)
                keys_url = metadata.get("jwks_uri")
                if not isinstance(keys_url, str) or not keys_url.startswith(self._metadata_url.partition("//")[0]):
                    raise ValueError("no address of keys, or a weaker one")
                keys = _read_keys(await _get_object(session, keys_url))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning("signing keys not fetched, going on with the old ones", error=type(error).__name__)
            return False
        if not keys:
            log.warning("signing keys not fetched, going on with the old ones", error="no usable key")
            return False
        self._keys = keys
        return True


async def _get_object(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url, allow_redirects=False) as response:
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > _MAX_DOCUMENT:
                raise ValueError("the document is too large")
    document = orjson.loads(bytes(body))
    if not isinstance(document, dict):
        raise ValueError("the document is not an object")
    return document


def _read_keys(document: dict[str, Any]) -> dict[str, SigningKey]:
    """The RSA keys of a key set; what we cannot use is left out, so that one odd key does not lose the others."""
    found: dict[str, SigningKey] = {}
    entries = document.get("keys")
    for entry in entries if isinstance(entries, list) else []:
        if not isinstance(entry, dict) or entry.get("kty") != "RSA" or entry.get("use", "sig") != "sig":
            continue
        key_id, endorsements = entry.get("kid"), entry.get("endorsements")
        # Private parts have no place here, and PyJWT would sign with them.
        public = {name: entry.get(name) for name in ("kty", "n", "e")}
        try:
            jwk = PyJWK(public, algorithm="RS256")
        except (PyJWTError, ValueError, TypeError, AttributeError):
            continue
        if isinstance(key_id, str) and key_id and jwk.key.key_size >= 2048:
            named = endorsements if isinstance(endorsements, list) else []
            found[key_id] = SigningKey(jwk=jwk, endorsements=frozenset(each for each in named if isinstance(each, str)))
    return found
