"""Which actions an answer is about: for whoever reads answers by program. Looks only."""

from bot.asker import Asker, titled
from bot.history import changed_refs
from bot.house import House
from dialogs import answers
from dialogs.answers import Answer
from dialogs.requests import NeedsChoice, RecordMeasurement, Request
from storage.database import Reading
from storage.indicators import list_holders
from storage.queries import list_actions_by_ref, list_refs


def held_by(
    reading: Reading, house: House, request: Request, answer: Answer, asker: Asker
) -> tuple[tuple[str, ...], int]:
    """Every reference the answer holds, over all its pages, and how many actions it is about."""
    if isinstance(answer, answers.ActionList | answers.ActionCount):
        where = answer.request.where
        words = titled(reading, house, where)
        refs = tuple(list_refs(reading, where, asker.member, asker.today, house.calendar, words))
        return refs, answer.total
    if isinstance(answer, answers.ProgressShown):
        return (), answer.overall.total
    if isinstance(answer, answers.Lost):
        refs = tuple(action.ref for action in answer.near)
        return refs, len(refs)
    if isinstance(answer, answers.ChangesShown):
        return tuple(changed_refs(reading, house, answer.request, asker)), answer.total
    if isinstance(answer, answers.Undone):
        return (answer.action.ref,), 1
    options = request.options if isinstance(request, NeedsChoice) else (request,)
    named = [ref for option in options if (ref := getattr(option, "ref", None))]
    if isinstance(request, RecordMeasurement) and not named:
        named = [action.ref for action in list_holders(reading, request.indicator)]
    refs = tuple(action.ref for action in list_actions_by_ref(reading, named))
    return refs, len(refs)
