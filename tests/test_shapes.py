"""Plans as people lay them out: columns without a known heading, numbers that tell the levels, columns of their own."""

from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from storage.database import Database
from storage.imports import DraftPlan, NotAPlan, read_plan
from storage.loading import load_plan
from storage.plan import Kind
from tests.conversation import School
from tests.databases import TENANT

Read = Callable[..., DraftPlan]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(*rows: Sequence[object]) -> DraftPlan:
        book = openpyxl.Workbook()
        sheet = book.active
        assert isinstance(sheet, Worksheet)
        sheet.title = "P"
        for row in rows:
            sheet.append(list(row))
        book.save(tmp_path / "plan.xlsx")
        return read_plan(tmp_path / "plan.xlsx")

    return read


def levels(plan: DraftPlan) -> list[tuple[str, str, str]]:
    return [(action.axis, action.goal, action.title) for action in plan.actions]


NUMBERED = [
    ("1", "Gouvernance"),
    ("1.1", "Piloter"),
    ("1.1.1", "Définir le plan", "CQI", "30/06/2026"),
    ("1.1.2", "Suivre", "Direction", "En continu"),
    ("1.2", "Communiquer"),
    ("1.2.1", "Publier", "CQI", "2026-27"),
    ("2", "Qualité"),
    ("2.1", "Enquêter"),
    ("2.1.1", "Mesurer", "CQI", "Sept-26"),
]
TREE = [
    ("Gouvernance", "Piloter", "Définir le plan"),
    ("Gouvernance", "Piloter", "Suivre"),
    ("Gouvernance", "Communiquer", "Publier"),
    ("Qualité", "Enquêter", "Mesurer"),
]


def test_numbers_in_a_column_tell_the_levels(read: Read) -> None:
    plan = read(("N°", "Intitulé", "Responsable", "Échéance"), *NUMBERED)
    assert levels(plan) == TREE
    assert plan.doubts == ()


def test_numbers_before_the_words_tell_the_levels(read: Read) -> None:
    rows = [(f"{number} {words}", *rest) for number, words, *rest in NUMBERED]
    assert levels(read(("Actions", "Responsable", "Échéance"), *rows)) == TREE


def test_two_levels_of_numbers_are_axes_and_actions(read: Read) -> None:
    plan = read(
        ("N°", "Actions", "Échéance"), ("1.", "Gouvernance"), ("1.1", "Définir", "2026-27"), ("2.", "Qualité"),
        ("2.1", "Mesurer", "2026-27"),
    )  # fmt: skip
    assert levels(plan) == [("Gouvernance", "", "Définir"), ("Qualité", "", "Mesurer")]


def test_a_numbered_row_with_a_deadline_is_an_action_at_any_level(read: Read) -> None:
    plan = read(
        ("N°", "Actions", "Échéance"), ("1", "Seule", "2026-27"), ("2", "Axe"), ("2.1", "Dedans", "2026-27"),
    )  # fmt: skip
    assert levels(plan) == [("", "", "Seule"), ("Axe", "", "Dedans")]


def test_numbers_of_one_depth_say_nothing(read: Read) -> None:
    plan = read(("N°", "Actions", "Échéance"), ("1.", "Un", "2026-27"), ("2.", "Deux"))
    assert [(a.title, a.deadline.kind) for a in plan.actions] == [("Un", Kind.ACADEMIC_YEAR), ("Deux", Kind.NONE)]


ROWS = [
    ("Gouvernance", "Définir le plan stratégique", "CQI", "30/06/2026", "***"),
    ("Gouvernance", "Suivre le plan et en rendre compte", "Direction", "En continu", "**"),
    ("Qualité", "Mesurer la satisfaction", "CQI", "2026-27", "*"),
    ("Qualité", "Publier les résultats de l'enquête", "CQI", "Sept-26", "*"),
]


@pytest.mark.parametrize("headings", [None, ("Thème", "Ce qu'on va faire", "Par", "Pour", "Imp.")])
def test_columns_are_told_by_what_they_hold(read: Read, headings: tuple[str, ...] | None) -> None:
    plan = read(*([headings] if headings else []), *ROWS)
    first = plan.actions[0]
    assert [(a.axis, a.title) for a in plan.actions] == [(row[0], row[1]) for row in ROWS]
    assert (first.bodies, first.deadline.kind, first.priority) == (("CQI",), Kind.DAY, 3)
    guessed = {(doubt.words, doubt.reading) for doubt in plan.doubts if doubt.code == "column_guessed"}
    expected = ("axis", "action", "owners", "deadline", "priority")
    assert guessed == set(zip(headings or [""] * 5, expected, strict=True))


def test_one_unknown_heading_among_known_ones(read: Read) -> None:
    plan = read(("Actions", "Responsable", "Jalon prévu"), ("Un", "CQI", "30/06/2026"), ("Deux", "CQI", "En continu"))
    assert [a.deadline.kind for a in plan.actions] == [Kind.DAY, Kind.ONGOING]
    assert [(d.code, d.words, d.reading) for d in plan.doubts] == [("column_guessed", "Jalon prévu", "deadline")]


def test_columns_in_any_order(read: Read) -> None:
    plan = read(("Priorité", "Échéance", "Actions", "Axe"), ("**", "2026-27", "Un", "Qualité"))
    assert (levels(plan), plan.actions[0].priority) == ([("Qualité", "", "Un")], 2)


def test_lists_of_other_things_are_no_plan(read: Read) -> None:
    for rows in (
        [("Nom", "Naissance"), ("Anne", "30/06/1980"), ("Marc", "01/02/1975")],
        [("Article", "Prix", "Stock"), ("Une chaise de bureau", "12", "4"), ("Une table de réunion", "80", "2")],
    ):
        with pytest.raises(NotAPlan) as refused:
            read(*rows)
        assert refused.value.code == "no_header"


REMARKS = (
    ("N°", "Actions", "Échéance", "Remarques", "Budget"),
    ("1.", "Refaire le guide d'accueil", "2026-27", "à revoir avec les étudiants", 1200),
    ("2.", "Publier", "2026-27", None, None),
)


def test_other_columns_are_kept_with_their_headings(read: Read) -> None:
    kept = (("Remarques", "à revoir avec les étudiants"), ("Budget", "1200"))
    assert [a.extra for a in read(*REMARKS).actions] == [kept, ()]


async def test_other_columns_are_seen_on_the_card(read: Read, school: School, database: Database) -> None:
    with database.writing(TENANT) as writing:
        load_plan(writing, read(*REMARKS), key="GUIDE", title=None, unit=None)
    seen = await school.chat("karim.benali").says("GUIDE-1")
    assert "Remarques" in seen
    assert "à revoir avec les étudiants" in seen
