"""The story of one message: who says it, what it asks, looking or changing, and the card that shows the answer.

Synchronous, and run in a worker thread; a network call cannot be written here. A change and everything it
promises to others are one transaction, which is committed before anybody is told.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast, get_args

from sqlalchemy.exc import OperationalError

from bot.asker import Asker
from bot.changes import change
from bot.house import House
from bot.looks import Look, look
from bot.offering import Made, Offering, make
from bot.referring import held_by
from bot.remembering import context_of, only_a_unit, remembered, reply_to_asked, what_to_keep
from dialogs.answers import Answer
from dialogs.cards import card_for
from dialogs.elements import MOST_BUTTONS, Card, button
from dialogs.explaining import Explanation, explain
from dialogs.requests import (
    Ask,
    Changing,
    ChooseUnit,
    Help,
    ListActions,
    ListSubscriptions,
    NotUnderstood,
    Postpone,
    Request,
    SetLanguage,
    ShowAction,
    ShowReminders,
    Subscribe,
    Unsubscribe,
)
from dialogs.rescheduling import resolved
from dialogs.several_requests import ChangeSeveral, ConfirmSeveral
from dialogs.slots import NotARequest, request_from
from dialogs.understand import Understood
from dialogs.words import LANGUAGES, words_in
from storage.conversations import Place, Standing, first_time, recall, remember, remember_place
from storage.database import Reading, Writing
from storage.people import ensure_reader, find_member, find_member_by_email, get_member, is_unnamed, recognise
from storage.plan import Member
from storage.queries import get_action
from storage.record import By
from storage.sight import Sight

TERMINAL = "terminal:"
"""Before the e-mail of whoever uses `boucle chat`: such an identity is never tied to a person, Teams' own is."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What somebody wrote."""

    text: str


