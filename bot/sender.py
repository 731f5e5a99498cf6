"""Speaking to Teams' connector over one kept session and token; a failure says what it means, nothing is sent twice."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from bot.addresses import FILE_HOSTS, TEAMS_HOSTS, PublicResolver, why_not_file, why_not_service
from bot.outcomes import Outcome, SendFailed, failure_of_status, failure_without_answer
from bot.tokens import NoToken, NoTokens, Tokens

__all__ = ["Connector", "Outcome", "SendFailed", "TeamsMember"]

# Teams refuses at about 100 KB; cards are kept far below it where they are made.
_MAX_SENT = 100_000
_MAX_ANSWER = 64 * 1024
_LONGEST_UPLOAD = 12.0
"""Seconds; Teams waits fifteen for the answer to an agreement."""


@dataclass(frozen=True, kw_only=True)
class TeamsMember:
    """A person as the roster knows them; e-mail and Entra id are empty where Teams does not give them."""

    id: str
    name: str
    email: str
    entra_id: str


class Connector:
    """`loopback` also allows plain http to this machine; with `NoTokens` nothing else is allowed."""

    def __init__(
        self,
        session: aiohttp.ClientSession | None,
        tokens: Tokens,
        *,
        timeout: float = 10,
        loopback: bool = False,
        hosts: Collection[str] = TEAMS_HOSTS,
    ) -> None:
        anonymous = isinstance(tokens, NoTokens)
        self._session = session
        self._tokens = tokens
        self._timeout = timeout
        self._loopback = loopback or anonymous
        self._hosts = () if anonymous else hosts

    @property
    def longest(self) -> float:
        """Seconds after which a call has surely ended: two waits for a token and two tries."""
        return 4 * self._timeout

    async def post(
        self, service_url: str, conversation_id: str, activity: dict[str, Any], reply_to: str | None = None
    ) -> str:
        """The new message's id, empty where Teams gave none; raises `SendFailed`."""
        steps = ["conversations", conversation_id, "activities"]
        answer = await self._call("POST", service_url, steps + ([reply_to] if reply_to else []), activity)
        found = answer.get("id") if isinstance(answer, dict) else None
        return found if isinstance(found, str) else ""

    async def put(self, service_url: str, conversation_id: str, activity_id: str, activity: dict[str, Any]) -> None:
        """Replaces a message; repeating it does no harm. Raises `SendFailed`."""
        await self._call("PUT", service_url, ["conversations", conversation_id, "activities", activity_id], activity)

    async def get_member(self, service_url: str, conversation_id: str, member_id: str) -> TeamsMember:
        """One person of a conversation's roster; raises `SendFailed`."""
        found = await self._call("GET", service_url, ["conversations", conversation_id, "members", member_id])
        if not isinstance(found, dict):
            raise SendFailed(Outcome.UNKNOWN, status=200, code="UnreadableAnswer")

        def first(*names: str) -> str:
            return next((value for name in names if isinstance(value := found.get(name), str) and value), "")

        return TeamsMember(
            id=first("id") or member_id,
            name=first("name", "givenName"),
            email=first("email", "userPrincipalName"),
            entra_id=first("aadObjectId", "objectId"),
        )

    async def put_file(self, url: str, content: bytes) -> None:
        """Puts a whole file where its reader's Teams wants it, without our token; raises `SendFailed`."""
        if not self.may_hold_file(url):
            raise SendFailed(Outcome.REFUSED, code="BadFileAddress")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}",
            "User-Agent": "Boucle",
        }
        limits = aiohttp.ClientTimeout(total=_LONGEST_UPLOAD, connect=self._timeout / 2)
        try:
            async with self._open().put(
                URL(url, encoded=True), data=content, headers=headers, allow_redirects=False, timeout=limits
            ) as response:
                if response.status not in (200, 201):
                    raise failure_of_status(response.status, None, response.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise failure_without_answer(error) from error

    def may_hold_file(self, url: str) -> bool:
        return why_not_file(url, () if not self._hosts else FILE_HOSTS, loopback=self._loopback) is None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        await self._tokens.close()

    async def _call(self, method: str, service_url: str, steps: list[str], body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON, None where it cannot be read."""
        url = self._url(service_url, steps)
        data = _written(body) if body is not None else None
        token = await self._token()
        try:
            return await self._attempt(method, url, data, token)
        except SendFailed as error:
            if error.outcome is not Outcome.UNAUTHORISED or token is None:
                raise
        self._tokens.reject(token)
        return await self._attempt(method, url, data, await self._token())

    async def _token(self) -> str | None:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._tokens.get()
        except NoToken as error:
            outcome = Outcome.UNAUTHORISED if error.refused else Outcome.NOT_SENT
            raise SendFailed(outcome, code=error.code) from error
        except TimeoutError as error:
            raise SendFailed(Outcome.NOT_SENT, code="NoTokenInTime") from error

    async def _attempt(self, method: str, url: URL, data: bytes | None, token: str | None) -> Any:
        headers = {"Accept": "application/json", "User-Agent": "Boucle"}
        if data is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        # Connecting ends first, so that a time-out tells whether anything was written.
        limits = aiohttp.ClientTimeout(total=self._timeout, connect=self._timeout / 2)
        try:
            async with self._open().request(
                method, url, data=data, headers=headers, allow_redirects=False, timeout=limits
            ) as response:
                answer = await _answer(response)
                if response.status >= 300:
                    raise failure_of_status(response.status, answer, response.headers.get("Retry-After"))
                return answer
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise failure_without_answer(error) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=PublicResolver(loopback=self._loopback)),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        if self._session.closed:
            raise SendFailed(Outcome.NOT_SENT, code="Stopped")
        return self._session

    def _url(self, service_url: str, steps: list[str]) -> URL:
        problem = why_not_service(service_url, self._hosts, loopback=self._loopback)
        if problem is not None:
            raise SendFailed(Outcome.REFUSED, code="BadServiceAddress")
        if any(step.strip(".") == "" for step in steps):
            raise SendFailed(Outcome.REFUSED, code="BadId")
        path = "/".join(quote(step, safe="") for step in steps)
        return URL(f"{service_url.removesuffix('/')}/v3/{path}", encoded=True)


def _written(body: dict[str, Any]) -> bytes:
    try:
        data = orjson.dumps(body)
    except TypeError as error:
        raise SendFailed(Outcome.REFUSED, code="NotJson") from error
    if len(data) > _MAX_SENT:
        raise SendFailed(Outcome.REFUSED, code="MessageSizeTooBig")
    return data


async def _answer(response: aiohttp.ClientResponse) -> Any:
    """The JSON of an answer, None where it is cut, too long or unreadable: its status is what counts."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > _MAX_ANSWER:
                return None
        return orjson.loads(bytes(body))
    except (aiohttp.ClientError, TimeoutError, OSError, orjson.JSONDecodeError):
        return None
