"""Two or more periods in one phrase: "de mars à mai", "entre le 3 et le 10", "mars et avril", "lundi ou mardi"."""

from dataclasses import dataclass, replace
from itertools import pairwise

from dialogs import dates_leaves as leaves
from dialogs.dates_expressions import expression
from dialogs.dates_leaves import Leaf
from dialogs.dates_numeric import may_be_date
from dialogs.dates_sheet import NO_SUCH_DAY, Read, Sheet
from storage.calendar import DAY, Period, day

_LONGEST_LIST = 12


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """What was read up to token `end`. No periods at all: a day that does not exist. `weak`: better ones come first."""

    end: int
    periods: tuple[Period, ...]
    weak: bool = False


def shown(sheet: Sheet, leaf: Leaf, end: int) -> Phrase:
    if leaf is NO_SUCH_DAY:
        return Phrase(end=end, periods=())
    return Phrase(end=end, periods=tuple(dict.fromkeys(leaf.plain(sheet.today, sheet.past))), weak=leaf.weak)


def opened_range(sheet: Sheet, i: int) -> Phrase | None:
    """ "entre X et Y", "de X à Y", "semaine du X au Y"."""
    between = sheet.at("between", i)
    read = range_from(sheet, between[1], "and") if between else None
    if read:
        return read
    opening = sheet.at("range", i) or sheet.at("week_of", i)
    return range_from(sheet, opening[1], "to") if opening else None


def range_from(sheet: Sheet, i: int, joint: str = "to") -> Phrase | None:
    left = None
    for _ in range(3):
        left = _left_side(sheet, i, joint)
        glued = None if left else sheet.at("glue", i)
        if not glued:
            break
        i = glued[1]
    if not left:
        return None
    joined = sheet.at(joint, left[1]) or sheet.at("to", left[1])
    right = _right_side(sheet, joined[1]) if joined else None
    return _spanned(sheet, left[0], *right) if right else None


def _left_side(sheet: Sheet, i: int, joint: str) -> Read | None:
    """The first half of a range, where a bare number is a day: "du 3 au 10 mars", "entre le 3 et le 5"."""
    read = expression(sheet, i, 2)
    if read and (sheet.at(joint, read[1]) or sheet.at("to", read[1])):
        return read
    number = sheet.day_number(i) if not sheet.words[i][:1].isdigit() or may_be_date(sheet, i) else None
    if not number or not 1 <= number[0] <= 31 or not (sheet.at(joint, number[1]) or sheet.at("to", number[1])):
        return None
    return leaves.a_day_of_the_month(number[0]), number[1]


def _right_side(sheet: Sheet, i: int) -> Read | None:
    return expression(sheet, i, 2) or expression(sheet, sheet.glue(i), 2)


def _spanned(sheet: Sheet, left: Leaf, right: Leaf, end: int) -> Phrase | None:
    """From the first day of one to the last day of the other; the side that says less follows the other's year."""
    if NO_SUCH_DAY in (left, right):
        return Phrase(end=end, periods=())
    firsts, lasts = _both_ends(sheet, left, right)
    if len(firsts) != 1 or len(lasts) != 1:
        return None
    first, last = firsts[0], lasts[0]
    if first.start and last.end and first.start > last.end:
        first, last = last, first
    return Phrase(end=end, periods=(Period(start=first.start, end=last.end),))


def _both_ends(sheet: Sheet, left: Leaf, right: Leaf) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
    if not left.series and not right.series:
        return left.fixed, right.fixed
    if left.series and (right.grain != "number" or left.grain == "number"):
        # "de novembre à février": the February to come, and the November before it.
        lasts = right.plain(sheet.today, sheet.past) if right.series else right.fixed
        return (left.last(lasts[0].start) if lasts and lasts[0].start else ()), lasts
    # "du 3 mars au 10", "d'aujourd'hui à vendredi": the first day to come after the left side.
    firsts = left.plain(sheet.today, sheet.past)
    return firsts, (right.next(firsts[0].start) if firsts and firsts[0].start else ())


def days_of_a_month(sheet: Sheet, i: int) -> Phrase | None:
    """ "3 et 4 mars", "3 au 10 mars", "3 ou 4 mars": the month is said once."""
    first = sheet.day_number(i) if sheet.words[i][:1].isdigit() and may_be_date(sheet, i) else None
    if not first or not 1 <= first[0] <= 31 or (i and (sheet.at("number_of", i - 1) or sheet.at("value_of", i - 1))):
        return None
    for kind in ("to", "list", "or"):
        joined = sheet.at(kind, first[1])
        at = sheet.glue(joined[1]) if joined else 0
        right = expression(sheet, at, 2) if at and sheet.words[at][:1].isdigit() else None
        if not right or right[0].grain != "day":
            continue
        whole = _spanned(sheet, leaves.a_day_of_the_month(first[0]), *right)
        if not whole or not whole.periods or kind == "to":
            return whole
        only = whole.periods[0]
        if only.start and only.end and (kind == "or" or (only.end - only.start).days > 1):
            return replace(whole, periods=(day(only.start), day(only.end)))
        return whole
    return None


def listed(sheet: Sheet, leaf: Leaf, end: int) -> Phrase:
    """A leaf and those that follow it: "mars à mai", "mars et avril", "lundi ou mardi"."""
    joined = sheet.at("to", end)
    if joined and leaf is not NO_SUCH_DAY and _joins(sheet, end):
        right = _right_side(sheet, joined[1])
        whole = _spanned(sheet, leaf, *right) if right and right[0].grain == leaf.grain else None
        if whole:
            return whole
    first = shown(sheet, leaf, end)
    if len(first.periods) != 1 or leaf.grain == "span":
        return first
    periods, either = [first.periods[0]], False
    for _ in range(_LONGEST_LIST):
        either_next = sheet.at("or", end)
        joined = sheet.at("list", end) or either_next
        following = _another(sheet, leaf, joined[1]) if joined else None
        begun = periods[-1].start
        if not following or not begun:
            break
        more = following[0].last(sheet.today) if sheet.past else following[0].next(begun)
        if len(more) != 1:
            break
        periods.append(more[0])
        either, end = either or bool(either_next), following[1]
    return replace(_together(periods, either, end), weak=leaf.weak)


def _another(sheet: Sheet, leaf: Leaf, i: int) -> Read | None:
    following = _right_side(sheet, i)
    if following and following[0].grain == leaf.grain:
        return following
    number = sheet.number(i) if leaf.grain == "week" else None
    if number and 1 <= number[0] <= 53 and not sheet.at("counted", number[1]):
        # "semaines 14 et 15": the unit is said once.
        return leaves.a_week(number[0]), number[1]
    return None


def _joins(sheet: Sheet, i: int) -> bool:
    """A hyphen or slash joins two periods when there is a space on both sides or on neither."""
    return sheet.words[i] not in ("-", "/") or sheet.touches(i) == sheet.touches(i + 1)


def _together(periods: list[Period], either: bool, end: int) -> Phrase:
    """One period where they follow one another; otherwise each is a reading."""
    ordered = sorted(set(periods), key=lambda p: (p.start or leaves.LONG_AGO, p.end or leaves.LONG_AGO))
    touching = all(a.end and b.start and b.start <= a.end + DAY for a, b in pairwise(ordered))
    if not touching or either:
        return Phrase(end=end, periods=tuple(ordered))
    return Phrase(end=end, periods=(Period(start=ordered[0].start, end=max(p.end for p in ordered if p.end)),))
