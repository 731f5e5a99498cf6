"""Months and days named in words: "juin 2026", "Sept-24", "le 24 juin", "le 5", "June 24th, 2026"."""

from dataclasses import replace

from dialogs import dates_leaves as leaves
from dialogs.dates_leaf import written_day
from dialogs.dates_leaves import Leaf
from dialogs.dates_sheet import CENTURY, NO_SUCH_DAY, Read, Sheet
from dialogs.dates_units import frame, of_the_unit, placed, relative_unit, short_year, turned, year
from storage.calendar import DAY, Period, day

# How long ago a day may be for "mardi 17 mars" to mean that one rather than a later one which is no Tuesday.
_RECENT = 60
# Tokens of a text in which the date library may be asked.
_SHORT = 60
# A leap year, so that 29 February is a day that exists.
_LEAP = 2024


def month_name(sheet: Sheet, i: int, led: int) -> tuple[int, int] | None:
    """A month's name; a short or doubtful one ("may", "sept", "jan") only where `led` says that a month is due."""
    found = sheet.at("month", i)
    if found:
        return int(found[0]), found[1]
    unit = sheet.at("unit", i)
    if unit and unit[0] == "month":
        # "mois de mai", "maand mei"
        named = sheet.at("month", sheet.glue(unit[1]))
        return (int(named[0]), named[1]) if named else None
    soft = sheet.at("soft_month", i)
    if not soft:
        return None
    number, end = int(soft[0]), soft[1]
    if sheet.words[end] == "." and (led >= 2 or year(sheet, end + 1) or short_year(sheet, end + 1)):
        return number, end + 1
    if led >= 2 and not (sheet.at("number", i) and counts(sheet, end)):
        return number, end
    return (number, end) if year(sheet, end) or short_year(sheet, end) else None


def counts(sheet: Sheet, i: int) -> bool:
    """ "sept actions", "sept jours": a word follows, so the one before it is a number."""
    follows = sheet.words[i].isalpha()
    return follows and not (sheet.at("op", i) or sheet.at("op_during", i) or sheet.at("list", i) or sheet.at("to", i))


def from_month(sheet: Sheet, i: int, led: int) -> Read | None:
    if sheet.touches(i) and sheet.words[i - 1] == "-" and sheet.words[i - 2] not in sheet.lexicon.known:
        return None
    sure = led
    soft = sheet.at("soft_month", i)
    if soft:
        alone = i == 0 and sheet.words[soft[1]] in ("", "?", "!") and not sheet.at("number", i)
        dayed = sheet.digits(soft[1], 2) and not sheet.at("counted", soft[1] + 1)
        sure = 2 if alone or dayed or _before_month(sheet, soft[1]) else led
    found = month_name(sheet, i, sure)
    if not found:
        return None
    number, end = found
    short = short_year(sheet, end)
    if short:
        return leaves.fixed(leaves.months(short[0], number, 1), grain="month"), short[1]
    return day_after_month(sheet, number, end) or placed(sheet, leaves.a_month(number), end)


def _before_month(sheet: Sheet, i: int) -> bool:
    """ "March or April", "May to July": what follows is a month, so what precedes is one."""
    joined = sheet.at("list", i) or sheet.at("or", i) or sheet.at("to", i)
    return bool(joined and (sheet.at("month", joined[1]) or sheet.at("soft_month", joined[1])))


def day_after_month(sheet: Sheet, number: int, i: int) -> Read | None:
    """ "June 24", "June 24th, 2026"; in French and Dutch "juin 24" may as well be June 2024."""
    english = sheet.lexicon.language == "en"
    at = i + 1 if english and sheet.words[i] == "the" else i
    if not sheet.digits(at, 2) or sheet.at("counted", at + 1):
        return None
    of_month, end, suffixed = sheet.day_number(at) or (0, at, False)
    if english or suffixed or of_month <= 12 or len(sheet.words[at]) < 2:
        return dated(sheet, of_month, number, end)
    as_year = leaves.months(CENTURY + of_month, number, 1)
    if of_month > leaves.days_in(_LEAP, number):
        return leaves.fixed(as_year, grain="month"), end
    if year(sheet, end):
        return dated(sheet, of_month, number, end)
    return replace(leaves.a_day_of_the_year(number, of_month), fixed=(as_year,)), end


