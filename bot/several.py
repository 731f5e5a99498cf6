"""The same change of several actions: shown first, then made in one go, all of it or nothing; and taken back alike."""

from dataclasses import replace

from bot.announcing import announce_together, correct_told, take_back
from bot.asker import Asker
from bot.house import House
from dialogs import answers
from dialogs.answers import Answer
from dialogs.requests import Abandon, MarkInProgress, Reopen
from dialogs.several_answers import NothingDone, SeveralAsked, SeveralChanged, SeveralUndone
from dialogs.several_requests import KINDS, ChangeSeveral, Confirm, ConfirmSeveral, Decline, LooksAtSeveral
from storage.commands import mark_done, postpone, set_status
from storage.database import Reading, Writing
from storage.plan import OPEN, Action, Kind, Status
from storage.queries import get_action
from storage.record import By, Change
from storage.refusals import NoSuchAction, Refusal
from storage.rights import Act, NotAllowed, may
from storage.undoing import undo

MOST = 60
"""Actions that one press can change."""
LONGEST_REASON = 400
_TO = {"mark_in_progress": MarkInProgress.to, "abandon": Abandon.to, "reopen": Reopen.to}


def several_shown(reading: Reading, house: House, request: LooksAtSeveral, asker: Asker) -> Answer:
    """The preview; or, where nothing was asked that could be answered with yes or no, the way on."""
    match request:
        case ChangeSeveral():
            return preview(reading, house, request, asker)
        case Decline():
            return NothingDone()
        case Confirm():
            return answers.Refused(code="refused.nothing_asked", places={}, hint="refused.nothing_asked_hint")


def preview(
    reading: Reading, house: House, request: ChangeSeveral, asker: Asker, *, note: str = "", about: str = ""
) -> Answer:
    if request.what not in KINDS:
        return answers.Refused(code="lost.old_button", places={})
    able: list[Action] = []
    unable: list[tuple[str, str]] = []
    for ref in list(dict.fromkeys(request.refs.split()))[:MOST]:
        action = get_action(reading, ref)
        why = _why_not(house, request, action, asker)
        if why:
            unable.append((ref[:32], f"several.{why}"))
        elif action is not None:
            able.append(action)
    reason = request.reason[:LONGEST_REASON]
    return SeveralAsked(
        what=request.what, able=tuple(able), unable=tuple(unable), to=request.to, reason=reason, note=note, about=about
    )


def _why_not(house: House, request: ChangeSeveral, action: Action | None, asker: Asker) -> str:
    """Why this one could not be changed; empty where it can. What counts is checked again when it is changed."""
    if action is None:
        return "unknown"
    if not may(asker.member, Act.CHANGE, action):
        return "not_yours"
    done = action.is_done(asker.today, house.calendar)
    if request.what == "mark_done":
        return "already" if done else ""
    if request.what == "postpone":
        return "closed" if action.status not in OPEN else "already" if _is_due_then(action, request) else ""
    to = Status(_TO[request.what])
    return "already" if action.status is to and not (done and action.deadline.rhythm is not None) else ""


def _is_due_then(action: Action, request: ChangeSeveral) -> bool:
    return action.deadline.kind is Kind.DAY and action.deadline.end == request.to


def change_several(writing: Writing, house: House, request: ConfirmSeveral, asker: Asker, by: By) -> Answer:
    """All of them, one event each, in this transaction; or none, and how they stand."""
    try:
        versions = dict(list(request.versions.items())[:MOST])
    except ValueError:
        versions = {}
    if not versions or request.what not in KINDS:
        return answers.Refused(code="lost.old_button", places={})
    reason = request.reason.strip()[:LONGEST_REASON]
    asked = ChangeSeveral(refs=" ".join(versions), what=request.what, to=request.to, reason=reason)
    if (request.what in ("abandon", "postpone") and not reason) or (request.what == "postpone" and request.to is None):
        return preview(writing, house, asked, asker)
    made: list[Change] = []
    ref = ""
    try:
        with writing.connection.begin_nested():
            # In one order, so that two people never wait for one another.
            for ref in sorted(versions):
                together = replace(by, batch=made[0].event) if made else by
                made.append(_change(writing, house, request, ref, versions[ref], reason, together))
    except NotAllowed:
        raise
    except NoSuchAction as gone:
        return preview(writing, house, asked, asker, note="several.changed", about=gone.ref[:32])
    except Refusal:
        return preview(writing, house, asked, asker, note="several.changed", about=ref)
    announced = 0
    if request.what == "mark_done":
        announced = announce_together(writing, house, made, by)
    else:
        for each in made:
            correct_told(writing, house, each, by)
    return SeveralChanged(
        what=request.what,
        actions=tuple(each.after for each in made),
        event=made[0].event,
        announced=announced,
        who=by.member.name,
        at=by.at.astimezone(house.zone),
        reason=reason,
    )


def _change(
    writing: Writing, house: House, request: ConfirmSeveral, ref: str, version: int, reason: str, by: By
) -> Change:
    if request.what == "mark_done":
        return mark_done(writing, ref, by, house.calendar, version=version)
    if request.what == "postpone":
        assert request.to is not None
        return postpone(writing, ref, request.to, by, why=reason, version=version)
    return set_status(writing, ref, Status(_TO[request.what]), by, house.calendar, why=reason, version=version)


def undo_several(writing: Writing, house: House, events: list[int], by: By) -> Answer:
    """Take back what was made together, newest first; all of it, or the refusal of the first that cannot be."""
    undone: list[Change] = []
    with writing.connection.begin_nested():
        for number in sorted(events, reverse=True):
            change = undo(writing, by, told=number)
            assert isinstance(change, Change)
            undone.append(change)
    corrected = 0
    for each in undone:
        corrected += take_back(writing, house, each, each.details["undid"], by)
    return SeveralUndone(actions=tuple(each.after for each in undone), corrected=corrected)
