"""Digests: for channels that chose one, for coordinators and the college of directors, and for whoever asks."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.house import House
from bot.schedule import digest_due, is_time
from bot.story import content_of, moments
from dialogs.digest_cards import digest_card, digest_title, numbers
from dialogs.posts import Digest, Line, Section
from dialogs.requests import ListActions, ListChanges, SendDigest
from dialogs.slots import slots_of
from dialogs.words import words_in
from storage.achieved import ANYBODY, list_achieved
from storage.bodies import find_body
from storage.calendar import Period
from storage.channels import Channel, list_channels, selection_of
from storage.database import Reading, Writing
from storage.notices import list_subjects, owe_notice
from storage.outbox import DIGEST, Post, promise
from storage.plan import Member, Role
from storage.queries import count_actions, list_actions
from storage.record import Sought, list_events
from storage.reminders import Reachable, list_reachable
from storage.selection import Selection
from storage.sight import PUBLIC, Sight

FOR_OFFICE = "monthly"
"""How often a coordinator hears who chose nothing, and a member of the college of directors."""
OWED = "digest"
"""The kind of notice that brings one."""


def digest_of(
    reading: Reading,
    house: House,
    scopes: list[tuple[tuple[str, str] | None, Selection]],
    period: Period,
    today: date,
    reader: Member = ANYBODY,
) -> Digest:
    return Digest(
        period=period,
        sections=tuple(_section(reading, house, scope, where, period, today, reader) for scope, where in scopes),
    )


def _section(
    reading: Reading,
    house: House,
    scope: tuple[str, str] | None,
    where: Selection,
    period: Period,
    today: date,
    reader: Member,
) -> Section:
    since, until = moments(house, period)
    following = _following(period, today)
    late, coming = replace(where, late=True), replace(where, due=following)
    changes = ListChanges(where=replace(where, due=period))
    context = (reader, today, house.calendar)
    _, changed = list_events(reading, where, *context, sought=Sought(since=since, until=until), limit=1)
    return Section(
        scope=scope,
        achieved=tuple(
            Line(ref=each.ref, title=each.title, who=each.who, at=each.at.astimezone(house.zone))
            for each in list_achieved(reading, [where], since, until, today, house.calendar, reader)
        ),
        late=tuple(list_actions(reading, late, *context, limit=4)),
        late_total=count_actions(reading, late, *context),
        coming=tuple(list_actions(reading, coming, *context, limit=4)),
        coming_total=count_actions(reading, coming, *context),
        changed=changed,
        show_late=ListActions(where=late),
        show_coming=ListActions(where=coming),
        show_changed=changes,
    )


def _following(period: Period, today: date) -> Period:
    """What comes: as many days as the digest tells of, from today on."""
    assert period.start is not None
    assert period.end is not None
    return Period(start=today, end=today + (period.end - period.start))


def channel_digest(reading: Reading, house: House, channel: Channel, period: Period, today: date) -> Digest:
    scopes = [((scope.kind, scope.target), selection_of(scope)) for scope in channel.scopes]
    return digest_of(reading.seeing(PUBLIC), house, list(scopes), period, today)


def send_digests(house: House, now: datetime) -> int:
    """Promise the digests that are due and were not promised; how many."""
    with house.database.reading(house.tenant) as reading:
        channels = [channel for channel in list_channels(reading) if channel.digest != "never"]
        people = list_reachable(reading, house.today(now))
        directors = {find_body(reading, name) for name in house.directors}
        told = list_subjects(reading, OWED)
    number = 0
    local = now.astimezone(house.zone)
    if not is_time(local, house.working_days):
        return 0
    today = local.date()
    for channel in channels:
        due = digest_due(channel.digest, today)
        if due is not None:
            with house.database.writing(house.tenant) as writing:
                number += post_digest(writing, house, channel, due[1], f"{channel.digest}:{due[0]}", now) is not None
    for person in people:
        rhythm = person.digest or (FOR_OFFICE if _has_office(person, directors) else "never")
        due = digest_due(rhythm, today)
        if due is not None and (person.member.id, f"{rhythm}:{due[0]}") not in told:
            with house.database.writing(house.tenant) as writing:
                _owe(writing, house, person, due[1], f"{rhythm}:{due[0]}", today, now)
    return number


def post_digest(
    writing: Writing, house: House, channel: Channel, period: Period, key: str, now: datetime, cause: int | None = None
) -> int | None:
    """Promise a digest to a channel; None where it had this one."""
    today = house.today(now)
    digest = channel_digest(writing, house, channel, period, today)
    moment = house.moment(today, channel.language)
    post = Post(
        kind=DIGEST,
        subject="digest",
        conversation=channel.id,
        content=content_of(digest_card(digest, moment, words_in(moment.language))),
        period=key,
        cause=cause,
        worth_until=now + timedelta(days=5),
    )
    return promise(writing, post, now)


def _has_office(person: Reachable, directors: set[int | None]) -> bool:
    return person.member.role is Role.COORDINATOR or bool(person.member.bodies & directors)


def whole_of(member: Member) -> Selection:
    """What a person's digest tells of: their unit where they coordinate one, else the whole school."""
    return Selection(unit=member.unit) if member.unit and "/" in member.unit else Selection()


def _owe(
    writing: Writing, house: House, person: Reachable, period: Period, key: str, today: date, now: datetime
) -> None:
    """The numbers in the person's next notice, with a button to all of it."""
    member = person.member
    seen = writing.seeing(Sight(member=member, alone=True))
    digest = digest_of(seen, house, [(None, whole_of(member))], period, today, member)
    moment = house.moment(today, member.language or "")
    words = words_in(moment.language)
    request = SendDigest(start=period.start, end=period.end)
    told = words("digest.line", title=digest_title(digest, moment, words), numbers=numbers(digest.sections[0], words))
    content = {"text": told, "request": {"name": request.name, "slots": slots_of(request)}, "label": "digest.open"}
    owe_notice(writing, member.id, OWED, key, content, now)
