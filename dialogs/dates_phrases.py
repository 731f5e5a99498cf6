"""A whole phrase of time: the preposition, and its rule applied to what it governs."""

from dataclasses import replace
from datetime import date

from dialogs import dates_feasts
from dialogs import dates_leaves as leaves
from dialogs.dates_durations import from_now, lasting, late_by, stretch
from dialogs.dates_expressions import current_unit, expression
from dialogs.dates_leaves import Leaf
from dialogs.dates_ranges import Phrase, days_of_a_month, listed, opened_range, range_from, shown
from dialogs.dates_sheet import NO_SUCH_DAY, Read, Sheet
from dialogs.dates_units import names_a_thing, placed, unit_leaf
from storage.calendar import DAY, Period

_CLOSING = ("before", "until", "by")


def phrase(sheet: Sheet, i: int) -> Phrase | None:
    """The phrase that begins exactly at token i, or None."""
    read = late_by(sheet, i) or opened_range(sheet, i) or _operated(sheet, i) or _led(sheet, i) or _bare(sheet, i)
    if not read:
        return None
    if len(read.periods) == 1 and not read.weak:
        read = _bounded(sheet, read) or read
    tail = sheet.at("tail", read.end)
    return replace(read, end=tail[1]) if tail else read


def _bounded(sheet: Sheet, first: Phrase) -> Phrase | None:
    """ "après le 1er mars et avant le 15 avril", "depuis janvier jusqu'à fin mars"."""
    period = first.periods[0]
    if not period.start or period.end not in (None, sheet.today):
        return None
    joined = sheet.at("and", first.end)
    op = sheet.at("op", joined[1] if joined else first.end)
    read = _governed(sheet, op[1]) if op and op[0] in _CLOSING else None
    if not op or not read:
        return None
    ends = [_last_day(op[0], read[0], one) for one in read[0].next(period.start)]
    if len(ends) != 1 or not ends[0] or ends[0] < period.start:
        return None
    return Phrase(end=read[1], periods=(Period(start=period.start, end=ends[0]),))


def _operated(sheet: Sheet, i: int) -> Phrase | None:
    """A preposition with a rule of its own: by, before, until, since, after, from, within, in, ago."""
    found = sheet.at("op", i)
    if not found:
        return _from_or_article(sheet, i)
    op, at = found
    point = sheet.at("point", i)
    if point and point[1] > at:
        # "avant hier", "apres demain" without their hyphen
        return None
    read = lasting(sheet, op, at)
    if read:
        return read
    if op == "since":
        read = range_from(sheet, at)
        if read:
            return read
    if op in ("within", "ago"):
        return None
    if op == "in" and sheet.at("in_the", i):
        return _of_the_current(sheet, i)
    governed = _governed(sheet, at)
    if not governed:
        return None
    return shown(sheet, *governed) if op == "in" else _ruled(sheet, op, *governed)


def _from_or_article(sheet: Sheet, i: int) -> Phrase | None:
    """ "dès lundi"; folded, the word is also an article ("des 30 prochains jours"), so no number or unit may follow."""
    found = sheet.at("op_soft_from", i)
    if not found or sheet.at("unit", found[1]) or sheet.number(found[1]) or stretch(sheet, found[1]):
        return None
    read = _governed(sheet, found[1])
    return _ruled(sheet, "from", *read) if read else None


def _governed(sheet: Sheet, i: int) -> Read | None:
    """What stands after a preposition, with or without an article; a bare unit is the current one."""
    at = i
    for _ in range(4):
        read = stretch(sheet, at) or expression(sheet, at, 2)
        if read:
            return read
        glued = sheet.at("glue", at)
        if not glued:
            break
        at = glued[1]
    season = sheet.at("season", at)
    if season:
        return dates_feasts.season(season[0]), season[1]
    led = sheet.at("op_during", i)
    read = expression(sheet, sheet.glue(led[1]), 2) if led else None
    if read:
        return read
    unit = current_unit(sheet, at) if at > i else None
    return unit if unit and not names_a_thing(sheet, unit[1]) else None


