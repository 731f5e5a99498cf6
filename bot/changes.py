"""Answers that change something: the change, its record and what it promises to others, in one transaction."""

from dataclasses import replace
from typing import assert_never

from bot.announcing import announce, announce_again, correct_told, take_back
from bot.asker import Asker, author
from bot.bodies import which_person
from bot.channels import subscribed, unsubscribed
from bot.discretion import discretion, withdraw_posts
from bot.house import House
from bot.looks import Look, look
from bot.measuring import LINK, record
from bot.notifying import notified
from bot.people import change_people, people_undone
from bot.refusing import refused
from bot.several import change_several, undo_several
from dialogs import answers
from dialogs.answers import Answer
from dialogs.people_requests import DescribeBody, EditBody
from dialogs.requests import (
    Abandon,
    AddEvidence,
    AddNote,
    Assign,
    Changing,
    ChooseUnit,
    DigestSettings,
    ListActions,
    MakePublic,
    MarkDiscreet,
    MarkDone,
    MarkInProgress,
    Postpone,
    RecordMeasurement,
    RemindMe,
    Reopen,
    SendDigest,
    SetLanguage,
    Snooze,
    StartReminders,
    StopReminders,
    Subscribe,
    Undo,
    Unsubscribe,
)
from dialogs.several_requests import ConfirmSeveral
from dialogs.words import LANGUAGES
from storage.bodies import find_body
from storage.commands import KINDS, add_note, assign, changeable, mark_done, postpone, set_status
from storage.database import Writing
from storage.people import choose_unit, find_people, set_language
from storage.people_undoing import PeopleChange
from storage.record import By, Change
from storage.refusals import (
    NoSuchOwner,
    Refusal,
    SeveralPeople,
)
from storage.undoing import left_to_undo, made_together, undo

LONGEST_TEXT = 400


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
            case MarkInProgress() | Abandon() | Reopen():
                return _set_status(writing, house, request, asker, by)
            case Postpone():
                return _postpone(writing, house, request, asker, by)
            case AddNote() | AddEvidence():
                return _add_note(writing, house, request, by)
            case MarkDiscreet() | MakePublic():
                return discretion(writing, house, request, by)
            case Assign():
                return _assign(writing, house, request, by)
            case SetLanguage():
                if request.language not in LANGUAGES:
                    return answers.Refused(code="lost.old_button", places={})
                set_language(writing, by.member, request.language)
                return answers.LanguageKept()
            case RecordMeasurement():
                return record(writing, house, request, asker, by)
            case Undo():
                return _undo(writing, house, request, asker, by)
            case Subscribe():
                return subscribed(writing, house, request, asker, by)
            case Unsubscribe():
                return unsubscribed(writing, house, request, asker, by)
            case RemindMe() | Snooze() | StopReminders() | StartReminders() | DigestSettings() | SendDigest():
                return notified(writing, house, request, asker, by)
            case EditBody() | DescribeBody():
                return change_people(writing, house, request, asker, by)
            case ConfirmSeveral():
                return change_several(writing, house, request, asker, by)
            case ChooseUnit():
                return _choose_unit(writing, house, request, asker, then)
            case _ as unknown:
                assert_never(unknown)
    except Refusal as refusal:
        return refused(writing, house, refusal, asker)


def _mark_done(writing: Writing, house: House, request: MarkDone, by: By, back: ListActions | None) -> Answer:
    made = mark_done(writing, request.ref, by, house.calendar, version=request.version)
    return answers.MarkedDone(
        before=made.before,
        after=made.after,
        by=author(by, house),
        event=made.event,
        announced=announce(writing, house, made, by),
        back=back,
    )


def _set_status(
    writing: Writing, house: House, request: MarkInProgress | Abandon | Reopen, asker: Asker, by: By
) -> Answer:
    why = getattr(request, "reason", "").strip()[:LONGEST_TEXT]
    if isinstance(request, Abandon) and not why:
        action = changeable(writing, request.ref, by)
        return answers.ReasonAsked(request=request, action=action)
    made = set_status(writing, request.ref, request.to, by, house.calendar, why=why, version=request.version)
    corrected = correct_told(writing, house, made, by)
    return _changed(house, made, KINDS[request.to], why, by, corrected)


