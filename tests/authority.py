"""Microsoft's two authorities on this machine: one publishes the keys of Teams' tokens, one gives the bot its own."""

import json
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from tests.test_gate import APP, OURS, TENANT, claims, head, public, signed
from tests.test_sender import certificate


@dataclass(eq=False)
class LocalAuthority:
    """`async with LocalAuthority(folder) as authority:`; the environment of a bot that trusts it is `environment()`."""

    folder: Path
    password: str = "app-secret"
    keys: list[dict[str, Any]] = field(default_factory=lambda: [public(OURS, "ours")])
    given: int = 0
    """Tokens given to the bot."""
    asked: int = 0
    """How often the keys were asked for."""

    async def __aenter__(self) -> Self:
        file = certificate(self.folder)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(file)
        self._file = file
        app = web.Application()
        app.router.add_get("/metadata", self._metadata)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/adfs/.well-known/openid-configuration", self._configuration)
        app.router.add_post("/adfs/token", self._token)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        self._plain, self._secure = (address[1] for address in self._runner.addresses)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    def environment(self) -> dict[str, str]:
        return {
            "MicrosoftAppId": APP,
            "MicrosoftAppPassword": self.password,
            "MicrosoftAppType": "SingleTenant",
            "MicrosoftAppTenantId": TENANT,
            "BOUCLE_OPENID_METADATA_URL": f"http://127.0.0.1:{self._plain}/metadata",
            "BOUCLE_AUTHORITY_URL": f"https://127.0.0.1:{self._secure}/adfs",
            "BOUCLE_SERVICE_HOSTS": "127.0.0.1",
            "BOUCLE_PERSON_LIMIT": "1000000",
            "BOUCLE_TENANT_LIMIT": "10000000",
            "REQUESTS_CA_BUNDLE": str(self._file),
        }

    def token(self, service_url: str, *, kid: str = "ours", key: Any = OURS, **changed: Any) -> str:
        """What Teams shows, for an hour from now."""
        now = int(time.time())
        usual = {"serviceurl": service_url, "nbf": now - 60, "exp": now + 3_540}
        return signed(head(kid=kid), claims(**(usual | changed)), key=key)

    async def _metadata(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.json_response({"jwks_uri": f"http://127.0.0.1:{self._plain}/keys"})

    async def _keys(self, _: web.Request) -> web.Response:
        return web.Response(text=json.dumps({"keys": self.keys}), content_type="application/json")

    async def _configuration(self, _: web.Request) -> web.Response:
        base = f"https://127.0.0.1:{self._secure}/adfs"
        places = {"authorization_endpoint": base + "/a", "token_endpoint": base + "/token", "issuer": base}
        return web.json_response(places)

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if form["client_secret"] != self.password:
            return web.json_response({"error": "invalid_client", "error_description": str(form)}, status=401)
        self.given += 1
        granted = {"access_token": f"eyJ-given-{self.given}", "expires_in": 3600, "token_type": "Bearer"}
        return web.json_response(granted)
