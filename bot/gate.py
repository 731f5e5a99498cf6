"""Who may speak to us. Nothing of the body is read before the caller is known, and nobody is answered with a 500 here.

The order is fixed: method, path, size and type; bearer; algorithm and key; signature and claims; only then the body,
its channel, service address, recipient and tenant; and last how much this person and this tenant asked lately.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from bot.activity import MAX_BODY, Activity, Malformed, parse_activity
from bot.addresses import is_loopback, why_not_service
from bot.bearer import Caller, Callers, WrongToken
from bot.keys import Keys, SigningKeys
from bot.limits import Allowance
from bot.settings import Settings

log = structlog.get_logger()

CHANNEL = "msteams"
_BODY_WITHIN = 10.0
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host")


class Refused(Exception):
    """The request is answered with `status` and nothing else; `reason` is for the log and holds nothing of the body."""

    def __init__(self, status: int, reason: str, *, wait: float | None = None) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason
        self.wait = wait
        """Seconds after which it may be tried again, where that is so."""


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """An activity whose sender is Teams (or, in anonymous mode, a program on this machine)."""

    activity: Activity
    claims: Mapping[str, Any]
    tenant: str | None


class Gate:
    def __init__(
        self,
        settings: Settings,
        *,
        keys: Keys | None = None,
        path: str = "/api/messages",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._keys = keys or SigningKeys(settings.openid_metadata_url)
        self._path = path
        self._callers = Callers(settings.app_id, self._keys, clock=clock)
        self._app_id = settings.app_id.lower()
        self._tenants = frozenset(settings.allowed_tenants)
        self._of_person = Allowance(settings.person_limit)
        self._of_tenant = Allowance(settings.tenant_limit)

    def start(self) -> None:
        """Begins to fetch the keys, where any are needed; call it inside the event loop."""
        if not self._settings.anonymous:
            self._keys.start()

    async def close(self) -> None:
        await self._keys.close()

    async def identify(self, request: web.Request) -> Caller | None:
        """Who calls, told by the head of the request alone; None in anonymous mode. Raises `Refused`, and logs it."""
        with _telling():
            _check_envelope(request, self._path)
            if self._settings.anonymous:
                _check_local(request)
                return None
            return await self._callers.identify(request.headers.getall("Authorization", []))

    async def admit(self, request: web.Request, caller: Caller | None) -> Admitted:
        """The activity that `caller` sent; raises `Refused`, and logs it."""
        with _telling():
            activity = parse_activity(await _read(request))
            self._check_activity(activity, caller)
            tenants = activity.tenants
            tenant = tenants[0].lower() if tenants else None
            self._check_allowance(activity, tenant or "")
        return Admitted(activity=activity, claims=caller.claims if caller else {}, tenant=tenant)

    def _check_allowance(self, activity: Activity, tenant: str) -> None:
        person = activity.sender.aad_object_id or activity.sender.id
        # The person first: what one of them sends too much is not taken from the others.
        if wait := self._of_person.take(f"{tenant}\n{person}"):
            raise Refused(429, "this person sends too much", wait=wait)
        if wait := self._of_tenant.take(tenant):
            raise Refused(429, "this tenant sends too much", wait=wait)

    def _check_activity(self, activity: Activity, caller: Caller | None) -> None:
        if activity.channel_id != CHANNEL:
            raise Refused(403, "the channel is not Teams")
        if caller is not None and CHANNEL not in caller.endorsements:
            raise Refused(403, "the token's key is not endorsed for Teams")
        if not activity.service_url:
            raise Refused(403, "the service address is missing")
        hosts = () if self._settings.anonymous else self._settings.service_hosts
        problem = why_not_service(activity.service_url, hosts, loopback=self._settings.loopback_service)
        if problem is not None:
            raise Refused(403, problem)
        if caller is None:
            return
        claimed = caller.claims.get("serviceurl")
        if not isinstance(claimed, str) or claimed.removesuffix("/") != activity.service_url.removesuffix("/"):
            raise Refused(403, "the service address is not the token's")
        recipient = activity.recipient.id.lower() if activity.recipient else ""
        if recipient.removeprefix("28:") != self._app_id:
            raise Refused(403, "the recipient is another bot")
        tenants = {tenant.lower() for tenant in activity.tenants}
        if self._tenants and (not tenants or not tenants <= self._tenants):
            raise Refused(403, "the tenant is not allowed")
        if len(tenants) > 1:
            raise Refused(403, "the activity names two tenants")


@contextmanager
def _telling() -> Iterator[None]:
    """Every refusal becomes a `Refused` with its one line in the log. An error of ours is none, and goes on up."""
    try:
        yield
        return
    except WrongToken as error:
        refusal = Refused(401, error.reason)
    except Malformed as error:
        refusal = Refused(400, error.reason)
    except Refused as error:
        refusal = error
    log.warning("refused", status=refusal.status, reason=refusal.reason)
    raise refusal from refusal.__cause__


def _check_envelope(request: web.Request, path: str) -> None:
    if request.method != "POST":
        raise Refused(400, "the method is not POST")
    if request.path != path:
        raise Refused(400, "the path is not the one for messages")
    if request.content_length is not None and request.content_length > MAX_BODY:
        raise Refused(413, "the body is too large")
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise Refused(415, "the body is not announced as JSON in UTF-8")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Refused(415, "the body is compressed")


def _check_local(request: web.Request) -> None:
    """Anonymous calls come from this machine only, and not through a tunnel, a proxy or a page in a browser."""
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if not isinstance(peer, tuple) or not is_loopback(str(peer[0])):
        raise Refused(403, "anonymous calls are accepted from this machine only")
    if any(name in request.headers for name in _FORWARDED):
        raise Refused(403, "anonymous calls are not accepted through a proxy")
    host = request.headers.get("Host", "")
    if host and not is_loopback(re.sub(r":\d*$", "", host).strip("[]")):
        raise Refused(403, "anonymous calls are accepted under a loopback name only")


async def _read(request: web.Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_WITHIN):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MAX_BODY:
                    raise Refused(413, "the body is too large")
    except TimeoutError as error:
        raise Refused(400, "the body came too slowly") from error
    except (OSError, ValueError, web.RequestPayloadError) as error:
        raise Refused(400, "the body was cut") from error
    return bytes(body)
