"""Rules of the house that the import contracts cannot say."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted(path for folder in ("bot", "dialogs", "storage", "manifest") for path in (ROOT / folder).rglob("*.py"))


def _names(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", CODE, ids=_names)
def test_rooms(path: Path) -> None:
    source = path.read_text("utf-8")
    name = _names(path)
    if not name.startswith("bot/"):
        assert not re.search(r"\b(?:datetime\.now|date\.today|utcnow|time\.time)\(", source), "the clock is in bot/"
    if name != "storage/database.py":
        assert ".commit(" not in source, "only storage/database.py commits"
    if not name.startswith("dialogs/dates"):
        assert not re.search(r"^\s*(?:import|from) dateparser", source, re.M), "dateparser lives in dialogs/dates*"
    if name not in ("bot/endpoint.py", "bot/sender.py", "bot/app.py"):
        assert not re.search(r"^\s*(?:import|from) (?:botbuilder|botframework)", source, re.M), (
            "the SDK has three files"
        )
    if source.strip() and path.name != "__init__.py" and "migrations/" not in name:
        assert source.startswith('"""'), "a module opens with one sentence"


def test_nothing_names_a_machine_or_a_registry() -> None:
    tracked = (
        subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    )
    for name in filter(None, tracked):
        path = ROOT / name
        if not path.is_file() or path.suffix in (".png", ".xlsx"):
            continue
        text = path.read_text("utf-8")
        assert str(ROOT.parent) + "/" not in text, name
        if "lock" in name and name.endswith(".lock"):
            assert "://" not in text, f"{name} names an address"
