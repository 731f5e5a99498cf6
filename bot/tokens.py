"""The bot's own tokens for Teams' connector: kept, renewed ahead of time, fetched in a thread because MSAL blocks."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from msal import ConfidentialClientApplication

from bot.settings import Settings

log = structlog.get_logger()

SCOPE = "https://api.botframework.com/.default"
_RENEW_AHEAD = 600.0
_PAUSE_AFTER_FAILURE = 5.0
# Errors of the authority that waiting does not mend (RFC 6749, 5.2).
_OURS_TO_MEND = ("invalid_client", "unauthorized_client", "invalid_scope", "invalid_request", "invalid_grant")


class NoToken(Exception):
    """The authority gave no token. `refused`: it does not accept our credentials; else it could not be asked."""

    def __init__(self, code: str, *, refused: bool) -> None:
        super().__init__(code)
        self.code = code
        self.refused = refused


class Tokens(Protocol):
    """Where the sender gets what it shows to the connector."""

    async def get(self) -> str | None:
        """A token; None when none is needed. Raises `NoToken`."""
        ...

    def reject(self, token: str) -> None:
        """The connector did not take it: the next `get` asks for another."""
        ...

    async def close(self) -> None: ...


class NoTokens:
    """For anonymous mode: shows nothing, and so speaks to this machine only."""

    async def get(self) -> None:
        return None

    def reject(self, token: str) -> None:
        return None

    async def close(self) -> None:
        return None


@dataclass(frozen=True, kw_only=True)
class _Token:
    text: str
    renew_at: float
    expires_at: float


class AppTokens:
    """Tokens by client secret. Nothing is asked before the first `get`, so the server starts without the authority."""

    def __init__(
        self,
        app_id: str,
        password: str,
        authority: str,
        *,
        timeout: float = 5,
        application: Callable[..., Any] = ConfidentialClientApplication,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app_id = app_id
        self._password = password
        self._authority = authority
        self._timeout = timeout
        self._make_application = application
        self._clock = clock
        self._application: Any = None
        self._token: _Token | None = None
        self._failed: tuple[float, NoToken] | None = None
        self._renewal: asyncio.Task[_Token] | None = None

    async def get(self) -> str:
        """A token that has not expired; several callers share one question to the authority. Raises `NoToken`."""
        now = self._clock()
        if self._token is not None and now < self._token.expires_at:
            if now >= self._token.renew_at:
                self._renew(now)
            return self._token.text
        renewal = self._renew(now)
        if renewal is None:
            assert self._failed is not None
            raise NoToken(self._failed[1].code, refused=self._failed[1].refused)
        return (await asyncio.shield(renewal)).text

    def reject(self, token: str) -> None:
        # Another send may have renewed it already.
        if self._token is not None and self._token.text == token:
            self._token = None

    async def close(self) -> None:
        """Waits for a question under way: a thread cannot be stopped, but it has a time-out."""
        if self._renewal is not None:
            with suppress(NoToken):
                await self._renewal

    def _renew(self, now: float) -> asyncio.Task[_Token] | None:
        """The question under way, or a new one; None shortly after a failure."""
        if self._renewal is None:
            if self._failed is not None and now < self._failed[0] + _PAUSE_AFTER_FAILURE:
                return None
            self._renewal = asyncio.create_task(asyncio.to_thread(self._ask))
            self._renewal.add_done_callback(self._renewed)
        return self._renewal

    def _renewed(self, renewal: asyncio.Task[_Token]) -> None:
        self._renewal = None
        if renewal.cancelled():
            return
        error = renewal.exception()
        if error is None:
            self._token, self._failed = renewal.result(), None
        else:
            failure = error if isinstance(error, NoToken) else NoToken(type(error).__name__, refused=False)
            self._failed = (self._clock(), failure)
            log.error("no token for Teams", code=failure.code, refused=failure.refused)

    def _ask(self) -> _Token:
        """Runs in a thread."""
        asked_at = self._clock()
        try:
            if self._application is None:
                self._application = self._make_application(
                    self._app_id,
                    client_credential=self._password,
                    authority=self._authority,
                    instance_discovery=False,
                    timeout=self._timeout,
                )
            try:
                # MSAL keeps tokens too, and would hand back the one that is to be renewed.
                self._application.remove_tokens_for_client()
                answer = self._application.acquire_token_for_client(scopes=[SCOPE])
            finally:
                # It opens a connection again when asked again; until then, most of an hour, it holds none.
                self._application.http_client.close()
        # Whatever the network or MSAL raises (requests, ValueError, KeyError…): no token, and it may come back.
        except Exception as error:
            raise NoToken(type(error).__name__, refused=False) from error
        text = answer.get("access_token")
        if not isinstance(text, str):
            code = str(answer.get("error", "no_token"))
            raise NoToken(code, refused=code in _OURS_TO_MEND)
        lifetime = float(answer.get("expires_in", 3600))
        ahead = min(_RENEW_AHEAD, lifetime / 4)
        return _Token(text=text, renew_at=asked_at + lifetime - ahead, expires_at=asked_at + lifetime - ahead / 10)


def tokens_for(settings: Settings) -> Tokens:
    """The tokens that the settings ask for."""
    if settings.anonymous or settings.app_password is None:
        return NoTokens()
    return AppTokens(settings.app_id, settings.app_password.get_secret_value(), settings.authority)
