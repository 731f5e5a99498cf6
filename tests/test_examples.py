"""The example plans: whole, told in words of their own, moved to today, and equal in their facts to the real plans."""

import csv
import os
import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.calendar import BELGIAN
from storage.examples import PEOPLE, Example, example_plans
from storage.imports import DraftAction, read_plan
from storage.imports.deadlines import read_wording
from storage.plan import Kind, Rhythm, Status

PLANS = os.environ.get("BOUCLE_PLANS", "")
real = pytest.mark.skipif(
    not PLANS, reason="real plans: BOUCLE_PLANS is not set: the examples are not compared with them"
)
FILES = {"HEN": "henallux.xlsx", "TI": "helb-techniques-image.xlsx"}
AS_WRITTEN = {"HEN": date(2022, 9, 14), "TI": date(2024, 9, 14)}
"""A day on which each plan is not moved at all: the first of its second academic year."""


def example(key: str, today: date) -> Example:
    return next(found for found in example_plans(today) if found.key == key)


@pytest.mark.parametrize(("key", "count", "axes", "goals"), [("HEN", 92, 5, 28), ("TI", 86, 6, 22)])
def test_the_plan_is_whole(key: str, count: int, axes: int, goals: int) -> None:
    actions = example(key, date(2026, 3, 18)).plan.actions
    assert [action.number for action in actions] == list(range(1, count + 1))
    assert len({action.axis for action in actions}) == axes
    assert len({(action.axis, action.goal) for action in actions}) == goals
    for action in actions:
        texts = (action.axis, action.goal, action.objective, action.title, *action.bodies, *action.indicators)
        assert all(text == " ".join(text.split()) for text in texts)
        assert action.axis
        assert action.goal
        assert action.priority in (None, 1, 2, 3)
        assert (action.deadline.kind is Kind.RECURRING) == (action.deadline.rhythm is not None)
        assert (action.deadline.end is not None) == (action.deadline.kind in (Kind.DAY, Kind.MONTH, Kind.ACADEMIC_YEAR))


def test_units_and_titles() -> None:
    assert [(found.key, found.unit, found.title) for found in example_plans(date(2026, 3, 18))] == [
        ("HEN", "Haute école", "Suivi de l'évaluation institutionnelle"),
        ("TI", "Haute école/Techniques de l'image", "Techniques de l'image"),
    ]


def test_titles_are_short_and_no_two_are_the_same() -> None:
    titles = [action.title for found in example_plans(date(2026, 3, 18)) for action in found.plan.actions]
    assert len(set(titles)) == 92 + 86
    assert not [title for title in titles if not 3 <= len(title.split()) <= 9 or re.search(r"\d{4}", title)]


@pytest.mark.parametrize(
    ("key", "number", "words"),
    [
        ("HEN", 17, "manuel qualité"),
        ("HEN", 21, "charte qualité"),
        ("HEN", 29, "taux de réponse"),
        ("TI", 12, "master GGN"),
        ("TI", 26, "GT Alumni"),
        ("TI", 28, "newsletter"),
    ],
)
def test_titles_keep_the_words_one_searches_by(key: str, number: int, words: str) -> None:
    assert words in example(key, date(2026, 3, 18)).plan.actions[number - 1].title


class TestMoving:
    def test_today_lies_in_the_second_year(self) -> None:
        moved = example("TI", date(2026, 11, 23)).plan.actions
        assert moved[8].deadline.text == "2025-26"
        assert (moved[8].deadline.start, moved[8].deadline.end) == (date(2025, 9, 14), date(2026, 9, 13))
        assert (moved[11].deadline.text, moved[11].deadline.end) == ("Sept-26 pour le master", date(2026, 9, 30))
        assert (moved[54].deadline.text, moved[55].deadline.text) == ("En cours, 2025-26", "sept-27")
        assert (moved[59].deadline.text, moved[59].deadline.end) == ("déc-25", date(2025, 12, 31))
        assert example("HEN", date(2026, 9, 13)).plan.actions[0].deadline.text == "2025-06-30"
        assert example("HEN", date(2026, 9, 14)).plan.actions[0].deadline.text == "2026-06-30"

    @given(today=st.dates(date(2010, 1, 1), date(2095, 1, 1)))
    def test_a_window_still_is_what_its_wording_says(self, today: date) -> None:
        """Also on a 29 February, and a day stays the same day of the year."""
        for found in example_plans(today):
            written = example(found.key, AS_WRITTEN[found.key]).plan.actions
            for before, action in zip(written, found.plan.actions, strict=True):
                moved, was = action.deadline, before.deadline
                assert (moved.kind, moved.rhythm) == (was.kind, was.rhythm)
                if moved.end is None:
                    assert moved == was
                    continue
                assert was.end is not None
                years = moved.end.year - was.end.year
                assert years == BELGIAN.year_of(today) - BELGIAN.year_of(AS_WRITTEN[found.key])
                assert (moved.end.month, moved.end.day) == (was.end.month, was.end.day)
                wording = moved.text.removeprefix("En cours, ").removesuffix(" pour le master")
                read = read_wording(wording, BELGIAN)
                assert read is not None
                assert (read.deadline.kind, read.deadline.start, read.deadline.end) == (
                    moved.kind,
                    moved.start,
                    moved.end,
                )

    @given(today=st.dates(date(2020, 1, 1), date(2060, 1, 1)))
    def test_most_of_what_is_long_past_is_done_and_something_is_late(self, today: date) -> None:
        late = 0
        for found in example_plans(today):
            written = example(found.key, AS_WRITTEN[found.key] - timedelta(days=3650)).plan.actions
            for before, action in zip(written, found.plan.actions, strict=True):
                if not is_long_past(action, today):
                    assert action.status is before.status
            long_past = [action for action in found.plan.actions if is_long_past(action, today)]
            forgotten = [action for action in long_past if action.status is not Status.DONE]
            assert len(forgotten) <= 1 + len(long_past) / 3
            late += len(forgotten)
        assert late > 0

    def test_some_are_forgotten(self) -> None:
        actions = example("HEN", date(2026, 11, 23)).plan.actions
        long_past = [action for action in actions if is_long_past(action, date(2026, 11, 23))]
        assert [action.number for action in long_past if action.status is not Status.DONE] == [21, 39]
        assert {20, 22, 23, 24} <= {action.number for action in long_past if action.status is Status.DONE}


