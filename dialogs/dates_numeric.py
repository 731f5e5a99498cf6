"""Days and years written in digits: 30/06/2026, 2026-06-30, 06/2026, 2023-24, 3-10 mars; day first, always."""

from dataclasses import replace

from dialogs import dates_leaves as leaves
from dialogs.dates_days import dated, month_name, on_weekday
from dialogs.dates_leaves import Leaf
from dialogs.dates_sheet import CENTURY, NO_SUCH_DAY, YEARS, Read, Sheet
from dialogs.dates_units import year, years
from storage.calendar import Period

_LEAP = 2024
_NOT_BEFORE = ("-", "#", "/", ".", "_")


def may_be_date(sheet: Sheet, i: int) -> bool:
    """Digits that no unit follows and that are not the tail of a word or reference ("TI-12", "v2")."""
    if not sheet.words[i].isascii() or sheet.at("counted", i + 1):
        return False
    if not sheet.touches(i):
        return True
    if sheet.words[i - 1] in ("-", "/") and i > 1 and (sheet.at("edge", i - 2) or not sheet.words[i - 2].isalnum()):
        # "mi-2026", "24/03-26/03"
        return sheet.words[i - 2][-1:].isalnum()
    return not (sheet.words[i - 1].isalnum() or sheet.words[i - 1] in _NOT_BEFORE)


def bare_year(sheet: Sheet, i: int, led: int) -> Read | None:
    found = year(sheet, i)
    if not found or sheet.at("unit", found[1]) or (i and sheet.at("number_of", i - 1)):
        return None
    leaf = leaves.fixed(leaves.months(found[0], 1, 12), grain="year")
    return replace(leaf, weak=led < 2), found[1]


def compound(sheet: Sheet, i: int, led: int, weekday: int | None = None) -> Read | None:
    """Numbers joined by slashes, points or hyphens."""
    word, end = sheet.words[i], i + 1
    several = years(sheet, word, academic=led >= 2)
    if several:
        return replace(several, weak=led < 2 and several.grain == "years"), end
    marks = {c for c in word if not c.isdigit()}
    if len(marks) != 1 or marks & {",", ":"}:
        return None
    mark = marks.pop()
    parts = word.split(mark)
    lengths = [len(part) for part in parts]
    match [int(part) for part in parts] if max(lengths) <= 4 else []:
        case [a_year, number, of_month] if lengths[0] == 4 and max(lengths[1:]) <= 2:
            return _checked(sheet, a_year, number, of_month, weekday), end
        case [of_month, number, a_year] if max(lengths[:2]) <= 2 and lengths[2] in (2, 4):
            a_year = a_year if lengths[2] == 4 else CENTURY + a_year
            return _checked(sheet, a_year, number, of_month, weekday), end
        case [a_year, number] if lengths[0] == 4 and lengths[1] <= 2 and a_year in YEARS and 1 <= number <= 12:
            return leaves.fixed(leaves.months(a_year, number, 1), grain="month"), end
        case [number, a_year] if lengths[1] == 4 and lengths[0] <= 2 and a_year in YEARS and 1 <= number <= 12:
            return leaves.fixed(leaves.months(a_year, number, 1), grain="month"), end
        case [of_month, number] if max(lengths) <= 2:
            return _day_and_month(sheet, i, of_month, number, mark, led, weekday)
    return None


def _checked(sheet: Sheet, a_year: int, number: int, of_month: int, weekday: int | None) -> Leaf:
    found = leaves.exact(a_year, number, of_month) if 1 <= number <= 12 and a_year else None
    return on_weekday(sheet, leaves.fixed(found), weekday) if found else NO_SUCH_DAY


def _day_and_month(
    sheet: Sheet, i: int, of_month: int, number: int, mark: str, led: int, weekday: int | None
) -> Read | None:
    """ "30/06". Without a preposition, "30.06", "12-13" and "3/4 des" are more often something else."""
    end = i + 1
    named = month_name(sheet, end, 2)
    if named and mark != ".":
        return _days_of_one_month(sheet, of_month, number, mark, named)
    clear = led >= 2 or weekday is not None or (i > 0 and sheet.at("day_article", i - 1) is not None)
    alone = (
        i == 0
        and sheet.words[end] in ("", "?", "!")
        and (of_month > 12 or "0" in (sheet.words[i][0], sheet.words[i][-2]))
    )
    if not clear and not alone and (mark != "/" or sheet.at("share_of", end)):
        return None
    if i and sheet.at("number_of", i - 1):
        return None
    if not 1 <= number <= 12:
        # "12/20" is a mark out of twenty unless a preposition says that a day was meant.
        return (NO_SUCH_DAY, end) if clear and of_month <= 31 and number <= 31 else None
    if not 1 <= of_month <= leaves.days_in(_LEAP, number):
        return NO_SUCH_DAY, end
    return on_weekday(sheet, leaves.a_day_of_the_year(number, of_month), weekday), end


def _days_of_one_month(sheet: Sheet, first: int, second: int, mark: str, named: tuple[int, int]) -> Read | None:
    """ "3-10 mars" is a range, "3/4 mars" either day."""
    right, end = dated(sheet, second, *named)
    left, _ = dated(sheet, first, *named)
    if NO_SUCH_DAY in (left, right):
        return NO_SUCH_DAY, end
    last = right.plain(sheet.today, sheet.past)[0]
    begun = left.last(last.start)[0] if last.start else last
    if mark == "/":
        return leaves.fixed(begun, last), end
    if not begun.start or not last.end or begun.start > last.end:
        return None
    return leaves.fixed(Period(start=begun.start, end=last.end), grain="span"), end
