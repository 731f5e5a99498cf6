"""A plan is the same plan in every format: workbook, Word document, PDF, OpenDocument sheet, separated values."""

import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from storage.imports import DraftPlan, NotAPlan, read_plan
from storage.imports.confined import read_confined
from storage.plan import Kind
from tests.files import Block, Value, write_csv, write_docx, write_ods, write_ods_content, write_pdf

HEADER = ("N°", "Finalité", "Actions", "Responsables", "Échéance", "Priorité", "Indicateurs")
FIRST = ("1.", "Être clair", "Écrire le guide,\n\nPublier le guide", "CQI,\nDirection", "Sept-24", "***", "PV\nGuide")
SECOND = ("", "", "Mesurer; encore", "CQI/PP", date(2026, 6, 30), "*", "% de réponses")
ROWS: tuple[tuple[Value, ...], ...] = (("Mon plan",), ("Axe Qualité",), HEADER, FIRST, SECOND)
MERGES = ((4, 1, 5, 1), (4, 2, 5, 2))


def what(plan: DraftPlan) -> list[object]:
    """All that is read of each action, but for its place."""
    return [replace(action, place="") for action in plan.actions]


@pytest.fixture
def workbook(tmp_path: Path) -> DraftPlan:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in ROWS:
        sheet.append(row)
    for top, left, bottom, right in MERGES:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    book.save(tmp_path / "plan.xlsx")
    return read_plan(tmp_path / "plan.xlsx")


def test_the_workbook_is_read_as_it_is_meant(workbook: DraftPlan) -> None:
    assert [(a.axis, a.goal, a.title, a.priority) for a in workbook.actions] == [
        ("Axe Qualité", "Être clair", "Écrire le guide", 3),
        ("Axe Qualité", "Être clair", "Publier le guide", 3),
        ("Axe Qualité", "Être clair", "Mesurer; encore", 1),
    ]
    assert [a.deadline.kind for a in workbook.actions] == [Kind.MONTH, Kind.MONTH, Kind.DAY]
    assert workbook.actions[0].indicators == ("PV", "Guide")


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separated_values(workbook: DraftPlan, tmp_path: Path, separator: str, encoding: str) -> None:
    plan = read_plan(write_csv(tmp_path / "plan.csv", ROWS, separator=separator, encoding=encoding))
    assert what(plan) == what(workbook)
    assert plan.actions[2].place == "l. 5 col. 3"


def test_separated_values_with_days_as_programs_write_them(workbook: DraftPlan, tmp_path: Path) -> None:
    rows = [[f"{value} 00:00:00" if isinstance(value, date) else value for value in row] for row in ROWS]
    assert what(read_plan(write_csv(tmp_path / "plan.csv", rows))) == what(workbook)


def test_an_opendocument_sheet(workbook: DraftPlan, tmp_path: Path) -> None:
    plan = read_plan(write_ods(tmp_path / "plan.ods", ROWS, MERGES))
    assert what(plan) == what(workbook)
    assert plan.actions[2].place == "Plan!C5"


def test_an_opendocument_month_is_read_as_it_is_shown(tmp_path: Path) -> None:
    cell = '<table:table-cell office:date-value="2024-09-01"><text:p>{}</text:p></table:table-cell>'
    head = "".join(f"<table:table-cell><text:p>{word}</text:p></table:table-cell>" for word in ("Actions", "Délai"))
    empty = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )
    words = "<table:table-cell><text:p>Un<text:s/>deux<text:line-break/>trois</text:p></table:table-cell>"
    for shown, kind in (("sept-24", Kind.MONTH), ("01/09/24", Kind.DAY)):
        row = words + cell.format(shown)
        rows = f"<table:table-row>{head}</table:table-row><table:table-row>{row}</table:table-row>"
        path = write_ods_content(tmp_path / "a.ods", f'<table:table table:name="A">{rows}{empty}</table:table>')
        action = read_plan(path).actions[0]
        assert (action.title, action.deadline.kind) == ("Un deux trois", kind)


