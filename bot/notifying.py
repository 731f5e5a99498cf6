"""Answers about what is said unasked: reminders, their stop and start, rhythms, digests, who was not reached."""

from datetime import date

from bot.asker import Asker
from bot.digesting import channel_digest, digest_of, post_digest, whole_of
from bot.house import House
from bot.schedule import next_monday
from bot.told import channel_shown
from dialogs import answers
from dialogs.answers import Answer
from dialogs.posts import Target
from dialogs.requests import (
    DigestSettings,
    RemindMe,
    SendDigest,
    Snooze,
    StartReminders,
    StopReminders,
)
from storage.calendar import Period, month
from storage.channels import DIGESTS, RHYTHMS, STORIES, choose, get_channel, list_channels
from storage.database import Reading, Writing
from storage.plan import Role
from storage.queries import get_action
from storage.record import By
from storage.refusals import NoSuchAction
from storage.reminders import (
    ask_again,
    last_notice,
    list_reachable,
    set_digest,
    set_reminded,
)

Notifying = RemindMe | Snooze | StopReminders | StartReminders | DigestSettings | SendDigest


def notified(writing: Writing, house: House, request: Notifying, asker: Asker, by: By) -> Answer:
    match request:
        case RemindMe():
            return _remind_me(writing, request, by)
        case Snooze():
            return _snooze(writing, request, by)
        case StopReminders() | StartReminders():
            on = isinstance(request, StartReminders)
            set_reminded(writing, by.member.id, reminded=on)
            return answers.RemindersSet(on=on, reachable=_is_reachable(writing, by))
        case DigestSettings():
            return _settings(writing, house, request, asker, by)
        case SendDigest():
            return _send(writing, house, request, asker, by)


def _is_reachable(reading: Reading, by: By) -> bool:
    return any(person.member.id == by.member.id for person in list_reachable(reading, by.today))


def _remind_me(writing: Writing, request: RemindMe, by: By) -> Answer:
    action = get_action(writing, request.ref)
    if action is None:
        raise NoSuchAction(request.ref)
    on = _day(request.on, by)
    if on is None:
        return answers.Refused(code="refused.past_day", places={})
    ask_again(writing, by.member.id, [action.id], on)
    return answers.ReminderKept(action=action, on=on, reachable=_is_reachable(writing, by))


def _day(wanted: date | None, by: By) -> date | None:
    """Monday where they named no day; None for a day that is over."""
    if wanted is None:
        return next_monday(by.today)
    return wanted if wanted > by.today else None


def _snooze(writing: Writing, request: Snooze, by: By) -> Answer:
    actions = last_notice(writing, by.member.id)
    if not actions:
        return answers.Refused(code="refused.nothing_to_snooze", places={}, hint="refused.snooze_hint")
    on = _day(request.on, by)
    if on is None:
        return answers.Refused(code="refused.past_day", places={})
    ask_again(writing, by.member.id, actions, on)
    return answers.Snoozed(number=len(actions), on=on)


def _settings(writing: Writing, house: House, request: DigestSettings, asker: Asker, by: By) -> Answer:
    allowed = {"rhythm": RHYTHMS, "threads": ("on", "off"), "story": STORIES, "digest": DIGESTS}
    chosen = {name: value for name in allowed if (value := getattr(request, name))}
    if any(value not in allowed[name] for name, value in chosen.items()):
        return answers.Refused(code="lost.old_button", places={})
    if asker.kind == "channel" and asker.conversation is not None:
        channel = get_channel(writing, asker.conversation)
        if not channel.scopes:
            return channel_shown(writing, house, asker)
        values = {name: value == "on" if name == "threads" else value for name, value in chosen.items()}
        if values:
            choose(writing, channel, values, by)
        return channel_shown(writing, house, asker, kept=bool(values))
    if set(chosen) == {"digest"}:
        set_digest(writing, by.member.id, chosen["digest"])
        return answers.DigestSet(rhythm=chosen["digest"], reachable=_is_reachable(writing, by))
    plan = house.lexicon(writing).vocabulary.plans
    return answers.Refused(code="refused.only_channel", places={"plan": plan[0].key if plan else "TI"})


def _send(writing: Writing, house: House, request: SendDigest, asker: Asker, by: By) -> Answer:
    """The digest as it would be posted, with where it may go; or, once that was pressed, the post."""
    period = _period(request, by.today)
    office = by.member.role in (Role.COORDINATOR, Role.ADMIN)
    here = get_channel(writing, asker.conversation) if asker.kind == "channel" and asker.conversation else None
    if here is not None and not here.scopes:
        return channel_shown(writing, house, asker)
    if request.publish:
        channel = here
        if here is None and office:
            channel = next((each for each in list_channels(writing) if each.id == request.channel), None)
        if channel is None:
            return answers.Refused(code="refused.no_channel", places={})
        key = f"asked:{period.start}:{period.end}:{by.today}"
        if post_digest(writing, house, channel, period, key, by.at, cause=by.member.id) is None:
            return answers.Refused(code="refused.digest_sent", places={"channel": channel.name})
        return answers.DigestSent(channel=channel.name)
    if here is not None:
        digest = channel_digest(writing, house, here, period, by.today)
        return answers.DigestShown(digest=digest, targets=(Target(conversation=None, name=""),))
    digest = digest_of(writing, house, [(None, whole_of(by.member))], period, by.today, by.member)
    channels = list_channels(writing) if office else []
    targets = tuple(Target(conversation=each.id, name=each.name) for each in channels[:3])
    return answers.DigestShown(digest=digest, targets=targets)


def _period(request: SendDigest, today: date) -> Period:
    if request.start is not None and request.end is not None and request.start <= request.end:
        return Period(start=request.start, end=request.end)
    return month(today.year, today.month)