@dataclass(frozen=True, kw_only=True)
class ButtonPress:
    """What came back from a card: a request, never a right."""

    verb: str
    slots: dict[str, Any]
    language: str


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A message or a press, where it was made, and by whom."""

    what: Message | ButtonPress
    place: Place
    member: Member
    activity: str
    client_language: str
    now: datetime

    @property
    def sight(self) -> Sight:
        return Sight(member=self.member, alone=self.place.kind == "personal")


@dataclass(frozen=True, kw_only=True)
class Told:
    """How a turn ended: what was understood, the answer, and the card that shows it."""

    language: str
    request: Request
    answer: Answer
    card: Card


@dataclass(frozen=True, kw_only=True)
class Rehearsed:
    """What would be answered, the references it is about, how many, and why it was understood so."""

    told: Told
    refs: tuple[str, ...]
    count: int
    why: Explanation


@dataclass(frozen=True, kw_only=True)
class _Meant:
    """The request of a turn with what its place remembered."""

    request: Request
    language: str
    standing: Standing
    understood: Understood | None = None
    """Where it was said in words."""

    @property
    def kept(self) -> dict[str, Any]:
        return self.standing.kept


def take_turn(house: House, incoming: Incoming) -> Told:
    """Answer one message or press; what it changes is committed when this returns."""
    with house.database.reading(house.tenant, incoming.sight) as reading:
        heard = _hear(reading, house, incoming)
    return _end(house, incoming, *heard)


def take_turn_of(house: House, identity: str, incoming: Incoming) -> Told | None:
    """The same for whoever has this account; None, and nothing done, where Teams has to say first who that is."""
    with house.database.reading(house.tenant) as reading:
        member = _recognised(reading, house, identity, incoming.now)
        if member is None:
            return None
        incoming = replace(incoming, member=member)
        heard = _hear(reading.seeing(incoming.sight), house, incoming)
    return _end(house, incoming, *heard)


def _hear(reading: Reading, house: House, incoming: Incoming) -> tuple[_Meant, Told | None]:
    """What is meant, and what is told where that only looks."""
    today = house.today(incoming.now)
    meant = _understand(reading, house, incoming, today)
    return meant, None if isinstance(meant.request, Changing) else _look(reading, house, incoming, meant, today)


def _end(house: House, incoming: Incoming, meant: _Meant, told: Told | None) -> Told:
    if told is None:
        today = house.today(incoming.now)
        with house.database.writing(house.tenant) as writing:
            # Rights are those of the moment of the change.
            incoming = replace(incoming, member=get_member(writing, incoming.member, today))
            return _change(writing.seeing(incoming.sight), house, incoming, meant, today)
    told = _with_way_back(told, meant)
    kept = what_to_keep(meant.kept, meant.request, told.answer)
    if kept != meant.kept or not meant.standing.is_current:
        # A full disk or a busy writer takes the context away, not the answer.
        with suppress(OperationalError), house.database.writing(house.tenant) as writing:
            if not meant.standing.is_current:
                remember_place(writing, incoming.place, incoming.member.id)
            if kept != meant.kept:
                remember(writing, incoming.place.teams_id, incoming.member.id, kept, incoming.now)
    return told


def rehearse(house: House, incoming: Incoming, today: date) -> Rehearsed:
    """What would be answered to these words on that day; nothing is kept."""
    assert isinstance(incoming.what, Message)
    with house.database.rehearsing(house.tenant, incoming.sight) as writing:
        meant = _understand(writing, house, incoming, today)
        if isinstance(meant.request, Changing):
            told = _change(writing, house, incoming, meant, today)
        else:
            told = _look(writing, house, incoming, meant, today)
        refs, count = held_by(writing, house, told.request, told.answer, _asker(incoming, meant, today, None))
        assert meant.understood is not None
        lexicon = house.lexicon(writing)
        why = explain(incoming.what.text, lexicon, meant.understood, meant.request, today, house.calendar)
        return Rehearsed(told=told, refs=refs, count=count, why=why)


def _understand(reading: Reading, house: House, incoming: Incoming, today: date) -> _Meant:
    standing = recall(reading, incoming.place, incoming.member.id, incoming.now)
    said = incoming.what
    chosen = incoming.member.language
    if isinstance(said, ButtonPress):
        language = said.language if said.language in LANGUAGES else incoming.client_language
        try:
            request: Request = request_from(said.verb, said.slots)
        except NotARequest:
            lost = NotUnderstood(reason="old_button")
            return _Meant(request=lost, language=chosen or language, standing=standing)
        if not isinstance(request, Ask):
            request = _dated(reading, house, request, today)
            return _Meant(request=request, language=chosen or language, standing=standing)
        said = Message(text=request.text)
    lexicon = house.lexicon_at(reading, standing.revision, any_discreet=standing.any_discreet)
    understood = house.understand(said.text, lexicon, today, incoming.client_language, context_of(standing.kept))
    request = understood.request
    unit = only_a_unit(said.text, lexicon) if "waiting" in standing.kept else None
    if unit:
        request = ChooseUnit(unit=unit)
    request = _dated(reading, house, reply_to_asked(standing.kept, request), today)
    return _Meant(request=request, language=chosen or understood.language, standing=standing, understood=understood)


def _dated(reading: Reading, house: House, request: Request, today: date) -> Request:
    """ "Repousse TI-12 de deux mois" counts from the day it is due, which only the plan knows."""
    if not isinstance(request, Postpone) or not request.by:
        return request
    action = get_action(reading, request.ref)
    return resolved(request, action.due_day(today, house.calendar) if action else None, today)


def _look(reading: Reading, house: House, incoming: Incoming, meant: _Meant, today: date) -> Told:
    assert isinstance(meant.request, get_args(Look))
    asker = _asker(incoming, meant, today, meant.standing.place)
    return _told(house, meant.request, look(reading, house, cast(Look, meant.request), asker), asker)


def _change(writing: Writing, house: House, incoming: Incoming, meant: _Meant, today: date) -> Told:
    assert isinstance(meant.request, Changing)
    asker = _asker(incoming, meant, today, remember_place(writing, incoming.place, incoming.member.id or None))
    if isinstance(meant.request, SetLanguage) and meant.request.language in LANGUAGES:
        asker = replace(asker, language=meant.request.language)
    if not first_time(writing, incoming.place.teams_id, incoming.activity, incoming.now):
        # Delivered again: what it asked was done, so it is only shown how things stand.
        return _told(house, meant.request, look(writing, house, _once_done(meant.request), asker), asker)
    through = "button" if isinstance(incoming.what, ButtonPress) else "chat"
    by = By(member=incoming.member, at=incoming.now, today=today, through=through)
    back, waiting = remembered(meant.kept, "list"), remembered(meant.kept, "waiting")
    answer = change(
        writing,
        house,
        meant.request,
        asker,
        by,
        back=back if isinstance(back, ListActions) else None,
        then=waiting,
    )
    told = _told(house, meant.request, answer, asker)
    kept = what_to_keep(meant.kept, meant.request, told.answer)
    if kept != meant.kept and incoming.member.id:
        remember(writing, incoming.place.teams_id, incoming.member.id, kept, incoming.now)
    return _with_way_back(told, meant)


def _once_done(request: Changing) -> Look:
    match request:
        case Subscribe() | Unsubscribe():
            return ListSubscriptions()
        case ConfirmSeveral():
            refs = " ".join(ref.partition(":")[0] for ref in request.which.split())
            return ChangeSeveral(refs=refs, what=request.what, to=request.to, reason=request.reason)
        case _:
            ref = getattr(request, "ref", None)
            return ShowAction(ref=ref) if ref else Help()


def _asker(incoming: Incoming, meant: _Meant, today: date, conversation: int | None) -> Asker:
    return Asker(
        member=incoming.member,
        today=today,
        language=meant.language,
        kind=incoming.place.kind,
        conversation=conversation,
        now=incoming.now,
    )


def _with_way_back(told: Told, meant: _Meant) -> Told:
    """From what was pressed on a notice back to it: the card took its place."""
    about_one = getattr(told.answer, "action", None) or getattr(told.answer, "after", None)
    if "notice" not in meant.kept or about_one is None or len(told.card.buttons) >= MOST_BUTTONS:
        return told
    words = words_in(told.card.language)
    back = button(words("reminder.back"), ShowReminders(), words.language)
    return replace(told, card=replace(told.card, buttons=(*told.card.buttons, back)))


def _told(house: House, request: Request, answer: Answer, asker: Asker) -> Told:
    card = card_for(answer, house.moment(asker.today, asker.language))
    return Told(language=card.language, request=request, answer=answer, card=card)


def make_file(house: House, incoming: Incoming, request: Offering, language: str) -> Made | Answer:
    """The file that somebody agreed to take, as the plan is now; or why they do not get it."""
    asker = Asker(
        member=incoming.member,
        today=house.today(incoming.now),
        language=incoming.member.language or language,
        kind=incoming.place.kind,
        conversation=None,
        now=incoming.now,
    )
    with house.database.reading(house.tenant, incoming.sight) as reading:
        return make(reading, house, request, asker)


def recognised(house: House, identity: str, now: datetime) -> Member | None:
    """The member with this Entra object id; None where it is still to be asked who that is."""
    with house.database.reading(house.tenant) as reading:
        return _recognised(reading, house, identity, now)


def _recognised(reading: Reading, house: House, identity: str, now: datetime) -> Member | None:
    if identity.startswith(TERMINAL):
        return find_member_by_email(reading, identity.removeprefix(TERMINAL), house.today(now))
    member = find_member(reading, identity, house.today(now))
    return None if member is None or is_unnamed(member) else member


def introduce(house: House, identity: str, email: str, name: str, now: datetime) -> Member:
    """Tie this identity to the person with this e-mail; somebody unknown becomes a reader."""
    with house.database.writing(house.tenant) as writing:
        if identity.startswith(TERMINAL):
            return ensure_reader(writing, email=email, name=name, today=house.today(now))
        return recognise(writing, entra_id=identity, email=email, name=name, today=house.today(now))
