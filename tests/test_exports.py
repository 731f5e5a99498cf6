"""A plan that was written out is the same plan when it is read back: workbook and separated values, field by field."""

import csv
import io
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from dialogs.words import LANGUAGES, words_in
from storage.calendar import BELGIAN
from storage.database import Database
from storage.exports.content import Content, read_content
from storage.exports.files import plan_as_file
from storage.exports.table import heading, table_of
from storage.folding import fold, tidy
from storage.imports import DraftAction, DraftPlan, read_plan
from storage.imports.deadlines import read_wording, status_in
from storage.imports.headings import Column, column_of
from storage.loading import load_plan
from storage.plan import Action, Body, Deadline, Indicator, IndicatorKind, Kind, Measurement, Rhythm, Status
from tests.databases import TENANT, TODAY, SqliteShelf

PLANS = os.environ.get("BOUCLE_PLANS")
NOW = datetime(2026, 3, 18, 10, tzinfo=UTC)
FRENCH = words_in("fr")


def drafted(*actions: DraftAction, title: str = "Mon plan") -> DraftPlan:
    return DraftPlan(title=title, actions=actions, doubts=())


def an_action(number: int = 1, **fields: Any) -> DraftAction:
    values: dict[str, Any] = {
        "axis": "Axe 1",
        "goal": "But",
        "objective": "",
        "title": f"Action {number}",
        "bodies": (),
        "deadline": Deadline(kind=Kind.NONE),
        "status": Status.TODO,
        "priority": None,
        "indicators": (),
        "place": "",
    }
    return DraftAction(number=number, **(values | fields))


def content_of(plan: DraftPlan, key: str = "TI") -> Content:
    """As it stands in the database once it is imported."""
    bodies = {name: n for n, name in enumerate({name for each in plan.actions for name in each.bodies}, start=1)}
    names = {name: n for n, name in enumerate({name for each in plan.actions for name in each.indicators}, start=1)}
    actions, indicators = [], {}
    for each in plan.actions:
        actions.append(
            Action(
                id=each.number,
                ref=f"{key}-{each.number}",
                plan=key,
                axis=each.axis,
                goal=each.goal,
                objective=each.objective,
                title=each.title,
                deadline=each.deadline,
                status=each.status,
                priority=each.priority,
                version=1,
                bodies=tuple(Body(id=bodies[name], name=name) for name in each.bodies),
                extra=each.extra,
            )
        )
        indicators[each.number] = tuple(
            Indicator(id=names[name], name=name, kind=IndicatorKind.DOCUMENT) for name in each.indicators
        )
    return Content(key=key, title=plan.title, unit=None, actions=tuple(actions), indicators=indicators)


def what(plan: DraftPlan) -> list[DraftAction]:
    """All that is read of each action, but for its place; with the reference that it has once it is imported."""
    return [replace(each, place="", ref=f"TI-{each.number}") for each in plan.actions]


def read_back(content: Content, ending: str, language: str = "fr") -> DraftPlan:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"plan.{ending}"
        path.write_bytes(plan_as_file(content, ending, words_in(language), NOW, BELGIAN))
        return read_plan(path)


@pytest.mark.skipif(PLANS is None, reason="BOUCLE_PLANS names no folder with the real plans")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["henallux", "helb-techniques-image"])
def test_a_real_plan_is_read_back_without_difference(name: str, language: str) -> None:
    assert PLANS is not None
    plan = read_plan(Path(PLANS) / f"{name}.xlsx")
    content = content_of(plan)
    workbook = read_back(content, "xlsx", language)
    assert (workbook.title, what(workbook)) == (plan.title, what(plan))
    assert what(read_back(content, "csv", language)) == what(plan)
    assert [replace(each, deadline=ONE) for each in what(read_back(content, "docx", language))] == [
        replace(each, deadline=ONE) for each in what(plan)
    ]


ONE = Deadline(kind=Kind.NONE)

# Plans of both shapes, made of signs that mean something to one reader or another.

_SIGNS = "abcdeéœ zABÀ01 ,;:.-+=@*/&'\"«»•()%…’\t"
_TEXT = st.text(_SIGNS, min_size=1, max_size=40).map(lambda text: tidy(text)).filter(lambda t: any(map(str.isalpha, t)))
_BODIES = st.lists(
    st.one_of(
        st.sampled_from(("CQI", "Direction", "Direction et coordination", "Arts & Métiers", "CQI/PP", "asbl « X ».")),
        _TEXT.filter(lambda text: "«" not in text and "»" not in text),
    ).filter(lambda name: name not in ("asbl « X ».",)),
    max_size=3,
    unique_by=fold,
)
_INDICATOR = _TEXT.map(lambda text: text.rstrip(" ,;")).filter(lambda text: any(map(str.isalpha, text)))
_WORDINGS = (
    "2026-06-30", "30/06/2026", "30 juin 2026", "Sept-24", "déc-23", "2023-24", "2023-2024", "En continu", "En cours",
    "Récurrence annuelle", "A chaque rentrée académique", "Réalisé", "Sept-24 pour le master", "plus tard",
    "En cours, 2023-24", "Récurrence annuelle, Sept-24 pour le master", "=2024", "",
)  # fmt: skip


