"""One thing said about the calendar, without its preposition: a day, month, week, term, year, feast or part of one."""

from dataclasses import replace

from dialogs import dates_leaves as leaves
from dialogs import dates_parts
from dialogs.dates_days import from_month, from_number
from dialogs.dates_leaves import Leaf
from dialogs.dates_numeric import bare_year, compound, may_be_date
from dialogs.dates_sheet import NO_SUCH_DAY, Read, Sheet
from dialogs.dates_units import from_code, from_unit, numbered, of_the_unit, unit_leaf
from dialogs.dates_weekdays import from_beside, from_feast, from_point, from_weekday
from storage.calendar import DAY, Period

# What an edge ("fin de …") cannot be the edge of.
_WITHOUT_EDGES = ("day", "span", "rentree", "edge")


def expression(sheet: Sheet, i: int, led: int = 0) -> Read | None:
    """The reading at token i. `led` is 2 after a clear preposition ("en", "by"), 1 after a vague one ("de"), else 0."""
    key = (i, led)
    if key not in sheet.seen:
        sheet.seen[key] = _expression(sheet, i, led)
    return sheet.seen[key]


def _expression(sheet: Sheet, i: int, led: int) -> Read | None:
    openings = sheet.lexicon.openings.get(sheet.words[i])
    if openings is None:
        return _in_digits(sheet, i, led) if sheet.words[i][:1].isdigit() else None
    if "edge" in openings:
        found = _from_edge(sheet, i, led)
        if found:
            return found
    return _whole(sheet, i, led)


def _whole(sheet: Sheet, i: int, led: int) -> Read | None:
    """Anything but an edge, so that edges do not nest."""
    if sheet.words[i][:1].isdigit():
        return _in_digits(sheet, i, led)
    openings = sheet.lexicon.openings.get(sheet.words[i], ())
    return (
        ("feast" in openings and from_feast(sheet, i, led))
        or ("ordinal" in openings and _from_ordinal(sheet, i))
        or ("week_of" in openings and _from_week_of(sheet, i))
        or ("code" in openings and from_code(sheet, i))
        or _simple(sheet, i, led)
        or None
    )


def _simple(sheet: Sheet, i: int, led: int) -> Read | None:
    """What holds no other expression."""
    if sheet.words[i][:1].isdigit():
        return _digits(sheet, i, led)
    openings = sheet.lexicon.openings.get(sheet.words[i], ())
    return (
        ("beside" in openings and from_beside(sheet, i))
        or ("number" in openings and from_number(sheet, i))
        or ("month" in openings and from_month(sheet, i, led))
        or ("weekday" in openings and from_weekday(sheet, i, led))
        or ("point" in openings and from_point(sheet, i, led))
        or ("unit" in openings and from_unit(sheet, i))
        or None
    )


def _in_digits(sheet: Sheet, i: int, led: int) -> Read | None:
    return _digits(sheet, i, led) or (_from_ordinal(sheet, i) if sheet.touches(i + 1) else None)


def _digits(sheet: Sheet, i: int, led: int) -> Read | None:
    if not may_be_date(sheet, i):
        return None
    if not sheet.words[i].isdigit():
        return compound(sheet, i, led)
    return from_number(sheet, i) or bare_year(sheet, i, led)


# --- parts of something ----------------------------------------------------------------------------------------------


def _from_edge(sheet: Sheet, i: int, led: int) -> Read | None:
    """ "fin juin", "mi-avril", "début de semaine", "end of next month"."""
    found = sheet.at("edge", i) or (sheet.at("soft_edge", i) if led >= 2 else None)
    if not found:
        return None
    which, end = found
    at = sheet.glue(end + 1 if sheet.words[end] == "-" else end)
    inner = _whole(sheet, at, 2) or _current(sheet, which, at, end)
    if not inner or inner[0] is NO_SUCH_DAY:
        return inner
    if inner[0].grain in _WITHOUT_EDGES:
        return None
    part = inner[0].mapped(
        lambda period: dates_parts.edge(which, period), closes=which == "end", grain="edge", weak=False
    )
    return part, inner[1]