def test_a_word_document(workbook: DraftPlan, tmp_path: Path) -> None:
    merges = [(0, (2, 1, 3, 1)), (0, (2, 2, 3, 2))]
    plan = read_plan(write_docx(tmp_path / "plan.docx", ["Mon plan", "Axe Qualité", [HEADER, FIRST, SECOND]], merges))
    assert what(plan) == what(workbook)
    assert plan.title == "Mon plan"
    assert plan.actions[2].place == "tab. 1 l. 3"


def test_a_word_document_with_a_table_for_each_axis(tmp_path: Path) -> None:
    first = [("Actions", "Échéance"), ("Un", "2023-24")]
    second = [("Actions", "Échéance"), ("Deux", "En continu")]
    plan = read_plan(write_docx(tmp_path / "plan.docx", ["Plan", "Axe A", first, "", "Axe B", second]))
    assert [(a.axis, a.title) for a in plan.actions] == [("Axe A", "Un"), ("Axe B", "Deux")]


def test_struck_out_words_of_a_word_document_are_not_read(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "plan.docx", [[("Actions", "Échéance"), ("Garder", "2023-24")]])
    marked = tmp_path / "marked.docx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(marked, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(
                    b"<w:t>Garder</w:t>", b"<w:t>Garder</w:t></w:r><w:del><w:r><w:t>rien</w:t></w:r></w:del><w:r>"
                )
            new.writestr(name, content)
    assert [a.title for a in read_plan(marked).actions] == ["Garder"]


# PDF: boxes and printed lines, so that each way of breaking a line is there on purpose.

LEFT, MIDDLE, RIGHT, END = 50.0, 150.0, 300.0, 400.0


def row(top: float, bottom: float, *cells: Sequence[str]) -> list[Block]:
    edges = (LEFT, MIDDLE, RIGHT, END)
    return [(edges[n], top, edges[n + 1], bottom, lines) for n, lines in enumerate(cells)]


HEAD = row(100, 120, ["Actions"], ["Responsables"], ["Échéance"])


def test_a_pdf_with_lines_broken_by_the_width_and_lines_broken_on_purpose(tmp_path: Path) -> None:
    one = row(120, 220, ["Faire une ", "chose,", "", "Faire autre ", "chose"], ["CQI,", "Direction"], ["Sept-24"])
    plan = read_plan(write_pdf(tmp_path / "a.pdf", [[(50, 40, 50, 60, ["Axe Qualité"]), *HEAD, *one]]))
    assert [(a.axis, a.title, a.bodies) for a in plan.actions] == [
        ("Axe Qualité", "Faire une chose", ("CQI", "Direction")),
        ("Axe Qualité", "Faire autre chose", ("CQI", "Direction")),
    ]


def test_a_row_cut_by_a_page_break_is_one_row(tmp_path: Path) -> None:
    above = row(500, 560, ["Écrire la procédure ", "de suivi des "], ["CQI"], ["2023-24"])
    below = row(60, 100, ["étudiants"], [], [])
    after = row(100, 130, ["Publier"], ["Direction"], ["En continu"])
    plan = read_plan(
        write_pdf(tmp_path / "a.pdf", [[*HEAD, *row(120, 500, ["Un"], ["CQI"], ["2022-23"]), *above], [*below, *after]])
    )
    assert [a.title for a in plan.actions] == ["Un", "Écrire la procédure de suivi des étudiants", "Publier"]
    assert plan.actions[2].place == "p. 2 l. 2"


def test_headings_said_again_on_each_page_and_running_lines(tmp_path: Path) -> None:
    def page(number: int) -> list[Block]:
        top = [(50.0, 20.0, 50.0, 40.0, ["Plan d'action 2024"])] if number else []
        foot = (50.0, 570.0, 50.0, 590.0, [f"page {number + 1} sur 4"])
        return [*top, *HEAD, *row(120, 150, [f"Action {number}"], ["CQI"], ["2023-24"]), foot]

    plan = read_plan(write_pdf(tmp_path / "a.pdf", [page(number) for number in range(4)]))
    assert [a.title for a in plan.actions] == [f"Action {number}" for number in range(4)]
    assert {a.axis for a in plan.actions} == {""}


