"""How delivery stands, for the operator: `boucle status` in sentences, `/metrics` in numbers. Looks only."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.house import House
from bot.schedule import AT
from bot.told import next_digest, next_gathering
from storage.channels import list_channels
from storage.database import Reading
from storage.deliveries import Deliveries, count_deliveries, list_failures

SHOWN = timedelta(days=30)


def next_morning(house: House, now: datetime) -> datetime:
    """When people are told next what there is, in the school's time zone."""
    local = now.astimezone(house.zone)
    day = local.date()
    if local.time() >= AT:
        day += timedelta(days=1)
    return datetime.combine(house.working_days.next_from(day), AT, house.zone)


def next_posts(reading: Reading, house: House, now: datetime) -> Iterator[tuple[int, str, str, datetime]]:
    """(conversation, its name, kind of post, when) of what is to be posted at a known time."""
    today = house.today(now)

    def morning(day: date) -> datetime:
        return datetime.combine(day, AT, house.zone)

    for channel in list_channels(reading):
        if (day := next_gathering(house, channel, today)) is not None:
            yield channel.id, channel.name, "gathering", morning(day)
        if (day := next_digest(house, channel, today)) is not None:
            yield channel.id, channel.name, "digest", morning(day)


def status_lines(house: House, now: datetime) -> list[str]:
    """Sentences; nothing in them is a person's name or words."""
    with house.database.reading(house.tenant) as reading:
        stands = count_deliveries(reading)
        failures = list_failures(reading, since=now - SHOWN)
        coming = list(next_posts(reading, house, now))
        channels = list_channels(reading)

    def at(moment: datetime | None) -> str:
        return f"{moment.astimezone(house.zone):%Y-%m-%d %H:%M}" if moment else "never"

    counts = ", ".join(f"{number} {state}" for state, number in stands.states.items() if number) or "empty"
    lines = [f"Outbox: {counts}; {stands.uncertain} of them uncertain at some time."]
    if stands.oldest is not None:
        waits = max(int((now - stands.oldest).total_seconds()), 0)
        lines.append(f"Oldest that waits: promised {at(stands.oldest)}, {waits // 60} minutes ago.")
    known = {channel.id: channel for channel in channels}
    for channel in channels:
        kinds = [f"{each.kind} {at(each.last)}" for each in stands.standings if each.conversation == channel.id]
        following = [f"{kind} {at(when)}" for number, _, kind, when in coming if number == channel.id]
        if channel.rhythm == "at_once":
            following.insert(0, "completion as soon as there is one")
        lines.append(
            f"Channel {channel.name or channel.id}: last {', '.join(kinds) or 'nothing yet'}; "
            f"next {', '.join(following)}."
        )
    for each in stands.standings:
        if each.conversation is None:
            lines.append(f"Personal notices: last {at(each.last)}; next {at(next_morning(house, now))}.")
        elif each.conversation not in known:
            lines.append(
                f"Channel {each.where or each.conversation} (follows nothing now): {each.kind} {at(each.last)}."
            )
    for failure in failures:
        what = "uncertain" if failure.is_uncertain else "failed"
        where = "a personal chat" if failure.kind == "notice" else failure.where or "a conversation"
        lines.append(f"{what.capitalize()}: {failure.kind} to {where}, {at(failure.at)}: {failure.problem}.")
    return lines


class DeliveryMetrics(Collector):
    """The same as numbers, read when they are asked for; conversations by number, never by name."""

    def __init__(self, houses: Iterable[House], clock: Callable[[], datetime]) -> None:
        self._houses = tuple(houses)
        self._clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self._clock()
        rows = GaugeMetricFamily("boucle_outbox_rows", "Posts by state.", labels=("tenant", "state"))
        unsure = GaugeMetricFamily(
            "boucle_outbox_uncertain", "Posts of which it was once unknown whether they arrived.", labels=("tenant",)
        )
        oldest = GaugeMetricFamily(
            "boucle_outbox_oldest_waiting_seconds", "Age of the oldest post that waits.", labels=("tenant",)
        )
        last = GaugeMetricFamily(
            "boucle_last_post_timestamp_seconds", "When something last arrived.", labels=("tenant", "channel", "kind")
        )
        following = GaugeMetricFamily(
            "boucle_next_post_timestamp_seconds", "When it is due next.", labels=("tenant", "channel", "kind")
        )
        for house in self._houses:
            with house.database.reading(house.tenant) as reading:
                stands: Deliveries = count_deliveries(reading)
                coming = list(next_posts(reading, house, now))
            for state, number in stands.states.items():
                rows.add_metric((house.tenant, state), number)
            unsure.add_metric((house.tenant,), stands.uncertain)
            age = (now - stands.oldest).total_seconds() if stands.oldest else 0.0
            oldest.add_metric((house.tenant,), max(age, 0.0))
            for each in stands.standings:
                if each.last is not None:
                    last.add_metric((house.tenant, str(each.conversation or ""), each.kind), each.last.timestamp())
            for number, _, kind, when in coming:
                following.add_metric((house.tenant, str(number), kind), when.timestamp())
            following.add_metric((house.tenant, "", "notice"), next_morning(house, now).timestamp())
        yield from (rows, unsure, oldest, last, following)
