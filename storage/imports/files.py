"""The tables of a file, whatever its format: told by what it holds, not by its name."""

from pathlib import Path

from storage.imports.delimited import read_delimited
from storage.imports.document import read_document
from storage.imports.draft import NotAPlan
from storage.imports.grid import Grid
from storage.imports.opendocument import CONTENT, read_opendocument
from storage.imports.package import Package, open_package
from storage.imports.workbook import read_workbook

_TEXT = (".csv", ".tsv", ".txt")
_PDF = b"%PDF-"
_BEGINNING = 1024
"""A PDF may have other bytes in front, but no more than these."""


def read_grids(path: Path) -> list[Grid]:
    """The tables of an .xlsx, .docx, .pdf, .ods or .csv file, or `NotAPlan`."""
    try:
        with path.open("rb") as stream:
            beginning = stream.read(_BEGINNING)
    except OSError as problem:
        raise NotAPlan("missing") from problem
    if _PDF in beginning:
        # Its reader takes long to load, and is not needed for the other formats.
        from storage.imports.portable import read_portable

        return read_portable(path)
    if path.suffix.lower() in _TEXT and beginning and not beginning.startswith(b"PK"):
        return read_delimited(path)
    with open_package(path) as package:
        return _in_package(package)


def _in_package(package: Package) -> list[Grid]:
    if package.holds(CONTENT):
        return read_opendocument(package)
    part = package.main_part
    if package.holds(part):
        if part.endswith("workbook.xml"):
            return read_workbook(package)
        if part.endswith("document.xml"):
            return read_document(package)
    raise NotAPlan("unsupported")
