"""The benchmark runs, and has a row for every engine; how fast anything is, is not tested here."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.bench.recognizers import read_answer
from tests.bench.scores import Answer, Phrase, Verdict, judge
from tests.databases import TODAY

ROOT = Path(__file__).parent.parent
PHRASE = Phrase(text="", language="en", today=TODAY, past=False, right=None, alternatives=frozenset())


def test_quick_run_has_a_row_for_every_engine(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--quick", "--recognizers", str(tmp_path / "absent")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert run.returncode == 0, run.stderr
    for language in ("fr", "en", "nl", "all"):
        for engine in ("Boucle", "dateparser", "dateparser search"):
            assert re.search(rf"^{language} +{engine}(?: +\d+){{8}}$", run.stdout, re.MULTILINE), run.stdout
    assert "Recognizers-Text: skipped, not installed" in run.stdout
    assert re.search(r"^ +178 +2 ", run.stdout, re.MULTILINE)
    assert re.search(r"^ +1,000 +\d+ +300 ", run.stdout, re.MULTILINE)


def test_an_answer_is_judged_by_the_table() -> None:
    april, may = ((date(2026, month, 1), date(2026, month, 30)) for month in (4, 5))
    one = replace(PHRASE, right=april, alternatives=frozenset({may}))
    either = replace(PHRASE, alternatives=frozenset({april, may}))
    said = {month: Answer(readings=frozenset({month})) for month in (april, may)}
    asked = Answer(readings=frozenset({april, may}), asks=True)
    assert judge(one, said[april]) is Verdict.EXACT
    assert judge(one, said[may]) is Verdict.ALTERNATIVE
    assert judge(one, asked) is Verdict.NO_ANSWER
    assert judge(one, Answer()) is Verdict.NO_ANSWER
    assert judge(either, said[may]) is Verdict.ALTERNATIVE
    assert judge(either, asked) is Verdict.ALTERNATIVE
    assert judge(replace(one, alternatives=frozenset()), said[may]) is Verdict.WRONG
    assert judge(PHRASE, said[may]) is Verdict.INVENTED
    assert judge(PHRASE, Answer()) is Verdict.LEFT


@pytest.mark.parametrize(
    ("value", "past", "wanted"),
    [
        ({"type": "date", "value": "2026-04-02"}, False, (date(2026, 4, 2), date(2026, 4, 2))),
        (
            {"type": "daterange", "start": "2026-04-01", "end": "2026-05-01"},
            False,
            (date(2026, 4, 1), date(2026, 4, 30)),
        ),
        (
            {"type": "daterange", "start": "2026-04-03", "end": "2026-04-10", "timex": "(2026-04-03,2026-04-10,P7D)"},
            False,
            (date(2026, 4, 3), date(2026, 4, 10)),
        ),
        ({"type": "daterange", "end": "2026-06-30", "Mod": "before"}, False, (TODAY, date(2026, 6, 30))),
        ({"type": "daterange", "end": "2026-06-30", "Mod": "before"}, False, (TODAY, date(2026, 6, 29))),
        ({"type": "daterange", "end": "2026-02-01", "Mod": "before"}, True, (None, date(2026, 1, 31))),
        ({"type": "daterange", "start": "2026-01-01", "Mod": "since"}, False, (date(2026, 1, 1), TODAY)),
        ({"type": "daterange", "start": "2026-04-05", "Mod": "after"}, False, (date(2026, 4, 6), None)),
    ],
)
def test_recognizers_is_read_generously(
    value: dict[str, str], past: bool, wanted: tuple[date | None, date | None]
) -> None:
    answer = read_answer([{"text": "", "values": [value]}], replace(PHRASE, past=past))
    assert wanted in answer.readings


def test_recognizers_means_the_next_day_to_come_or_the_last_one_begun() -> None:
    fridays = [{"type": "date", "value": f"2026-03-{number}"} for number in (13, 20)]
    for past, number in ((False, 20), (True, 13)):
        answer = read_answer([{"text": "Friday", "values": fridays}], replace(PHRASE, past=past))
        assert answer.readings == {(date(2026, 3, number), date(2026, 3, number))}
    nothing = [{"type": "duration", "value": "864000"}, {"type": "date", "value": "not resolved"}]
    assert read_answer([{"text": "", "values": nothing}], PHRASE) == Answer()
