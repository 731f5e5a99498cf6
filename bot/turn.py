"""The story of one message: who says it, what it asks, looking or changing, and the card that shows the answer.

Synchronous, and run in a worker thread; a network call cannot be written here. A change and everything it
promises to others are one transaction, which is committed before anybody is told.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast, get_args

from bot.changes import change
from bot.house import House
from bot.looks import Asker, Look, look, titled
from dialogs import answers
from dialogs.answers import Answer
from dialogs.cards import card_for
from dialogs.elements import Card
from dialogs.names import Lexicon
from dialogs.requests import (
    Ask,
    Changing,
    ChooseUnit,
    CountActions,
    Help,
    ListActions,
    ListSubscriptions,
    NeedsChoice,
    NotUnderstood,
    RecordMeasurement,
    Request,
    SetLanguage,
    ShowAction,
    ShowProgress,
    Subscribe,
    Unsubscribe,
)
from dialogs.sentences import SMALL_WORDS
from dialogs.slots import NotARequest, request_from, slots_of
from dialogs.understand import Context, understand
from dialogs.words import LANGUAGES
from storage.conversations import Place, find_place, first_time, recall, remember, remember_place
from storage.database import Reading, Writing
from storage.folding import fold
from storage.indicators import list_holders
from storage.people import ensure_reader, find_member, find_member_by_email, is_unnamed, recognise
from storage.plan import Member
from storage.queries import list_actions_by_ref, list_refs
from storage.record import By

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


@dataclass(frozen=True, kw_only=True)
class Told:
    """How a turn ended: what was understood, the answer, and the card that shows it."""

    language: str
    request: Request
    answer: Answer
    card: Card


@dataclass(frozen=True, kw_only=True)
class _Meant:
    """The request of a turn with what its place remembered."""

    request: Request
    language: str
    kept: dict[str, Any] = field(default_factory=dict)


def take_turn(house: House, incoming: Incoming) -> Told:
    """Answer one message or press; what it changes is committed when this returns."""
    today = house.today(incoming.now)
    with house.database.reading(house.tenant) as reading:
        meant = _understand(reading, house, incoming, today)
        if not isinstance(meant.request, Changing):
            told = _look(reading, house, incoming, meant, today)
    if isinstance(meant.request, Changing):
        with house.database.writing(house.tenant) as writing:
            return _change(writing, house, incoming, meant, today)
    if (kept := _to_keep(meant, told)) != meant.kept:
        with house.database.writing(house.tenant) as writing:
            remember(writing, incoming.place.teams_id, incoming.member.id, kept, incoming.now)
    return told


def rehearse(house: House, incoming: Incoming, today: date) -> tuple[Told, tuple[str, ...], int]:
    """What would be answered on that day, the references it is about, and how many; nothing is kept."""
    with house.database.rehearsing(house.tenant) as writing:
        meant = _understand(writing, house, incoming, today)
        if isinstance(meant.request, Changing):
            told = _change(writing, house, incoming, meant, today)
        else:
            told = _look(writing, house, incoming, meant, today)
        refs, count = held_by(writing, house, told, incoming.member, today)
        return told, refs, count


def _understand(reading: Reading, house: House, incoming: Incoming, today: date) -> _Meant:
    kept = recall(reading, incoming.place.teams_id, incoming.member.id, incoming.now)
    said = incoming.what
    chosen = incoming.member.language
    if isinstance(said, ButtonPress):
        language = said.language if said.language in LANGUAGES else incoming.client_language
        try:
            request: Request = request_from(said.verb, said.slots)
        except NotARequest:
            return _Meant(request=NotUnderstood(reason="old_button"), language=chosen or language, kept=kept)
        if not isinstance(request, Ask):
            return _Meant(request=request, language=chosen or language, kept=kept)
        said = Message(text=request.text)
    lexicon = house.lexicon(reading)
    understood = understand(
        said.text,
        lexicon,
        today,
        house.calendar,
        client_language=incoming.client_language,
        context=_context(kept),
    )
    request = understood.request
    unit = _only_a_unit(said.text, lexicon) if "waiting" in kept else None
    if unit:
        request = ChooseUnit(unit=unit)
    return _Meant(request=request, language=chosen or understood.language, kept=kept)


def _only_a_unit(text: str, lexicon: Lexicon) -> str | None:
    """The unit that a message names, where it says nothing else: the answer to "which is your unit?"."""
    folded = fold(text)
    found = lexicon.find_unit(folded)
    if found is None:
        return None
    rest = re.findall(r"[a-z0-9]{2,}", folded[: found.start] + " " + folded[found.end :])
    return found.value if all(word in SMALL_WORDS or word in _KINDS_OF_UNIT for word in rest) else None


_KINDS_OF_UNIT = frozenset(
    ("departement", "section", "service", "cursus", "unite", "entite", "ecole", "department", "unit")
)


def _context(kept: dict[str, Any]) -> Context:
    """What this person last saw here, for messages that lean on it ("et le mois prochain ?", "la deuxième")."""
    last = _remembered(kept, "list")
    return Context(last=last, shown=tuple(kept.get("shown", ())), ref=kept.get("ref"))


def _look(reading: Reading, house: House, incoming: Incoming, meant: _Meant, today: date) -> Told:
    assert isinstance(meant.request, get_args(Look))
    asker = _asker(incoming, meant, today, find_place(reading, incoming.place))
    return _told(house, meant.request, look(reading, house, cast(Look, meant.request), asker), asker)


def _change(writing: Writing, house: House, incoming: Incoming, meant: _Meant, today: date) -> Told:
    assert isinstance(meant.request, Changing)
    asker = _asker(incoming, meant, today, remember_place(writing, incoming.place))
    if isinstance(meant.request, SetLanguage) and meant.request.language in LANGUAGES:
        asker = replace(asker, language=meant.request.language)
    if not first_time(writing, incoming.place.teams_id, incoming.activity, incoming.now):
        # Delivered again: what it asked was done, so it is only shown how things stand.
        return _told(house, meant.request, look(writing, house, _once_done(meant.request), asker), asker)
    through = "button" if isinstance(incoming.what, ButtonPress) else "chat"
    by = By(member=incoming.member, at=incoming.now, today=today, through=through)
    back, waiting = _remembered(meant.kept, "list"), _remembered(meant.kept, "waiting")
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
    kept = _to_keep(meant, told)
    if kept != meant.kept and incoming.member.id:
        remember(writing, incoming.place.teams_id, incoming.member.id, kept, incoming.now)
    return told


def _once_done(request: Changing) -> Look:
    match request:
        case Subscribe() | Unsubscribe():
            return ListSubscriptions()
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
    )


def _told(house: House, request: Request, answer: Answer, asker: Asker) -> Told:
    card = card_for(answer, house.moment(asker.today, asker.language))
    return Told(language=card.language, request=request, answer=answer, card=card)


def _to_keep(meant: _Meant, told: Told) -> dict[str, Any]:
    """What the next message of this person here may lean on: the last question, what it showed, the last action."""
    kept = dict(meant.kept)
    answer = told.answer
    if not isinstance(meant.request, NotUnderstood):
        kept.pop("waiting", None)
    if isinstance(answer, answers.UnitAsked):
        kept["waiting"] = _written(meant.request)
    elif isinstance(answer, answers.ActionList):
        shown = [action.ref for group in answer.groups for action in group.actions]
        kept = {"list": _written(answer.request), "shown": shown}
    elif isinstance(answer, answers.ActionCount | answers.ProgressShown):
        kept = {"list": _written(answer.request)}
    elif (action := getattr(answer, "action", None) or getattr(answer, "after", None)) is not None:
        kept["ref"] = action.ref
    return kept


def _written(request: Request) -> dict[str, Any]:
    return {"name": request.name, "slots": slots_of(request)}


def _remembered(kept: dict[str, Any], what: str) -> ListActions | CountActions | ShowProgress | None:
    if what not in kept:
        return None
    request = request_from(kept[what]["name"], kept[what]["slots"])
    return request if isinstance(request, ListActions | CountActions | ShowProgress) else None


def held_by(reading: Reading, house: House, told: Told, member: Member, today: date) -> tuple[tuple[str, ...], int]:
    """Every reference the answer holds, over all its pages, and how many actions it is about."""
    request, answer = told.request, told.answer
    if isinstance(answer, answers.ActionList | answers.ActionCount):
        where = answer.request.where
        words = titled(reading, house, where)
        refs = tuple(list_refs(reading, where, member, today, house.calendar, words))
        return refs, answer.total
    if isinstance(answer, answers.ProgressShown):
        return (), answer.overall.total
    if isinstance(answer, answers.Lost):
        refs = tuple(action.ref for action in answer.near)
        return refs, len(refs)
    if isinstance(answer, answers.ChangesShown):
        refs = tuple(dict.fromkeys(event.ref for event in answer.events))
        return refs, answer.total
    if isinstance(answer, answers.Undone):
        return (answer.action.ref,), 1
    options = request.options if isinstance(request, NeedsChoice) else (request,)
    named = [ref for option in options if (ref := getattr(option, "ref", None))]
    if isinstance(request, RecordMeasurement) and not named:
        named = [action.ref for action in list_holders(reading, request.indicator)]
    refs = tuple(action.ref for action in list_actions_by_ref(reading, named))
    return refs, len(refs)


def recognised(house: House, identity: str, now: datetime) -> Member | None:
    """The member with this Entra object id; None where it is still to be asked who that is."""
    with house.database.reading(house.tenant) as reading:
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
