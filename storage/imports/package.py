"""Opens an office file (.xlsx, .docx, .ods) as the package it is, after looking at how large it would unpack."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers.expat import ExpatError

from storage.imports.draft import NotAPlan
from storage.imports.markup import walk

MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 2_000
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_BIT = 0x1
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ExpatError,
    EOFError,
    OSError,
    NotImplementedError,
    UnicodeError,
)
"""All that zipfile and expat raise on bytes that are no package, or no longer one."""


class Package:
    """The parts of the file, by their path inside it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}

    def holds(self, part: str) -> bool:
        return part.lower() in self._names

    def walk(
        self,
        part: str,
        opens: Callable[[str, dict[str, str]], None],
        closes: Callable[[str, str], None],
        before: Callable[[str], None] | None = None,
    ) -> None:
        with self._open(part) as stream:
            walk(stream, opens, closes, before)

    @property
    def main_part(self) -> str:
        """The workbook or document that the package is about; empty where it names none."""
        return next((part for kind, part in self.related("").values() if kind == "officeDocument"), "")

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """For each relation of a part: what kind it is and which part of this file it leads to; links out are left."""
        folder, _, name = part.rpartition("/")
        sheet_of_relations = f"{folder}/_rels/{name}.rels".removeprefix("/")
        found: dict[str, tuple[str, str]] = {}
        if not self.holds(sheet_of_relations):
            return found

        def opens(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = (kind, _resolved(folder, attributes.get("Target", "")))

        self.walk(sheet_of_relations, opens, _nothing)
        return found

    def _open(self, part: str) -> IO[bytes]:
        try:
            return self._archive.open(self._names[part.lower()])
        except KeyError:
            raise NotAPlan("damaged") from None


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """The package, or `NotAPlan` where the file is absent, of another kind, encrypted, damaged or too large."""
    try:
        stream = path.open("rb")
    except OSError as problem:
        raise NotAPlan("missing") from problem
    with stream:
        try:
            _refuse_other_kinds(stream, path.suffix.lower())
            with zipfile.ZipFile(stream) as archive:
                _refuse_too_large(archive)
                yield Package(archive)
        except _DAMAGE as problem:
            raise NotAPlan("damaged") from problem


def _refuse_other_kinds(stream: IO[bytes], suffix: str) -> None:
    start = stream.read(len(_OLE))
    if start == _OLE:
        # Both old .xls files and password-protected .xlsx files are OLE containers; only the latter has this entry.
        content = stream.read(MOST_UNPACKED)
        old = "Workbook".encode("utf-16-le") in content and "EncryptedPackage".encode("utf-16-le") not in content
        raise NotAPlan("unsupported" if old else "encrypted")
    if not start.startswith(b"PK") and suffix not in (".xlsx", ".docx", ".ods"):
        raise NotAPlan("unsupported")
    stream.seek(0)


def _refuse_too_large(archive: zipfile.ZipFile) -> None:
    """Sizes are those declared; zipfile never unpacks more of a part than it declares."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise NotAPlan("too_large")
    if any(part.flag_bits & _ENCRYPTED_BIT for part in parts):
        raise NotAPlan("encrypted")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise NotAPlan("damaged")


def _resolved(folder: str, target: str) -> str:
    path = PurePosixPath(target) if target.startswith("/") else PurePosixPath("/", folder, target)
    steps: list[str] = []
    for step in path.parts[1:]:
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _nothing(_name: str, _text: str) -> None:
    pass
