"""The small language of the conversation tests: people say, press and see; channels get posts. All goes over HTTP."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from aiohttp import web

from bot.app import MESSAGES, application
from bot.house import House, Houses
from bot.loopback import LoopbackTeams, Person, Place, Post, channel, personal_chat
from bot.rounds import make_round
from bot.settings import Settings
from dialogs.elements import LARGEST, MOST_BUTTONS, Card, plain_text
from dialogs.file_cards import CONSENT
from dialogs.words import LANGUAGES, words_in
from storage.database import Database
from tests.databases import TENANT

Json = dict[str, Any]


class Clock:
    """A Wednesday in March, ten o'clock in Brussels, until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Seen:
    """A card as somebody sees it."""

    card: Json
    summary: str = ""

    @property
    def text(self) -> str:
        return plain_text(Card(language="", summary="", body=tuple(self.card["body"])))

    @property
    def buttons(self) -> list[Json]:
        """Every button of the card, in order, those inside rows and forms too."""
        found: list[Json] = []
        _collect(self.card, found)
        return found

    def button(self, title: str, ref: str | None = None) -> Json:
        for each in self.buttons:
            if each["title"] == title and (ref is None or each["data"].get("ref") == ref):
                return each
        raise AssertionError(
            f"no button {title} {ref or ''} on the card:\n{self.text}\n{[b['title'] for b in self.buttons]}"
        )

    @property
    def refs(self) -> list[str]:
        return list(dict.fromkeys(re.findall(r"\b(?:HEN|TI)-\d+\b", self.text)))

    def __contains__(self, words: str) -> bool:
        return words in self.text


def _collect(element: Json, found: list[Json]) -> None:
    for child in (*element.get("body", ()), *element.get("items", ()), *element.get("columns", ())):
        _collect(child, found)
    for action in element.get("actions", ()):
        if action["type"] == "Action.Execute":
            found.append(action)
        elif action["type"] == "Action.ShowCard":
            _collect(action["card"], found)


def check_card(content: Json) -> None:
    """What holds for every card, whoever gets it (the contract, and Microsoft's rules for cards)."""
    import orjson

    assert len(orjson.dumps(content).decode().encode("utf-16-le")) <= LARGEST
    assert len(content.get("actions", ())) <= MOST_BUTTONS
    seen = Seen(content)
    for button in seen.buttons:
        assert button["verb"] == button["data"]["verb"]
        assert "version" in button["data"]
        assert button["fallback"]["type"] == "Action.Submit"
        assert button["fallback"]["data"] == button["data"]
    _check_wraps(content)


def _check_wraps(element: Any) -> None:
    if isinstance(element, dict):
        if element.get("type") == "TextBlock":
            assert element["wrap"] is True
            assert element["text"].strip()
        for value in element.values():
            _check_wraps(value)
    elif isinstance(element, list):
        for value in element:
            _check_wraps(value)


_STORIES = tuple(words_in(language).raw("posts.story").partition("}")[2] for language in LANGUAGES)


def _is_story(seen: Seen) -> bool:
    return any(words in seen.summary for words in _STORIES)


def _offer(attachment: Json, summary: str) -> Seen:
    """What is seen of the offer of a file, which Teams itself draws, with two buttons of its own."""
    content = attachment["content"]
    lines = [{"type": "TextBlock", "text": text} for text in (attachment["name"], content["description"])]
    return Seen({"body": lines, "lang": content["acceptContext"]["lang"]}, summary)


@dataclass(eq=False)
class Someone:
    """A person in one place."""

    school: "School"
    person: Person
    place: Place
    card: Seen | None = None
    post: Post | None = None
    told: int = 0

    async def says(self, text: str, **fields: Any) -> Seen:
        """What the bot answers to a message; exactly one card, with a summary."""
        return await self.sends(self.school.teams.message(self.person, self.place, text, **fields))

    async def sends(self, activity: Json) -> Seen:
        before = len(self.school.teams.posts_in(self.place))
        status, _ = await self.school.teams.send(self.school.url, activity)
        assert status == 200
        posts = [post for post in self.school.teams.posts_in(self.place)[before:] if post.reply_to == activity["id"]]
        assert len(posts) == 1, "a message gets one answer"
        return self._sees(posts[0])

    async def sends_again(self, activity: Json) -> Seen:
        """The same activity once more, as Teams does when an answer was slow."""
        status, _ = await self.school.teams.send(self.school.url, activity)
        assert status == 200
        posts = [post for post in self.school.teams.posts_in(self.place) if post.reply_to == activity["id"]]
        assert len(posts) == 2
        return self._sees(posts[1])

    def _sees(self, post: Post) -> Seen:
        attachments = post.activity["attachments"]
        assert len(attachments) == 1
        assert post.activity["summary"]
        assert "text" not in post.activity
        self.post = post
        if attachments[0]["contentType"] == CONSENT:
            self.card = _offer(attachments[0], post.activity["summary"])
            return self.card
        check_card(attachments[0]["content"])
        self.card = Seen(attachments[0]["content"], post.activity["summary"])
        return self.card

    async def presses(self, title: str, ref: str | None = None, **inputs: str) -> Seen:
        """Press a button of the last card seen; the card that takes its place."""
        assert self.card is not None
        button = self.card.button(title, ref)
        return await self.presses_data(button["verb"], button["data"] | inputs)

    async def presses_data(self, verb: Any, data: Any) -> Seen:
        press = self.school.teams.press(self.person, self.place, verb, data)
        status, body = await self.school.teams.send(self.school.url, press)
        assert status == 200
        assert body["statusCode"] == 200
        assert body["type"] == "application/vnd.microsoft.card.adaptive"
        check_card(body["value"])
        self.card = Seen(body["value"])
        return self.card

    async def installs(self) -> Seen | None:
        """Add the bot here; its welcome, None where it says nothing."""
        before = len(self.school.teams.posts_in(self.place))
        status, _ = await self.school.teams.send(self.school.url, self.school.teams.install(self.person, self.place))
        assert status == 200
        posts = self.school.teams.posts_in(self.place)[before:]
        assert len(posts) <= 1
        return self._sees(posts[0]) if posts else None


