"""A short run of the chaos: real processes are killed while they deliver, and nothing is lost or repeated unflagged."""

import faulthandler

import pytest

from tests.soak.chaos import chaos


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 4), ("postgresql", 8)])
def test_nothing_is_lost_whoever_is_killed(kind: str, kills: int) -> None:
    # It takes as long as the leases of the dead.
    faulthandler.cancel_dump_traceback_later()
    result = chaos(kind, kills, seed=1)
    assert result.kills.total() >= kills
    assert result.is_right, "\n".join(result.lines())
