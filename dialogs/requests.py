"""What people can ask: one frozen dataclass a request, and its form as JSON (buttons, memory, command line)."""

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, ClassVar, get_args

from storage.calendar import Period
from storage.plan import Kind, Status
from storage.selection import Selection


@dataclass(frozen=True, kw_only=True)
class _Selecting:
    where: Selection = field(default_factory=Selection)
    of_my_unit: bool = False
    """The asker's own unit is meant; which one that is, is not in the sentence."""


@dataclass(frozen=True, kw_only=True)
class ListActions(_Selecting):
    name: ClassVar[str] = "list_actions"
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class CountActions(_Selecting):
    name: ClassVar[str] = "count_actions"


@dataclass(frozen=True, kw_only=True)
class ShowProgress(_Selecting):
    name: ClassVar[str] = "show_progress"


@dataclass(frozen=True, kw_only=True)
class ShowAction:
    name: ClassVar[str] = "show_action"
    ref: str


@dataclass(frozen=True, kw_only=True)
class WhoIsResponsible:
    name: ClassVar[str] = "who_is_responsible"
    ref: str


@dataclass(frozen=True, kw_only=True)
class MarkDone:
    name: ClassVar[str] = "mark_done"
    to: ClassVar[Status] = Status.DONE
    ref: str
    version: int | None = None
    """Of the action the button was drawn from; None in a sentence."""


@dataclass(frozen=True, kw_only=True)
class MarkInProgress:
    name: ClassVar[str] = "mark_in_progress"
    to: ClassVar[Status] = Status.IN_PROGRESS
    ref: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Abandon:
    """Nothing is abandoned without a reason: where the sentence gives none, it is asked."""

    name: ClassVar[str] = "abandon"
    to: ClassVar[Status] = Status.ABANDONED
    ref: str
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Reopen:
    """Done or abandoned by mistake, or to be done again."""

    name: ClassVar[str] = "reopen"
    to: ClassVar[Status] = Status.TODO
    ref: str
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Postpone:
    """A new day (the end of the period that was said), with its reason; what is missing is asked."""

    name: ClassVar[str] = "postpone"
    ref: str
    to: date | None = None
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class AddNote:
    name: ClassVar[str] = "add_note"
    ref: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AddEvidence:
    """A link (https) that shows what was done."""

    name: ClassVar[str] = "add_evidence"
    ref: str
    link: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Assign:
    """To a body or a person by name, or to oneself (`me`)."""

    name: ClassVar[str] = "assign"
    ref: str
    body: str = ""
    person: str = ""
    me: bool = False


@dataclass(frozen=True, kw_only=True)
class ListChanges(_Selecting):
    """What changed; `where.due` is the time in which it did."""

    name: ClassVar[str] = "list_changes"
    ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class WhoAmI:
    name: ClassVar[str] = "who_am_i"


@dataclass(frozen=True, kw_only=True)
class SetLanguage:
    """fr, en or nl, for every answer to this person from now on."""

    name: ClassVar[str] = "set_language"
    language: str


@dataclass(frozen=True, kw_only=True)
class RecordMeasurement:
    """A new value. `indicator` as the person called it; empty where the action has one only."""

    name: ClassVar[str] = "record_measurement"
    indicator: str = ""
    value: str = ""
    unit: str = ""
    """"%" or empty."""
    ref: str | None = None
    on: date | None = None
    note: str = ""
    link: str = ""
    create: bool = False
    """They confirmed that an indicator of this name is to be created."""


@dataclass(frozen=True, kw_only=True)
class Subscribe:
    name: ClassVar[str] = "subscribe"
    scope: str = ""
    """plan, axis or unit; empty where the sentence did not say what to follow."""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Unsubscribe:
    """Empty: from everything."""

    name: ClassVar[str] = "unsubscribe"
    scope: str = ""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class ListSubscriptions:
    name: ClassVar[str] = "list_subscriptions"


@dataclass(frozen=True, kw_only=True)
class Undo:
    name: ClassVar[str] = "undo"
    event: int | None = None
    """The change to take back; None is the person's last one."""
    ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChooseUnit:
    """The answer to "which is your unit?"."""

    name: ClassVar[str] = "choose_unit"
    unit: str


@dataclass(frozen=True, kw_only=True)
class Help:
    name: ClassVar[str] = "help"


@dataclass(frozen=True, kw_only=True)
class Greet:
    name: ClassVar[str] = "greet"