def _ruled(sheet: Sheet, op: str, leaf: Leaf, end: int) -> Phrase:
    if leaf is NO_SUCH_DAY:
        return Phrase(end=end, periods=())
    backwards = op == "since" or (sheet.past and op in ("after", "from", "before"))
    chosen = leaf.last(sheet.today) if backwards else leaf.next(sheet.today)
    return Phrase(end=end, periods=tuple(dict.fromkeys(p for one in chosen for p in _ruling(sheet, op, leaf, one))))


def _ruling(sheet: Sheet, op: str, leaf: Leaf, period: Period) -> tuple[Period, ...]:
    """The days meant by one reading: a day after "avant" and "après" is not among them, an end of something is."""
    today = sheet.today
    match op:
        case "since":
            begun = period.start is not None and period.start <= today
            return (Period(start=period.start, end=today if begun else None),)
        case "after":
            return (Period(start=period.end + DAY, end=None),) if period.end else ()
        case "from":
            return (Period(start=period.start, end=None),)
        case "before" if sheet.lexicon.language == "nl" and _may_be_for(leaf) and period.start:
            # "voor volgende week": before it or for it? Of what has begun it can only be the second.
            before = Period(start=today, end=period.start - DAY) if period.start > today else period
            return (before, period)
    last = _last_day(op, leaf, period)
    return (Period(start=None if sheet.past or last < today else today, end=last),) if last else ()


def _may_be_for(leaf: Leaf) -> bool:
    return bool(leaf.fixed) and not leaf.closes and leaf.grain not in ("day", "number", "edge", "span", "rentree")


def _last_day(op: str, leaf: Leaf, period: Period) -> date | None:
    if op != "before" or leaf.closes:
        return period.end
    return period.start - DAY if period.start else None


def _led(sheet: Sheet, i: int) -> Phrase | None:
    """A preposition that only says when: "en mars", "pour juin 2022", "on Friday", "de la semaine"."""
    season = sheet.at("season_phrase", i)
    if season:
        return shown(sheet, *placed(sheet, dates_feasts.season(season[0]), season[1]))
    for kind, led in (("op_during", 2), ("op_of", 1)):
        found = sheet.at(kind, i)
        if not found:
            continue
        at = found[1]
        # "pour avant fin juin"
        read = _operated(sheet, at) or (range_from(sheet, at) if led == 2 else None) or days_of_a_month(sheet, at)
        if read:
            return read
        for _ in range(4):
            inner = stretch(sheet, at) or expression(sheet, at, led)
            if inner:
                return listed(sheet, *inner)
            glued = sheet.at("glue", at)
            if not glued:
                break
            at = glued[1]
    return _of_the_current(sheet, i)


def _of_the_current(sheet: Sheet, i: int) -> Phrase | None:
    """ "dans le mois" may be this month or a month from now; "du mois", "of the week" are the current one."""
    doubtful = sheet.at("in_the", i)
    unit = sheet.at("unit", doubtful[1]) if doubtful else None
    if unit and unit[0] in ("month", "year") and not names_a_thing(sheet, unit[1]):
        period = leaves.unit_of(sheet.today, unit[0], 0, sheet.calendar)
        until = leaves.shifted(sheet.today, 1, unit[0])
        return Phrase(end=unit[1], periods=(period, Period(start=sheet.today, end=until)))
    of = sheet.at("of_the", i)
    unit = sheet.at("unit", of[1]) if of else None
    if not unit or unit[0] == "day" or names_a_thing(sheet, unit[1]):
        return None
    current = shown(sheet, unit_leaf(sheet, unit[0], 0), unit[1])
    return replace(current, weak=unit[0] in ("year", "academic"))


def _bare(sheet: Sheet, i: int) -> Phrase | None:
    days = days_of_a_month(sheet, i)
    if days:
        return days
    read = stretch(sheet, i) or expression(sheet, i)
    return listed(sheet, *read) if read else from_now(sheet, i)