@dataclass(eq=False)
class School:
    """A running bot with its database, and the Teams it lives in."""

    database: Database
    house: House
    clock: Clock
    teams: LoopbackTeams
    url: str
    _people: dict[str, Person] = field(default_factory=dict)

    def person(self, email: str) -> Person:
        """Somebody by the front of their address: "claire.dumont"."""
        if email not in self._people:
            name = email.replace(".", " ").title()
            self._people[email] = self.teams.add_person(name, f"{email}@ecole.example")
        return self._people[email]

    def chat(self, email: str) -> Someone:
        """Somebody alone with the bot."""
        person = self.person(email)
        return Someone(self, person, personal_chat(person))

    def channel(self, email: str, name: str = "Qualité", thread: str = "") -> Someone:
        """Somebody in a channel, mentioning the bot."""
        return Someone(self, self.person(email), channel(name, thread=thread))

    def announcements(self, place: Place) -> list[Seen]:
        """What was posted into a channel of completions, each by itself, as it stands now."""
        return [seen for seen in self.unasked(place) if not _is_story(seen)]

    def stories(self, place: Place) -> list[Seen]:
        """The parent posts of a channel, as they stand now."""
        return [seen for seen in self.unasked(place) if _is_story(seen)]

    def unasked(self, place: Place) -> list[Seen]:
        """Whatever the bot posted there by itself, in order."""
        posts = [post for post in self.teams.posts_in(place) if post.is_unasked]
        for post in posts:
            check_card(post.activity["attachments"][0]["content"])
            assert post.activity["summary"]
        return [Seen(post.activity["attachments"][0]["content"], post.activity["summary"]) for post in posts]

    async def until_announced(self, place: Place, number: int = 1) -> list[Seen]:
        """The posts of a channel once there are so many; the contract gives five seconds."""
        await self.teams.wait_for(lambda: len(self.announcements(place)) >= number, timeout=5)
        return self.announcements(place)

    async def morning(self, days: int = 1, hour: int = 9) -> None:
        """Some days later, at this hour in Brussels: the rounds are made as they are each minute."""
        await self.until_idle()
        day = (self.clock.now.astimezone(self.house.zone) + timedelta(days=days)).date()
        self.clock.now = datetime.combine(day, time(hour), self.house.zone).astimezone(UTC)
        await asyncio.to_thread(make_round, self.house, self.clock.now)

    async def until_idle(self) -> None:
        """Until nothing is under way: time that jumps in the middle of a post would leave it uncertain."""
        async with asyncio.timeout(5):
            while self.rows("SELECT 1 FROM outbox WHERE owner IS NOT NULL"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def notice(self, someone: Someone, number: int = 1) -> Seen:
        """The newest thing somebody was told unasked, once there are so many of them."""
        await self.teams.wait_for(lambda: len(self.unasked(someone.place)) >= number, timeout=5)
        seen = self.unasked(someone.place)
        assert len(seen) == number
        someone.card = seen[-1]
        return seen[-1]

    def rows(self, statement: str) -> list[Any]:
        with self.database.engine.connect() as connection:
            return list(connection.exec_driver_sql(statement))


@asynccontextmanager
async def running(
    database: Database, clock: Clock, teams: LoopbackTeams, *, tenants: Sequence[str] = (TENANT,), **options: Any
) -> AsyncIterator[School]:
    """The whole bot on a free port of this machine."""
    houses = Houses(database, tenants)
    settings = Settings(_env_file=None, person_limit=1_000_000)  # type: ignore[call-arg]
    app = application(settings, houses, clock=clock, every=0.05, **({"rounds_every": None} | options))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield School(database, houses.of(None), clock, teams, f"http://127.0.0.1:{runner.addresses[0][1]}{MESSAGES}")
    finally:
        await runner.cleanup()


async def settle() -> None:
    """Give the outbox loop time for two rounds, to see that it posts nothing."""
    await asyncio.sleep(0.3)
