"""Lengths of time and where they end: "dans 3 mois", "les 30 prochains jours", "two weeks ago", "sous quinzaine"."""

from collections.abc import Iterator
from datetime import date

from dialogs import dates_leaves as leaves
from dialogs.dates_ranges import Phrase
from dialogs.dates_sheet import Read, Sheet
from storage.calendar import DAY, Period, day

Length = tuple[tuple[int, str], ...]
# Longer ones are no deadline, and would leave the calendar.
_LONGEST = {"day": 36_500, "week": 5_200}
_LONGEST_OTHER = 1_200
# "un an et demi"; half a week is left aside, it is no whole number of days.
_HALVES: dict[str, Length] = {"year": ((6, "month"),), "month": ((15, "day"),)}
# "les prochaines semaines": two readings are offered.
_FEW = {"day": (7, 14), "week": (2, 4), "month": (3, 6)}


def _duration(sheet: Sheet, i: int) -> tuple[Length, int] | None:
    """ "3 mois", "une quinzaine", "a fortnight", "1 an et 2 mois": how many of what, and the end."""
    first = _single(sheet, i)
    if not first:
        return None
    length, end = first
    half = sheet.at("and_half", end)
    if half:
        return (length + _HALVES[length[0][1]], half[1]) if length[0][1] in _HALVES else None
    joined = sheet.at("list", end)
    second = _single(sheet, joined[1] if joined else end)
    return (length + second[0], second[1]) if second and second[0][0][1] != length[0][1] else first


def _single(sheet: Sheet, i: int) -> tuple[Length, int] | None:
    span = sheet.at("span", i)
    if span:
        return ((int(span[0]), "day"),), span[1]
    half = sheet.at("one_and_half", i)
    if half:
        unit = sheet.at("unit", half[1])
        return (((1, unit[0]), *_HALVES[unit[0]]), unit[1]) if unit and unit[0] in _HALVES else None
    number = sheet.number(i)
    if not number:
        return None
    count, at = number
    span = sheet.at("span", at) if count == 1 else None
    if span:
        return ((int(span[0]), "day"),), span[1]
    unit = sheet.at("unit", at)
    if not unit or unit[0] == "weekend" or count > _LONGEST.get(unit[0], _LONGEST_OTHER):
        return None
    return ((count, unit[0]),), unit[1]


def lengths(sheet: Sheet) -> Iterator[tuple[Length, int, int]]:
    """Every length of time, with the tokens it stands at."""
    i = 0
    while i < len(sheet.starts):
        found = _duration(sheet, i)
        if found:
            yield found[0], i, found[1]
        i = found[1] if found else i + 1


def _away(sheet: Sheet, sign: int, length: Length) -> date:
    on = sheet.today
    for count, unit in length:
        on = leaves.shifted(on, sign * count, unit)
    return on


def _until(sheet: Sheet, other: date) -> Period:
    return Period(start=min(other, sheet.today), end=max(other, sheet.today))


def stretch(sheet: Sheet, i: int) -> Read | None:
    """ "les 30 prochains jours", "ces trois derniers mois", "the next two weeks", "les 3 mois à venir"."""
    at = sheet.glue(i)
    this = sheet.at("this_before", at)
    if this:
        at = this[1]
    if sheet.words[at] not in sheet.lexicon.stretches and not sheet.words[at][:1].isdigit():
        return None
    for kind, sign in (("coming", 1), ("gone", -1)):
        read = _told_before(sheet, kind, sign, at) or _told_after(sheet, kind, sign, at)
        if read:
            return read
    return None


def _told_before(sheet: Sheet, kind: str, sign: int, at: int) -> Read | None:
    """ "next two weeks", "30 prochains jours", "prochaines semaines"."""
    before = sheet.at(f"{kind}_before", at)
    if before:
        length = _duration(sheet, before[1])
        if length and (length[0][0][0] > 1 or sheet.words[before[1]].isdigit()):
            return _reaching(sheet, sign, *length)
        return vague(sheet, sign, before[1])
    number = sheet.number(at)
    middle = sheet.at(f"{kind}_before", number[1]) if number else None
    unit = sheet.at("unit", middle[1]) if middle else None
    if number and unit and unit[0] != "weekend" and number[0] <= _LONGEST.get(unit[0], _LONGEST_OTHER):
        return _reaching(sheet, sign, ((number[0], unit[0]),), unit[1])
    return None


