"""Weeks, terms and years said by number or beside today, and the frame they make for what stands before them."""

from dataclasses import replace

from dialogs import dates_leaves as leaves
from dialogs.dates_leaves import Leaf
from dialogs.dates_sheet import CENTURY, NO_SUCH_DAY, YEARS, Read, Sheet
from storage.calendar import DAY, Period

_BEFORE = (("this_before", 0), ("loose_next_before", 1), ("next_before", 1), ("last_before", -1))
_AFTER = (("next_after", 1), ("last_after", -1), ("this_after", 0))
_WEEKS_IN_YEAR = 53
_ROLLING = ("week", "month", "year")
# Words after a unit that show it to be the name of a thing: "semaine d'accueil", "week of the student".
_NAMING = frozenset(("de", "d", "des", "du", "of", "van", "-", "qui", "a"))


def year(sheet: Sheet, i: int) -> tuple[int, int] | None:
    if sheet.digits(i, 4) and len(sheet.words[i]) == 4 and int(sheet.words[i]) in YEARS:
        return int(sheet.words[i]), i + 1
    if sheet.words[i] == "'" and sheet.digits(i + 1, 2) and sheet.touches(i + 1) and len(sheet.words[i + 1]) == 2:
        return CENTURY + int(sheet.words[i + 1]), i + 2
    return None


def short_year(sheet: Sheet, i: int) -> tuple[int, int] | None:
    """ "Sept-24", "déc-23", "juin '24": the plans write months so."""
    marked = sheet.words[i] in ("-", "/", "'") and sheet.touches(i + 1)
    if marked and sheet.digits(i + 1, 2) and len(sheet.words[i + 1]) == 2:
        return CENTURY + int(sheet.words[i + 1]), i + 2
    return None


def years(sheet: Sheet, word: str, *, academic: bool = False) -> Leaf | None:
    """2023-24 and 2023-2024 are an academic year, 2022-2026 calendar years; 23-24 only where the words say so."""
    parts = word.replace("/", "-").split("-")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        return None
    lengths = [len(part) for part in parts]
    if max(lengths) > 4:
        return None
    first, second = int(parts[0]), int(parts[1])
    if lengths == [2, 2] and academic and second == (first + 1) % 100:
        return leaves.fixed(sheet.calendar.year(CENTURY + first), grain="academic")
    if lengths[0] != 4 or first not in YEARS:
        return None
    if lengths[1] == 2:
        second += first // 100 * 100 + (100 if second < first % 100 else 0)
    elif lengths[1] != 4 or second not in YEARS:
        return None
    if second == first + 1:
        return leaves.fixed(sheet.calendar.year(first), grain="academic")
    if second <= first or (lengths[1] == 2 and (int(parts[1]) <= 12 or second - first > 15)):
        return None
    return leaves.fixed(leaves.months(first, 1, (second - first + 1) * 12), grain="years")


def frame(sheet: Sheet, i: int, *, academic: bool = False) -> tuple[Period, int, bool] | None:
    """The year that says which occurrence is meant: "2026", "de l'annee prochaine", "2025-26".

    The last item says that it was a bare year of four digits. `academic`: "l'année prochaine" is then the academic one.
    """
    at = i + 1 if sheet.words[i] in (",", "-", "/", ".") else i
    plain = year(sheet, at)
    if plain:
        return leaves.months(plain[0], 1, 12), plain[1], True
    found = sheet.at("year_of", i)
    for at in (found[1], i) if found else (i,):
        word = sheet.words[at]
        if word[:1].isdigit():
            several = years(sheet, word, academic=academic) if word.isascii() else None
            if several and several.grain == "academic":
                return several.fixed[0], at + 1, False
            plain = year(sheet, at)
            if plain:
                return leaves.months(plain[0], 1, 12), plain[1], True
            continue
        unit = relative_unit(sheet, at) or academic_year(sheet, at)
        if unit and len(unit[0].fixed) == 1 and unit[0].grain in ("year", "academic"):
            period = unit[0].fixed[0]
            if academic and unit[0].grain == "year" and period.start:
                # Said of a quadrimestre, "next year" is the next academic year.
                away = period.start.year - sheet.today.year
                period = leaves.unit_of(sheet.today, "academic", away, sheet.calendar)
            return period, unit[1], False
    return None


def placed(sheet: Sheet, leaf: Leaf, i: int) -> Read:
    """The leaf with what follows it: a year ("juin 2026"), "prochain", "dernier"."""
    found = frame(sheet, i)
    if not found:
        return turned(sheet, leaf, i)
    within = leaf.within(found[0])
    return (within, found[1]) if within.fixed else (NO_SUCH_DAY, found[1])


