"""Several completions in one post: for channels that hear daily or weekly, and for what came too late for its own."""

from datetime import datetime
from typing import Any

from bot.house import House
from bot.story import content_of, tell_story
from dialogs.post_cards import gathering_card
from dialogs.posts import Gathering, Line
from dialogs.words import words_in
from storage.channels import Channel
from storage.database import Writing
from storage.outbox import GATHERING, Post, held_in, list_merged, merge, promise, rewrite


def gather(
    writing: Writing, house: House, channel: Channel, key: str, now: datetime, *, before: datetime
) -> int | None:
    """One post in place of those made before then; None where nothing waits for it, or it was promised already."""
    rows = held_in(writing, channel.id, before)
    if not rows:
        return None
    post = Post(
        kind=GATHERING,
        subject="gathering",
        conversation=channel.id,
        content=_content(house, [row.content for row in rows]),
        period=key,
        parent=tell_story(writing, house, channel, now) if channel.threads else None,
    )
    number = promise(writing, post, now)
    if number is not None:
        merge(writing, [row.id for row in rows], number)
    return number


def gather_again(writing: Writing, house: House, number: int, now: datetime) -> None:
    """One of those it says was corrected."""
    rows = list_merged(writing, number)
    rewrite(writing, number, _content(house, [row.content for row in rows]), now)


def _content(house: House, contents: list[dict[str, Any]]) -> dict[str, Any]:
    lines = tuple(
        Line(**(each["line"] | {"at": datetime.fromisoformat(each["line"]["at"]).astimezone(house.zone)}))
        for each in contents
    )
    return content_of(gathering_card(Gathering(lines=lines), words_in(contents[0].get("language", ""))))
