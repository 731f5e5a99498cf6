"""A request as JSON (buttons, memory, command line) and back again; what comes back is checked, never believed."""

from dataclasses import fields, replace
from datetime import date
from typing import Any, get_args

from dialogs.requests import (
    KINDS_OF_CHANGE,
    Abandon,
    ChangeAll,
    Definite,
    ListActions,
    ListChanges,
    MarkDone,
    MarkInProgress,
    NeedsChoice,
    Reopen,
    Request,
    Selecting,
)
from storage.calendar import Period
from storage.plan import Kind, Status
from storage.selection import Selection

_DEFINITE: dict[str, Any] = {each.name: each for each in get_args(Definite)}


class NotARequest(ValueError):
    """Data that is no request of ours."""


def slots_of(request: Request) -> dict[str, Any]:
    """The request as JSON, its name apart, without what is not set. For selections the keys of the contract."""
    if isinstance(request, Selecting):
        where = {f.name: getattr(request.where, f.name) for f in fields(request.where)}
        where |= {f.name: getattr(request, f.name) for f in fields(request) if f.name != "where"}
        where["page"] = page if (page := where.get("page", 1)) > 1 else None
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
        if issubclass(kind, Selecting):
            where = Selection(**_selection(slots))
            request: Definite = kind(where=where, of_my_unit=slots.get("of_my_unit") is True)
            if isinstance(request, ChangeAll):
                on = slots.get("to")
                to = date.fromisoformat(on) if isinstance(on, str) and on else None
                request = replace(request, what=slots.get("what", ""), to=to, reason=slots.get("reason", ""))
                _check_types(request)
            page = slots.get("page")
            if isinstance(request, ListChanges):
                more: dict[str, Any] = {name: slots[name] for name in ("ref", "change", "by", "by_me") if name in slots}
                request = replace(request, **more)
                _check_types(request)
                if request.change and request.change not in KINDS_OF_CHANGE:
                    raise ValueError("change")
            if isinstance(request, ListActions | ListChanges) and isinstance(page, int) and 1 <= page <= 100_000:
                request = replace(request, page=page)
            return request
        known = {f.name for f in fields(kind)}
        values = {slot: value for slot, value in slots.items() if slot in known and value is not None}
        for day in ("on", "to", "start", "end"):
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
    "where": Selection, "of_my_unit": bool, "change": str, "by": str, "by_me": bool, "page": int,
    "plan": str, "format": str,
    "rhythm": str, "threads": str, "story": str, "digest": str, "start": date, "end": date, "publish": bool,
    "channel": int,
    "again": bool, "refs": str, "what": str, "which": str, "member": int,
    "full_name": str, "initials": str, "kind": str, "parent": str, "alias": str, "aliases": str,
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
    for name in ("late", "mine", "unowned"):
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
        if slots["priority"] not in (1, 2, 3):
            raise ValueError("priority")
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
