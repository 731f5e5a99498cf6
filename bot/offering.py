"""Files for whoever asks: may they have it, which one is meant, what it is called, what is in it. Looks only.

A file is made twice: once to say how large it is, and once more when its reader agrees, from the plan as it is then.
"""

from dataclasses import dataclass, replace
from typing import Any

from bot.asker import Asker
from bot.house import House
from dialogs import answers
from dialogs.answers import Answer
from dialogs.requests import ExportPlan, ExportReport
from dialogs.slots import NotARequest, request_from
from dialogs.words import words_in
from storage.database import Reading
from storage.exports.content import Content, read_content
from storage.exports.files import FORMATS, plan_as_file
from storage.exports.pack import papers_of, zipped
from storage.plan import Member
from storage.rights import Act, NotAllowed, check_unit
from storage.sight import PUBLIC

Offering = ExportPlan | ExportReport
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
    if isinstance(request, ExportPlan) and request.format not in FORMATS:
        return answers.Refused(code="refused.format", places={}, hint="refused.format_hint")
    if isinstance(request, ExportReport) and request.on is not None and request.on > asker.today:
        day = words_in(asker.language).day(request.on)
        return answers.Refused(code="report.future", places={"day": day})
    key = request.plan.upper() or (keys[0] if len(keys) == 1 else "")
    if not key:
        options = tuple((known, replace(request, plan=known)) for known in keys[: answers.MOST_OPTIONS])
        return answers.Choice(sentence="choice.file", places={}, options=options)
    # The papers leave the house, so they hold nothing discreet; a plan holds what its reader sees anyway.
    seen = reading if isinstance(request, ExportPlan) else reading.seeing(PUBLIC)
    content = read_content(seen, key, house.zone)
    if content is None:
        return answers.Refused(code="lost.no_such_plan", places={"words": key})
    if not _may(asker.member, content.unit):
        return answers.Refused(code="may_not.export_plan", places={}, hint="may_not.export_plan_hint")
    return _written(content, replace(request, plan=key), asker, house)


def _written(content: Content, request: Offering, asker: Asker, house: House) -> Made:
    say, at = words_in(asker.language), asker.now.astimezone(house.zone)
    if isinstance(request, ExportPlan):
        name = f"{say('file.name', key=content.key)}.{request.format}"
        written = plan_as_file(content, request.format, say, at, house.calendar)
    else:
        on = request.on or asker.today
        request = replace(request, on=on)
        name = f"{say('report.name.pack')}-{content.key}-{on}.zip"
        written = zipped(papers_of(content, say, on, at, house.calendar), at)
    offer = answers.FileOffered(request=request, name=name, size=len(written), plan=content.key, title=content.title)
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
