"""What a change promises to channels, and what becomes of it when the change no longer holds: rows, never posts."""

from bot.house import House
from dialogs.cards import announcement
from dialogs.elements import Card
from dialogs.words import words_in
from storage.conversations import list_subscribers
from storage.database import Writing
from storage.outbox import correct, promise
from storage.record import By, Change, get_event, last_event


def announce(writing: Writing, house: House, made: Change, by: By) -> int:
    """Promise the channels that follow the action the news that it is done; how many."""
    local = by.at.astimezone(house.zone)
    subscribers = list_subscribers(writing, made.after)
    for subscriber in subscribers:
        promise(
            writing,
            key=f"done:{made.event}:{subscriber.conversation}",
            conversation_id=subscriber.conversation,
            event_id=made.event,
            content=_content(announcement(made.after, by.member.name, local, words_in(subscriber.language))),
            now=by.at,
        )
    return len(subscribers)


def announce_again(writing: Writing, house: House, made: Change, by: By) -> int:
    """The action is done after all: its posts say so again, as they did first; how many."""
    number = last_event(writing, made.after.ref, "marked_done")
    if number is None:
        return 0
    first = get_event(writing, number)

    def as_before(language: str) -> dict[str, object]:
        return _content(announcement(made.after, first.who, first.at.astimezone(house.zone), words_in(language)))

    return correct(writing, number, as_before, by.at)


def take_back(writing: Writing, house: House, made: Change, announced: int, by: By) -> int:
    """Correct the posts of an event that no longer holds; how many."""
    local = by.at.astimezone(house.zone)

    def corrected(language: str) -> dict[str, object]:
        return _content(announcement(made.after, by.member.name, local, words_in(language), taken_back=True))

    return correct(writing, announced, corrected, by.at)


def _content(card: Card) -> dict[str, object]:
    """What an outbox row holds: all that is needed to post, long after this turn."""
    return {"language": card.language, "summary": card.summary, "card": card.content()}
