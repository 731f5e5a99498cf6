"""Answers from the record: what changed, who did it, when and why. Looks only."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.asker import Asker, resolved, titled
from bot.house import House
from dialogs import answers
from dialogs.answers import Answer
from dialogs.record_cards import MOST_EVENTS
from dialogs.requests import ListChanges
from storage.database import Reading
from storage.record import Sought, Told, list_changed_refs, list_events
from storage.selection import Selection

LAST_NOTES = 3


def changes(reading: Reading, house: House, asked: ListChanges, asker: Asker) -> Answer:
    if asked.of_my_unit and asker.member.asks_for is None:
        return answers.UnitAsked(units=house.lexicon(reading).vocabulary.units)
    request = resolved(asked, asker.member)
    first = (request.page - 1) * MOST_EVENTS
    context = (replace(request.where, due=None), asker.member, asker.today, house.calendar)
    words = titled(reading, house, request.where)
    sought = sought_by(request, asker, house)
    found, total = list_events(reading, *context, words, sought=sought, limit=MOST_EVENTS, offset=first)
    events = tuple(told_event(event, house) for event in found)
    return answers.ChangesShown(request=request, events=events, total=total, first=first + 1)


def changed_refs(reading: Reading, house: House, request: ListChanges, asker: Asker) -> list[str]:
    """Every reference of the answer, over all its pages; the action that was asked about, changed or not."""
    if request.ref is not None:
        return [request.ref]
    context = (replace(request.where, due=None), asker.member, asker.today, house.calendar)
    words = titled(reading, house, request.where)
    return list_changed_refs(reading, *context, words, sought=sought_by(request, asker, house))


def sought_by(request: ListChanges, asker: Asker, house: House) -> Sought:
    when = request.where.due
    return Sought(
        ref=request.ref,
        kinds=(request.change,) if request.change else (),
        author=request.by or None,
        author_id=asker.member.id if request.by_me else None,
        since=_midnight(when.start, house) if when and when.start else None,
        until=_midnight(when.end + timedelta(days=1), house) if when and when.end else None,
        # The history of one action hides nothing.
        whole=request.ref is not None and not request.change,
    )


def _midnight(on: date, house: House) -> datetime:
    return datetime.combine(on, time.min, tzinfo=house.zone)


def told_event(event: Told, house: House) -> answers.ToldEvent:
    return answers.ToldEvent(
        ref=event.ref,
        title=event.title,
        kind=event.kind,
        by=answers.Author(who=event.who, at=event.at.astimezone(house.zone), through=event.through),
        before=event.before,
        after=event.after,
        why=event.why,
        undid=event.undid,
        is_taken_back=event.is_taken_back,
        owner=event.owner,
    )


def last_notes(reading: Reading, house: House, ref: str, asker: Asker) -> tuple[answers.ToldEvent, ...]:
    """The last remarks and links of an action."""
    context = (Selection(), asker.member, asker.today, house.calendar)
    sought = Sought(ref=ref, kinds=("noted", "evidence_added"))
    found, _ = list_events(reading, *context, sought=sought, limit=LAST_NOTES)
    return tuple(told_event(event, house) for event in found)
