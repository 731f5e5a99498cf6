"""The audit of libraries: holes end it with 1, and where it cannot be made it says so by name."""

import json
import sys
from pathlib import Path

import pytest

from tests.audit.__main__ import main


def auditor(tmp_path: Path, *dependencies: dict[str, object]) -> list[str]:
    """A program that says of each library what a registry would."""
    file = tmp_path / "auditor.py"
    file.write_text(
        "import json, sys\n"
        f"known = {list(dependencies)!r}\n"
        "asked = [line.split('==')[0] for line in sys.stdin.read().split()]\n"
        "print(json.dumps({'dependencies': [each for each in known if each['name'] in asked]}))\n",
        "utf-8",
    )
    return [sys.executable, str(file)]


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "requirements.lock"
    file.write_text("a==1 \\\n    --hash=sha256:0\nb==2 ; python_version >= '3.11'\n", "utf-8")
    return file


def test_nothing_known(tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = auditor(tmp_path, *({"name": name, "version": "1", "vulns": []} for name in "ab"))
    assert main(program, lock) == 0
    assert capsys.readouterr().out == "2 of 2 libraries looked at, 0 with known holes.\n"


def test_a_hole(tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hole = {"id": "CVE-1", "fix_versions": ["3"], "aliases": [], "description": "…"}
    known = [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "version": "2", "vulns": [hole]}]
    assert main(auditor(tmp_path, *known), lock) == 1
    assert "b 2: CVE-1 (fixed in: 3)" in capsys.readouterr().out


def test_some_are_not_known(tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": json.dumps("not found")}]
    assert main(auditor(tmp_path, *known), lock) == 0
    assert "NOT LOOKED AT: b" in capsys.readouterr().out


@pytest.mark.parametrize("known", [[], [{"name": "a", "skip_reason": "not found"}]])
def test_it_says_that_it_did_not_run(
    tmp_path: Path, lock: Path, capsys: pytest.CaptureFixture[str], known: list[dict[str, object]]
) -> None:
    assert main(auditor(tmp_path, *known), lock) == 0
    assert capsys.readouterr().out.startswith("AUDIT DID NOT RUN: no advisories can be had here (2 libraries")