def _told_after(sheet: Sheet, kind: str, sign: int, at: int) -> Read | None:
    """ "3 semaines qui viennent", "mois à venir"."""
    length = _duration(sheet, at)
    if length:
        after = sheet.at(f"{kind}_after", length[1])
        return _reaching(sheet, sign, length[0], after[1]) if after else None
    unit = sheet.at("unit", at)
    after = sheet.at(f"{kind}_after", unit[1]) if unit else None
    several = vague(sheet, sign, at) if after else None
    return (several[0], after[1]) if several and after else None


def _reaching(sheet: Sheet, sign: int, length: Length, end: int) -> Read:
    return leaves.fixed(_until(sheet, _away(sheet, sign, length)), grain="span"), end


def vague(sheet: Sheet, sign: int, i: int) -> Read | None:
    """ "les prochaines semaines", "quelques jours": how many is asked."""
    few = sheet.at("few", i)
    at = few[1] if few else i
    unit = sheet.at("unit", at)
    if not unit or unit[0] not in _FEW or not sheet.at("plural", at):
        return None
    if not few and sheet.words[at] == "mois" and not sheet.at("plural", i - 1):
        # "prochain mois" is one month, "prochains mois" are several.
        return None
    far = (leaves.shifted(sheet.today, sign * count, unit[0]) for count in _FEW[unit[0]])
    return leaves.fixed(*(_until(sheet, other) for other in far), grain="span"), unit[1]


def lasting(sheet: Sheet, op: str, i: int) -> Phrase | None:
    """A preposition before a duration: "dans 3 mois" is a day, "d'ici 15 jours" the days until it."""
    more, less = sheet.at("more_than", i), sheet.at("less_than", i)
    at = (more or less or ("", i))[1]
    glued = sheet.glue(at)
    sign = -1 if op in ("since", "ago") else 1
    if sheet.at("few", glued) and not more and not less:
        several = vague(sheet, sign, glued)
        return Phrase(end=several[1], periods=several[0].fixed) if several and op != "after" else None
    length = _duration(sheet, glued)
    if not length and op == "within":
        # "within the next month"
        coming = sheet.at("loose_next_before", glued) or sheet.at("next_before", glued)
        unit = sheet.at("unit", coming[1]) if coming else None
        length = (((1, unit[0]),), unit[1]) if unit and unit[0] != "weekend" else None
    if not length or sheet.at("ago_after", length[1]):
        return None
    if stretch(sheet, i):
        return None
    end = length[1]
    after = sheet.at("from_now", end)
    end = after[1] if after else end
    other = _away(sheet, sign, length[0])
    period = _lasting_period(sheet, op, other, bool(more), bool(less) or glued != at)
    return Phrase(end=end, periods=(period,)) if period else None


def _lasting_period(sheet: Sheet, op: str, other: date, more: bool, whole: bool) -> Period | None:
    """`whole`: "dans les 15 jours", "il y a moins d'un mois" speak of all the days until then."""
    match op:
        case "since" | "ago" if more:
            return Period(start=None, end=other)
        case "in" if more:
            return Period(start=other, end=None)
        case "in" | "ago" if not whole:
            return day(other)
        case "after":
            return Period(start=other + DAY, end=None)
        case "from":
            return None
    return _until(sheet, other)


def late_by(sheet: Sheet, i: int) -> Phrase | None:
    """ "en retard de plus de 30 jours": due before that many days ago."""
    by = sheet.at("delay_by", i) if i and sheet.at("delay", i - 1) else None
    length = _duration(sheet, by[1]) if by else None
    return Phrase(end=length[1], periods=(Period(start=None, end=_away(sheet, -1, length[0])),)) if length else None


def from_now(sheet: Sheet, i: int) -> Phrase | None:
    """ "two weeks ago", "10 dagen geleden", "three months from now", "plus de 30 jours de retard"."""
    if sheet.words[i] not in sheet.lexicon.stretches and not sheet.words[i][:1].isdigit():
        return None
    more = sheet.at("more_than", i)
    length = _duration(sheet, more[1] if more else i)
    if not length:
        return None
    end = length[1]
    ago = sheet.at("ago_after", end)
    before = _away(sheet, -1, length[0])
    if ago:
        return Phrase(end=ago[1], periods=(Period(start=None, end=before) if more else day(before),))
    late = sheet.at("of_delay", end) if more else None
    if late:
        return Phrase(end=late[1], periods=(Period(start=None, end=before),))
    after = sheet.at("from_now", end)
    if after and not more:
        return Phrase(end=after[1], periods=(day(_away(sheet, 1, length[0])),))
    return None
