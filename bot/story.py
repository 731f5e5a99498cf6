"""The story of a period in a channel: one parent post with the numbers of its month or quadrimestre, kept current."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.house import House
from dialogs.elements import Card
from dialogs.post_cards import story_card
from dialogs.posts import Line, Standing, Story
from dialogs.requests import ListActions
from dialogs.words import words_in
from storage.achieved import ANYBODY, list_achieved
from storage.calendar import Period, month
from storage.channels import Channel, selection_of
from storage.database import Reading, Writing
from storage.outbox import STORY, Post, post_of, promise, rewrite, withdraw_empty
from storage.queries import count_actions
from storage.selection import Selection
from storage.sight import PUBLIC


def content_of(card: Card) -> dict[str, Any]:
    """What an outbox row holds: all that is needed to post, long after this turn."""
    return {"language": card.language, "summary": card.summary, "card": card.content()}


def story_period(house: House, channel: Channel, today: date) -> tuple[str, Period]:
    """Its key and its days."""
    if channel.story == "quadrimestre":
        year, number = house.calendar.quadrimestre_of(today)
        return f"{year}-Q{number}", house.calendar.quadrimestre(year, number)
    return f"{today:%Y-%m}", month(today.year, today.month)


def tell_story(writing: Writing, house: House, channel: Channel, now: datetime) -> int:
    """The number of the parent post of this period, which is told now if it was not, and kept current."""
    # Whoever caused it may see more than the channel does.
    writing = writing.seeing(PUBLIC)
    key, period = story_period(house, channel, house.today(now))
    content = _story(writing, house, channel, period, now)
    known = post_of(writing, STORY, channel.id, key)
    if known is None:
        post = Post(kind=STORY, subject="story", conversation=channel.id, content=content, period=key)
        number = promise(writing, post, now)
        if number is not None:
            return number
        known = post_of(writing, STORY, channel.id, key)
        assert known is not None
    rewrite(writing, known.id, content, now, revive=True)
    return int(known.id)


def refresh_story(writing: Writing, house: House, channel: Channel, now: datetime) -> None:
    """Bring the parent post of the present period up to date, where there is one and it would say something else."""
    writing = writing.seeing(PUBLIC)
    key, period = story_period(house, channel, house.today(now))
    known = post_of(writing, STORY, channel.id, key)
    if known is None or withdraw_empty(writing, known):
        return
    content = _story(writing, house, channel, period, now)
    if content != known.content or known.state == "withdrawn":
        rewrite(writing, known.id, content, now, revive=True)


def _story(reading: Reading, house: House, channel: Channel, period: Period, now: datetime) -> dict[str, Any]:
    # Whoever made the change may see more than those who read the channel.
    reading = reading.seeing(PUBLIC)
    today = house.today(now)
    since, until = moments(house, period)
    selections = [selection_of(scope) for scope in channel.scopes]
    achieved = list_achieved(reading, selections, since, until, today, house.calendar)
    story = Story(
        period=period,
        standings=tuple(
            standing(reading, house, (scope.kind, scope.target), selection_of(scope), period, today)
            for scope in channel.scopes
        ),
        achieved=tuple(
            Line(ref=each.ref, title=each.title, who=each.who, at=each.at.astimezone(house.zone)) for each in achieved
        ),
        total=len(achieved),
    )
    moment = house.moment(today, channel.language)
    return content_of(story_card(story, moment, words_in(moment.language)))


def standing(
    reading: Reading, house: House, scope: tuple[str, str], where: Selection, period: Period, today: date
) -> Standing:
    """The numbers of a scope: the very ones that the questions behind its buttons give."""
    coming = ListActions(where=replace(where, due=Period(start=max(today, period.start or today), end=period.end)))
    late = ListActions(where=replace(where, late=True))
    context = (ANYBODY, today, house.calendar)
    return Standing(
        scope=scope,
        coming=count_actions(reading, coming.where, *context),
        late=count_actions(reading, late.where, *context),
        show_coming=coming,
        show_late=late,
    )


def moments(house: House, period: Period) -> tuple[datetime, datetime]:
    """From the first moment of a period to the first one after it, in the school's time zone."""
    assert period.start is not None
    assert period.end is not None
    midnight = datetime.min.time()
    after = period.end + timedelta(days=1)
    return datetime.combine(period.start, midnight, house.zone), datetime.combine(after, midnight, house.zone)
