"""Weekdays, and what is said beside today: "lundi en huit", "vendredi prochain", "demain", "next June", "Pâques"."""

from datetime import date

from dialogs import dates_feasts
from dialogs import dates_leaves as leaves
from dialogs.dates_days import day_after_month, from_number, month_name, on_weekday
from dialogs.dates_leaves import WEEK, Leaf
from dialogs.dates_numeric import compound
from dialogs.dates_sheet import Read, Sheet
from dialogs.dates_units import frame, moved, placed, relative_unit, turned, years
from storage.calendar import DAY, day

_BESIDE = (("this_before", 0), ("loose_next_before", 1), ("next_before", 1), ("last_before", -1))


def from_weekday(sheet: Sheet, i: int, led: int) -> Read | None:
    found = sheet.at("weekday", i) or (sheet.at("soft_weekday", i) if led >= 2 else None)
    if not found:
        return None
    weekday, end = int(found[0]), found[1]
    eighth = sheet.at("in_eight", end)
    if eighth:
        # "lundi en huit": a week after the coming one
        return leaves.fixed(day(_coming(sheet.today, weekday) + int(eighth[0]) * DAY)), eighth[1]
    at = sheet.glue(end + 1 if sheet.words[end] in (",", ".") else end)
    if sheet.words[at][:1].isdigit() and not sheet.words[at].isdigit():
        dated = compound(sheet, at, 2, weekday) if sheet.words[at].isascii() else None
    else:
        dated = from_number(sheet, at, weekday)
    if dated:
        return dated
    named = month_name(sheet, at, 2) if sheet.lexicon.language == "en" else None
    dayed = day_after_month(sheet, *named) if named else None
    if dayed:
        return on_weekday(sheet, dayed[0], weekday), dayed[1]
    leaf = leaves.a_weekday(weekday)
    week = relative_unit(sheet, sheet.glue(end))
    if week and week[0].grain == "week":
        # "lundi de la semaine prochaine"
        return leaf.within(week[0].fixed[0]), week[1]
    return turned(sheet, leaf, end)


def from_point(sheet: Sheet, i: int, led: int) -> Read | None:
    found = sheet.at("point", i) or (sheet.at("now", i) if led >= 2 else None)
    if not found:
        return None
    on, end = sheet.today + int(found[0]) * DAY, found[1]
    eighth = sheet.at("in_eight", end) if sheet.lexicon.language == "fr" else None
    return (leaves.fixed(day(on + int(eighth[0]) * DAY)), eighth[1]) if eighth else (leaves.fixed(day(on)), end)


def from_beside(sheet: Sheet, i: int) -> Read | None:
    """ "cette semaine", "ce vendredi", "next June", "la prochaine rentrée"."""
    for kind, offset in _BESIDE:
        found = sheet.at(kind, i)
        read = _named_after(sheet, kind, offset, found[1]) if found else None
        if read:
            return read
    return relative_unit(sheet, i) or _season_beside(sheet, i)


def _season_beside(sheet: Sheet, i: int) -> Read | None:
    """ "l'été prochain", "l'hiver 2026": alone, the word is too often another ("a été")."""
    season = sheet.at("season", i)
    if not season:
        return None
    leaf, end = placed(sheet, dates_feasts.season(season[0]), season[1])
    return (leaf, end) if end > season[1] else None


def _named_after(sheet: Sheet, kind: str, offset: int, at: int) -> Read | None:
    weekday = sheet.at("weekday", at)
    if weekday:
        if kind == "this_before" and sheet.words[weekday[1]][:1].isdigit():
            return from_weekday(sheet, at, 2)
        turned_after = sheet.at("next_after", weekday[1])
        return _weekday_beside(sheet, kind, offset, int(weekday[0])), (turned_after or weekday)[1]
    month = None if sheet.at("unit", at) else month_name(sheet, at, 2)
    if month:
        if frame(sheet, month[1]) or sheet.words[month[1]][:1].isdigit():
            return None
        if not offset:
            # "this June" is the one of this year, even when it is over.
            return leaves.fixed(leaves.months(sheet.today.year, month[0], 1), grain="month"), month[1]
        return moved(sheet, leaves.a_month(month[0]), offset), month[1]
    feast = sheet.at("feast", at)
    if feast:
        return moved(sheet, dates_feasts.feast(feast[0], sheet.calendar), offset), feast[1]
    season = sheet.at("season", at)
    return (moved(sheet, dates_feasts.season(season[0]), offset), season[1]) if season else None


def _coming(today: date, weekday: int) -> date:
    """The first such weekday after today."""
    return today + ((weekday - today.weekday() - 1) % WEEK + 1) * DAY


def _weekday_beside(sheet: Sheet, kind: str, offset: int, weekday: int) -> Leaf:
    today = sheet.today
    if offset < 0:
        return moved(sheet, leaves.a_weekday(weekday), -1)
    of_this_week = today + (weekday - today.weekday()) * DAY
    coming = _coming(today, weekday)
    if kind == "loose_next_before":
        # On a Wednesday "next Friday" is in two days for some, in nine for others.
        following = of_this_week + WEEK * DAY
        return leaves.fixed(day(coming)) if coming == following else leaves.fixed(day(coming), day(following))
    if kind == "this_before":
        # "ce lundi" on a Wednesday: the one just past or the coming one
        over = of_this_week < today
        return leaves.fixed(day(of_this_week), day(coming)) if over else leaves.fixed(day(of_this_week))
    return leaves.fixed(day(coming))


def from_feast(sheet: Sheet, i: int, led: int) -> Read | None:
    found = sheet.at("feast", i)
    if not found or (found[1] == i + 1 and not led and sheet.at("needs_preposition", i)):
        return None
    leaf, end = dates_feasts.feast(found[0], sheet.calendar), found[1]
    if found[0] == "rentree":
        # "la rentrée de janvier" is January; "la rentrée 2025-2026" opens that academic year.
        other = sheet.at("month", sheet.glue(end))
        if other and int(other[0]) != sheet.calendar.rentree[0]:
            return placed(sheet, leaves.a_month(int(other[0])), other[1])
        several = years(sheet, sheet.words[end])
        if several:
            return leaf.within(several.fixed[0]), end + 1
    return placed(sheet, leaf, end)