@st.composite
def _deadlines(draw: st.DrawFn) -> Deadline:
    """A wording with what it means, or with what another one of its cell meant."""
    text, other = draw(st.sampled_from(_WORDINGS)), draw(st.sampled_from(_WORDINGS))
    read = read_wording(draw(st.sampled_from((text, text, other))), BELGIAN)
    meant = read.deadline if read else Deadline(kind=Kind.NONE)
    return replace(meant, text=text)


@st.composite
def _plans(draw: st.DrawFn) -> DraftPlan:
    with_owners = draw(st.booleans())
    known: dict[str, str] = {}

    def bodies() -> tuple[str, ...]:
        """One spelling for each, as the register keeps them."""
        return tuple(known.setdefault(fold(name), name) for name in draw(_BODIES)) if with_owners else ()

    actions = []
    for _ in range(draw(st.integers(1, 3))):
        axis = draw(st.one_of(_TEXT, st.just("")))
        for _ in range(draw(st.integers(1, 3))):
            goal = draw(st.one_of(_TEXT, st.just("")))
            for _ in range(draw(st.integers(1, 3))):
                actions.append(
                    an_action(
                        len(actions) + 1,
                        axis=axis,
                        goal=goal,
                        objective=draw(st.one_of(_TEXT, st.just(""))) if with_owners else "",
                        title=draw(_TEXT),
                        bodies=tuple(dict.fromkeys(bodies())),
                        deadline=draw(_deadlines()),
                        status=draw(st.sampled_from(Status)),
                        priority=draw(st.sampled_from((None, 1, 2, 3))) if with_owners else None,
                        indicators=tuple(draw(st.lists(_INDICATOR, max_size=3, unique=True))) if with_owners else (),
                    )
                )
    return drafted(*actions, title=draw(_TEXT))


@given(_plans(), st.sampled_from(LANGUAGES))
@settings(max_examples=60)
def test_any_plan_is_read_back_without_difference(plan: DraftPlan, language: str) -> None:
    content = content_of(plan)
    workbook = read_back(content, "xlsx", language)
    assert what(workbook) == what(plan)
    assert workbook.title == plan.title
    assert what(read_back(content, "csv", language)) == what(plan)


def test_other_columns_of_a_plan_are_kept() -> None:
    plan = drafted(
        an_action(1, extra=(("Remarques", "=à voir"), ("Budget", "500 €"))),
        an_action(2, extra=(("Budget", "0"), ("Budget", "plus tard"))),
        an_action(3),
    )
    assert what(read_back(content_of(plan), "xlsx")) == what(plan)
    assert what(read_back(content_of(plan), "csv")) == what(plan)


def test_an_action_called_like_a_heading_is_an_action() -> None:
    plan = drafted(
        an_action(1), an_action(2, title="Action de communication", indicators=("Indicateur de satisfaction",))
    )
    assert what(read_back(content_of(plan), "xlsx")) == what(plan)
    assert what(read_back(content_of(plan), "csv")) == what(plan)


def test_a_plan_in_the_database_is_written_and_imported_again(sqlite_shelf: SqliteShelf, tmp_path: Path) -> None:
    with sqlite_shelf.database() as database:
        for key in ("HEN", "TI"):
            content = content_in(database, key)
            path = tmp_path / f"{key}.xlsx"
            path.write_bytes(plan_as_file(content, "xlsx", FRENCH, NOW, BELGIAN))
            with database.writing("school-b") as writing:
                load_plan(writing, read_plan(path), key=key, title=None, unit=content.unit)
            again = content_in(database, key, "school-b")
            for ending in ("json", "csv"):
                files = [plan_as_file(each, ending, FRENCH, NOW, BELGIAN) for each in (content, again)]
                assert files[0] == files[1]


def content_in(database: Database, key: str, tenant: str = TENANT) -> Content:
    with database.reading(tenant) as reading:
        content = read_content(reading, key, UTC)
    assert content is not None
    return content