def turned(sheet: Sheet, leaf: Leaf, i: int) -> Read:
    """ "mars prochain" is the first one to begin after today, "mars dernier" the latest that is over."""
    for kind, offset in _AFTER:
        found = sheet.at(kind, i)
        if found:
            return moved(sheet, leaf, offset), found[1]
    return leaf, i


def moved(sheet: Sheet, leaf: Leaf, offset: int) -> Leaf:
    """The occurrence after (1) or before (-1) the current one, if there is a current one."""
    if not leaf.series or not offset:
        return leaf
    today = sheet.today
    if offset > 0:
        current = [p.end for p in leaf.next(today) if p.start and p.start <= today and p.end]
        chosen = leaf.next(max(current, default=today - DAY) + DAY)
    else:
        begun = [p.start for p in leaf.last(today) if p.end and p.end >= today and p.start]
        chosen = leaf.last(min(begun, default=today + DAY) - DAY)
    return replace(leaf, fixed=chosen, series=(), asks=False)


# --- beside today ----------------------------------------------------------------------------------------------------


def unit_leaf(sheet: Sheet, unit: str, offset: int) -> Leaf:
    first = leaves.unit_of(sheet.today, unit, offset, sheet.calendar)
    if unit == "weekend" and offset == 1 and sheet.today.weekday() < 5:
        # Before Saturday, "le week-end prochain" is this one for some, the one after for others.
        return leaves.fixed(leaves.unit_of(sheet.today, unit, 0, sheet.calendar), first, grain="span")
    return leaves.fixed(first, grain=unit)


def relative_unit(sheet: Sheet, i: int) -> Read | None:
    """ "cette semaine", "next month", "l'an dernier", "le mois en cours"."""
    for kind, offset in _BEFORE:
        found = sheet.at(kind, i)
        read = _unit_after(sheet, kind, offset, found[1]) if found else None
        if read:
            return read
    unit = sheet.at("unit", sheet.glue(i))
    if not unit or unit[0] == "day":
        return None
    for kind, offset in _AFTER:
        found = sheet.at(kind, unit[1])
        if found:
            return unit_leaf(sheet, unit[0], offset), found[1]
    return None


def _unit_after(sheet: Sheet, kind: str, offset: int, at: int) -> Read | None:
    unit = sheet.at("unit", at)
    if not unit or unit[0] == "day":
        return None
    name, end = unit
    if kind == "this_before":
        for after, shift in _AFTER:
            # "ce mois prochain" is still the next one, "cette semaine-ci" this one.
            more = sheet.at(after, end)
            if more:
                return unit_leaf(sheet, name, shift), more[1]
    elif kind == "loose_next_before" and at > 1 and sheet.words[at - 2] == "the" and name in _ROLLING:
        # "in the next month": next month, or a month from today
        far = Period(start=sheet.today, end=leaves.shifted(sheet.today, 1, name))
        return replace(unit_leaf(sheet, name, 1), fixed=(*unit_leaf(sheet, name, 1).fixed, far)), end
    elif kind == "last_before":
        rolled = Period(start=leaves.shifted(sheet.today, -1, name), end=sheet.today)
        if sheet.words[at - 1] in sheet.lexicon.kinds["rolling"]:
            return leaves.fixed(rolled, grain="span"), end
        if sheet.words[at - 1] in sheet.lexicon.kinds["maybe_rolling"] and name in _ROLLING:
            # "la dernière semaine": last week, or the last seven days; "dernière année" is a year of study
            last = unit_leaf(sheet, name, -1)
            return (replace(last, fixed=(*last.fixed, rolled)), end) if name != "year" else None
        final = _final_unit(sheet, name, end)
        if final:
            return final
    return unit_leaf(sheet, name, offset), end


def _final_unit(sheet: Sheet, unit: str, i: int) -> Read | None:
    """ "le dernier trimestre 2025" is the fourth one, not the one before this."""
    count = {"quarter": 4, "semester": 2, "quadri": 3}.get(unit)
    return numbered(sheet, unit, count, i) if count and frame(sheet, i) else None


def of_the_unit(sheet: Sheet, i: int) -> Read | None:
    """ "les échéances du mois", "of the week": the current one."""
    of = sheet.at("of_the", i)
    unit = sheet.at("unit", of[1]) if of else None
    if not unit or unit[0] == "day" or names_a_thing(sheet, unit[1]):
        return None
    return replace(unit_leaf(sheet, unit[0], 0), weak=unit[0] in ("year", "academic")), unit[1]


def names_a_thing(sheet: Sheet, i: int) -> bool:
    return sheet.words[i] in _NAMING or sheet.words[i][:1].isdigit()


