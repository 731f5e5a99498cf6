"""Why a message was understood as it was: the words behind the request and behind each slot, for whoever tries one out.

It looks at what was understood and never understands anything itself.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dialogs.cut import Cut
from dialogs.message import Message
from dialogs.names import Lexicon
from dialogs.requests import KINDS_OF_CHANGE, Changing, NeedsChoice, Request
from dialogs.slots import slots_of
from dialogs.understand import Understood
from storage.calendar import AcademicCalendar
from storage.folding import fold

GAP = " … "
_HIDDEN = ("version", "page", "of_my_unit", "options")
_GROUPS = {"change": ("list_changes.",), "status": ("slots.",), "me": ("assign.",), "by_me": ("slots.mine",)}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    language: str
    request: str
    words: str
    """Those that make the request; empty where it follows from what it is about."""
    slots: tuple[tuple[str, str, str], ...]
    """(slot, value, the words it came from); no words where it came from the message before, or from what is usual."""
    runner_up: str
    """The name of the request that is next likeliest, if any."""


def explain(
    text: str, lexicon: Lexicon, understood: Understood, request: Request, today: date, calendar: AcademicCalendar
) -> Explanation:
    """`request` is what was answered: as `understood`, with what only the plan knows filled in."""
    message = Message(Cut(text, lexicon), understood.language, lexicon)
    slots = []
    for name, value in slots_of(request).items():
        if name not in _HIDDEN:
            words = understood.words.get(name) or _words_for(message, request, name, value, today, calendar)
            slots.append((name, _shown(value), _as_written(message, words)))
    return Explanation(
        language=understood.language,
        request=request.name,
        words=_as_written(message, _of_cues(message, (f"{request.name}.",))),
        slots=tuple(slots),
        runner_up=understood.runner_up,
    )


def _words_for(
    message: Message, request: Request, slot: str, value: Any, today: date, calendar: AcademicCalendar
) -> str:
    if isinstance(request, NeedsChoice):
        return ""
    if slot == "ref":
        marks = [at for at, word in enumerate(message.words) if word == "@"]
        return next(
            (message.folded((at, at + 1)) for at, ref in zip(marks, message.refs, strict=False) if ref == value), ""
        )
    if slot in ("to", "on", "due", "by", "start", "end") and (when := message.period(today, calendar)) is not None:
        return message.cut.folded[when.start_at : when.end_at]
    if slot == "to" and isinstance(request, Changing):
        return _of_cues(message, (f"{request.name}.",))
    if slot in _GROUPS or value in KINDS_OF_CHANGE or value is True:
        return _of_cues(message, _GROUPS.get(slot, (f"{request.name}.", f"slots.{slot}")))
    for said in (fold(str(value)), str(value).replace(".", ",")):
        if said in message.cut.folded:
            return said
    return next((message.folded(name.span) for name in message.names if name.value == value), "")


def _of_cues(message: Message, groups: tuple[str, ...]) -> str:
    """The words of these cues, in the order of the sentence, each stretch by itself."""
    stretches: list[list[int]] = []
    for at in sorted(message.positions(*groups)):
        if stretches and stretches[-1][1] == at:
            stretches[-1][1] = at + 1
        else:
            stretches.append([at, at + 1])
    return GAP.join(message.folded((start, end)) for start, end in stretches)


def _as_written(message: Message, folded: str) -> str:
    """The stretches as the person wrote them, with capitals and accents."""
    written, after = [], 0
    for stretch in folded.split(GAP) if folded else ():
        start = message.cut.folded.find(stretch, after)
        if start < 0:
            return folded
        after = start + len(stretch)
        written.append(message.cut.written(start, after))
    return GAP.join(written)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " to ".join(str(each) if each is not None else "…" for each in value)
    return "yes" if value is True else str(value)
