"""Answers to what is asked of a channel: to follow a plan, an axis or a unit, and to stop."""

from bot.asker import Asker
from bot.house import House
from bot.looks import look
from dialogs import answers
from dialogs.answers import Answer
from dialogs.requests import (
    ListSubscriptions,
    Subscribe,
    Unsubscribe,
)
from storage.conversations import (
    Scope,
    subscribe,
    unsubscribe,
)
from storage.database import Writing
from storage.record import By


def subscribed(writing: Writing, house: House, request: Subscribe, asker: Asker, by: By) -> Answer:
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
        "body": set(vocabulary.bodies),
        "unit": set(vocabulary.units),
    }
    if request.target not in known.get(request.scope, ()):
        return answers.Refused(code="refused.unknown_name", places={"name": request.target})
    scope = Scope(kind=request.scope, target=request.target)
    subscribe(writing, asker.conversation, scope, asker.language, by)
    return answers.Subscribed(scope=scope.kind, target=scope.target)


def unsubscribed(writing: Writing, house: House, request: Unsubscribe, asker: Asker, by: By) -> Answer:
    if asker.kind != "channel" or asker.conversation is None:
        return look(writing, house, ListSubscriptions(), asker)
    scope = Scope(kind=request.scope, target=request.target) if request.scope else None
    ended = unsubscribe(writing, asker.conversation, scope, by)
    return answers.Unsubscribed(scopes=tuple((each.kind, each.target) for each in ended))
