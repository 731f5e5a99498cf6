"""Who asks, where and when; and what "my department" and words of a title mean for them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from bot.house import House
from dialogs.answers import Author
from dialogs.requests import ChangeAll, CountActions, ListActions, ListChanges, ShowProgress
from storage.database import Reading
from storage.folding import fold
from storage.plan import Member
from storage.record import By
from storage.selection import Selection


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, where, and when."""

    member: Member
    today: date
    language: str
    kind: str
    """personal, groupChat or channel."""
    conversation: int | None
    now: datetime


Selecting = TypeVar("Selecting", bound=ListActions | CountActions | ShowProgress | ListChanges | ChangeAll)


def resolved(request: Selecting, member: Member) -> Selecting:
    """The same request with "my department" replaced by the asker's unit."""
    if not request.of_my_unit or member.asks_for is None:
        return request
    return replace(request, where=replace(request.where, unit=member.asks_for))


def titled(reading: Reading, house: House, selection: Selection) -> tuple[str, ...]:
    """The references whose titles hold the words of the selection."""
    return house.lexicon(reading).titles.holding(fold(selection.words)) if selection.words else ()


def author(by: By, house: House) -> Author:
    """Whoever makes a change, as the receipt shows them."""
    return Author(who=by.member.name, at=by.at.astimezone(house.zone), through=by.through)
