"""A small Teams on this machine, for `boucle chat` and the tests: it takes what the bot posts and speaks as people do.

It listens on 127.0.0.1 only and checks no token; it must never be reachable by anybody else.
"""

import asyncio
import inspect
import math
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Self

import aiohttp
import orjson
from aiohttp import web

from bot.spoken import Person, Place, Spoken, channel, group_chat, personal_chat

__all__ = ["Cut", "LoopbackTeams", "Person", "Place", "Post", "channel", "group_chat", "personal_chat"]


CONVERSATION_LIMITS = ((1, 7), (2, 8), (30, 60), (3600, 1_800))
TENANT_LIMITS = ((1, 50),)
"""(seconds, posts) as Microsoft documents them."""


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
    thread: str | None = None
    """The message of a channel under which it stands."""
    updates: int = 0

    @property
    def is_unasked(self) -> bool:
        return self.reply_to is None


@dataclass(kw_only=True, eq=False)
class LoopbackTeams(Spoken):
    """`async with LoopbackTeams() as teams:` then `teams.send(bot_url, teams.message(person, place, "aide"))`."""

    fault: Fault | None = None
    # Given a clock in seconds, what Teams allows is enforced: so many posts and updates in so many seconds.
    clock: Callable[[], float] | None = None
    throttled: int = 0
    # How often two sends to one conversation met; Teams answers the second with a 412.
    collisions: int = 0
    posts: dict[str, list[Post]] = field(default_factory=dict)
    # Every request that came, as (method, path, headers), faults included.
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    # What was put where this says, by its number.
    files: dict[str, bytes] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _under_way: Counter[str] = field(default_factory=Counter)
    _sent: dict[str, list[float]] = field(default_factory=dict)
    _port: int = 0

    async def start(self) -> Self:
        self._changed = asyncio.Condition()
        app = web.Application(client_max_size=1024 * 1024)
        conversation = "/v3/conversations/{conversation}"
        app.router.add_post(f"{conversation}/activities", self._on_post)
        app.router.add_post(f"{conversation}/activities/{{activity}}", self._on_post)
        app.router.add_put(f"{conversation}/activities/{{activity}}", self._on_put)
        app.router.add_get(f"{conversation}/members/{{member}}", self._on_member)
        app.router.add_put("/files/{file}", self._on_file)
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
        return self.posts.get(_split(place if isinstance(place, str) else place.id)[0], [])

    async def next_post(self, place: Place | str, timeout: float = 5) -> Post:  # noqa: ASYNC109
        """The first post in a conversation that this has not returned yet; raises TimeoutError."""
        conversation, _ = _split(place if isinstance(place, str) else place.id)
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

    def upload_info(self, name: str) -> dict[str, Any]:
        """Where a file of this name may be put, as Teams says it when somebody agreed."""
        number = self._new_id("file")
        return {
            "contentUrl": f"{self.service_url}personal/{name}",
            "name": name,
            "uploadUrl": f"{self.service_url}files/{number}?session=1",
            "uniqueId": number,
            "fileType": name.rpartition(".")[2],
        }

    # The connector's side.

    async def _on_post(self, request: web.Request) -> web.StreamResponse:
        return await self._with_faults(request, self._keep)

    async def _on_put(self, request: web.Request) -> web.StreamResponse:
        return await self._with_faults(request, self._replace)

    async def _on_file(self, request: web.Request) -> web.StreamResponse:
        """Somebody's OneDrive: the whole file at once, no token of ours, and each address is good once."""
        self.requests.append((request.method, request.raw_path, dict(request.headers)))
        fault = self.fault(request.method, request.path) if self.fault else None
        if isinstance(fault, web.StreamResponse):
            return fault
        content, number = await request.read(), request.match_info["file"]
        whole = f"bytes 0-{len(content) - 1}/{len(content)}"
        if "Authorization" in request.headers or request.headers.get("Content-Range") != whole:
            return _error(400, "BadUpload")
        if number in self.files:
            return _error(404, "UploadSessionNotFound")
        self.files[number] = content
        return web.json_response({"id": number}, status=201)

    async def _on_member(self, request: web.Request) -> web.StreamResponse:
        return await self._with_faults(request, self._member)

    async def _with_faults(
        self, request: web.Request, handle: Callable[[web.Request, dict[str, Any]], Awaitable[web.Response]]
    ) -> web.StreamResponse:
        self.requests.append((request.method, request.raw_path, dict(request.headers)))
        body = orjson.loads(await request.read() or b"{}")
        conversation, _ = _split(request.match_info["conversation"])
        if request.method in ("POST", "PUT") and (too_many := self._throttle(conversation)):
            return too_many
        self._under_way[conversation] += 1
        try:
            self.collisions += self._under_way[conversation] > 1 and "/activities" in request.path
            fault = self.fault(request.method, request.path) if self.fault else None
            fault = await fault if inspect.isawaitable(fault) else fault
        finally:
            self._under_way[conversation] -= 1
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

    def _throttle(self, conversation: str) -> web.Response | None:
        if self.clock is None:
            return None
        now = self.clock()
        wait = 0.0
        for key, limits in ((conversation, CONVERSATION_LIMITS), ("", TENANT_LIMITS)):
            sent = self._sent.setdefault(key, [])
            for seconds, most in limits:
                if len(sent) >= most and sent[-most] > now - seconds:
                    wait = max(wait, sent[-most] + seconds - now)
        if wait:
            self.throttled += 1
            refused = _error(429, "Throttled")
            refused.headers["Retry-After"] = str(math.ceil(wait))
            return refused
        for key in (conversation, ""):
            self._sent[key] = [*self._sent[key][-1_800:], now]
        return None

    async def _keep(self, request: web.Request, activity: dict[str, Any]) -> web.Response:
        conversation, thread = _split(request.match_info["conversation"])
        post = Post(
            id=self._new_id(),
            conversation=conversation,
            activity=activity,
            reply_to=request.match_info.get("activity"),
            thread=thread,
        )
        # Typing shows for a moment and leaves nothing.
        if activity.get("type") != "typing":
            async with self._changed:
                self.posts.setdefault(conversation, []).append(post)
                self._changed.notify_all()
        return web.json_response({"id": post.id}, status=201)

    async def _replace(self, request: web.Request, activity: dict[str, Any]) -> web.Response:
        conversation, _ = _split(request.match_info["conversation"])
        for post in self.posts_in(conversation):
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


def _split(conversation: str) -> tuple[str, str | None]:
    """A channel's id, and the message of it that a thread stands under."""
    base, _, thread = conversation.partition(";messageid=")
    return base, thread or None


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": code}}, status=status)
