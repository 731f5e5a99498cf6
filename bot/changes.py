"""Answers that change something: the change, its record and what it promises to others, in one transaction."""

from dataclasses import replace
from typing import assert_never

from bot.house import House
from bot.looks import Asker, Look, look, no_such_action, shown
from bot.measuring import record
from dialogs import answers, wording
from dialogs.answers import Answer
from dialogs.cards import announcement
from dialogs.elements import Card
from dialogs.requests import (
    ChooseUnit,
    ListActions,
    ListSubscriptions,
    MarkDone,
    RecordMeasurement,
    Subscribe,
    Undo,
    Unsubscribe,
)
from dialogs.words import Words, words_in
from storage.commands import (
    AlreadyDone,
    By,
    ChangedSince,
    NoSuchAction,
    NothingToUndo,
    NotYourAction,
    Refusal,
    mark_done,
    undo,
)
from storage.conversations import (
    AlreadySubscribed,
    NotSubscribed,
    Scope,
    list_subscribers,
    subscribe,
    unsubscribe,
)
from storage.database import Reading, Writing
from storage.outbox import correct, promise
from storage.people import choose_unit
from storage.plan import Action
from storage.queries import list_coordinators, list_people_of

Changing = MarkDone | RecordMeasurement | Subscribe | Unsubscribe | Undo | ChooseUnit


def change(
    writing: Writing,
    house: House,
    request: Changing,
    asker: Asker,
    by: By,
    *,
    back: ListActions | None,
    then: Look | None,
) -> Answer:
    """Make the change, or say why not. `back` is the list they came from; `then` the question that waits for a unit."""
    try:
        match request:
            case MarkDone():
                return _mark_done(writing, house, request, by, back)
            case RecordMeasurement():
                return record(writing, house, request, asker, by)
            case Undo():
                return _undo(writing, house, request, by)
            case Subscribe():
                return _subscribe(writing, house, request, asker, by)
            case Unsubscribe():
                return _unsubscribe(writing, house, request, asker, by)
            case ChooseUnit():
                return _choose_unit(writing, house, request, asker, then)
            case _ as unknown:
                assert_never(unknown)
    except Refusal as refusal:
        return refused(writing, refusal, asker)


def _mark_done(writing: Writing, house: House, request: MarkDone, by: By, back: ListActions | None) -> Answer:
    made = mark_done(writing, request.ref, by, house.calendar, version=request.version)
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
    return answers.MarkedDone(
        before=made.before,
        after=made.after,
        who=by.member.name,
        at=local,
        event=made.event,
        announced=len(subscribers),
        back=back,
    )


def _content(card: Card) -> dict[str, object]:
    """What an outbox row holds: all that is needed to post, long after this turn."""
    return {"language": card.language, "summary": card.summary, "card": card.content()}


def _undo(writing: Writing, house: House, request: Undo, by: By) -> Answer:
    made = undo(writing, by, told=request.event)
    local = by.at.astimezone(house.zone)
    corrected = correct(
        writing,
        made.details["undid"],
        lambda language: _content(announcement(made.after, by.member.name, local, words_in(language), taken_back=True)),
        by.at,
    )
    indicator = str(made.details.get("indicator", "")) if made.details["kind"] == "measured" else ""
    value = str(made.details.get("value", ""))
    return answers.Undone(action=made.after, corrected=corrected, indicator=indicator, value=value)


# Channels


def _subscribe(writing: Writing, house: House, request: Subscribe, asker: Asker, by: By) -> Answer:
    vocabulary = house.lexicon(writing).vocabulary
    if asker.kind != "channel" or asker.conversation is None:
        plan = vocabulary.plans[0].key if vocabulary.plans else "TI"
        return answers.Refused(code="refused.only_channel", places={"plan": plan})
    if not vocabulary.plans:
        return answers.Refused(code="refused.no_plan", places={}, hint="refused.no_plan_hint")
    if not request.scope:
        options = tuple((plan.title, Subscribe(scope="plan", target=plan.key)) for plan in vocabulary.plans[:5])
        return answers.Choice(sentence="choice.scope", places={}, options=options)
    known = {
        "plan": {plan.key for plan in vocabulary.plans},
        "axis": {axis for _, axis in vocabulary.axes},
        "unit": set(vocabulary.units),
    }
    if request.target not in known.get(request.scope, ()):
        return answers.Refused(code="refused.unknown_name", places={"name": request.target})
    scope = Scope(kind=request.scope, target=request.target)
    subscribe(writing, asker.conversation, scope, asker.language, by)
    return answers.Subscribed(scope=scope.kind, target=scope.target)


def _unsubscribe(writing: Writing, house: House, request: Unsubscribe, asker: Asker, by: By) -> Answer:
    if asker.kind != "channel" or asker.conversation is None:
        return look(writing, house, ListSubscriptions(), asker)
    scope = Scope(kind=request.scope, target=request.target) if request.scope else None
    ended = unsubscribe(writing, asker.conversation, scope, by)
    return answers.Unsubscribed(scopes=tuple((each.kind, each.target) for each in ended))


# People


def _choose_unit(writing: Writing, house: House, request: ChooseUnit, asker: Asker, then: Look | None) -> Answer:
    """The unit is kept, and the question that waited for it is answered."""
    if request.unit not in house.lexicon(writing).vocabulary.units:
        return answers.Refused(code="refused.unknown_name", places={"name": request.unit})
    member = choose_unit(writing, asker.member, request.unit)
    if then is None:
        return answers.UnitKept(unit=request.unit)
    return look(writing, house, then, replace(asker, member=member))


def refused(reading: Reading, refusal: Refusal, asker: Asker) -> Answer:
    """The rule that stands in the way, and the way on."""
    words = words_in(asker.language)
    match refusal:
        case NoSuchAction():
            return no_such_action(refusal.ref)
        case NotYourAction():
            return _not_yours(reading, refusal.action, asker, words)
        case AlreadyDone():
            action = refusal.action
            if not action.done_by or action.done_on is None:
                return answers.Refused(code="refused.already_done_plan", places={"ref": action.ref}, action=action)
            places = {"ref": action.ref, "who": action.done_by, "day": words.day(action.done_on)}
            return answers.Refused(code="refused.already_done", places=places, action=action)
        case ChangedSince():
            return shown(reading, refusal.action.ref, asker, note="refused.changed_since")
        case NothingToUndo():
            return answers.Refused(code="refused.nothing_to_undo", places={}, hint="refused.undo_hint")
        case AlreadySubscribed():
            what = wording.scope(refusal.scope.kind, refusal.scope.target, words)
            return answers.Refused(code="refused.already_subscribed", places={"scope": what})
        case NotSubscribed() if refusal.scope is not None:
            what = wording.scope(refusal.scope.kind, refusal.scope.target, words)
            return answers.Refused(code="refused.not_subscribed", places={"scope": what})
        case NotSubscribed():
            return answers.Refused(code="refused.not_subscribed_any", places={})
        case _:
            raise refusal


def _not_yours(reading: Reading, action: Action, asker: Asker, words: Words) -> Answer:
    people = list_people_of(reading, [body.id for body in action.bodies], asker.today)
    who = [
        words("action.people", body=body.name, people=words.list(names))
        if (names := people.get(body.id))
        else body.name
        for body in action.bodies
    ]
    coordinators = list_coordinators(reading, action)
    office = words("refused.coordinators")
    who.append(words("action.people", body=office, people=words.list(coordinators)) if coordinators else office)
    return answers.Refused(code="refused.not_yours", places={"ref": action.ref}, who_may=tuple(who), action=action)
