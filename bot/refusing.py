"""What a refusal is to the person: the rule that stands in the way, and the way on."""

from bot.house import House
from bot.looks import Asker, no_such_action, shown
from dialogs import answers, wording
from dialogs.answers import Answer
from dialogs.words import Words, words_in
from storage.conversations import (
    AlreadySubscribed,
    NotSubscribed,
)
from storage.database import Reading
from storage.plan import Action
from storage.queries import list_coordinators, list_people_of
from storage.refusals import (
    AlreadyDone,
    AlreadySo,
    ChangedSince,
    NoSuchAction,
    NoSuchOwner,
    NothingToUndo,
    NotOpen,
    NotYourAction,
    Refusal,
)


def refused(reading: Reading, house: House, refusal: Refusal, asker: Asker) -> Answer:
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
        case AlreadySo():
            places = {"ref": refusal.action.ref}
            return answers.Refused(code="refused.already_so", places=places, action=refusal.action)
        case NotOpen():
            action = refusal.action
            places = {"ref": action.ref, "status": words(f"status.{action.status}")}
            return answers.Refused(code="refused.not_open", places=places, action=action)
        case NoSuchOwner():
            hint = "refused.no_such_owner_hint"
            return answers.Refused(code="refused.no_such_owner", places={"name": refusal.name}, hint=hint)
        case ChangedSince():
            return shown(reading, house, refusal.action.ref, asker, note="refused.changed_since")
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
    who += [person.name for person in action.assignees]
    coordinators = list_coordinators(reading, action)
    office = words("refused.coordinators")
    who.append(words("action.people", body=office, people=words.list(coordinators)) if coordinators else office)
    return answers.Refused(code="refused.not_yours", places={"ref": action.ref}, who_may=tuple(who), action=action)
