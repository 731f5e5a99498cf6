"""A small Teams on this machine, for `boucle chat` and the tests: it takes what the bot posts and speaks as people do.

It listens on 127.0.0.1 only and checks no token; it must never be reachable by anybody else.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Self

import aiohttp
import orjson
from aiohttp import web

from bot.spoken import Person, Place, Spoken, channel, group_chat, personal_chat

__all__ = ["Cut", "LoopbackTeams", "Person", "Place", "Post", "channel", "group_chat", "personal_chat"]


class Cut(Enum):
    """Faults that no response can express: the connection ends."""

    # Nothing was kept.
    BEFORE = auto()
    # The post was kept, its answer lost.
    AFTER = auto()
    # The post was kept; the answer says 200 and stops in the middle.
    HALFWAY = auto()


_Faulty = web.StreamResponse | Cut | None
Fault = Callable[[str, str], _Faulty | Awaitable[_Faulty]]


@dataclass(kw_only=True)
class Post:
    """A message of the bot; `activity` is its present content."""

    id: str
    conversation: str
    activity: dict[str, Any]
    reply_to: str | None = None
    updates: int = 0


@dataclass(kw_only=True, eq=False)
class LoopbackTeams(Spoken):
    """`async with LoopbackTeams() as teams:` then `teams.send(bot_url, teams.message(person, place, "aide"))`."""

    fault: Fault | None = None
    posts: dict[str, list[Post]] = field(default_factory=dict)
    # Every request that came, as (method, path, headers), faults included.
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _port: int = 0

    async def start(self) -> Self:
        self._changed = asyncio.Condition()
        app = web.Application(client_max_size=1024 * 1024)
        conversation = "/v3/conversations/{conversation}"
        app.router.add_post(f"{conversation}/activities", self._on_post)
        app.router.add_post(f"{conversation}/activities/{{activity}}", self._on_post)
        app.router.add_put(f"{conversation}/activities/{{activity}}", self._on_put)
        app.router.add_get(f"{conversation}/members/{{member}}", self._on_member)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        return self

    async def close(self) -> None:
        await self._client.close()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def service_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    # What the bot said.

    def posts_in(self, place: Place | str) -> list[Post]:
        return self.posts.get(place if isinstance(place, str) else place.id, [])

    async def next_post(self, place: Place | str, timeout: float = 5) -> Post:  # noqa: ASYNC109
        """The first post in a conversation that this has not returned yet; raises TimeoutError."""
        conversation = place if isinstance(place, str) else place.id
        seen = self._seen.get(conversation, 0)
        await self.wait_for(lambda: len(self.posts_in(conversation)) > seen, timeout)
        self._seen[conversation] = seen + 1
        return self.posts[conversation][seen]

    async def wait_for(self, met: Callable[[], bool], timeout: float = 5) -> None:  # noqa: ASYNC109
        """Returns as soon as `met` holds, asked again after each post and update; raises TimeoutError."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(met)

    # What people say and do.

    def add_person(self, name: str, email: str, *, id: str = "", entra_id: str = "") -> Person:
        """A person of the tenant, found by the roster in every conversation."""
        number = len(self.people) + 1
        person = Person(
            id=id or f"29:person-{number}",
            name=name,
            email=email,
            entra_id=entra_id or f"00000000-0000-0000-0000-{number:012}",
        )
        self.people[person.id] = person
        return person

    async def send(
        self, bot_url: str, activity: dict[str, Any], *, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """The bot's status and body: JSON where it is, else text, None when empty."""
        sent = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
        async with self._client.post(bot_url, data=orjson.dumps(activity), headers=sent) as response:
            body = await response.read()
            try:
                return response.status, orjson.loads(body) if body else None
            except orjson.JSONDecodeError:
                return response.status, body.decode(errors="replace")

    # The connector's side.

    async def _on_post(self, request: web.Request) -> web.StreamResponse:
        return await self._with_faults(request, self._keep)

    async def _on_put(self, request: web.Request) -> web.StreamResponse:
        return await self._with_faults(request, self._replace)

    async def _on_member(self, request: web.Request) -> web.StreamResponse:
        return await self._with_faults(request, self._member)

    async def _with_faults(
        self, request: web.Request, handle: Callable[[web.Request, dict[str, Any]], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        self.requests.append((request.method, request.raw_path, dict(request.headers)))
        body = orjson.loads(await request.read() or b"{}")
        fault = self.fault(request.method, request.path) if self.fault else None
        fault = await fault if inspect.isawaitable(fault) else fault
        if isinstance(fault, web.StreamResponse):
            return fault
        answer = web.Response() if fault is Cut.BEFORE else await handle(request, body)
        if fault is None:
            return answer
        if fault is Cut.HALFWAY:
            half = web.StreamResponse(headers={"Content-Length": "100"})
            await half.prepare(request)
            await half.write(b'{"id": "')
        if request.transport is not None:
            request.transport.close()
        return answer

    async def _keep(self, request: web.Request, activity: dict[str, Any]) -> web.Response:
        conversation = request.match_info["conversation"]
        post = Post(
            id=self._new_id(),
            conversation=conversation,
            activity=activity,
            reply_to=request.match_info.get("activity"),
        )
        # Typing shows for a moment and leaves nothing.
        if activity.get("type") != "typing":
            async with self._changed:
                self.posts.setdefault(conversation, []).append(post)
                self._changed.notify_all()
        return web.json_response({"id": post.id}, status=201)

    async def _replace(self, request: web.Request, activity: dict[str, Any]) -> web.Response:
        for post in self.posts_in(request.match_info["conversation"]):
            if post.id == request.match_info["activity"]:
                async with self._changed:
                    post.activity = activity
                    post.updates += 1
                    self._changed.notify_all()
                return web.json_response({"id": post.id})
        return _error(404, "ActivityNotFoundInConversation")

    async def _member(self, request: web.Request, _: dict[str, Any]) -> web.Response:
        wanted = request.match_info["member"]
        for person in self.people.values():
            if wanted in (person.id, person.entra_id):
                return web.json_response(
                    {
                        "id": person.id,
                        "name": person.name,
                        "aadObjectId": person.entra_id,
                        "email": person.email,
                        "userPrincipalName": person.email,
                        "tenantId": self.tenant,
                        "userRole": "user",
                    }
                )
        return _error(404, "MemberNotFoundInConversation")


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code}}, status=status)
