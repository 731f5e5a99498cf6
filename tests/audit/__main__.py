"""Asks the registry's advisories about every library in the lock file; `make audit` starts it. Says so where it cannot.

Exit code 0: none is known to be vulnerable, or they could not be asked about (each case is said); 1: some are.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.parent.parent / "requirements.lock"


def main(program: list[str], lock: Path = LOCK) -> int:
    pinned = [line.split(" ")[0] for line in lock.read_text("utf-8").splitlines() if "==" in line.split(" ")[0]]
    # One first: a registry that keeps no advisories is not asked about all the others.
    first = _asked(program, pinned[:1])
    if first is None or "vulns" not in first[0]:
        print(
            f"AUDIT DID NOT RUN: no advisories can be had here ({len(pinned)} libraries in {lock.name} not looked at)."
        )
        return 0
    found = _asked(program, pinned) or []
    bad = [each for each in found if each.get("vulns")]
    for each in bad:
        for hole in each["vulns"]:
            fixed = ", ".join(hole.get("fix_versions", ())) or "no fix yet"
            print(f"{each['name']} {each['version']}: {hole['id']} (fixed in: {fixed})")
    unknown = [each["name"] for each in found if "vulns" not in each]
    if unknown:
        print(f"NOT LOOKED AT: {', '.join(unknown)}")
    print(f"{len(found) - len(unknown)} of {len(pinned)} libraries looked at, {len(bad)} with known holes.")
    return 1 if bad else 0


def _asked(program: list[str], pinned: list[str]) -> list[dict[str, Any]] | None:
    """What the auditor says of each; None where it says nothing."""
    asked = subprocess.run(
        [*program, "-r", "/dev/stdin", "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"],
        input="\n".join(pinned),
        capture_output=True,
        text=True,
        timeout=600,
    )
    try:
        dependencies: list[dict[str, Any]] = json.loads(asked.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError, TypeError):
        return None
    return dependencies or None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