def dated(sheet: Sheet, of_month: int, number: int, i: int, weekday: int | None = None) -> Read:
    """A day of a month, with the year that may follow."""
    short = short_year(sheet, i)
    if not 1 <= of_month <= leaves.days_in(_LEAP, number):
        found = frame(sheet, i)
        return NO_SUCH_DAY, found[1] if found else short[1] if short else i
    leaf = leaves.a_day_of_the_year(number, of_month)
    if short:
        exact = leaf.within(leaves.months(short[0], 1, 12))
        leaf, end = exact if exact.fixed else NO_SUCH_DAY, short[1]
    else:
        leaf, end = placed(sheet, leaf, i)
    return on_weekday(sheet, leaf, weekday), end


def on_weekday(sheet: Sheet, leaf: Leaf, weekday: int | None) -> Leaf:
    """ "mardi 24 juin": when that day is no Tuesday, the day and the nearest Tuesday are both possible, so it is asked.

    Without a year, a day of the last two months that does fit is meant rather than a future one that does not.
    """
    if weekday is None or leaf is NO_SUCH_DAY:
        return leaf

    def fits(period: Period) -> bool:
        return period.start is not None and period.start.weekday() == weekday

    found = leaf.plain(sheet.today, sheet.past)
    if not found or fits(found[0]) or not found[0].start:
        return leaf
    gone = leaf.last(sheet.today) if leaf.series else ()
    if gone and fits(gone[0]) and gone[0].start and (sheet.today - gone[0].start).days <= _RECENT:
        return leaves.fixed(*gone)
    away = (weekday - found[0].start.weekday() + 3) % 7 - 3
    return leaves.fixed(found[0], day(found[0].start + away * DAY))


def from_number(sheet: Sheet, i: int, weekday: int | None = None) -> Read | None:
    """ "24 juin", "1er septembre 2026", "24-jun-2026", "le 5"."""
    found = sheet.day_number(i)
    if not found or (i and weekday is None and sheet.at("number_of", i - 1)):
        return None
    of_month, end, suffixed = found
    marked = sheet.words[end] in ("-", ".", "/", ",")
    at = end + 1 if marked else sheet.glue(end)
    named = month_name(sheet, at, 2) if of_month < 100 else None
    if named:
        return dated(sheet, of_month, named[0], named[1], weekday)
    return _from_library(sheet, of_month, at, weekday) or _day_alone(sheet, i, end, of_month, suffixed, weekday)


def _from_library(sheet: Sheet, of_month: int, i: int, weekday: int | None) -> Read | None:
    """ "24 Dezember 2026": a day, an unknown word and a year; only in short texts, because the library is slow."""
    word = sheet.words[i]
    after = i + 2 if sheet.words[i + 1] in (".", "-") else i + 1
    found = year(sheet, after) if word.isalpha() and len(word) > 2 and len(sheet.starts) <= _SHORT else None
    if not found or word in sheet.lexicon.known or sheet.at("counted", i) or not 1 <= of_month <= 31:
        return None
    on = written_day(of_month, word, found[0], sheet.lexicon.language)
    return (on_weekday(sheet, leaves.fixed(day(on)), weekday), found[1]) if on else None


def _day_alone(sheet: Sheet, i: int, end: int, of_month: int, suffixed: bool, weekday: int | None) -> Read | None:
    """ "le 5", "the 5th", "lundi 23": the next such day."""
    if not 1 <= of_month <= 31 or not _may_be_day(sheet, i, end, of_month, suffixed, weekday):
        return None
    leaf = leaves.a_day_of_the_month(of_month)
    at = sheet.glue(end)
    unit = (relative_unit(sheet, at) or of_the_unit(sheet, end)) if at > end or sheet.words[end] else None
    if unit and unit[0].grain == "month" and len(unit[0].fixed) == 1:
        # "le 15 du mois prochain"
        inside = leaf.within(unit[0].fixed[0])
        leaf, end = (inside if inside.fixed else NO_SUCH_DAY), unit[1]
    elif unit is None:
        leaf, end = turned(sheet, leaf, end)
    return on_weekday(sheet, leaf, weekday), end


def _may_be_day(sheet: Sheet, i: int, end: int, of_month: int, suffixed: bool, weekday: int | None) -> bool:
    in_digits = sheet.words[i][0].isdigit()
    if sheet.at("counted", end) or sheet.at("unit", end) or sheet.at("half", end) or sheet.at("weekday", end):
        return False
    if weekday is not None:
        return in_digits or not counts(sheet, end)
    if not i or not sheet.at("day_article", i - 1):
        return False
    if sheet.words[i - 1] in sheet.lexicon.kinds["day_suffix_needed"] and not (in_digits and suffixed):
        return False
    # "le premier", "le deux" choose from a list.
    return in_digits or (of_month > 2 and not counts(sheet, end))