def _postpone(writing: Writing, house: House, request: Postpone, asker: Asker, by: By) -> Answer:
    why = request.reason.strip()[:LONGEST_TEXT]
    if request.to is None or not why:
        return answers.ReasonAsked(request=request, action=changeable(writing, request.ref, by))
    made = postpone(writing, request.ref, request.to, by, why=why, version=request.version)
    return _changed(house, made, "postponed", why, by)


def _changed(house: House, made: Change, kind: str, why: str, by: By, corrected: int = 0) -> Answer:
    return answers.Changed(
        before=made.before,
        after=made.after,
        kind=kind,
        why=why,
        by=author(by, house),
        event=made.event,
        corrected=corrected,
    )


def _add_note(writing: Writing, house: House, request: AddNote | AddEvidence, by: By) -> Answer:
    note, link = request.note.strip(), request.link.strip() if isinstance(request, AddEvidence) else ""
    missing = "no_link" if isinstance(request, AddEvidence) and not link else "no_note" if not (note or link) else ""
    if missing:
        places = {"ref": request.ref}
        return answers.Refused(code=f"refused.{missing}", places={}, hint=f"refused.{missing}_hint", hint_places=places)
    if link and not LINK.fullmatch(link):
        return answers.Refused(code="refused.bad_link", places={})
    if len(note) > LONGEST_TEXT:
        return answers.Refused(code="refused.value_long", places={})
    made = add_note(writing, request.ref, by, note=note, link=link)
    return answers.NoteKept(action=made.after, note=note, link=link, by=author(by, house), event=made.event)


def _assign(writing: Writing, house: House, request: Assign, by: By) -> Answer:
    """A body by its name, a person by theirs; the person who asks where they take it on themselves."""
    name = request.body or request.person
    if request.me:
        made = assign(writing, request.ref, by, member_id=by.member.id)
        return answers.Assigned(action=made.after, to=by.member.name, by=author(by, house), event=made.event)
    body = find_body(writing, name)
    people = [] if body is not None else find_people(writing, name)
    if request.member is not None:
        people = [person for person in people if person.id == request.member]
    if len(people) > 1:
        return which_person(SeveralPeople(name, tuple(people)), request)
    if body is None and not people:
        raise NoSuchOwner(name)
    made = assign(writing, request.ref, by, body_id=body, member_id=people[0].id if people else None)
    return answers.Assigned(action=made.after, to=name, by=author(by, house), event=made.event)


def _undo(writing: Writing, house: House, request: Undo, asker: Asker, by: By) -> Answer:
    together = made_together(writing, by, told=request.event, again=request.again) if request.ref is None else []
    if len(together) > 1:
        return undo_several(writing, house, together, by)
    made = undo(writing, by, told=request.event, ref=request.ref, again=request.again)
    if isinstance(made, PeopleChange):
        return people_undone(writing, house, made, asker)
    is_done_again = made.after.is_done(by.today, house.calendar) and made.details["kind"] != "marked_done"
    if is_done_again and not made.before.is_done(by.today, house.calendar):
        corrected = announce_again(writing, house, made, by)
    else:
        corrected = take_back(writing, house, made, made.details["undid"], by)
    indicator = str(made.details.get("indicator", "")) if made.details["kind"] == "measured" else ""
    value = str(made.details.get("value", ""))
    kind = str(made.details["kind"])
    if made.after.discreet and not made.before.discreet:
        corrected += withdraw_posts(writing, house, made.after, by)
    left = left_to_undo(writing, by)
    return answers.Undone(
        action=made.after,
        kind=kind,
        corrected=corrected,
        indicator=indicator,
        value=value,
        left=(left.event, left.ref, left.kind) if left else None,
    )


def _choose_unit(writing: Writing, house: House, request: ChooseUnit, asker: Asker, then: Look | None) -> Answer:
    """The unit is kept, and the question that waited for it is answered."""
    if request.unit not in house.lexicon(writing).vocabulary.units:
        return answers.Refused(code="refused.unknown_name", places={"name": request.unit})
    member = choose_unit(writing, asker.member, request.unit)
    if then is None:
        return answers.UnitKept(unit=request.unit)
    return look(writing, house, then, replace(asker, member=member))
