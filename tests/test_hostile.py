"""Damaged and hostile files: each is read or refused in time. A sample of the corpus."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest

from storage.imports.confined import read_confined
from storage.imports.draft import NotAPlan
from tests import hostile
from tests.hostile import Hostile

SAMPLES: dict[str, Callable[[Path], Iterator[Hostile]]] = {
    "damaged": lambda folder: islice(hostile.damaged(folder), 3, None, 35),
    "workbooks": lambda _folder: islice(hostile.workbooks(), 0, 3),
    "documents": lambda folder: (each for each in hostile.documents(folder) if each.name[:6] in ("laughs", "nested")),
    "sheets": lambda folder: islice(hostile.sheets(folder), 0, 3),
    "values": lambda _folder: (each for each in hostile.values() if each.name in ("nul.csv", "unclosed.csv")),
}


@pytest.mark.parametrize("family", SAMPLES)
def test_each_is_read_or_refused(family: str, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    tried = 0
    for each in SAMPLES[family](tmp_path / "made"):
        path = tmp_path / each.name
        path.write_bytes(each.content)
        tried += 1
        with suppress(NotAPlan):
            assert read_confined(path).actions, each.name
    assert tried >= 2
