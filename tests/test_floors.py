"""The versions below which the bot does not start are those that the package asks for."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

from bot import floors
from bot.__main__ import check
from bot.floors import FLOORS, too_old
from bot.serving import serve
from bot.settings import Settings

ROOT = Path(__file__).parent.parent


def test_nothing_here_is_too_old() -> None:
    assert too_old() == []


def test_the_package_asks_for_the_same() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    ranges = {re.split(r"[\[>]", each)[0]: re.search(r">=([\d.]+)", each) for each in asked}
    assert {name: found[1] for name in FLOORS if (found := ranges[name])} == FLOORS


@pytest.mark.parametrize(
    ("found", "old"),
    [
        ("2.5", False), ("2.5.0", False), ("2.10.1", False), ("3", False), ("2.5.0.post1", False),
        ("1.26.20", True), ("2.4.9", True), ("2", True), ("2.5.1rc1", False), ("2.5rc1", True), ("2.5.dev3", True),
        ("unreadable", True),
    ],
)  # fmt: skip
def test_what_is_too_old(monkeypatch: pytest.MonkeyPatch, found: str, old: bool) -> None:
    monkeypatch.setattr(floors, "FLOORS", {"urllib3": "2.5"})
    monkeypatch.setattr(floors, "version", lambda name: found)
    assert bool(too_old()) is old
    if old:
        assert "urllib3 is" in too_old()[0]


def test_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floors, "FLOORS", {"no-such-library": "1"})
    assert too_old() == ["no-such-library is not installed: run `make install`."]


def test_it_does_not_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(floors, "FLOORS", {"urllib3": "99"})
    for start in (lambda: serve(Settings(), None), check):  # type: ignore[arg-type]
        with pytest.raises(typer.Exit) as ended:
            start()
        assert ended.value.exit_code == 1
        assert "Boucle needs 99 or newer to be safe" in capsys.readouterr().err
