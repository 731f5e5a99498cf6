"""Prints how right and how fast the understanding is, measured in this run; `make bench` starts it."""

import argparse
import platform
from dataclasses import dataclass
from pathlib import Path

from tests.bench import messages, periods


@dataclass(frozen=True, kw_only=True)
class _Run:
    rounds: int
    sample: int | None
    """Phrases and sentences, at most about so many."""
    many: int
    """Actions in the larger of the two databases."""


_QUICK = _Run(rounds=1, sample=60, many=1_000)
_FULL = _Run(rounds=5, sample=None, many=20_000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few phrases, one round, 1,000 actions: does it run?")
    parser.add_argument(
        "--recognizers",
        type=Path,
        default=Path(".venv-bench/bin/python"),
        metavar="PYTHON",
        help="the interpreter that has Recognizers-Text",
    )
    asked = parser.parse_args()
    run = _QUICK if asked.quick else _FULL
    print(f"Periods: who reads them right (Python {platform.python_version()})\n")
    print(*periods.report(asked.recognizers, rounds=run.rounds, sample=run.sample), sep="\n", flush=True)
    print("\nUnderstanding one message\n")
    print(*messages.report(many=run.many, rounds=run.rounds, sample=run.sample), sep="\n")


if __name__ == "__main__":
    main()
