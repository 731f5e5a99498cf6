"""A month of a school of four hundred on a clock that flies: one notice a day, nothing unsaid, completions once."""

import faulthandler
import random
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.announcing import announce
from bot.house import House
from bot.rounds import make_round
from bot.schedule import TOUCHED, WorkingDays, milestone
from storage.calendar import BELGIAN
from storage.claims import claim, mark_shown
from storage.commands import mark_done
from storage.conversations import Place, Scope, remember_place, subscribe
from storage.database import Database
from storage.imports.register import Entry
from storage.people import register
from storage.plan import Member, Role
from storage.record import By
from storage.reminders import list_open_actions, list_reachable, list_touched
from storage.sight import EVERYTHING
from storage.tables import conversation
from storage.tables import member as members
from tests.databases import TENANT

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
LEASE = timedelta(minutes=5)


class Month:
    """The school, and the Teams beside it as a list of what arrived."""

    def __init__(self, database: Database, chance: random.Random) -> None:
        self.house = House(database, TENANT)
        self.chance = chance
        self.arrived: list[tuple[datetime, str, str, str, dict[str, Any]]] = []
        self.people: list[Member] = []
        self.channels: list[int] = []
        self.done: dict[str, datetime] = {}

    def at(self, day: date, hour: float) -> datetime:
        minutes = int(hour * 60)
        return datetime.combine(day, time(minutes // 60, minutes % 60), self.house.zone).astimezone(UTC)

    def settle(self, now: datetime) -> datetime:
        """Everything that is owed is sent; time passes as fast as Teams allows."""
        began = now
        while True:
            with self.house.database.writing(TENANT) as writing:
                held = claim(writing, owner="one", now=now, lease=LEASE, limit=50)
                for each in held:
                    self.arrived.append((now, each.kind, each.teams_id, each.activity_id or "", each.content))
                    mark_shown(writing, each, each.activity_id or f"m{len(self.arrived)}", now)
            if held:
                continue
            with self.house.database.engine.connect() as connection:
                waits = connection.exec_driver_sql(
                    "SELECT count(*) FROM outbox WHERE state IN ('pending') AND attempts = 0"
                ).scalar()
            if not waits or now - began > timedelta(minutes=30):
                return now
            now += timedelta(seconds=1)


def populate(month: Month) -> None:
    database, chance = month.house.database, month.chance
    with database.writing(TENANT) as writing:
        bodies = [row[0] for row in writing.connection.exec_driver_sql("SELECT name FROM body")]
        register(
            writing,
            [
                Entry(
                    email=f"p{number}@ecole.example",
                    name=f"Personne {number}",
                    unit="Haute école/Techniques de l'image",
                    bodies="|".join(chance.sample(bodies, chance.randint(0, 2))),  # type: ignore[arg-type]
                    role=Role.COORDINATOR if number % 100 == 0 else Role.MEMBER,
                )
                for number in range(400)
            ],
        )
        addresses = select(members.c.id, members.c.email).where(members.c.tenant == TENANT)
        for row in writing.connection.execute(addresses).all():
            if chance.random() < 0.9:
                chat = {"teams_id": f"a:{row.email}", "kind": "personal", "service_url": "http://127.0.0.1:1/"}
                writing.add(conversation, tenant=TENANT, name="", member=row.id, **chat)
        month.people = [each.member for each in list_reachable(writing, FIRST)]
        by = By(member=month.people[0], at=month.at(FIRST, 8), today=FIRST, through="chat")
        for name, scope in (("TI", Scope(kind="plan", target="TI")), ("HEN", Scope(kind="plan", target="HEN"))):
            place = Place(teams_id=f"19:{name}", kind="channel", service_url="http://127.0.0.1:1/", name=name)
            number = remember_place(writing, place)
            subscribe(writing, number, scope, "fr", by)
            month.channels.append(number)
        writing.connection.exec_driver_sql("UPDATE conversation SET rhythm = 'daily' WHERE name = 'HEN'")


def work(month: Month, day: date) -> None:
    """Somebody who may do it closes a few actions in the course of the day."""
    by_id = {person.id: person for person in month.people}
    admin = next(person for person in by_id.values() if person.role is Role.ADMIN)
    with month.house.database.writing(TENANT, EVERYTHING) as writing:
        open_ones = [
            action
            for action in list_open_actions(writing)
            if action.deadline.rhythm is None and action.deadline.end is not None
        ]
        for action in month.chance.sample(open_ones, min(2, len(open_ones))):
            now = month.at(day, month.chance.uniform(10, 16))
            by = By(member=admin, at=now, today=day, through="chat")
            made = mark_done(writing, action.ref, by, BELGIAN)
            announce(writing, month.house, made, by)
            month.done[action.ref] = now


@pytest.mark.parametrize("seed", [1])
def test_a_month_of_a_school_of_four_hundred(database: Database, seed: int) -> None:
    if not database.is_sqlite:
        pytest.skip("the days are the same on both; the rounds run on PostgreSQL in the other tests")
    # On a busy machine it takes longer than a test usually may.
    faulthandler.cancel_dump_traceback_later()
    month = Month(database, random.Random(seed))
    populate(month)
    days = WorkingDays()
    unsaid: list[tuple[date, str]] = []
    told: Counter[tuple[str, date]] = Counter()
    day = FIRST
    while day <= LAST:
        down = date(2026, 6, 10) <= day <= date(2026, 6, 12)
        if not down:
            # Two replicas at nine, one of them again in the afternoon.
            for hour in (9, 9, 14):
                make_round(month.house, month.at(day, hour))
            month.settle(month.at(day, 9.01))
            if days.holds(day):
                unsaid += [(day, ref) for ref in missed(month, day, days)]
            work(month, day) if days.holds(day) else None
            month.settle(month.at(day, 16.5))
        day += timedelta(days=1)
    for now, kind, place, activity, _ in month.arrived:
        if kind == "notice" and not activity:
            told[place, now.astimezone(month.house.zone).date()] += 1
    assert unsaid == []
    assert max(told.values()) == 1, "nobody gets more than one unsolicited message a day"
    assert all(days.holds(on) for _, on in told)
    assert len({place for place, _ in told}) > 100
    heard: Counter[str] = Counter()
    for _, kind, _, activity, content in month.arrived:
        if activity:
            continue
        if kind == "completion":
            heard[content["line"]["ref"]] += 1
        elif kind == "gathering":
            heard.update(ref for ref in month.done if f"**{ref}**" in str(content["card"]))
    recent = {ref for ref, at in month.done.items() if at.date() == LAST and ref.startswith("HEN")}
    assert dict(heard) == dict.fromkeys(set(month.done) - recent, 1), "channels hear of each completion exactly once"


def missed(month: Month, day: date, days: WorkingDays) -> list[str]:
    """Whatever is due to be said on that day and was said to nobody; asked of the actions themselves, one by one."""
    since = datetime.combine(day, time(), month.house.zone) - TOUCHED
    with month.house.database.reading(TENANT, EVERYTHING) as reading:
        rows = reading.connection.exec_driver_sql(
            "SELECT said.action, said.milestone FROM said JOIN outbox ON outbox.id = said.outbox "
            "WHERE outbox.state = 'sent'"
        )
        said = {(row[0], row[1]) for row in rows}
        touched = list_touched(reading, since)
        return [
            action.ref
            for action in list_open_actions(reading)
            if (what := milestone(action, day, days.covered_by(day), BELGIAN)) is not None
            and (action.id, what) not in said
            and action.id not in touched
        ]