def _current(sheet: Sheet, which: str, at: int, end: int) -> Read | None:
    """ "fin du mois", "début de semaine": the current one; its start, once over, may be the next one's."""
    unit = sheet.at("unit", at)
    if not unit or unit[0] == "day":
        return None
    leaf = leaves.a_unit(unit[0], sheet.today, sheet.calendar)
    definite = sheet.at("of_the", end) or sheet.lexicon.language != "fr"
    if unit[0] == "year" and which == "start" and not definite:
        # "en début d'année": January or the rentrée? Once it is "de l'année", it is the calendar year.
        both = leaves.yearly(lambda number: leaves.months(number, 1, 12)).series
        return replace(leaf, series=both + leaves.yearly(sheet.calendar.year).series, asks=False), unit[1]
    return replace(leaf, asks=which != "end"), unit[1]


def _from_week_of(sheet: Sheet, i: int) -> Read | None:
    """ "la semaine du 23 mars", "week of the 5th"."""
    found = sheet.at("week_of", i)
    if not found:
        return None
    at = sheet.glue(found[1])
    read = from_feast(sheet, at, 2) or _simple(sheet, at, 2)
    if not read:
        number = sheet.day_number(at)
        read = (leaves.a_day_of_the_month(number[0]), number[1]) if number and 1 <= number[0] <= 31 else None
    if not read or read[0].grain not in ("day", "number"):
        return None
    return read[0].mapped(lambda p: leaves.week_of(p.start) if p.start else None, grain="week"), read[1]


def _from_ordinal(sheet: Sheet, i: int) -> Read | None:
    """ "2e trimestre 2026", "premier lundi de juin", "seconde quinzaine de mars", "dernière semaine de juin"."""
    if sheet.digits(i, 2):
        suffix = sheet.at("suffix", i + 1)
        found = (sheet.words[i], suffix[1]) if suffix else None
    else:
        found = sheet.at("ordinal", i)
    if not found:
        return None
    number, at = int(found[0]), found[1]
    halved = _half(sheet, number, at)
    if halved:
        return halved
    weekday = sheet.at("weekday", at)
    if weekday:
        inside = _month_after(sheet, weekday[1])
        chosen = int(weekday[0])
        if not inside:
            return None
        return inside[0].mapped(lambda p: dates_parts.nth_weekday(number, chosen, p), grain="day", weak=False), inside[
            1
        ]
    unit = sheet.at("unit", at)
    if unit and unit[0] == "week":
        inside = _month_after(sheet, unit[1])
        return (_nth_week(sheet, number, inside[0]), inside[1]) if inside else None
    return numbered(sheet, unit[0], number, unit[1]) if unit and number > 0 and unit[0] != "week" else None


def _month_after(sheet: Sheet, i: int) -> Read | None:
    """ "de juin", "du mois", "of next month"."""
    at = sheet.glue(i)
    if at == i:
        return None
    read = _simple(sheet, at, 2) or of_the_unit(sheet, i)
    return read if read and read[0].grain == "month" else None


def _half(sheet: Sheet, number: int, at: int) -> Read | None:
    """ "première quinzaine de juin", "second half of 2026"."""
    found = sheet.at("half", at)
    if not found or number not in (1, 2, -1):
        return None
    which = 2 if number < 0 else number
    start = sheet.glue(found[1])
    read = (_simple(sheet, start, 2) if start > found[1] else None) or of_the_unit(sheet, found[1])
    if not read or read[0].grain not in ("month", "year", "semester") or (found[0] == "month" != read[0].grain):
        return None
    return read[0].mapped(lambda p: dates_parts.half(which, p), grain="span", weak=False), read[1]


def _nth_week(sheet: Sheet, number: int, inside: Leaf) -> Leaf:
    """The first week of a month: the one that holds its first day, or the first whole one; asked where they differ."""

    def holding(p: Period) -> Period | None:
        on = p.start if number > 0 else p.end
        return leaves.unit_of(on, "week", max(number - 1, 0), sheet.calendar) if on else None

    def whole(p: Period) -> Period | None:
        found = holding(p)
        if not found or not found.start or not p.start or not p.end:
            return found
        if number > 0:
            return found if p.start.weekday() == 0 else leaves.week_of(found.start + leaves.WEEK * DAY)
        return found if found.end == p.end else leaves.week_of(found.start - DAY)

    first, second = inside.mapped(holding, grain="week", weak=False), inside.mapped(whole)
    return replace(first, fixed=tuple(dict.fromkeys(first.fixed + second.fixed)), series=first.series + second.series)


def current_unit(sheet: Sheet, i: int) -> Read | None:
    """The unit at token i as the current one; only said after a preposition and an article."""
    unit = sheet.at("unit", i)
    return (unit_leaf(sheet, unit[0], 0), unit[1]) if unit and unit[0] != "day" else None
