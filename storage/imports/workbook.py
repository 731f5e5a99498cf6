"""The visible sheets of an .xlsx file as grids, read from its XML: cached values only, no formula, link or macro.

Not `openpyxl.load_workbook`: one far cell makes it fill the whole rectangle up to there, which takes hours.
"""

import re
from datetime import date, datetime

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from storage.imports.draft import NotAPlan
from storage.imports.grid import Grid, Merge
from storage.imports.limits import WIDEST, Limits
from storage.imports.package import Package

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
MOST_SHEETS = 100
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAY_LETTERS = re.compile(r"d", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')

Value = str | date


def read_workbook(package: Package) -> list[Grid]:
    return _Workbook(package, package.main_part).grids()


class _Workbook:
    def __init__(self, package: Package, part: str) -> None:
        self._package = package
        self._epoch = CALENDAR_WINDOWS_1900
        self._sheets: list[tuple[str, str]] = []
        package.walk(part, self._open, _ignore)
        self._related = package.related(part)
        kinds = dict(self._related.values())
        self._strings = _shared_strings(package, kinds.get("sharedStrings"))
        self._formats = _cell_formats(package, kinds.get("styles"))

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self._epoch = CALENDAR_MAC_1904
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            self._sheets.append((attributes.get("name", ""), attributes.get("id", "")))

    def grids(self) -> list[Grid]:
        if len(self._sheets) > MOST_SHEETS:
            raise NotAPlan("too_large")
        grids = []
        for name, relation in self._sheets:
            kind, part = self._related.get(relation, ("", ""))
            if kind == "worksheet":
                sheet = _Sheet(self._strings, self._formats, self._epoch)
                try:
                    self._package.walk(part, sheet.open, sheet.close)
                except NotAPlan as refusal:
                    raise NotAPlan(refusal.code, name) from refusal
                grids.append(Grid(name, sheet.values, sheet.merges))
        return grids


class _Sheet:
    """Gathers the values of one sheet while its XML is walked."""

    def __init__(self, strings: list[str], formats: list[str], epoch: datetime) -> None:
        self._strings, self._formats, self._epoch = strings, formats, epoch
        self.values: dict[tuple[int, int], Value] = {}
        self.merges: list[Merge] = []
        self._limits = Limits()
        self._row = self._column = 0
        self._kind, self._format, self._phonetic = "n", "", 0
        self._raw: str | None = None
        self._inline: list[str] = []

    def open(self, name: str, attributes: dict[str, str]) -> None:
        self._limits.tag()
        if name == "row":
            self._row = _whole(attributes.get("r"), self._row + 1)
            self._column = 0
        elif name == "c":
            self._column += 1
            if "r" in attributes:
                self._row, self._column = _position(attributes["r"])
            self._kind = attributes.get("t", "n")
            style = _whole(attributes.get("s"), 0)
            self._format = self._formats[style] if style < len(self._formats) else ""
            self._raw, self._inline = None, []
        elif name == "rPh":
            self._phonetic += 1
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def close(self, name: str, text: str) -> None:
        if name == "v":
            self._raw = text
        elif name == "t" and not self._phonetic:
            self._inline.append(_unescaped(text))
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "c" and self._column <= WIDEST:
            value = self._value()
            if isinstance(value, date) or value:
                self._limits.cell(value)
                self.values[self._row, self._column] = value

    def _value(self) -> Value:
        if self._kind == "inlineStr":
            return "".join(self._inline)
        if not self._raw:
            return ""
        if self._kind == "s":
            try:
                return self._strings[int(self._raw)]
            except (ValueError, IndexError):
                raise NotAPlan("damaged") from None
        if self._kind == "d":
            return _iso_day(self._raw)
        if self._kind == "n":
            return _number(self._raw, self._format, self._epoch)
        return _unescaped(self._raw)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = _position(first)
        bottom, right = _position(last or first)
        self._limits.merge()
        self.merges.append(Merge(top=top, left=left, bottom=bottom, right=right))


def _shared_strings(package: Package, part: str | None) -> list[str]:
    strings: list[str] = []
    runs: list[str] = []
    phonetic = 0

    def opens(name: str, _attributes: dict[str, str]) -> None:
        nonlocal phonetic
        phonetic += name == "rPh"
        if name == "si":
            runs.clear()

    def closes(name: str, text: str) -> None:
        nonlocal phonetic
        phonetic -= name == "rPh"
        if name == "t" and not phonetic:
            runs.append(_unescaped(text))
        elif name == "si":
            strings.append("".join(runs))

    if part is not None and package.holds(part):
        package.walk(part, opens, closes)
    return strings


def _cell_formats(package: Package, part: str | None) -> list[str]:
    """The number format of each cell style, by its index."""
    codes = dict(BUILTIN_FORMATS)
    formats: list[str] = []
    inside = False

    def opens(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        inside = inside or name == "cellXfs"
        if name == "numFmt":
            codes[_whole(attributes.get("numFmtId"), -1)] = attributes.get("formatCode", "")[:200]
        elif name == "xf" and inside:
            formats.append(codes.get(_whole(attributes.get("numFmtId"), 0), ""))

    def closes(name: str, _text: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if part is not None and package.holds(part):
        package.walk(part, opens, closes)
    return formats


def _number(raw: str, code: str, epoch: datetime) -> Value:
    """A number as written, a day, or "2024-09" where the format shows a month without its day."""
    try:
        number = float(raw)
    except ValueError:
        raise NotAPlan("damaged") from None
    if code and is_date_format(code):
        try:
            moment = from_excel(number, epoch)
        except (ValueError, OverflowError):
            return raw
        if not isinstance(moment, datetime):
            return raw
        shows_day = _DAY_LETTERS.search(_QUOTED.sub("", code))
        return moment.date() if shows_day else moment.strftime("%Y-%m")
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else raw


def _iso_day(raw: str) -> Value:
    try:
        return date.fromisoformat(raw[:10])
    except ValueError:
        return raw


def _position(reference: str) -> tuple[int, int]:
    found = _REFERENCE.fullmatch(reference.replace("$", ""))
    if found is None:
        raise NotAPlan("damaged")
    row, column = int(found.group(2)), column_index_from_string(found.group(1))
    if not 1 <= row <= MOST_ROWS or column > MOST_COLUMNS:
        raise NotAPlan("damaged")
    return row, column


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 8 else otherwise


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda code: chr(int(code.group(1), 16)), text) if "_x" in text else text


def _ignore(_name: str, _text: str) -> None:
    pass