@dataclass(frozen=True, kw_only=True)
class Thanks:
    name: ClassVar[str] = "thanks"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A button that says a sentence for the person: it is understood when it is pressed, not when it was drawn."""

    name: ClassVar[str] = "ask"
    text: str


Definite = (
    ListActions
    | CountActions
    | ShowProgress
    | ShowAction
    | WhoIsResponsible
    | MarkDone
    | MarkInProgress
    | Abandon
    | Reopen
    | Postpone
    | AddNote
    | AddEvidence
    | Assign
    | ListChanges
    | WhoAmI
    | SetLanguage
    | RecordMeasurement
    | Subscribe
    | Unsubscribe
    | ListSubscriptions
    | Undo
    | ChooseUnit
    | Help
    | Greet
    | Thanks
    | Ask
)
"""The requests that say all that is needed, and that a button can carry."""


@dataclass(frozen=True, kw_only=True)
class NeedsChoice:
    """Understood, but several things fit: which of these is meant?"""

    name: ClassVar[str] = "needs_choice"
    options: tuple[Definite, ...]
    """At most five, best first."""
    words: str
    """What in the sentence fits them all."""
    guess: bool = False
    """Nothing fits; these are only the nearest."""


@dataclass(frozen=True, kw_only=True)
class NotUnderstood:
    name: ClassVar[str] = "not_understood"
    reason: str = ""
    """Empty, or what stood in the way: impossible_day, negated, unsure, no_such_ref, empty."""
    words: str = ""
    near: tuple[str, ...] = ()
    """References of actions that the words could be about."""


Request = Definite | NeedsChoice | NotUnderstood

CHANGES = (
    MarkDone,
    MarkInProgress,
    Abandon,
    Reopen,
    Postpone,
    AddNote,
    AddEvidence,
    Assign,
    SetLanguage,
    RecordMeasurement,
    Subscribe,
    Unsubscribe,
    Undo,
    ChooseUnit,
)
"""Requests that change something; everything else only looks."""

_DEFINITE: dict[str, Any] = {each.name: each for each in get_args(Definite)}


class NotARequest(ValueError):
    """Data that is no request of ours."""


def slots_of(request: Request) -> dict[str, Any]:
    """The request as JSON, its name apart, without what is not set. For selections the keys of the contract."""
    if isinstance(request, _Selecting):
        where = {f.name: getattr(request.where, f.name) for f in fields(request.where)}
        where["of_my_unit"] = request.of_my_unit
        where["ref"] = getattr(request, "ref", None)
        where["page"] = getattr(request, "page", 1) if getattr(request, "page", 1) > 1 else None
        return {name: _plain(value) for name, value in where.items() if value not in (None, False, "")}
    slots = {f.name: getattr(request, f.name) for f in fields(request)}
    if isinstance(request, NeedsChoice):
        slots["options"] = tuple({"name": option.name, **slots_of(option)} for option in request.options)
    if isinstance(request, MarkDone | MarkInProgress | Abandon | Reopen):
        slots["to"] = request.to
    return {name: _plain(value) for name, value in slots.items() if value not in (None, False, "", ())}


def request_from(name: str, slots: dict[str, Any]) -> Definite:
    """What `slots_of` gave, back again; unknown slots are left aside, wrong ones are `NotARequest`."""
    kind = _DEFINITE.get(name)
    if kind is None:
        raise NotARequest(name)
    try:
        if issubclass(kind, _Selecting):
            where = Selection(**_selection(slots))
            request: Definite = kind(where=where, of_my_unit=slots.get("of_my_unit") is True)
            page, ref = slots.get("page"), slots.get("ref")
            if isinstance(request, ListChanges) and isinstance(ref, str):
                request = replace(request, ref=ref)
            if isinstance(request, ListActions) and isinstance(page, int) and 1 <= page <= 100_000:
                request = replace(request, page=page)
            return request
        known = {f.name for f in fields(kind)}
        values = {slot: value for slot, value in slots.items() if slot in known and value is not None}
        for day in ("on", "to"):
            if isinstance(values.get(day), str):
                # A date field left empty comes as an empty text from some clients.
                values[day] = date.fromisoformat(values[day]) if values[day] else None
        made: Definite = kind(**values)
        _check_types(made)
        return made
    except (TypeError, ValueError, KeyError) as problem:
        raise NotARequest(name) from problem


_SLOT_TYPES: dict[str, type] = {
    "ref": str, "version": int, "event": int, "indicator": str, "value": str, "unit": str, "on": date,
    "note": str, "link": str, "create": bool, "scope": str, "target": str,
    "text": str, "to": date, "reason": str, "body": str, "person": str, "me": bool, "language": str,
}  # fmt: skip


def _check_types(request: Definite) -> None:
    for slot in fields(request):
        value = getattr(request, slot.name)
        if value is not None and not isinstance(value, _SLOT_TYPES[slot.name]):
            raise TypeError(slot.name)


def _selection(slots: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("plan", "axis", "goal", "body", "unit", "person", "indicator", "words"):
        if slots.get(name) is not None:
            if not isinstance(slots[name], str):
                raise TypeError(name)
            values[name] = slots[name]
    for name in ("late", "mine"):
        values[name] = slots.get(name) is True
    if slots.get("due") is not None:
        start, end = slots["due"]
        values["due"] = Period(
            start=date.fromisoformat(start) if start else None, end=date.fromisoformat(end) if end else None
        )
    if slots.get("status") is not None:
        values["status"] = Status(slots["status"])
    if slots.get("kind") is not None:
        values["kind"] = Kind(slots["kind"])
    if slots.get("priority") is not None:
        values["priority"] = int(slots["priority"])
    return values


def _plain(value: Any) -> Any:
    if isinstance(value, Period):
        return [value.start.isoformat() if value.start else None, value.end.isoformat() if value.end else None]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value
