"""Files for whoever asks: may they have it, which one is meant, what it is called, what is in it. Looks only.

A file is made twice: once to say how large it is, and once more when its reader agrees, from the plan as it is then.
"""

from dataclasses import dataclass
from typing import Any

from bot.asker import Asker
from bot.house import House
from dialogs import answers
from dialogs.answers import Answer
from dialogs.requests import ExportPlan
from dialogs.slots import NotARequest, request_from
from dialogs.words import words_in
from storage.database import Reading
from storage.exports.content import read_content
from storage.exports.files import FORMATS, plan_as_file
from storage.plan import Member
from storage.rights import Act, NotAllowed, check_unit

Offering = ExportPlan
"""The requests that end in a file."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A file that is ready, with the offer that tells of it."""

    offer: answers.FileOffered
    content: bytes


def offered(reading: Reading, house: House, request: Offering, asker: Asker) -> Answer:
    """The offer; or why there is none, or which plan could be meant."""
    made = make(reading, house, request, asker)
    return made.offer if isinstance(made, Made) else made


def make(reading: Reading, house: House, request: Offering, asker: Asker) -> Made | Answer:
    """The file; right and plan are looked at here, whatever a card says."""
    keys = [plan.key for plan in house.lexicon(reading).vocabulary.plans]
    if not keys:
        return answers.Refused(code="refused.no_plan", places={}, hint="refused.no_plan_hint")
    if asker.kind != "personal":
        places = {"plan": request.plan or keys[-1]}
        hint = "refused.only_personal_hint"
        return answers.Refused(code="refused.only_personal", places={}, hint=hint, hint_places=places)
    if request.format not in FORMATS:
        return answers.Refused(code="refused.format", places={}, hint="refused.format_hint")
    key = request.plan.upper() or (keys[0] if len(keys) == 1 else "")
    if not key:
        options = tuple(
            (known, ExportPlan(plan=known, format=request.format)) for known in keys[: answers.MOST_OPTIONS]
        )
        return answers.Choice(sentence="choice.file", places={}, options=options)
    content = read_content(reading, key, house.zone)
    if content is None:
        return answers.Refused(code="lost.no_such_plan", places={"words": key})
    if not _may(asker.member, content.unit):
        return answers.Refused(code="may_not.export_plan", places={}, hint="may_not.export_plan_hint")
    written = plan_as_file(
        content, request.format, words_in(asker.language), asker.now.astimezone(house.zone), house.calendar
    )
    offer = answers.FileOffered(
        request=ExportPlan(plan=key, format=request.format),
        name=f"{words_in(asker.language)('file.name', key=key)}.{request.format}",
        size=len(written),
        plan=key,
        title=content.title,
    )
    return Made(offer=offer, content=written)


def _may(member: Member, unit: str | None) -> bool:
    try:
        check_unit(member, Act.EXPORT_PLAN, unit)
    except NotAllowed:
        return False
    return True


def asked_again(context: Any) -> Offering | None:
    """The request that came back with an agreement; None where it is none of ours."""
    if not isinstance(context, dict) or not isinstance(verb := context.get("verb"), str):
        return None
    try:
        request = request_from(verb, context)
    except NotARequest:
        return None
    return request if isinstance(request, Offering) else None
