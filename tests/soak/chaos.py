"""Kills, stops and cuts off real processes while they deliver, and compares the outbox with what arrived.

`python -m tests.soak.chaos --kills 1000 --seed 7`: the seed decides what is done to whom and when. What must be zero:
lost, wrongly marked sent, out of order, and repeated without having been flagged uncertain.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from typing import Any

import psycopg
from aiohttp import web
from sqlalchemy import text

from bot.delivery import lease_for
from bot.loopback import Cut, LoopbackTeams
from bot.sender import Connector
from bot.tokens import NoTokens
from storage.conversations import Place, remember_place
from storage.database import Database
from storage.outbox import COMPLETION, NOTICE, Post, promise
from tests.databases import TENANT, postgresql_server
from tests.soak.replica import SEND_TIMEOUT, STEPS, replica

CHANNELS, PEOPLE = 10, 6
LEASE = lease_for(Connector(None, NoTokens(), timeout=SEND_TIMEOUT)).total_seconds()
FAULTS: tuple[Callable[[], Any], ...] = (
    lambda: Cut.BEFORE,
    lambda: Cut.AFTER,
    lambda: Cut.HALFWAY,
    lambda: web.json_response({"error": {"code": "ServiceError"}}, status=503),
    lambda: web.json_response({"error": {"code": "Throttled"}}, status=429, headers={"Retry-After": "1"}),
    lambda: web.json_response({"error": {"code": "PreconditionFailed"}}, status=412),
)


@dataclass
class Result:
    kills: Counter[str] = field(default_factory=Counter)
    stops: int = 0
    cuts: int = 0
    promised: int = 0
    sends: int = 0
    states: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    wrongly_sent: int = 0
    repeated: int = 0
    repeated_uncertain: int = 0
    reminders_uncertain: int = 0
    reminders_repeated: int = 0
    disordered: int = 0
    throttled: int = 0
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        wrong = self.lost + self.wrongly_sent + self.repeated + self.reminders_repeated + self.disordered
        return wrong == 0 and set(self.states) <= {"sent", "uncertain"}

    def lines(self) -> list[str]:
        kills = ", ".join(f"{number} {step}" for step, number in sorted(self.kills.items()))
        return [
            f"kills {self.kills.total()} ({kills}), stopped beyond the lease {self.stops}, connections cut {self.cuts}",
            f"promised {self.promised}, sends {self.sends}, throttled by Teams {self.throttled}",
            f"lost {self.lost}, wrongly marked sent {self.wrongly_sent}, repeated {self.repeated}, "
            f"out of order {self.disordered}",
            f"flagged uncertain and repeated {self.repeated_uncertain}; "
            f"reminders uncertain {self.reminders_uncertain}, repeated {self.reminders_repeated}",
            f"{self.seconds:.0f} seconds",
        ]


class Chaos:
    def __init__(self, url: str, replicas: int, kills: int, seed: int, server: str = "") -> None:
        self._url, self._replicas, self._kills, self._server = url, replicas, kills, server
        self._chance = random.Random(seed)
        self._database = Database(url)
        self._result = Result()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.soak.replica"])
        self._running: list[tuple[ForkServerProcess, str]] = []
        self._places: list[int] = []
        self._teams = LoopbackTeams(clock=time.monotonic)
        self._faulty = True
        self._stopped_until = 0.0

    async def run(self) -> Result:
        began = time.monotonic()
        self._database.migrate()
        async with self._teams:
            self._teams.fault = self._fault
            self._make_places()
            try:
                while self._result.kills.total() < self._kills:
                    self._keep_running()
                    self._promise()
                    await asyncio.sleep(self._chance.uniform(0.01, 0.06))
                    await self._disturb()
                self._faulty = False
                await self._let_them_finish()
            finally:
                for process, _ in self._running:
                    _signal(process, signal.SIGCONT)
                    process.kill()
                    process.join()
        self._compare()
        self._result.seconds = time.monotonic() - began
        self._database.close()
        return self._result

    def _fault(self, method: str, path: str) -> Any:
        if not self._faulty or self._chance.random() > 0.04:
            return None
        return self._chance.choice(FAULTS)()

    def _make_places(self) -> None:
        with self._database.writing(TENANT) as writing:
            for number in range(CHANNELS + PEOPLE):
                kind = "channel" if number < CHANNELS else "personal"
                place = Place(teams_id=f"19:chaos-{number}", kind=kind, service_url=self._teams.service_url)
                self._places.append(remember_place(writing, place))

    def _keep_running(self) -> None:
        alive = []
        for process, step in self._running:
            if process.is_alive():
                alive.append((process, step))
            else:
                process.join()
                self._result.kills[step or "at random"] += 1
        self._running = alive
        while len(self._running) < self._replicas:
            step = self._chance.choice((*STEPS, "", ""))
            times = self._chance.randint(1, 3)
            process = self._context.Process(target=replica, args=(self._url, TENANT, step, times), daemon=True)
            process.start()
            self._running.append((process, step))

    def _promise(self) -> None:
        waiting = self._count("state IN ('pending', 'uncertain') AND kind = 'completion'")
        if waiting > 60:
            return
        now = datetime.now(UTC)
        for _ in range(self._chance.randint(1, 4)):
            self._result.promised += 1
            number = self._result.promised
            is_notice = self._chance.random() < 0.2
            place = self._places[
                self._chance.randrange(CHANNELS, CHANNELS + PEOPLE) if is_notice else self._chance.randrange(CHANNELS)
            ]
            content = {"language": "fr", "summary": f"post-{number}", "card": {"type": "AdaptiveCard", "body": []}}
            kind = NOTICE if is_notice else COMPLETION
            with self._database.writing(TENANT) as writing:
                promise(writing, Post(kind=kind, subject=f"post-{number}", conversation=place, content=content), now)

    async def _disturb(self) -> None:
        what = self._chance.random()
        process, step = self._chance.choice(self._running)
        if what < 0.30:
            if not step:
                _signal(process, signal.SIGKILL)
        elif what < 0.31 and time.monotonic() > self._stopped_until:
            self._result.stops += 1
            self._stopped_until = time.monotonic() + LEASE * 3
            _signal(process, signal.SIGSTOP)
            asyncio.get_running_loop().call_later(LEASE * 1.3, _signal, process, signal.SIGCONT)
        elif what < 0.33 and self._server:
            self._result.cuts += 1
            await asyncio.to_thread(self._cut)

    def _cut(self) -> None:
        """End one connection of the replicas, whatever it is doing."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = '' "
                "ORDER BY random() LIMIT 1"
            )

    async def _let_them_finish(self) -> None:
        limit = time.monotonic() + 120
        for process, _ in self._running:
            _signal(process, signal.SIGCONT)
            process.kill()
            process.join()
        self._running = [
            (self._context.Process(target=replica, args=(self._url, TENANT, "", 1), daemon=True), "") for _ in range(2)
        ][: self._replicas]
        for process, _ in self._running:
            process.start()
        # Growing pauses are for other days.
        while time.monotonic() < limit and self._count(
            "state = 'pending' OR (state = 'uncertain' AND kind <> 'notice') OR owner IS NOT NULL"
        ):
            with self._database.engine.connect().execution_options(writes=True) as connection, connection.begin():
                soon = datetime.now(UTC)
                connection.execute(
                    text("UPDATE outbox SET due_at = :now WHERE due_at > :later"),
                    {"now": soon, "later": soon + timedelta(seconds=3)},
                )
            await asyncio.sleep(0.3)

    def _count(self, condition: str) -> int:
        with self._database.engine.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM outbox WHERE {condition}").scalar() or 0)

    def _compare(self) -> None:
        arrived: Counter[str] = Counter()
        result = self._result
        for posts in self._teams.posts.values():
            first: list[int] = []
            for post in posts:
                name = post.activity["summary"]
                arrived[name] += 1
                if arrived[name] == 1:
                    first.append(int(name.removeprefix("post-")))
            result.disordered += sum(a > b for a, b in pairwise(first))
        result.sends = arrived.total()
        result.throttled = self._teams.throttled
        with self._database.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT subject, kind, state, uncertain FROM outbox").all()
        for subject, kind, state, uncertain in rows:
            result.states[state] += 1
            number = arrived[subject]
            if state == "sent" and number == 0:
                result.wrongly_sent += 1
            if kind == NOTICE:
                result.reminders_uncertain += state == "uncertain"
                result.reminders_repeated += number > 1
                result.lost += number == 0 and state != "uncertain"
            else:
                result.lost += number == 0
                if number > 1:
                    result.repeated_uncertain += uncertain > 0
                    result.repeated += uncertain == 0
        result.lost += result.promised - len(rows)


def _signal(process: ForkServerProcess, number: int) -> None:
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, number)


def chaos(kind: str, kills: int, seed: int) -> Result:
    """One run: PostgreSQL with three replicas, or SQLite with one process."""
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            return asyncio.run(Chaos(f"sqlite:///{folder}/chaos.db", 1, kills, seed).run())
        server = stack.enter_context(postgresql_server())
        url = server.replace("postgresql://", "postgresql+psycopg://")
        return asyncio.run(Chaos(url, 3, kills, seed, server).run())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", choices=("postgresql", "sqlite"), action="append")
    run = parser.parse_args()
    right = True
    for kind in run.on or ("postgresql", "sqlite"):
        result = chaos(kind, run.kills, run.seed)
        print(f"{kind}, seed {run.seed}", *result.lines(), sep="\n  ", flush=True)
        right = right and result.is_right
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