def test_a_large_plan_takes_no_more_queries(sqlite_shelf: SqliteShelf) -> None:
    asked: list[str] = []
    with sqlite_shelf.database() as database:
        event.listen(database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        counts = []
        with database.writing(TENANT) as writing:
            load_plan(writing, drafted(an_action()), key="ONE", title=None, unit=None)
        for key in ("ONE", "TI"):
            asked.clear()
            content_in(database, key)
            counts.append(len([each for each in asked if each.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_and_statuses_are_words_that_are_read(language: str) -> None:
    say = words_in(language)
    assert [column_of(heading(column, say)) for column in Column] == list(Column)
    assert [status_in(f"{say(f'status.{status}')} ({say('export.late')})") for status in Status] == list(Status)
    for key, rhythm in (("export.each_year", Rhythm.LAST_DAY), ("export.each_rentree", Rhythm.RENTREE)):
        read = read_wording(say(key), BELGIAN)
        assert read is not None
        assert read.deadline.rhythm is rhythm


FORMULAS = ("=1+1", "+32 2 123", "-1", "@SUM(A1)", "'=1", "=cmd|' /C calc'!A0")


def test_text_that_begins_like_a_formula_stays_text(tmp_path: Path) -> None:
    plan = drafted(*(an_action(n, title=text, goal=text) for n, text in enumerate(FORMULAS, start=1)), title="=A1")
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_as_file(content_of(plan), "xlsx", FRENCH, NOW, BELGIAN))
    cells = [cell for row in openpyxl.load_workbook(path).active for cell in row if cell.value is not None]  # type: ignore[union-attr]
    assert {cell.value for cell in cells} > set(FORMULAS)
    assert {cell.data_type for cell in cells} == {"s"}
    rows = list(
        csv.reader(
            io.StringIO(plan_as_file(content_of(plan), "csv", FRENCH, NOW, BELGIAN).decode("utf-8-sig")), delimiter=";"
        )
    )
    written = [cell for row in rows[1:] for cell in row if cell]
    assert not [cell for cell in written if cell[0] in "=+-@\t\r"]
    assert what(read_back(content_of(plan), "csv")) == what(plan)


def test_a_tab_before_a_text_is_no_way_in() -> None:
    """Nobody's text keeps it when it is read from a file, but a person can have typed it."""
    content = content_of(drafted(an_action(title="\t=1")))
    assert b";'\t=1;" in plan_as_file(content, "csv", FRENCH, NOW, BELGIAN).replace(b'"', b"")


def test_the_workbook_is_ready_to_be_printed_and_filtered(tmp_path: Path) -> None:
    day = date(2026, 1, 31)
    due = Deadline(kind=Kind.DAY, text=day.isoformat(), start=day, end=day)
    plan = drafted(
        an_action(1, deadline=due), an_action(2, deadline=due, status=Status.DONE), an_action(3, axis="Axe 2")
    )
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_as_file(content_of(plan), "xlsx", FRENCH, NOW, BELGIAN))
    sheet: Any = openpyxl.load_workbook(path).active
    assert sheet["A1"].value == "Mon plan"
    assert "situation au 18 mars 2026" in sheet["A2"].value
    assert [cell.value for cell in sheet[4]] == [
        "Réf.", "Objectif stratégique", "Action", "Responsables", "Échéance", "Statut", "Indicateurs de suivi",
    ]  # fmt: skip
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B5", "A4:G9", "$4:$4")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "&P sur &N" in sheet.oddFooter.right.text
    assert {str(merged) for merged in sheet.merged_cells.ranges} == {"A5:G5", "B6:B7", "A8:G8"}
    assert (sheet["E6"].value, sheet["E6"].number_format) == (datetime(2026, 1, 31), "dd/mm/yyyy")  # noqa: DTZ001
    assert [sheet[f"F{row}"].value for row in (6, 7, 9)] == ["à faire (en retard)", "réalisée", "à faire"]
    assert len({sheet[f"F{row}"].fill.fgColor.rgb for row in (6, 7, 9)}) == 3


def test_values_of_indicators_are_told(tmp_path: Path) -> None:
    content = content_of(drafted(an_action(1, indicators=("Taux", "PV")), an_action(2, indicators=("Taux",))))
    values = tuple(
        Measurement(on=date(2026, month, 1), value=f"{month} %", number=month, author="Nadia") for month in (3, 2)
    )
    indicators = {
        number: tuple(replace(each, measurements=values) if each.name == "Taux" else each for each in theirs)
        for number, theirs in content.indicators.items()
    }
    content = replace(content, indicators=indicators)
    table = table_of(content, FRENCH, TODAY, BELGIAN)
    assert [line.cells[Column.VALUES] for line in table.lines] == ["Taux : 3 % (1er mars 2026)", "3 % (1er mars 2026)"]
    path = tmp_path / "plan.xlsx"
    path.write_bytes(plan_as_file(content, "xlsx", FRENCH, NOW, BELGIAN))
    rows = list(openpyxl.load_workbook(path)["Indicateurs"].values)
    assert [(row[0], row[1], row[3], row[4]) for row in rows[1:]] == [
        ("TI-1, TI-2", "Taux", "2 %", "Nadia"),
        ("TI-1, TI-2", "Taux", "3 %", "Nadia"),
    ]
    assert what(read_plan(path)) == what(
        drafted(an_action(1, indicators=("Taux", "PV")), an_action(2, indicators=("Taux",)))
    )
