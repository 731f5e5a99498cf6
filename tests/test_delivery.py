"""What is promised is posted, once and in order, whatever Teams answers and whoever dies; checked over real HTTP."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot import app
from bot.delivery import LONGEST_PAUSE, Delivery, lease_for, pause
from bot.loopback import CONVERSATION_LIMITS, Cut, LoopbackTeams, Place
from bot.sender import Connector
from bot.tokens import NoToken, NoTokens
from storage.claims import claim, give_up, hold_back, mark_shown, put_back, throttled
from storage.conversations import Place as KeptPlace
from storage.conversations import close_place, remember_place
from storage.database import Database
from storage.notices import list_owed
from storage.outbox import COMPLETION, NOTICE, Post, correct, hold_late, promise
from storage.pace import CONVERSATION, free_from
from storage.people import find_member_by_email
from storage.tables import conversation, event
from tests.conversation import Clock, School, Seen, Someone, running, settle
from tests.databases import TENANT

Answer = web.StreamResponse | Cut | None


@dataclass
class Faults:
    """What Teams answers to announcements in one channel while `on`; `calls` counts them."""

    place: Place
    make: Callable[[], Answer | Awaitable[Answer]]
    on: bool = True
    calls: int = 0

    def __call__(self, method: str, path: str) -> Answer | Awaitable[Answer]:
        announced = path.endswith("/activities") or method == "PUT"
        if not (self.on and announced and self.place.id in path):
            return None
        self.calls += 1
        return self.make()


def status(number: int, code: str = "", **headers: str) -> Callable[[], web.Response]:
    return lambda: web.json_response({"error": {"code": code}}, status=number, headers=headers)


async def until(met: Callable[[], bool], within: float = 5) -> None:
    async with asyncio.timeout(within):
        while not met():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def flying(clock: Clock) -> AsyncIterator[None]:
    """Time that passes fast, so that nobody waits for the pace that Teams allows."""

    async def passes() -> None:
        while True:
            clock.pass_(seconds=0.5)
            await asyncio.sleep(0.01)

    time = asyncio.create_task(passes())
    yield
    time.cancel()


def outbox(school: School, columns: str = "state") -> list[Any]:
    rows = school.rows(f"SELECT {columns} FROM outbox ORDER BY id")
    return [row[0] for row in rows] if "," not in columns else [tuple(row) for row in rows]


async def subscribed(school: School, name: str = "Qualité") -> Someone:
    """A channel that follows the plan TI; each post by itself, so that a test sees that post alone."""
    claire = school.channel("claire.dumont", name)
    await claire.says("abonne ce canal au plan TI")
    with school.database.writing(TENANT) as writing:
        writing.connection.execute(update(conversation).values(threads=False))
    return claire


async def failing(school: School, fault: Callable[[], Answer | Awaitable[Answer]]) -> tuple[Someone, Someone, Faults]:
    """A subscribed channel to which posts fail, somebody who just marked TI-12 done, and the first failure kept."""
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    faults = Faults(claire.place, fault)
    school.teams.fault = faults
    await nadia.says("TI-12 est terminée")
    await until(lambda: any(problem and not owner for problem, owner in outbox(school, "problem, owner")))
    return claire, nadia, faults


def posts(school: School, place: Place) -> list[Seen]:
    return school.announcements(place)


def open_actions(school: School, plan: str = "") -> list[str]:
    rows = school.rows("SELECT ref FROM action WHERE status = 'todo' AND rhythm IS NULL ORDER BY id")
    return [row[0] for row in rows if row[0].startswith(plan)]


PASSING: dict[str, tuple[Callable[[], Answer], int]] = {
    "429": (status(429, "Throttled", **{"Retry-After": "2"}), 0),
    "429 without Retry-After": (status(429), 0),
    "408": (status(408), 0),
    "412": (status(412, "PreconditionFailed"), 0),
    "500": (status(500, "ServiceError"), 0),
    "502": (status(502), 0),
    "503": (status(503), 0),
    "504": (status(504), 0),
    "cut before": (lambda: Cut.BEFORE, 0),
    # Kept by Teams, and nobody can know: better seen twice than never.
    "cut after": (lambda: Cut.AFTER, 2),
}


CERTAIN = ("429", "429 without Retry-After", "412")
"""Faults after which it is known that nothing arrived."""


async def test_an_announcement_goes_out_once_the_fault_ends(school: School) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    for ref, (fault, (make, kept)) in zip(open_actions(school, "TI-"), PASSING.items(), strict=False):
        faults = Faults(claire.place, make)
        school.teams.fault = faults
        before = len(posts(school, claire.place))
        await nadia.presses_data("mark_done", {"ref": ref})
        await until(lambda: any(problem and not owner for problem, owner in outbox(school, "problem, owner")))
        assert faults.calls == 1, fault
        school.clock.pass_(seconds=5)
        await until(lambda faults=faults: faults.calls == 2 and outbox(school, "owner")[-1] is None)
        assert len(posts(school, claire.place)) == before + kept, fault
        faults.on = False
        school.clock.pass_(seconds=LONGEST_PAUSE)
        await until(lambda: set(outbox(school)) == {"sent"})
        seen = posts(school, claire.place)
        assert len(seen) == before + kept + 1, fault
        assert seen[-1].refs == [ref], fault
        assert ("envoyé une seconde fois" in seen[-1]) == (fault not in CERTAIN), fault
        numbers = {re.findall(r"réf\. (\w{6})", post.text)[0] for post in seen[before:]}
        assert len(numbers) == 1, "both have the same number"
        assert outbox(school, "wanted, shown, problem, attempts")[-1] == (1, 1, "", 0)
    assert len(outbox(school)) == len(PASSING)


async def test_nothing_is_tried_again_before_its_time(school: School) -> None:
    _, _, faults = await failing(school, status(503))
    await settle()
    assert faults.calls == 1


async def test_a_time_out_is_tried_again(database: Database, clock: Clock, teams: LoopbackTeams) -> None:
    async def late() -> None:
        await asyncio.sleep(3)

    connector = Connector(None, NoTokens(), loopback=True, timeout=0.4)
    async with running(database, clock, teams, connector=connector) as school:
        claire, _, faults = await failing(school, late)
        assert "unknown" in outbox(school, "problem")[0]
        faults.on = False
        clock.pass_(seconds=5)
        await until(lambda: outbox(school) == ["sent"])
        assert len(posts(school, claire.place)) == 1


async def test_a_success_that_is_cut_halfway_is_not_repeated(school: School) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    faults = Faults(claire.place, lambda: Cut.HALFWAY)
    school.teams.fault = faults
    await nadia.says("TI-12 est terminée")
    await until(lambda: outbox(school) == ["sent"])
    school.clock.pass_(hours=1)
    await settle()
    assert (faults.calls, len(posts(school, claire.place))) == (1, 1)
    # Its id is lost, so the correction is a post of its own.
    faults.on = False
    await nadia.presses("Annuler")
    await until(lambda: outbox(school, "state, wanted, shown") == [("sent", 2, 2)])
    assert ["Annulé" in post for post in posts(school, claire.place)] == [False, True]


async def test_teams_says_how_long_to_wait_and_for_whom(school: School) -> None:
    other = await subscribed(school, "Autre")
    claire, nadia, faults = await failing(school, status(429, **{"Retry-After": "30"}))
    await school.until_announced(other.place)
    # More for the same channel waits too; other channels do not.
    await nadia.says("TI-18 est terminée")
    await until(lambda: len(posts(school, other.place)) == 2)
    await settle()
    calls = faults.calls
    assert calls <= 2
    faults.on = False
    school.clock.pass_(seconds=29)
    await settle()
    assert posts(school, claire.place) == []
    school.clock.pass_(seconds=32)
    await until(lambda: outbox(school) == ["sent"] * 4)
    assert [post.refs for post in posts(school, claire.place)] == [["TI-12"], ["TI-18"]]


async def test_what_is_owed_when_teams_throttles_waits_with_the_rest(school: School) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    held = asyncio.Event()

    async def throttled() -> web.Response:
        await held.wait()
        return status(429, **{"Retry-After": "30"})()

    faults = Faults(claire.place, throttled)
    school.teams.fault = faults
    for ref in ("TI-12", "TI-18", "TI-10"):
        await nadia.says(f"{ref} est terminée")
    await until(lambda: faults.calls == 1)
    held.set()
    await until(lambda: outbox(school, "owner") == [None] * 3)
    await settle()
    assert faults.calls == 1, "the whole conversation waits"
    faults.on = False
    school.clock.pass_(seconds=31)
    await until(lambda: outbox(school) == ["sent"] * 3)
    assert [post.refs[0] for post in posts(school, claire.place)] == ["TI-12", "TI-18", "TI-10"]


async def test_a_channel_that_hangs_holds_no_other_up(school: School) -> None:
    """The contract of five seconds is each channel's."""
    stuck, other = await subscribed(school, "Lent"), await subscribed(school, "Autre")
    released = asyncio.Event()

    async def hang() -> None:
        await released.wait()

    faults = Faults(stuck.place, hang)
    school.teams.fault = faults
    nadia = school.chat("nadia.lambert")
    for ref in ("TI-12", "TI-18", "TI-10"):
        await nadia.says(f"{ref} est terminée")
    await school.until_announced(other.place, 3)
    assert posts(school, stuck.place) == []
    assert faults.calls == 1, "one post at a time to one conversation"
    released.set()
    await school.until_announced(stuck.place, 3)