# --- by number -------------------------------------------------------------------------------------------------------


def academic_year(sheet: Sheet, i: int) -> Read | None:
    """ "année académique 2025-2026", "academiejaar 23-24", "l'année 2025"."""
    unit = sheet.at("unit", i)
    if not unit or unit[0] not in ("academic", "year") or not sheet.words[unit[1]][:1].isdigit():
        return None
    several = years(sheet, sheet.words[unit[1]], academic=True)
    if several:
        return several, unit[1] + 1
    plain = year(sheet, unit[1])
    if plain and unit[0] == "year":
        return leaves.fixed(leaves.months(plain[0], 1, 12), grain="year"), plain[1]
    if plain:
        # "l'année académique 2026": the one that begins in that year, or the one that ends in it.
        choices = (sheet.calendar.year(plain[0]), sheet.calendar.year(plain[0] - 1))
        return leaves.fixed(*choices, grain="academic"), plain[1]
    return None


def _numbered_leaf(sheet: Sheet, unit: str, number: int) -> Leaf | None:
    """The n-th quadrimestre by the year in which its academic year begins; quarters and semesters by calendar year."""
    match unit:
        case "quadri" if 1 <= number <= 3:
            return leaves.yearly(lambda starting: sheet.calendar.quadrimestre(starting, number), grain="quadri")
        case "quadri" | "quarter" if 1 <= number <= 4:
            return leaves.part_of_year(number, 3)
        case "semester" if 1 <= number <= 2:
            return leaves.part_of_year(number, 6)
        case "week" if 1 <= number <= _WEEKS_IN_YEAR:
            return leaves.a_week(number)
    return None


def numbered(sheet: Sheet, unit: str, number: int, i: int) -> Read | None:
    """Week 14, quarter 2, quadrimestre 1, with the year that may follow at token i."""
    leaf = _numbered_leaf(sheet, unit, number)
    if not leaf:
        return (NO_SUCH_DAY, i) if unit == "week" and _WEEKS_IN_YEAR < number < 100 else None
    found = frame(sheet, i, academic=leaf.grain == "quadri")
    short = None if found else short_year(sheet, i)
    if short:
        found = leaves.months(short[0], 1, 12), short[1], True
    if not found:
        if leaf.grain == "quadri":
            # Without a year, the one of the current academic year, even when it is over.
            starting = sheet.calendar.year_of(sheet.today)
            return turned(sheet, leaves.fixed(sheet.calendar.quadrimestre(starting, number), grain="quadri"), i)
        return turned(sheet, leaf, i)
    period, end, bare = found
    if not period.start or not period.end:
        return None
    if leaf.grain == "week":
        week = leaves.iso_week(period.start.year, number)
        return (leaves.fixed(week, grain="week") if week else NO_SUCH_DAY), end
    within = leaf.within(period)
    if leaf.grain == "quadri" and number == 1 and bare:
        # "Q1 2026" begins in September 2026 for some; for others it is the one of 2025-2026.
        before = sheet.calendar.quadrimestre(period.start.year - 1, 1)
        within = leaves.fixed(*within.fixed, before, grain="quadri")
    return (within, end) if within.fixed else None


def from_code(sheet: Sheet, i: int) -> Read | None:
    """ "Q1", "T2 2026", "S14"."""
    code = sheet.at("code", i)
    if not code or not sheet.digits(i + 1, 2) or not (sheet.touches(i + 1) or sheet.words[i] == "q"):
        return None
    if i and sheet.touches(i) and sheet.words[i - 1] not in ("'", "(", '"', ",", "/", "+"):
        return None
    unit, number = code[0], int(sheet.words[i + 1])
    if unit == "week_or_semester":
        # S1 and S2 are semesters, and only beside a year; from ten on they are weeks.
        unit = "semester" if number <= 2 and frame(sheet, i + 2) else "week"
        if unit == "week" and number < 10:
            return None
    if unit == "week" and number > _WEEKS_IN_YEAR:
        return None
    return numbered(sheet, unit, number, i + 2)


def from_unit(sheet: Sheet, i: int) -> Read | None:
    """ "semaine 14", "trimestre 2", "année académique 2025-26"."""
    unit = sheet.at("unit", i)
    if not unit or unit[0] not in ("week", "quarter", "semester", "quadri"):
        return academic_year(sheet, i) if unit else None
    sign = sheet.at("number_sign", unit[1])
    number = sheet.number(sign[1] if sign else unit[1])
    if not number or sheet.at("counted", number[1]):
        return None
    return numbered(sheet, unit[0], number[0], number[1])
