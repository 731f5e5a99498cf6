"""What a refusal is to the person: the rule that stands in the way, and the way on."""

from bot.asker import Asker
from bot.house import House
from bot.looks import no_such_action, shown
from dialogs import answers, wording
from dialogs.answers import Answer
from dialogs.requests import Undo
from dialogs.words import Words, words_in
from storage.conversations import (
    AlreadySubscribed,
    NotSubscribed,
)
from storage.database import Reading
from storage.describing import AlreadyCalled, BelongsToItself, NothingNew
from storage.queries import list_admins, list_coordinators, list_people_of
from storage.refusals import (
    AlreadyDone,
    AlreadySo,
    ChangedSince,
    MovedOn,
    NoSuchAction,
    NoSuchBody,
    NoSuchOwner,
    NoSuchPerson,
    NothingToUndo,
    NotOpen,
    Refusal,
)
from storage.rights import Act, Ground, NotAllowed
from storage.undoing import JustUndone


def refused(reading: Reading, house: House, refusal: Refusal, asker: Asker) -> Answer:
    """The rule that stands in the way, and the way on."""
    words = words_in(asker.language)
    match refusal:
        case NoSuchAction():
            return no_such_action(refusal.ref)
        case NotAllowed():
            return _not_allowed(reading, refusal, asker, words)
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
        case NoSuchBody():
            return answers.Refused(code="refused.no_such_body", places={"name": refusal.name})
        case NoSuchPerson():
            return answers.Refused(code="refused.no_such_person", places={"name": refusal.name})
        case AlreadyCalled():
            return answers.Refused(code="refused.body_called", places={"name": refusal.name, "body": refusal.body})
        case BelongsToItself():
            return answers.Refused(code="refused.belongs_to_itself", places={"name": refusal.name})
        case NothingNew():
            return answers.Refused(code="refused.nothing_new", places={"name": refusal.body.name})
        case MovedOn():
            return answers.Refused(code="refused.moved_on", places={})
        case ChangedSince():
            return shown(reading, house, refusal.action.ref, asker, note="refused.changed_since")
        case JustUndone() if refusal.left is not None:
            left = refusal.left
            what = words("choice.undo_one", what=words(f"left.{left.kind}", ref=left.ref))
            return answers.Choice(sentence="choice.undo_more", places={}, options=((what, Undo(event=left.event)),))
        case NothingToUndo() | JustUndone():
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


def _not_allowed(reading: Reading, refusal: NotAllowed, asker: Asker, words: Words) -> Answer:
    """What they may not do, and who may: whoever has one of the grounds that would have been enough."""
    action = refusal.action
    unit = action.unit if action else refusal.unit
    who: list[str] = [refusal.who] if refusal.who else []
    if action and not refusal.who and Ground.RESPONSIBLE in refusal.grounds:
        people = list_people_of(reading, [body.id for body in action.bodies], asker.today)
        who += [_office(body.name, people.get(body.id, []), words) for body in action.bodies]
        who += [person.name for person in action.assignees]
    if Ground.COORDINATOR in refusal.grounds:
        coordinators = [one.name for one in list_coordinators(reading, unit)]
        who.append(_office(words("refused.coordinators"), coordinators, words))
    elif Ground.ADMIN in refusal.grounds:
        who.append(_office(words("refused.admins"), [one.name for one in list_admins(reading)], words))
    places = {"ref": action.ref} if action else {}
    about = "undo_people" if refusal.act is Act.UNDO and action is None else refusal.act
    return answers.Refused(code=f"may_not.{about}", places=places, who_may=tuple(who) or None, action=action)


def _office(name: str, people: list[str], words: Words) -> str:
    return words("action.people", body=name, people=words.list(people)) if people else name