def is_long_past(action: DraftAction, today: date) -> bool:
    return action.deadline.end is not None and (today - action.deadline.end).days > 60


@pytest.fixture
def people() -> list[dict[str, str]]:
    return list(csv.DictReader(PEOPLE.read_text(encoding="utf-8").splitlines()))


class TestPeople:
    def test_columns_roles_and_units(self, people: list[dict[str, str]]) -> None:
        assert list(people[0]) == ["email", "name", "unit", "bodies", "role"]
        assert {person["role"] for person in people} == {"member", "coordinator", "admin"}
        assert {person["unit"] for person in people} == {
            "",
            "Haute école",
            "Haute école/Service qualité",
            "Haute école/Soins infirmiers",
            "Haute école/Techniques de l'image",
        }
        emails = [person["email"] for person in people]
        assert len(set(emails)) == len(emails) >= 10
        assert all(email.endswith("@ecole.example") for email in emails)

    def test_bodies_are_those_of_the_plan(self, people: list[dict[str, str]]) -> None:
        known = {name for action in example("TI", date(2026, 3, 18)).plan.actions for name in action.bodies}
        named = {name for person in people for name in person["bodies"].split("|") if name}
        assert named <= known
        assert {"CQI", "CQC", "Direction", "APACH", "GT Alumni"} <= named


@real
@pytest.mark.parametrize("key", ["HEN", "TI"])
def test_every_fact_is_that_of_the_real_plan(key: str) -> None:
    plan = read_plan(Path(PLANS) / FILES[key])
    shown = example(key, AS_WRITTEN[key])
    for theirs, ours in zip(plan.actions, shown.plan.actions, strict=True):
        assert (ours.number, ours.bodies, ours.deadline) == (theirs.number, theirs.bodies, theirs.deadline)
        assert (ours.priority, ours.indicators) == (theirs.priority, theirs.indicators)
        closed = is_long_past(theirs, AS_WRITTEN[key]) and ours.number % 18 not in (3, 7, 12)
        assert ours.status is (Status.DONE if closed else theirs.status)
        assert bool(ours.objective) == bool(theirs.objective)
    for level in ("axis", "goal", "objective"):
        pairs = {
            (parents(theirs, level), parents(ours, level))
            for theirs, ours in zip(plan.actions, shown.plan.actions, strict=True)
        }
        assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def parents(action: DraftAction, level: str) -> tuple[str, ...]:
    """The names from the axis down to a level, which tell one goal or objective from another."""
    names = {"axis": 1, "goal": 2, "objective": 3}[level]
    return (action.axis, action.goal, action.objective)[:names]


@real
@pytest.mark.parametrize("key", ["HEN", "TI"])
def test_no_sentence_of_the_real_plan_is_a_title(key: str) -> None:
    theirs = {action.title.casefold() for action in read_plan(Path(PLANS) / FILES[key]).actions}
    ours = {action.title.casefold() for action in example(key, AS_WRITTEN[key]).plan.actions}
    assert not [title for title in ours & theirs if len(title.split()) > 6]
    assert not [title for title in ours if len(title.split()) > 6 and any(title in other for other in theirs)]


def test_a_rhythm_is_kept() -> None:
    rhythms = Counter(action.deadline.rhythm for action in example("TI", date(2026, 3, 18)).plan.actions)
    assert (rhythms[Rhythm.LAST_DAY], rhythms[Rhythm.RENTREE]) == (3, 1)
