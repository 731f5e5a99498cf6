"""Answers from the record: what changed, who did it, when and why. Looks only."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.asker import Asker, resolved, titled
from bot.house import House
from dialogs import answers
from dialogs.answers import Answer
from dialogs.requests import ListChanges
from storage.database import Reading
from storage.record import Told, list_events
from storage.selection import Selection

MOST_EVENTS = 12
LAST_NOTES = 3


def changes(reading: Reading, house: House, asked: ListChanges, asker: Asker) -> Answer:
    if asked.of_my_unit and asker.member.asks_for is None:
        return answers.UnitAsked(units=house.lexicon(reading).vocabulary.units)
    request = resolved(asked, asker.member)
    assert isinstance(request, ListChanges)
    when = request.where.due
    found, total = list_events(
        reading,
        replace(request.where, due=None),
        asker.member,
        asker.today,
        house.calendar,
        titled(reading, house, request.where),
        since=_midnight(when.start, house) if when and when.start else None,
        until=_midnight(when.end + timedelta(days=1), house) if when and when.end else None,
        ref=request.ref,
        limit=MOST_EVENTS,
    )
    return answers.ChangesShown(request=request, events=tuple(_told(event, house) for event in found), total=total)


def _midnight(on: date, house: House) -> datetime:
    return datetime.combine(on, time.min, tzinfo=house.zone)


def _told(event: Told, house: House) -> answers.ToldEvent:
    return answers.ToldEvent(
        ref=event.ref,
        title=event.title,
        kind=event.kind,
        who=event.who,
        at=event.at.astimezone(house.zone),
        before=event.before,
        after=event.after,
        why=event.why,
    )


def last_notes(reading: Reading, house: House, ref: str, asker: Asker) -> tuple[answers.ToldEvent, ...]:
    """The last remarks and links of an action."""
    kinds = ("noted", "evidence_added")
    context = (Selection(), asker.member, asker.today, house.calendar)
    found, _ = list_events(reading, *context, ref=ref, kinds=kinds, limit=LAST_NOTES)
    return tuple(_told(event, house) for event in found)