async def test_undo_before_anything_was_sent_withdraws_it(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    # A turn that ends just before the loop looks again.
    claiming = Delivery._claim
    monkeypatch.setattr(Delivery, "_claim", lambda self: None)
    await nadia.says("TI-12 est terminée")
    await nadia.presses("Annuler")
    assert outbox(school) == ["withdrawn"]
    monkeypatch.setattr(Delivery, "_claim", claiming)
    await settle()
    assert posts(school, claire.place) == []
    # A withdrawn post does not stand in the way of the next one.
    await nadia.says("TI-12 est terminée")
    (post,) = await school.until_announced(claire.place)
    assert "Annulé" not in post


@pytest.mark.parametrize("fault", ["503", "cut before"])
async def test_undo_while_the_post_fails_ends_in_one_post_that_shows_it(school: School, fault: str) -> None:
    claire, nadia, faults = await failing(school, PASSING[fault][0])
    await nadia.presses("Annuler")
    await settle()
    faults.on = False
    school.clock.pass_(seconds=LONGEST_PAUSE)
    await until(lambda: outbox(school, "state, wanted, shown") == [("sent", 2, 2)])
    await settle()
    (post,) = posts(school, claire.place)
    assert "Annulé" in post


async def test_undo_after_a_post_whose_fate_was_unknown_shows_in_one_post(school: School) -> None:
    claire, nadia, faults = await failing(school, lambda: Cut.AFTER)
    await nadia.presses("Annuler")
    faults.on = False
    school.clock.pass_(seconds=LONGEST_PAUSE)
    await until(lambda: outbox(school, "state, wanted, shown") == [("sent", 2, 2)])
    await settle()
    assert ["Annulé" in post for post in posts(school, claire.place)] == [False, True]


async def test_undo_while_the_post_is_on_its_way_corrects_it_after(school: School) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    released = asyncio.Event()

    async def slow() -> None:
        await released.wait()

    faults = Faults(claire.place, slow)
    school.teams.fault = faults
    await nadia.says("TI-12 est terminée")
    await until(lambda: faults.calls == 1)
    await nadia.presses("Annuler")
    released.set()
    faults.on = False
    await until(lambda: outbox(school, "state, wanted, shown") == [("sent", 2, 2)])
    (post,) = posts(school, claire.place)
    assert "Annulé" in post
    methods = [method for method, path, _ in school.teams.requests if method == "PUT" or path.endswith("/activities")]
    assert methods[-2:] == ["POST", "PUT"]


async def test_a_correction_that_fails_is_tried_again_and_is_no_second_post(school: School) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    await until(lambda: outbox(school) == ["sent"])
    faults = Faults(claire.place, status(503))
    school.teams.fault = faults
    await nadia.presses("Annuler")
    await until(lambda: faults.calls >= 1 and outbox(school, "owner") == [None])
    faults.on = False
    school.clock.pass_(seconds=5)
    await until(lambda: outbox(school, "state, wanted, shown") == [("sent", 2, 2)])
    (post,) = posts(school, claire.place)
    assert "Annulé" in post


async def test_a_channel_that_is_gone_is_left_alone_until_it_is_back(school: School) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    faults = Faults(claire.place, status(403, "BotNotInConversationRoster"))
    school.teams.fault = faults
    await nadia.says("TI-12 est terminée")
    await until(lambda: outbox(school) == ["dead"])
    assert outbox(school, "problem, shown") == [("gone 403 BotNotInConversationRoster", 0)]
    assert "Annoncé" not in await nadia.says("TI-18 est terminée")
    faults.on = False
    school.clock.pass_(hours=1)
    await settle()
    assert (faults.calls, posts(school, claire.place)) == (1, [])
    assert await claire.installs() is not None
    await nadia.says("TI-10 est terminée")
    await until(lambda: outbox(school) == ["dead", "sent"])
    assert "TI-10" in posts(school, claire.place)[-1]


async def test_nothing_old_is_posted_where_the_bot_was_removed(school: School) -> None:
    claire, nadia, faults = await failing(school, status(503))
    await nadia.says("TI-18 est terminée")
    assert outbox(school) == ["uncertain", "pending"], "what comes after waits: order is kept"
    await school.teams.send(school.url, school.teams.install(claire.person, claire.place, "remove"))
    faults.on = False
    school.clock.pass_(hours=1)
    await settle()
    assert posts(school, claire.place) == []
    assert outbox(school) == ["dead", "dead"]
    await claire.installs()
    await settle()
    assert outbox(school) == ["dead", "dead"]


async def test_what_teams_refuses_is_not_tried_again(school: School) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    faults = Faults(claire.place, status(413, "MessageSizeTooBig"))
    school.teams.fault = faults
    await nadia.says("TI-12 est terminée")
    await until(lambda: outbox(school) == ["dead"])
    school.clock.pass_(hours=1)
    await settle()
    assert faults.calls == 1
    faults.on = False
    # The channel itself is as open as before.
    await nadia.says("TI-18 est terminée")
    await until(lambda: outbox(school) == ["dead", "sent"])


async def test_without_a_token_everything_waits(database: Database, clock: Clock, teams: LoopbackTeams) -> None:
    class Locked(NoTokens):
        refusal: NoToken | None = None
        asked = 0

        async def get(self) -> None:
            self.asked += 1
            if self.refusal is not None:
                raise self.refusal

    tokens = Locked()
    async with running(database, clock, teams, connector=Connector(None, tokens, loopback=True)) as school:
        first, second = await subscribed(school, "Un"), await subscribed(school, "Deux")
        nadia = school.chat("nadia.lambert")
        await nadia.says("TI-7")
        receipt = nadia.card
        assert receipt is not None
        tokens.refusal = NoToken("invalid_client", refused=True)
        await nadia.presses("Réalisée")
        await until(lambda: len([problem for problem in outbox(school, "problem") if problem]) >= 1)
        await settle()
        asked = tokens.asked
        await settle()
        assert tokens.asked == asked, "nobody asks again and again"
        assert outbox(school) == ["pending", "pending"]
        tokens.refusal = None
        clock.pass_(seconds=5)
        await until(lambda: outbox(school) == ["sent", "sent"])
        assert len(posts(school, first.place)) == len(posts(school, second.place)) == 1


async def test_many_announcements_arrive_in_order(school: School) -> None:
    claire, anne = await subscribed(school), school.chat("anne.leroy")
    await claire.says("abonne ce canal au plan HEN")
    chosen = random.Random(1).sample(open_actions(school), 50)
    for ref in chosen:
        await anne.presses_data("mark_done", {"ref": ref})
    async with flying(school.clock):
        await until(lambda: outbox(school) == ["sent"] * 50, within=20)
    assert [post.refs[0] for post in posts(school, claire.place)] == chosen


# The process stops.


async def stopped_while_sending(school: School) -> Someone:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    faults = Faults(claire.place, lambda: asyncio.sleep(5, Cut.BEFORE))
    school.teams.fault = faults
    await nadia.says("TI-12 est terminée")
    await until(lambda: faults.calls == 1)
    return claire


async def test_a_bot_that_stopped_before_posting_posts_when_it_is_back(
    database: Database, clock: Clock, teams: LoopbackTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    claiming = Delivery._claim
    monkeypatch.setattr(Delivery, "_claim", lambda self: None)
    async with running(database, clock, teams) as school:
        claire, nadia = await subscribed(school), school.chat("nadia.lambert")
        await nadia.says("TI-12 est terminée")
        assert outbox(school, "state, attempts") == [("pending", 0)]
    assert posts(school, claire.place) == []
    monkeypatch.setattr(Delivery, "_claim", claiming)
    async with running(database, clock, teams) as school:
        await school.until_announced(claire.place)
        await settle()
        assert len(posts(school, claire.place)) == 1


async def test_a_bot_that_stopped_while_posting_posts_when_its_lease_has_passed(
    database: Database, clock: Clock, teams: LoopbackTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "LAST_POSTS", 0.05)
    async with running(database, clock, teams) as school:
        claire = await stopped_while_sending(school)
    teams.fault = None
    async with running(database, clock, teams) as school:
        await settle()
        assert posts(school, claire.place) == []
        clock.pass_(seconds=lease_for(Connector(None, NoTokens())).total_seconds() + 1)
        await school.until_announced(claire.place)
        await until(lambda: outbox(school) == ["sent"])
        assert len(posts(school, claire.place)) == 1


async def test_a_bot_that_is_told_to_stop_ends_the_post_it_began(
    database: Database, clock: Clock, teams: LoopbackTeams
) -> None:
    async with running(database, clock, teams) as school:
        claire, nadia = await subscribed(school), school.chat("nadia.lambert")
        faults = Faults(claire.place, lambda: asyncio.sleep(0.3, None))
        school.teams.fault = faults
        for ref in ("TI-12", "TI-18"):
            await nadia.says(f"{ref} est terminée")
        await until(lambda: faults.calls == 1)
    assert outbox(school) == ["sent", "pending"]
    assert outbox(school, "owner") == [None, None]
    assert len(posts(school, claire.place)) == 1


async def test_the_database_is_away_for_a_moment(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    claire, nadia = await subscribed(school), school.chat("nadia.lambert")
    claiming, failed = Delivery._claim, []

    def away(self: Delivery) -> None:
        failed.append(1)
        raise ConnectionError

    monkeypatch.setattr(Delivery, "_claim", away)
    await nadia.says("TI-12 est terminée")
    await until(lambda: len(failed) > 2)
    monkeypatch.setattr(Delivery, "_claim", claiming)
    await school.until_announced(claire.place)


async def test_two_bots_on_one_database_post_once_and_in_order(
    database: Database, clock: Clock, teams: LoopbackTeams
) -> None:
    async with running(database, clock, teams) as school, running(database, clock, teams) as twin:
        places = [(await subscribed(school, name)).place for name in ("Un", "Deux", "Trois")]
        busy: dict[str, int] = dict.fromkeys((place.id for place in places), 0)
        collided: list[str] = []

        async def counted(place: str) -> None:
            busy[place] += 1
            if busy[place] > 1:
                collided.append(place)
            await asyncio.sleep(0.002)
            busy[place] -= 1

        def fault(method: str, path: str) -> Awaitable[None] | None:
            named = [place.id for place in places if place.id in path and path.endswith("/activities")]
            return counted(named[0]) if named else None

        teams.fault = fault
        anne = [school.chat("anne.leroy"), Someone(twin, school.person("anne.leroy"), school.chat("anne.leroy").place)]
        refs = open_actions(school, "TI-")[:20]
        for number, ref in enumerate(refs):
            await anne[number % 2].presses_data("mark_done", {"ref": ref})
        async with flying(clock):
            await until(lambda: outbox(school) == ["sent"] * 60, within=20)
        await settle()
        for place in places:
            assert [post.refs[0] for post in posts(school, place)] == refs
        assert collided == []
        owners = school.rows("SELECT DISTINCT attempts FROM outbox")
        assert [tuple(row) for row in owners] == [(0,)]


# The rows themselves.

LATER = timedelta(seconds=60)
START = datetime(2026, 3, 18, 9, tzinfo=UTC)


@dataclass
class Box:
    """An outbox with its events and conversations, used directly."""

    database: Database
    conversations: list[int] = field(default_factory=list)
    now: datetime = START

    def __post_init__(self) -> None:
        with self.database.writing(TENANT) as writing:
            for number in range(3):
                place = KeptPlace(teams_id=f"19:{number}", kind="channel", service_url="http://127.0.0.1:1/")
                self.conversations.append(remember_place(writing, place))

    def owe(self, conversation: int = 0, **named: Any) -> int:
        """The number of the event that owes the post."""
        with self.database.writing(TENANT) as writing:
            number = writing.add(
                event, tenant=TENANT, kind="marked_done", at=self.now, through="chat", before={}, after={}
            )
            content = {"language": "fr", "summary": f"{number}", "card": {}}
            promise(writing, self.post(number, conversation, content=content, **named), self.now)
        return number

    def post(self, number: int, conversation: int = 0, **named: Any) -> Post:
        where = self.conversations[conversation]
        return Post(**{"kind": COMPLETION, "subject": f"{number}", "conversation": where, "event": number} | named)

    def take(self, owner: str = "one", limit: int = 1) -> Any:
        with self.database.writing(TENANT) as writing:
            return claim(writing, owner=owner, now=self.now, lease=LATER, limit=limit)

    def call(self, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        with self.database.writing(TENANT) as writing:
            return function(writing, *args, **named)

    def rows(self) -> dict[int, Any]:
        with self.database.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM outbox ORDER BY id").mappings()
            return {row["event"]: dict(row) for row in rows}


@pytest.fixture
def box(database: Database) -> Box:
    return Box(database)


def test_a_claim_is_held_until_its_lease_ends(box: Box) -> None:
    box.owe()
    (held,) = box.take()
    assert (held.attempts, held.activity_id, box.take("two")) == (0, None, [])
    box.now += LATER
    assert box.take("two") == []
    box.now += timedelta(seconds=1)
    (again,) = box.take("two")
    assert (again.id, again.epoch, again.attempts) == (held.id, held.epoch + 1, 1)


def test_whoever_lost_the_lease_records_nothing(box: Box) -> None:
    box.owe()
    (lost,) = box.take("one")
    box.now += LATER * 2
    (held,) = box.take("two")
    before = box.rows()
    assert box.call(mark_shown, lost, "1", box.now) is False
    assert box.call(put_back, lost, due_at=box.now + LATER, problem="x") is False
    assert box.call(give_up, lost, problem="x", now=box.now) is False
    assert box.rows() == before
    assert box.call(mark_shown, held, "2", box.now) is True
    # Neither does it once the other has ended.
    after = box.rows()
    assert box.call(mark_shown, lost, "1", box.now) is False
    assert box.call(give_up, held, problem="x", now=box.now) is False
    assert box.rows() == after
    assert next(iter(after.values()))["activity_id"] == "2"


def test_a_lease_that_passed_and_nobody_took_still_counts(box: Box) -> None:
    box.owe()
    (held,) = box.take()
    box.now += LATER * 2
    assert box.call(mark_shown, held, "1", box.now) is True


def test_one_cause_owes_one_post(box: Box) -> None:
    number = box.owe()
    assert box.call(promise, box.post(number, content={}), START) is None
    assert box.call(promise, box.post(number, content={}), START + LATER * 1000) is None, "for ever"
    (row,) = box.rows().values()
    assert row["content"] != "{}"
    # Another channel, another time or another kind is another post.
    assert box.call(promise, box.post(number, 1, content={}), START) is not None
    assert box.call(promise, box.post(number, content={}, period="2026-03"), START) is not None
    assert box.call(promise, box.post(number, content={}, kind="digest"), START) is not None


def test_a_conversation_has_one_post_under_way(box: Box) -> None:
    first, second, third = box.owe(0), box.owe(0), box.owe(1)
    held = box.take(limit=5)
    assert [each.content["summary"] for each in held] == [str(first), str(third)]
    assert box.take("two", limit=5) == []
    box.call(mark_shown, held[0], "1", box.now)
    assert [each.content["summary"] for each in box.take("two", limit=5)] == [str(second)]


def test_another_tenants_posts_are_not_ours(box: Box) -> None:
    number = box.owe()
    with box.database.writing("other") as writing:
        assert claim(writing, owner="one", now=box.now, lease=LATER) == []
        assert correct(writing, number, lambda old: {}, box.now) == []
        hold_back(writing, None, box.now + LATER)
    assert len(box.take()) == 1


def test_closing_gives_up_what_is_owed_but_not_what_was_delivered(box: Box) -> None:
    first, second, third = box.owe(0), box.owe(1), box.owe(2)
    delivered, failed = box.take(limit=2)
    for number in box.conversations[:2]:
        box.call(close_place, number, box.now)
    assert box.call(mark_shown, delivered, "1", box.now) is True
    assert box.call(put_back, failed, due_at=box.now, problem="x") is True
    states = {number: row["state"] for number, row in box.rows().items()}
    assert states == {first: "sent", second: "dead", third: "pending"}
    box.now += LATER * 2
    assert [each.content["summary"] for each in box.take(limit=5)] == [str(third)]


def test_posts_of_a_conversation_keep_their_order_when_the_first_fails(box: Box) -> None:
    first, second, _ = box.owe(0), box.owe(0), box.owe(1)
    held, beside = box.take(limit=5)
    box.call(mark_shown, beside, "9", box.now)
    box.call(put_back, held, due_at=box.now + LATER, problem="not_sent")
    assert box.take(limit=5) == []
    box.now += LATER
    (again,) = box.take(limit=5)
    assert (again.content["summary"], again.is_repeated) == (str(first), False)
    box.call(mark_shown, again, "1", box.now)
    assert [each.content["summary"] for each in box.take(limit=5)] == [str(second)]


def test_whoever_died_while_sending_leaves_it_uncertain(box: Box) -> None:
    number, notice = box.owe(0), box.owe(1, kind=NOTICE)
    assert len(box.take(limit=5)) == 2
    box.now += LATER * 2
    (again,) = box.take("two", limit=5)
    assert again.is_repeated
    rows = box.rows()
    assert (rows[number]["state"], rows[number]["uncertain"]) == ("uncertain", 1)
    # A reminder is never said twice: the next one covers it.
    assert (rows[notice]["state"], rows[notice]["uncertain"], rows[notice]["owner"]) == ("uncertain", 1, None)
    assert box.call(mark_shown, again, "1", box.now) is True
    assert box.take("two", limit=5) == []
    assert box.rows()[number]["state"] == "sent"


def test_two_conversations_that_are_throttled_slow_the_tenant_down(box: Box) -> None:
    owed = [box.owe(0), box.owe(1), box.owe(2)]
    first, second, third = box.take(limit=5)
    for held in (first, second, third):
        box.call(put_back, held, due_at=box.now, problem="429")
    box.call(throttled, first.conversation, box.now, box.now + LATER)
    assert [each.id for each in box.take("two", limit=5)] == [second.id, third.id]
    box.now += timedelta(seconds=1)
    for number in (second, third):
        box.call(put_back, replace(number, epoch=number.epoch + 1), due_at=box.now, problem="429")
    box.call(throttled, second.conversation, box.now, box.now + LATER / 2)
    assert box.take("two", limit=5) == [], "a second one at the same time: everybody waits"
    box.now += LATER
    assert len(box.take("two", limit=5)) == len(owed)


def test_a_conversation_is_written_to_no_faster_than_teams_allows(box: Box) -> None:
    for _ in range(80):
        box.owe(0)
    sent: list[datetime] = []
    while len(sent) < 80:
        for held in box.take():
            sent.append(box.now)
            box.call(mark_shown, held, "1", box.now)
        box.now += timedelta(seconds=0.1)
    for seconds, most in CONVERSATION_LIMITS:
        for at in sent:
            assert sum(at <= each < at + timedelta(seconds=seconds) for each in sent) <= most
    assert sent[-1] - sent[0] < timedelta(seconds=61), "and no slower than needed"


def test_many_conversations_together_keep_to_what_the_tenant_may(database: Database) -> None:
    with database.writing(TENANT) as writing:
        places = [
            remember_place(
                writing, KeptPlace(teams_id=f"a:{number}", kind="personal", service_url="http://127.0.0.1:1/")
            )
            for number in range(60)
        ]
        for place in places:
            promise(writing, Post(kind=NOTICE, subject="x", conversation=place, content={}), START)
        assert len(claim(writing, owner="one", now=START, lease=LATER, limit=100)) == 45
        assert claim(writing, owner="two", now=START, lease=LATER, limit=100) == []
        assert len(claim(writing, owner="two", now=START + timedelta(seconds=1.1), lease=LATER, limit=100)) == 15


@given(gaps=st.lists(st.floats(0, 40), max_size=120))
def test_the_pace_keeps_every_limit_and_waits_for_nothing_else(gaps: list[float]) -> None:
    now, sent = START, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        now = free_from(sent, CONVERSATION, now)
        sent.insert(0, now)
    for seconds, most in CONVERSATION:
        for at in sent:
            assert sum(at - timedelta(seconds=seconds) < each <= at for each in sent) <= most


def test_what_comes_too_late_is_kept_for_the_next_gathering(box: Box) -> None:
    number = box.owe(0, worth_until=box.now + LATER)
    notice = box.owe(1, kind=NOTICE, worth_until=box.now + LATER)
    following = box.owe(0)
    box.now += LATER * 2
    assert [each.content["summary"] for each in box.take(limit=5)] == [str(following)]
    box.call(hold_late, box.now)
    states = {each: row["state"] for each, row in box.rows().items()}
    assert (states[number], states[notice]) == ("held", "late")


def test_whoever_caused_a_post_is_told_that_it_cannot_be_delivered(box: Box) -> None:
    with box.database.writing(TENANT) as writing:
        nadia = find_member_by_email(writing, "nadia.lambert@ecole.example", START.date())
    assert nadia is not None
    box.owe(0, cause=nadia.id)
    box.owe(0, cause=nadia.id)
    (held,) = box.take()
    box.call(give_up, held, problem="refused 413", now=box.now)
    box.call(close_place, box.conversations[0], box.now)
    with box.database.reading(TENANT) as reading:
        owed = list_owed(reading, nadia.id)
    assert [(each.kind, each.content["problem"]) for each in owed] == [
        ("undelivered", "refused 413"),
        ("undelivered", "closed"),
    ]


def test_the_pause_grows_and_never_too_far() -> None:
    assert [pause(0, 7.0), pause(9, 0.0), pause(0, 1e9), pause(0, -1)] == [7.0, 0.0, LONGEST_PAUSE, 0.0]
    for attempts in range(40):
        longest = min(LONGEST_PAUSE, 2**attempts)
        assert longest / 2 <= pause(attempts, None) <= longest


@pytest.mark.parametrize("seed", range(6))
def test_no_sequence_loses_a_row_or_marks_it_wrongly(box: Box, seed: int) -> None:
    """Processes that claim, die, come back late and fail in every way; Teams is a table of posts beside them."""
    chance = random.Random(seed)
    said: dict[int, list[str]] = {}
    shown: dict[int, dict[str, str]] = {}
    held: list[tuple[Any, int]] = []
    corrected: dict[int, int] = {}
    dead: set[int] = set()

    def content(number: int) -> dict[str, Any]:
        corrected[number] = corrected.get(number, 0) + 1
        said[number].append(f"{number} corrected {corrected[number]}")
        return {"language": "fr", "summary": said[number][-1], "card": {}}

    def send(taken: Any) -> str:
        """Teams takes it."""
        number = int(taken.content["summary"].split()[0])
        posted = shown.setdefault(number, {})
        activity = taken.activity_id or f"{number}-{len(posted)}"
        posted[activity] = taken.content["summary"]
        return activity

    def end(taken: Any, number: int) -> None:
        outcome = chance.choice(["sent", "sent", "failed", "unknown", "refused"])
        if outcome == "sent":
            box.call(mark_shown, taken, send(taken), box.now)
            return
        if outcome == "unknown" and chance.random() < 0.5:
            send(taken)
        if outcome == "refused":
            if box.call(give_up, taken, problem="refused", now=box.now):
                dead.add(number)
        else:
            box.call(put_back, taken, due_at=box.now + LATER * chance.random(), problem=outcome)

    for _ in range(120):
        step = chance.choice(["owe", "take", "take", "end", "end", "die", "correct", "wait", "hold"])
        if step == "owe":
            number = box.owe(chance.randrange(3))
            said[number] = [str(number)]
        elif step == "take":
            for taken in box.take(chance.choice(["one", "two"]), limit=chance.randint(1, 3)):
                held.append((taken, int(taken.content["summary"].split()[0])))
        elif step == "end" and held:
            end(*held.pop(chance.randrange(len(held))))
        elif step == "die" and held:
            taken, _ = held.pop(chance.randrange(len(held)))
            if chance.random() < 0.5:
                send(taken)
        elif step == "correct" and said:
            number = chance.choice(list(said))
            box.call(correct, number, lambda old, number=number: content(number), box.now)
        elif step == "hold":
            box.call(hold_back, chance.choice([None, *box.conversations]), box.now + LATER / 4)
        else:
            box.now += LATER * chance.random()
    # Everybody who is still there ends late; then one healthy process does the rest.
    for taken, number in held:
        end(taken, number)
    for _ in range(2 * len(said)):
        box.now += LATER * 2
        for taken in box.take("healthy", limit=5):
            box.call(mark_shown, taken, send(taken), box.now)
    rows = box.rows()
    assert set(rows) == set(said)
    for number, row in rows.items():
        state = row["state"]
        assert state == ("dead" if number in dead else state)
        assert state in ("sent", "withdrawn", "dead"), "nothing is left behind"
        assert (state == "dead") == (number in dead)
        if state == "withdrawn":
            assert number not in shown
        if state == "sent":
            assert (row["wanted"], row["shown"], row["owner"]) == (corrected.get(number, 0) + 1,) * 2 + (None,)
            assert shown[number][row["activity_id"]] == said[number][-1]


async def test_a_round_is_cancelled_without_a_trace(database: Database, clock: Clock) -> None:
    """What the loop leaves when it is cancelled instead of stopped."""
    from bot.house import House

    delivery = Delivery(House(database, TENANT), Connector(None, NoTokens()), clock, every=0.01)
    loop = asyncio.create_task(delivery.run())
    await asyncio.sleep(0.05)
    loop.cancel()
    with suppress(asyncio.CancelledError):
        await loop
    assert loop.cancelled()
