"""The versions of libraries below which we do not start, because of holes or faults that were found in them."""

import re
from importlib.metadata import PackageNotFoundError, version

FLOORS = {
    # What strangers' bytes reach first: the HTTP server and client, and the reader of tokens.
    "aiohttp": "3.14.3",
    "PyJWT": "2.15",
    # With 1.x the Bot Framework SDK posts some messages twice.
    "urllib3": "2.5",
    # Holds the app's secret.
    "msal": "1.30",
}


def too_old() -> list[str]:
    """One sentence for each library that is missing or too old; empty where all is well."""
    problems = []
    for name, floor in FLOORS.items():
        try:
            found = version(name)
        except PackageNotFoundError:
            problems.append(f"{name} is not installed: run `make install`.")
            continue
        if _parts(found) < _parts(floor):
            problems.append(f"{name} is {found}; Boucle needs {floor} or newer to be safe: run `make install`.")
    return problems


def _parts(text: str) -> tuple[int, ...]:
    """The numbers a version begins with, two at least; one that is not final counts as less than its numbers."""
    numbers = re.match(r"\d+(?:\.\d+)*", text)
    parts = [int(part) for part in numbers[0].split(".")] if numbers else [0]
    parts += [0] * (3 - len(parts))
    return (*parts, -1) if re.search(r"a\d|b\d|rc|dev", text) else (*parts, 0)
