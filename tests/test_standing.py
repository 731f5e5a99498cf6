"""What the operator is told of delivery: `boucle status` and `/metrics` say the same as the outbox."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession

from bot.schedule import WorkingDays, digest_due, is_time, milestone, periods_from
from bot.standing import status_lines
from storage.calendar import BELGIAN, Period
from storage.plan import Action, Deadline, Kind, Rhythm, Status
from tests.conversation import School, settle
from tests.test_delivery import status


async def test_status_and_metrics_after_a_post_and_a_failure(school: School) -> None:
    claire, nadia = school.channel("claire.dumont"), school.chat("nadia.lambert")
    await claire.says("abonne ce canal au plan TI")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    await school.until_idle()
    school.teams.fault = lambda method, path: status(413, "MessageSizeTooBig")() if method == "POST" else None
    await nadia.presses_data("mark_done", {"ref": "TI-18"})
    for _ in range(20):
        if school.rows("SELECT 1 FROM outbox WHERE state = 'dead'"):
            break
        await settle()
    lines = status_lines(school.house, school.clock.now)
    assert "1 dead" in lines[0]
    assert "2 sent" in lines[0]
    assert any(line.startswith("Channel Qualité: last completion 2026-03-18 10:00, story") for line in lines)
    assert "Personal notices: last never; next 2026-03-19 09:00." in lines
    assert any("Failed: completion to Qualité" in line and "413" in line for line in lines)
    async with ClientSession() as session, session.get(school.url.replace("/api/messages", "/metrics")) as answer:
        assert answer.status == 200
        told = await answer.text()
    assert 'boucle_outbox_rows{state="dead",tenant="default"} 1.0' in told
    assert 'boucle_outbox_uncertain{tenant="default"} 0.0' in told
    assert "boucle_last_post_timestamp_seconds" in told
    assert 'boucle_next_post_timestamp_seconds{channel="",kind="notice",tenant="default"}' in told
    assert "Qualité" not in told
    # Whoever caused it learns of it, and the coordinator can ask.
    school.teams.fault = None
    asked = await nadia.says("qui n'a pas été atteint ?")
    assert "1 envoi n'est pas arrivé" in asked
    assert "Teams l'a refusé" in asked
    assert "personnes n'ont pas encore Boucle" in asked
    await school.morning(1)
    assert "Ceci n'a pas pu être publié dans Qualité" in await school.notice(nadia)


def action(due: date | None = None, **named: object) -> Action:
    kind = named.pop("kind", Kind.DAY)
    deadline = Deadline(kind=kind, start=due, end=due, rhythm=named.pop("rhythm", None))  # type: ignore[arg-type]
    values: dict[str, object] = {"priority": None, "status": Status.TODO} | named
    return Action(
        id=1,
        ref="TI-1",
        plan="TI",
        axis="",
        goal="",
        objective="",
        title="",
        version=1,
        deadline=deadline,
        **values,  # type: ignore[arg-type]
    )


DAYS = WorkingDays(closed=(Period(start=date(2026, 12, 21), end=date(2027, 1, 3)),))


def said_on(what: Action, start: date, days: int) -> list[tuple[date, str]]:
    """When something new is said of it, by somebody who looks every working day."""
    said: list[tuple[date, str]] = []
    for number in range(days):
        day = start + timedelta(days=number)
        if not DAYS.holds(day):
            continue
        found = milestone(what, day, DAYS.covered_by(day), BELGIAN)
        if found is not None and found not in [known for _, known in said]:
            said.append((day, found))
    return said


@pytest.mark.parametrize(
    ("priority", "days"),
    [
        (3, [date(2026, 6, 1), date(2026, 6, 16), date(2026, 6, 29)]),
        (2, [date(2026, 6, 16), date(2026, 6, 29)]),
        (1, [date(2026, 6, 23)]),
        (None, [date(2026, 6, 23)]),
    ],
)
def test_lead_times_by_priority(priority: int | None, days: list[date]) -> None:
    # Due on Tuesday 30 June.
    found = said_on(action(date(2026, 6, 30), priority=priority), date(2026, 5, 1), 60)
    assert [day for day, _ in found] == days


def test_what_is_due_while_the_school_is_closed_is_said_before() -> None:
    found = said_on(action(date(2026, 12, 24), priority=2), date(2026, 12, 1), 60)
    assert [day for day, what in found if what.startswith("due")] == [date(2026, 12, 10), date(2026, 12, 18)]


def test_a_leap_day_and_the_clock_of_summer() -> None:
    found = said_on(action(date(2028, 2, 29)), date(2028, 2, 1), 40)
    assert [what for _, what in found if what.startswith("due")] == ["due:2028-02-29:7"]
    zone = ZoneInfo("Europe/Brussels")
    # The night in which the clocks change: nine o'clock is nine o'clock on both sides of it.
    for day in (date(2026, 3, 27), date(2026, 3, 30), date(2026, 10, 23), date(2026, 10, 26)):
        nine = datetime(day.year, day.month, day.day, 9, tzinfo=zone)
        assert is_time(nine, DAYS)
        assert not is_time(nine - timedelta(minutes=1), DAYS)


def test_what_recurs_is_never_late_and_comes_each_year() -> None:
    yearly = action(None, kind=Kind.RECURRING, rhythm=Rhythm.LAST_DAY)
    found = said_on(yearly, date(2026, 8, 1), 420)
    assert [what for _, what in found] == ["due:2026-09-13:7", "due:2027-09-13:7"]


def test_digests_are_owed_once_a_week_or_month() -> None:
    assert digest_due("weekly", date(2026, 3, 18)) == (
        "2026W11",
        Period(start=date(2026, 3, 9), end=date(2026, 3, 15)),
    )
    assert digest_due("monthly", date(2026, 3, 18)) == (
        "2026-02",
        Period(start=date(2026, 2, 1), end=date(2026, 2, 28)),
    )
    assert digest_due("never", date(2026, 3, 18)) is None


def test_closing_weeks_are_read() -> None:
    assert periods_from(["2026-12-21/2027-01-03", "2026-05-15"])[1] == Period(
        start=date(2026, 5, 15), end=date(2026, 5, 15)
    )
    with pytest.raises(ValueError, match="Noël"):
        periods_from(["Noël"])
