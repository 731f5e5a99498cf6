"""What is said unasked, for whoever asks: a channel's subscriptions, one's reminders, what was not delivered. Looks."""

from datetime import date, datetime, timedelta

from bot.asker import Asker
from bot.house import House
from bot.reminding import grouped, list_due
from bot.schedule import AT, next_monday
from dialogs import answers
from dialogs.answers import Answer
from dialogs.posts import Notice, OwedLine
from storage.calendar import month
from storage.channels import Channel, count_waiting, get_channel, last_post
from storage.database import Reading
from storage.deliveries import list_failures, list_unreachable
from storage.notices import list_owed
from storage.plan import Role
from storage.queries import list_actions_by_id
from storage.reminders import is_reminded, last_notice, list_reachable
from storage.sight import EVERYTHING

FAILURES_OF = timedelta(days=30)


def channel_shown(reading: Reading, house: House, asker: Asker, *, kept: bool = False) -> Answer:
    """What a channel follows, how it hears of it, and when it last did and next will."""
    plans = house.lexicon(reading).vocabulary.plans
    example = plans[-1].key if plans else "TI"
    if asker.conversation is None:
        return answers.Subscriptions(scopes=(), example_plan=example)
    channel = get_channel(reading, asker.conversation)
    scopes = tuple((scope.kind, scope.target) for scope in channel.scopes)
    last = last_post(reading, channel.id)
    return answers.Subscriptions(
        scopes=scopes,
        example_plan=example,
        rhythm=channel.rhythm,
        threads=channel.threads,
        story=channel.story,
        digest=channel.digest,
        last=last.astimezone(house.zone) if last else None,
        next_post=next_gathering(house, channel, asker.today),
        next_digest=next_digest(house, channel, asker.today),
        waiting=count_waiting(reading, channel.id),
        hour=AT.hour,
        kept=kept,
    )


def next_gathering(house: House, channel: Channel, today: date) -> date | None:
    if channel.rhythm == "daily":
        return house.working_days.next_from(today + timedelta(days=1))
    return house.working_days.next_from(next_monday(today)) if channel.rhythm == "weekly" else None


def next_digest(house: House, channel: Channel, today: date) -> date | None:
    if channel.digest == "weekly":
        return house.working_days.next_from(next_monday(today))
    if channel.digest == "monthly":
        last = month(today.year, today.month).end
        assert last is not None
        return house.working_days.next_from(last + timedelta(days=1))
    return None


def reminders_shown(reading: Reading, house: House, asker: Asker) -> Answer:
    """What the last notice said, and what is owed since, as it stands now."""
    member = asker.member
    known = {action.id: action for action in list_actions_by_id(reading, last_notice(reading, member.id))}
    people = [each for each in list_reachable(reading, asker.today) if each.member.id == member.id]
    due = list_due(reading.seeing(EVERYTHING), house, asker.today, people).get(member.id) if people else None
    told = [(action, "late" if action.is_late(asker.today) else "due") for action in known.values()]
    told += [(action, what) for action, what in (due.told if due else []) if action.id not in known]
    notice = Notice(
        name=member.name.split(" ")[0],
        groups=grouped(told, asker.today),
        owed=tuple(OwedLine(kind=each.kind, content=each.content) for each in list_owed(reading, member.id)),
    )
    return answers.RemindersShown(notice=notice, on=is_reminded(reading, member.id), reachable=bool(people))


def undelivered(reading: Reading, house: House, asker: Asker) -> Answer:
    """What did not arrive: everything for a coordinator, one's own for everybody else."""
    since = datetime.combine(asker.today - FAILURES_OF, datetime.min.time(), house.zone)
    office = asker.member.role in (Role.COORDINATOR, Role.ADMIN)
    failures = list_failures(reading, since=since)
    if not office:
        failures = [each for each in failures if each.cause == asker.member.id]
    return answers.Undelivered(
        failures=tuple(
            answers.NotDelivered(
                where=each.where,
                kind=each.kind,
                summary=each.summary,
                at=each.at.astimezone(house.zone) if each.at else None,
                problem=each.problem,
                is_uncertain=each.is_uncertain,
            )
            for each in failures
        ),
        unreachable=tuple(list_unreachable(reading, asker.today)) if office else (),
    )