def moved(blocks: Sequence[Block]) -> list[Block]:
    """One column to the right."""
    return [(left + 100, top, right + 100, bottom, lines) for left, top, right, bottom, lines in blocks]


def test_a_cell_merged_over_rows_of_a_pdf(tmp_path: Path) -> None:
    head = [(50.0, 100.0, 150.0, 120.0, ["Finalité"]), *moved(HEAD)]
    goal = (50.0, 120.0, 150.0, 180.0, ["Être ", "clair"])
    rows = [*moved(row(120, 150, ["A0"], ["CQI"], ["2023-24"])), *moved(row(150, 180, ["A1"], ["CQI"], ["2023-24"]))]
    plan = read_plan(write_pdf(tmp_path / "a.pdf", [[*head, goal, *rows]]))
    assert [(a.goal, a.title) for a in plan.actions] == [("Être clair", "A0"), ("Être clair", "A1")]


def test_a_pdf_without_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotAPlan) as refused:
        read_plan(write_pdf(tmp_path / "a.pdf", [[(50, 100, 150, 120, [])]]))
    assert refused.value.code == "no_text"


# In a child process


@pytest.mark.parametrize("name", ["plan.csv", "plan.ods", "plan.docx"])
def test_the_child_reads_the_same(workbook: DraftPlan, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("csv"):
        write_csv(path, ROWS)
    elif name.endswith("ods"):
        write_ods(path, ROWS, MERGES)
    else:
        write_docx(path, ["Mon plan", "Axe Qualité", [HEADER, FIRST, SECOND]])
    assert read_confined(path) == read_plan(path)


def test_the_child_says_why_it_refuses(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"nonsense")
    (tmp_path / "large.csv").write_bytes(b" " * (20 * 1024 * 1024 + 1))
    write_csv(tmp_path / "b.csv", [("Nom", "Prénom"), ("a", "b")])
    for name, code in (
        ("a.xlsx", "damaged"),
        ("large.csv", "too_large"),
        ("b.csv", "no_header"),
        ("none.pdf", "missing"),
    ):
        with pytest.raises(NotAPlan) as refused:
            read_confined(tmp_path / name)
        assert refused.value.code == code, name


def test_a_child_that_asks_for_too_much_memory_is_ended(tmp_path: Path) -> None:
    """A long run of one row, within every count, that unpacks to more than the child may hold."""
    cell = "<table:table-cell><text:p>" + "a" * 30_000 + "</text:p></table:table-cell>"
    repeated = '<table:table-row table:number-rows-repeated="1000">' + cell * 256 + "</table:table-row>"
    write_ods_content(tmp_path / "a.ods", f'<table:table table:name="A">{repeated * 40}</table:table>')
    with pytest.raises(NotAPlan) as refused:
        read_confined(tmp_path / "a.ods")
    assert refused.value.code == "too_large"


# The real plans

PLANS = os.environ.get("BOUCLE_PLANS", "")
NAMES = ("henallux", "helb-techniques-image")
real = pytest.mark.skipif(not PLANS, reason="real plans: BOUCLE_PLANS is not set: their formats are not compared")


@real
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_word_and_pdf_give_what_the_workbook_gives(name: str, ending: str) -> None:
    folder = Path(PLANS)
    sheet, other = read_plan(folder / f"{name}.xlsx"), read_plan(folder / f"{name}.{ending}")
    assert what(other) == what(sheet)
    assert [d.code for d in other.doubts] == [d.code for d in sheet.doubts]
    assert other.title == sheet.title


@real
@pytest.mark.parametrize("name", NAMES)
def test_sheets_made_from_the_workbook_give_the_same(name: str, tmp_path: Path) -> None:
    path = Path(PLANS) / f"{name}.xlsx"
    sheet = openpyxl.load_workbook(path).active
    assert isinstance(sheet, Worksheet)
    rows = [
        [v.date() if isinstance(v, datetime) else None if v is None else str(v) for v in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    merges = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges]
    expected = what(read_plan(path))
    assert what(read_plan(write_csv(tmp_path / "a.csv", rows))) == expected
    assert what(read_plan(write_ods(tmp_path / "a.ods", rows, merges))) == expected
