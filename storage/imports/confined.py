"""Reads a plan from a file in a child process, so that a hostile file costs only the child.

The child has bounded memory, processor time and life, writes no file and inherits no secret. What it says is checked
like any other input.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from storage.calendar import BELGIAN, AcademicCalendar
from storage.imports.draft import REFUSALS, DraftPlan, NotAPlan, Refusal
from storage.imports.reading import read_plan

MOST_BYTES = 20 * 1024 * 1024
MOST_MEMORY = 512 * 1024 * 1024
MOST_SECONDS = 10
"""From the first byte to the answer; of these, the processor may be used for eight."""
_PROCESSOR_SECONDS = 8
_ROOT = Path(__file__).resolve().parents[2]
_PLAN = TypeAdapter(DraftPlan)
_CALENDAR = TypeAdapter(AcademicCalendar)


def read_confined(path: Path, calendar: AcademicCalendar = BELGIAN) -> DraftPlan:
    """As `read_plan`; also `NotAPlan` ("too_large") where the file asks for more than a plan may."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NotAPlan("too_large")
    except OSError as problem:
        raise NotAPlan("missing") from problem
    command = [sys.executable, "-m", __name__, str(path.resolve()), _CALENDAR.dump_json(calendar).decode()]
    # Nothing of ours is handed down: no password, no address of a database.
    environment = {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath, "LANG": "C.UTF-8"}
    try:
        child = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise NotAPlan("too_large") from problem
    if child.returncode == 0:
        try:
            return _PLAN.validate_json(child.stdout)
        except ValidationError as problem:
            raise NotAPlan("damaged") from problem
    code, _, place = child.stderr.decode(errors="replace").strip().rpartition("\n")[2].partition("\t")
    # Killed, it asked for too much; else it met something that no reader of ours knows.
    ended: Refusal = "too_large" if child.returncode < 0 else "damaged"
    raise NotAPlan(next((refusal for refusal in REFUSALS if refusal == code), ended), place or None)


def _confine() -> None:
    """Bound what this process may use; where the system knows no limits, its life is still bounded."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(path: str, calendar: str) -> int:
    try:
        plan = read_plan(Path(path), _CALENDAR.validate_json(calendar))
        sys.stdout.buffer.write(_PLAN.dump_json(plan))
    except NotAPlan as refusal:
        print(f"{refusal.code}\t{refusal.place or ''}", file=sys.stderr)
        return 1
    except (MemoryError, RecursionError):
        print("too_large", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    _confine()
    sys.exit(_read(*sys.argv[1:3]))
