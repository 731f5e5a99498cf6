"""What channels hear of a change, promised in its transaction: the story of the period, and the completion under it."""

from datetime import datetime, timedelta
from typing import Any

from bot.gathering import gather, gather_again
from bot.house import House
from bot.story import content_of, refresh_story, tell_story
from dialogs.cards import announcement
from dialogs.words import words_in
from storage.channels import get_channel
from storage.conversations import list_subscribers
from storage.database import Writing
from storage.outbox import COMPLETION, WORTH, Post, correct, promise
from storage.plan import Action
from storage.record import By, Change, get_event, last_event


def announce(writing: Writing, house: House, made: Change, by: By, *, together: bool = False) -> int:
    """Promise the completion to every channel that hears of it; how many. Told in the transaction of the change.

    `together`: another post will say it, with others that were completed by the same press.
    """
    subscribers = list_subscribers(writing, made.after)
    for subscriber in subscribers:
        channel = get_channel(writing, subscriber.conversation)
        at_once = channel.rhythm == "at_once" and not together
        parent = tell_story(writing, house, channel, by.at) if at_once and channel.threads else None
        promise(
            writing,
            Post(
                kind=COMPLETION,
                subject=f"event:{made.event}",
                conversation=channel.id,
                content=_completion(house, made.after, by.member.name, by.at, subscriber.language),
                event=made.event,
                cause=by.member.id,
                parent=parent,
                held=not at_once,
                worth_until=by.at + WORTH if at_once else None,
            ),
            by.at,
        )
    return len(subscribers)


def announce_together(writing: Writing, house: House, made: list[Change], by: By) -> int:
    """Promise one post that tells of them all to every channel that hears of any; how many channels."""
    if len(made) == 1:
        return announce(writing, house, made[0], by)
    channels: dict[int, None] = {}
    for each in made:
        announce(writing, house, each, by, together=True)
        channels |= dict.fromkeys(one.conversation for one in list_subscribers(writing, each.after))
    for number in channels:
        channel = get_channel(writing, number)
        if channel.rhythm == "at_once":
            gather(writing, house, channel, f"batch:{made[0].event}", by.at, before=by.at + timedelta(seconds=1))
    return len(channels)


def correct_told(writing: Writing, house: House, made: Change, by: By) -> int:
    """Take back what was announced of an action that was done and is so no longer; how many posts."""
    # What was announced of an earlier occurrence, or taken back before, stays as it is.
    was_done = made.before.is_done(by.today, house.calendar)
    announced = last_event(writing, made.before.ref, "marked_done") if was_done else None
    return take_back(writing, house, made, announced, by) if announced is not None else 0


def take_back(writing: Writing, house: House, made: Change, announced: int, by: By) -> int:
    """Correct the posts of an event that no longer holds; how many."""
    return _corrected(writing, house, announced, made.after, by.member.name, by.at, by.at, taken_back=True)


def announce_again(writing: Writing, house: House, made: Change, by: By) -> int:
    """The action is done after all: its posts say so again, as they did first; how many."""
    number = last_event(writing, made.after.ref, "marked_done")
    if number is None:
        return 0
    first = get_event(writing, number)
    return _corrected(writing, house, number, made.after, first.who, first.at, by.at)


def _corrected(
    writing: Writing,
    house: House,
    event: int,
    action: Action,
    who: str,
    at: datetime,
    now: datetime,
    *,
    taken_back: bool = False,
) -> int:
    def content_for(old: dict[str, Any]) -> dict[str, Any]:
        return _completion(house, action, who, at, old.get("language", ""), taken_back=taken_back)

    rows = correct(writing, event, content_for, now, revive=not taken_back)
    for number in {row.into for row in rows if row.into is not None}:
        gather_again(writing, house, number, now)
    for number in {row.conversation for row in rows}:
        refresh_story(writing, house, get_channel(writing, number), now)
    return len(rows)


def _completion(
    house: House, action: Action, who: str, at: datetime, language: str, *, taken_back: bool = False
) -> dict[str, Any]:
    local = at.astimezone(house.zone)
    card = announcement(action, who, local, words_in(language), taken_back=taken_back)
    line = {"ref": action.ref, "title": action.title, "who": who, "at": at.isoformat(), "taken_back": taken_back}
    return content_of(card) | {"line": line}
