"""Giving an indicator a value: which indicator is meant, whether the value is one, and whether a new one is wanted."""

import re
from dataclasses import replace

from bot.asker import Asker, author
from bot.house import House
from bot.looks import example, no_such_action, shown
from dialogs import answers
from dialogs.answers import Answer
from dialogs.requests import RecordMeasurement
from dialogs.words import Words, words_in
from storage.database import Writing
from storage.folding import fold
from storage.indicators import list_holders, list_indicators
from storage.measuring import Value, create_indicator, record_measurement
from storage.plan import Indicator, IndicatorKind
from storage.queries import get_action
from storage.record import By
from storage.rights import Act, check, may

LONGEST_VALUE = 200
LONGEST_NOTE = 400
LINK = re.compile(r"https://[^\s()<>\[\]\"]{3,390}")
_NUMBER = re.compile(r"([-+]?\d{1,12}(?:[.,]\d{1,6})?)\s*(%?)")


def record(writing: Writing, house: House, request: RecordMeasurement, asker: Asker, by: By) -> Answer:
    """Refusals of the plan (not yours, no such action) are raised; what the value itself lacks is answered."""
    if wrong := _wrong(writing, house, request):
        return wrong
    if request.ref is None:
        return _by_name(writing, house, request, asker, by)
    action = get_action(writing, request.ref)
    if action is None:
        return no_such_action(request.ref)
    known = list_indicators(writing, request.ref)
    indicator = _named(known, request.indicator)
    if indicator is None and not request.indicator:
        # Several, or none: the action's card has the form to choose from.
        return shown(writing, house, request.ref, asker)
    check(by.member, Act.CHANGE, action)
    number, is_share = _number(request)
    if indicator is None:
        if not request.create:
            return _create_asked(request, asker)
        indicator = create_indicator(
            writing, request.ref, request.indicator[:LONGEST_VALUE], _kind(number, is_share), by
        )
    if indicator.kind is IndicatorKind.PERCENTAGE and number is None:
        return answers.Refused(code="refused.bad_value", places={"value": request.value})
    is_share = is_share or indicator.kind is IndicatorKind.PERCENTAGE
    written = _worded(request, number, is_share, words_in(asker.language))
    value = Value(
        value=written,
        on=request.on or by.today,
        number=number,
        note=request.note.strip(),
        link=request.link.strip(),
    )
    made = record_measurement(writing, request.ref, indicator, value, by)
    return answers.Measured(
        action=made.after, indicator=indicator, value=written, on=value.on, by=author(by, house), event=made.event
    )


def _wrong(writing: Writing, house: House, request: RecordMeasurement) -> Answer | None:
    if not request.value.strip():
        places = {"indicator": request.indicator or "…", "ref": request.ref or example(writing, house)[1]}
        return answers.Refused(code="refused.no_value", places={}, hint="refused.no_value_hint", hint_places=places)
    if len(request.value) > LONGEST_VALUE or len(request.note) > LONGEST_NOTE:
        return answers.Refused(code="refused.value_long", places={})
    if request.link.strip() and not LINK.fullmatch(request.link.strip()):
        return answers.Refused(code="refused.bad_link", places={})
    return None


def _number(request: RecordMeasurement) -> tuple[float | None, bool]:
    """(the number that the value is, whether it is a share); None for a state or a document."""
    found = _NUMBER.fullmatch(request.value.strip())
    if not found:
        return None, False
    return float(found[1].replace(",", ".")), found[2] == "%" or request.unit == "%"


def _worded(request: RecordMeasurement, number: float | None, is_share: bool, words: Words) -> str:
    if number is None:
        return request.value.strip()
    return words.share(number) if is_share else words.number(number)


def _kind(number: float | None, is_share: bool) -> IndicatorKind:
    if number is None:
        return IndicatorKind.STATE
    return IndicatorKind.PERCENTAGE if is_share else IndicatorKind.NUMBER


def _named(known: list[Indicator], name: str) -> Indicator | None:
    """The one with this name; the only one where none was named; else the only one that holds all the words."""
    if not name:
        return known[0] if len(known) == 1 else None
    wanted = fold(name)
    exact = [each for each in known if fold(each.name) == wanted or (each.name.startswith(name) and len(name) > 100)]
    words = set(wanted.split())
    fitting = exact or [each for each in known if words <= set(fold(each.name).split())]
    return fitting[0] if len(fitting) == 1 else None


def _by_name(writing: Writing, house: House, request: RecordMeasurement, asker: Asker, by: By) -> Answer:
    """No action was named: the one that has this indicator; else those its words could be about, to choose from."""
    holders = list_holders(writing, request.indicator)
    if holders:
        # Actions of one row share their indicator: a value given for one is given for all.
        mine = next((action for action in holders if may(by.member, Act.CHANGE, action)), holders[0])
        return record(writing, house, replace(request, ref=mine.ref), asker, by)
    lexicon = house.lexicon(writing)
    hits = lexicon.titles.search(fold(request.indicator), limit=5)
    if not hits:
        return answers.Refused(code="refused.unknown_name", places={"name": request.indicator})
    titles = dict(lexicon.vocabulary.titles)
    options = tuple((titles[hit.ref], replace(request, ref=hit.ref, create=True)) for hit in hits)
    return answers.Choice(sentence="choice.indicator", places={"words": request.indicator}, options=options)


def _create_asked(request: RecordMeasurement, asker: Asker) -> Answer:
    words = words_in(asker.language)
    number, is_share = _number(request)
    places = {"words": request.indicator, "ref": request.ref or "", "value": _worded(request, number, is_share, words)}
    confirmed = replace(request, create=True)
    label = words("button.create")
    return answers.Choice(sentence="choice.create", places=places, options=((label, confirmed),))
