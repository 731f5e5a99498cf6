"""`boucle ask`: what would be understood and answered, as JSON or as text. Never changes or stores anything."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

import orjson
import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.house import House
from bot.turn import Incoming, Message, Rehearsed, Told, rehearse
from dialogs import answers
from dialogs.elements import plain_text
from dialogs.requests import (
    CountActions,
    ListActions,
    NotUnderstood,
    RecordMeasurement,
    ShowProgress,
    Subscribe,
    Unsubscribe,
)
from dialogs.slots import slots_of
from dialogs.words import LANGUAGES
from storage.conversations import Place
from storage.people import find_member_by_email
from storage.plan import Member, Role

log = structlog.get_logger()

NOBODY = Member(id=0, name="", email="", role=Role.READER)
"""Whoever asks without saying who they are: a reader without unit or body."""

_PLACE = Place(teams_id="command line", kind="personal", service_url="")


class NobodyThere(Exception):
    """Nobody has this e-mail address."""


def asker(house: House, email: str | None, today: date) -> Member:
    """The member with this e-mail; raises `NobodyThere`."""
    if not email:
        return NOBODY
    with house.database.reading(house.tenant) as reading:
        member = find_member_by_email(reading, email, today)
    if member is None:
        raise NobodyThere(email)
    return member


def ask(house: House, text: str, member: Member, today: date, now: datetime, language: str = "fr") -> dict[str, Any]:
    """`{language, request: {name, …slots}, refs, count, answer}` as the contract has it."""
    found = _rehearse(house, text, member, today, now, language)
    return {
        "language": found.told.language,
        "request": {"name": found.told.request.name, **_slots(found.told)},
        "refs": list(found.refs),
        "count": found.count,
        "answer": plain_text(found.told.card),
    }


def _rehearse(house: House, text: str, member: Member, today: date, now: datetime, language: str) -> Rehearsed:
    what = Message(text=text)
    incoming = Incoming(what=what, place=_PLACE, member=member, activity="", client_language=language, now=now)
    return rehearse(house, incoming, today)


MOST_REFS = 12


def show(house: House, text: str, member: Member, today: date, now: datetime, language: str = "fr") -> str:
    """The same for people: language, request and each slot with the words it came from, runner-up, and the answer."""
    found = _rehearse(house, text, member, today, now, language)
    why = found.why
    rows = [("language", why.language, ""), ("request", why.request, why.words)]
    rows += [(f"  {slot}", value, words) for slot, value, words in why.slots]
    if why.runner_up:
        rows.append(("runner-up", why.runner_up, ""))
    if found.count:
        more = " …" if len(found.refs) > MOST_REFS else ""
        rows.append(("about", str(found.count), ""))
        if found.refs:
            rows[-1] = ("about", f"{found.count}: {', '.join(found.refs[:MOST_REFS])}{more}", "")
    wide = max(len(value) for name, value, words in rows if words) if any(row[2] for row in rows) else 0
    lines = [f"{name:<12}{value:<{wide}}{f'   « {words} »' if words else ''}".rstrip() for name, value, words in rows]
    return "\n".join([*lines, "", plain_text(found.told.card)])


def _day(written: object) -> date | None:
    if written is None or isinstance(written, str):
        return date.fromisoformat(written) if written else None
    raise ValueError("no day")


def ask_each(house: House, lines: Iterable[str], today: date, now: datetime) -> Iterator[bytes]:
    """One JSON object a line for each line with `text`, `as` and `today`; lines share nothing with one another."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = _Line.model_validate_json(line)
        except ValidationError:
            yield orjson.dumps(_unanswered("not_a_question", f"Line {number} is no object with text, as and today."))
            continue
        on = asked.today or today
        try:
            member = asker(house, asked.as_, on)
        except NobodyThere:
            # In chat, too, somebody unknown is a reader.
            member = NOBODY
        try:
            yield orjson.dumps(ask(house, asked.text, member, on, now))
        except Exception:
            # The lines after it are answered all the same.
            log.exception("line broken", line=number)
            yield orjson.dumps(_unanswered("broken", f"Line {number} could not be answered; the log says why."))


class _Line(BaseModel):
    """One question of a batch."""

    model_config = ConfigDict(extra="ignore")

    text: Annotated[str, Field(strict=True)]
    as_: Annotated[str | None, Field(alias="as", strict=True)] = None
    today: Annotated[date | None, BeforeValidator(_day)] = None


def _unanswered(reason: str, sentence: str) -> dict[str, Any]:
    """The same keys as of an answer."""
    request = {"name": NotUnderstood.name, "reason": reason}
    return {"language": LANGUAGES[0], "request": request, "refs": [], "count": 0, "answer": sentence}


def _slots(told: Told) -> dict[str, Any]:
    request, answer = told.request, told.answer
    if isinstance(answer, answers.ActionList | answers.ActionCount | answers.ProgressShown):
        # As it was answered: "my department" is a unit by now.
        request = answer.request
        if request.where.unit:
            request = replace(request, of_my_unit=False)
    slots = slots_of(request)
    if isinstance(request, ListActions | CountActions | ShowProgress):
        slots.pop("page", None)
    if isinstance(request, Subscribe | Unsubscribe) and request.scope:
        slots = {request.scope: request.target}
    if isinstance(request, RecordMeasurement):
        slots["value"] = _number(request.value)
    return slots


def _number(value: str) -> float | int | str:
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if number.is_integer() else number
