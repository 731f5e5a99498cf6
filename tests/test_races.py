"""A sample of the races of `make soak`: processes that change the same actions at once lose nothing."""

import pytest

from tests.soak.races import races


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_whoever_comes_second_is_told_and_nothing_is_lost(kind: str) -> None:
    outcome = races(kind, 80, processes=2)
    assert outcome.changes >= 80
    assert outcome.told > 0, "the processes never met"
    assert outcome.lost == 0, str(outcome)
