"""Answers that make an action discreet or public; what channels were told of it is emptied in the same transaction."""

from typing import Any

from bot.asker import author
from bot.gathering import gather_again
from bot.house import House
from bot.story import content_of, refresh_story
from dialogs import answers
from dialogs.answers import Answer
from dialogs.post_cards import withdrawn_card
from dialogs.requests import MakePublic, MarkDiscreet
from dialogs.words import words_in
from storage.channels import get_channel
from storage.database import Writing
from storage.discretion import MADE_DISCREET, MADE_PUBLIC, list_announced, set_discreet
from storage.outbox import correct
from storage.plan import Action
from storage.record import By


def discretion(writing: Writing, house: House, request: MarkDiscreet | MakePublic, by: By) -> Answer:
    hides = isinstance(request, MarkDiscreet)
    made = set_discreet(writing, request.ref, by, discreet=hides)
    return answers.Changed(
        before=made.before,
        after=made.after,
        kind=MADE_DISCREET if hides else MADE_PUBLIC,
        why="",
        by=author(by, house),
        event=made.event,
        corrected=withdraw_posts(writing, house, made.after, by) if hides else 0,
    )


def withdraw_posts(writing: Writing, house: House, action: Action, by: By) -> int:
    """Empty what channels were told of an action that is discreet now; how many posts."""
    rows: list[Any] = []
    for number in list_announced(writing, action.id):
        rows += correct(writing, number, lambda old: _emptied(old, by), by.at)
    for into in {row.into for row in rows if row.into is not None}:
        gather_again(writing, house, into, by.at)
    for conversation in {row.conversation for row in rows}:
        refresh_story(writing, house, get_channel(writing, conversation), by.at)
    return len(rows)


def _emptied(old: dict[str, Any], by: By) -> dict[str, Any]:
    words = words_in(old.get("language", ""))
    line = {"ref": "–", "title": words("announce.withdrawn"), "who": "", "at": by.at.isoformat(), "taken_back": True}
    return content_of(withdrawn_card(words)) | {"line": line}
