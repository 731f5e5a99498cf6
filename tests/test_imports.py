"""Reading plans from .xlsx files: a small workbook for each rule, and the real plans where BOUCLE_PLANS names them."""

import os
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from storage.imports import DraftPlan, NotAPlan, read_plan
from storage.plan import Kind, Rhythm, Status

_SLOW_OR_SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
HEADER = ("N°", "Finalité", "Objectifs", "Actions", "Responsables", "Échéance", "Priorité", "Indicateurs de suivi")
Row = Sequence[object]
Read = Callable[..., DraftPlan]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write the rows to a workbook, merge the ranges, and read it as a plan."""

    def read(*rows: Row, merges: Sequence[str] = (), change: Callable[[Worksheet], object] | None = None) -> DraftPlan:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = "Plan"
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
        if change is not None:
            change(sheet)
        path = tmp_path / "plan.xlsx"
        book.save(path)
        return read_plan(path)

    return read


def one(
    read: Read, *, actions: str = "Faire", owners: str = "", due: object = "En continu", stars: str = "*"
) -> DraftPlan:
    """A plan of one row."""
    return read(HEADER, ("1.", "But", "Objectif", actions, owners, due, stars, "PV"))


class TestShape:
    def test_titles_bands_repeated_headers_and_merged_cells(self, read: Read) -> None:
        plan = read(
            ("Plan d'action",),
            ("Version 2",),
            (),
            ("Axe Un (Axe stratégique II)",),
            HEADER,
            ("1.", "But A", "Objectif a", "Faire ceci", "CQI", "2023-24", "***", "PV"),
            (None, None, "Objectif b", "Faire cela", "CQI", "2023-24", "**", "PV"),
            ("AXE  DEUX",),
            HEADER,
            ("1.", "But B", None, "Finir", "CQI", "2024-25", "*", None),
            merges=("A1:H1", "A2:H2", "A4:H4", "A6:A7", "B6:B7", "A8:H8"),
        )
        assert plan.title == "Plan d'action"
        assert [(a.number, a.axis, a.goal, a.objective, a.title, a.place) for a in plan.actions] == [
            (1, "Axe Un (Axe stratégique II)", "But A", "Objectif a", "Faire ceci", "Plan!D6"),
            (2, "Axe Un (Axe stratégique II)", "But A", "Objectif b", "Faire cela", "Plan!D7"),
            (3, "AXE DEUX", "But B", "", "Finir", "Plan!D10"),
        ]
        assert plan.doubts == ()

    def test_the_lowest_level_is_what_is_followed(self, read: Read) -> None:
        plan = read(
            ("Objectifs stratégiques", "Objectifs spécifiques", "Echéance"),
            ("Piloter", "Rédiger", date(2022, 6, 30)),
            (None, "Publier", date(2022, 12, 1)),
            merges=("A2:A3",),
        )
        assert [(a.goal, a.objective, a.title) for a in plan.actions] == [
            ("Piloter", "", "Rédiger"),
            ("Piloter", "", "Publier"),
        ]

    def test_columns_are_known_by_their_words_in_any_order_and_language(self, read: Read) -> None:
        plan = read(
            ("Due date", "Owner(s)", "ACTIONS", "Remarks", "Strategic goals", "Indicators:", "Priority"),
            ("2024-06-30", "CQI", "Write the charter", "bof", "Quality", "PV", "**"),
        )
        (action,) = plan.actions
        assert (action.goal, action.title, action.bodies, action.priority) == (
            "Quality",
            "Write the charter",
            ("CQI",),
            2,
        )
        assert (action.deadline.end, action.indicators) == (date(2024, 6, 30), ("PV",))
        dutch = read(("Acties", "Verantwoordelijke", "Termijn"), ("Schrijven", "CQI", "juni 2024"))
        assert dutch.actions[0].deadline.end == date(2024, 6, 30)

    def test_a_header_may_change_the_order_of_the_columns_below_it(self, read: Read) -> None:
        plan = read(("Actions", "Échéance"), ("Un", "2023-24"), ("Échéance", "Actions"), ("2024-25", "Deux"))
        assert [(a.title, a.deadline.text) for a in plan.actions] == [("Un", "2023-24"), ("Deux", "2024-25")]

    def test_a_title_above_a_single_header_is_no_axis(self, read: Read) -> None:
        plan = read(("Notre plan",), ("Actions", "Échéance"), ("Un", "2023-24"))
        assert (plan.title, plan.actions[0].axis) == ("Notre plan", "")
        named = read(("Axe Qualité",), ("Actions", "Échéance"), ("Un", "2023-24"))
        assert named.actions[0].axis == "Axe Qualité"

    def test_an_axis_may_have_a_column_or_stand_under_the_header(self, read: Read) -> None:
        column = read(("Plan",), ("Axe", "Actions", "Échéance"), ("A", "Un", "2023-24"), (None, "Deux", "2023-24"))
        assert [a.axis for a in column.actions] == ["A", "A"]
        under = read(
            ("Plan",), ("N°", "Actions", "Échéance"), ("Axe A",), (1, "Un", "2023-24"), ("Axe B",), (2, "Deux", "x")
        )
        assert [(under.title, a.axis) for a in under.actions] == [("Plan", "Axe A"), ("Plan", "Axe B")]

    def test_an_action_merged_over_rows_is_one_with_all_their_owners(self, read: Read) -> None:
        plan = read(
            ("Actions", "Responsables", "Échéance"),
            ("Un", "CQI", "2023-24"),
            (None, "Direction", None),
            merges=("A2:A3", "C2:C3"),
        )
        (action,) = plan.actions
        assert (action.bodies, action.deadline.text) == (("CQI", "Direction"), "2023-24")

    def test_every_visible_sheet_is_read_and_hidden_ones_are_not(self, read: Read) -> None:
        def add(sheet: Worksheet) -> None:
            for name, state in (("Axe B", "visible"), ("Brouillon", "hidden")):
                other = sheet.parent.create_sheet(name)
                other.append(["Actions", "Échéance"])
                other.append([f"De {name}", "2023-24"])
                other.sheet_state = state

        plan = read(("Actions", "Échéance"), ("Un", "2023-24"), change=add)
        assert [(a.axis, a.title) for a in plan.actions] == [("Plan", "Un"), ("Axe B", "De Axe B")]

    def test_a_row_of_goals_without_action_is_a_doubt(self, read: Read) -> None:
        plan = read(
            HEADER, ("1.", "But", "Objectif", "Un", "CQI", "2023-24", "*", "PV"), ("2.", "But", "Vide", None, "CQI")
        )
        assert [(d.code, d.place) for d in plan.doubts] == [("row_without_action", "Plan!B3")]

    def test_cached_values_of_formulas_only(self, tmp_path: Path) -> None:
        path = tmp_path / "formula.xlsx"
        link = '<f>HYPERLINK("http://x.example")</f>'
        write_package(path, sheet=f'{HEAD}<row r="2"><c t="str">{link}<v>Vu</v></c><c><f>1+1</f></c></row>')
        assert [a.title for a in read_plan(path).actions] == ["Vu"]


class TestItems:
    def test_actions_are_apart_by_an_empty_line(self, read: Read) -> None:
        plan = one(read, actions="Un  et\nsuite,\n\nDeux (a, b).,\n \nTrois,")
        assert [a.title for a in plan.actions] == ["Un et suite", "Deux (a, b).", "Trois"]
        assert {a.place for a in plan.actions} == {"Plan!D2"}

    def test_one_action_keeps_its_line_breaks_as_spaces(self, read: Read) -> None:
        assert [a.title for a in one(read, actions="Un,\nc'est-à-dire deux").actions] == ["Un, c'est-à-dire deux"]

    def test_lists_without_empty_lines_are_taken_apart_with_a_doubt(self, read: Read) -> None:
        for cell in ("- Un\n- Deux", "1. Un\n2. Deux", "Un,\nDeux", "Un ;\nDeux"):
            plan = one(read, actions=cell)
            assert [a.title for a in plan.actions] == ["Un", "Deux"]
            assert [d.code for d in plan.doubts] == ["actions_split"]

    def test_indicators_stand_one_to_a_line_and_are_shared(self, read: Read) -> None:
        plan = read(HEADER, ("1.", "But", "", "Un\n\nDeux", "CQI", "2023-24", "*", "PV\n% de  cursus,\n- PV\n"))
        assert [a.indicators for a in plan.actions] == [("PV", "% de cursus")] * 2

    @pytest.mark.parametrize(
        ("signs", "priority", "code"),
        [
            ("***", 3, None),
            ("* *", 2, None),
            ("*", 1, None),
            ("★★", 2, None),
            ("¨¨¨", 3, "priority_sign"),
            ("¨¨", 2, "priority_sign"),
            ("haute", 3, None),
            ("****", None, "priority_unreadable"),
            ("1", None, "priority_unreadable"),
        ],
    )
    def test_priorities(self, read: Read, signs: str, priority: int | None, code: str | None) -> None:
        plan = one(read, stars=signs)
        assert plan.actions[0].priority == priority
        assert [(d.code, d.place, d.words) for d in plan.doubts] == ([(code, "Plan!G2", signs)] if code else [])


DAY = date(2022, 6, 30)
JUNE = (Kind.MONTH, date(2024, 6, 1), date(2024, 6, 30))
YEAR = (Kind.ACADEMIC_YEAR, date(2023, 9, 14), date(2024, 9, 13))


class TestDeadlines:
    @pytest.mark.parametrize(
        ("written", "kind", "start", "end"),
        [
            ("2022-06-30", Kind.DAY, DAY, DAY),
            ("30/06/2022", Kind.DAY, DAY, DAY),
            ("30.6.22", Kind.DAY, DAY, DAY),
            ("30 juin 2022", Kind.DAY, DAY, DAY),
            ("1er juin 2022", Kind.DAY, date(2022, 6, 1), date(2022, 6, 1)),
            ("Sept-24", Kind.MONTH, date(2024, 9, 1), date(2024, 9, 30)),
            ("sept.-24", Kind.MONTH, date(2024, 9, 1), date(2024, 9, 30)),
            ("déc-23", Kind.MONTH, date(2023, 12, 1), date(2023, 12, 31)),
            ("févr-24", Kind.MONTH, date(2024, 2, 1), date(2024, 2, 29)),
            ("juin 2024", *JUNE),
            ("06/2024", *JUNE),
            ("2024-06", *JUNE),
            ("2023-24", *YEAR),
            ("2023-2024", *YEAR),
            ("2023/24", *YEAR),
            ("année académique 2023–24", *YEAR),
            ("En continu", Kind.ONGOING, None, None),
            ("En cours", Kind.ONGOING, None, None),
            ("Réalisé", Kind.NONE, None, None),
        ],
    )
    def test_one_wording(self, read: Read, written: str, kind: Kind, start: date | None, end: date | None) -> None:
        plan = one(read, due=written)
        found = plan.actions[0].deadline
        assert (found.kind, found.start, found.end, found.text, found.rhythm) == (kind, start, end, written, None)
        assert plan.doubts == ()

    def test_days_and_months_of_excel(self, read: Read) -> None:
        assert one(read, due=date(2022, 6, 30)).actions[0].deadline.text == "2022-06-30"

        def as_month(sheet: Worksheet) -> None:
            sheet["B2"].number_format = "mmm-yy"

        plan = read(("Actions", "Échéance"), ("Un", date(2024, 9, 1)), change=as_month)
        assert (plan.actions[0].deadline.kind, plan.actions[0].deadline.end) == (Kind.MONTH, date(2024, 9, 30))

    @pytest.mark.parametrize(
        ("written", "rhythm"),
        [("Récurrence annuelle", Rhythm.LAST_DAY), ("A chaque rentrée académique", Rhythm.RENTREE)],
    )
    def test_recurring(self, read: Read, written: str, rhythm: Rhythm) -> None:
        found = one(read, due=written).actions[0].deadline
        assert (found.kind, found.rhythm, found.start, found.end) == (Kind.RECURRING, rhythm, None, None)

    @pytest.mark.parametrize(
        ("written", "status"),
        [
            ("En cours", Status.IN_PROGRESS),
            ("En cours et en continu", Status.IN_PROGRESS),
            ("Réalisé", Status.DONE),
            ("En continu", Status.TODO),
            ("2023-24", Status.TODO),
        ],
    )
    def test_a_wording_may_be_a_status(self, read: Read, written: str, status: Status) -> None:
        assert one(read, due=written).actions[0].status is status

    @pytest.mark.parametrize("written", ["31/02/2022", "2023-2030", "dès que possible", "13/2024", "#REF!", "42"])
    def test_what_is_unreadable_is_kept_with_a_doubt(self, read: Read, written: str) -> None:
        plan = one(read, due=written)
        assert (plan.actions[0].deadline.kind, plan.actions[0].deadline.text) == (Kind.NONE, written)
        assert [(d.code, d.place, d.words, d.numbers) for d in plan.doubts] == [
            ("deadline_unreadable", "Plan!F2", written, (1,))
        ]

    def test_nothing_is_a_doubt(self, read: Read) -> None:
        plan = one(read, due=None)
        assert plan.actions[0].deadline.kind is Kind.NONE
        assert [(d.code, d.place) for d in plan.doubts] == [("deadline_missing", "Plan!D2")]

    def test_as_many_deadlines_as_actions_are_one_each(self, read: Read) -> None:
        plan = one(read, actions="Un\n\nDeux\n\nTrois", due="En cours, \nEn cours, \n2023-24")
        assert [(a.deadline.kind, a.deadline.text, a.status) for a in plan.actions] == [
            (Kind.ONGOING, "En cours", Status.IN_PROGRESS),
            (Kind.ONGOING, "En cours", Status.IN_PROGRESS),
            (Kind.ACADEMIC_YEAR, "2023-24", Status.TODO),
        ]
        assert plan.doubts == ()

    def test_one_deadline_is_for_all(self, read: Read) -> None:
        assert [a.deadline.text for a in one(read, actions="Un\n\nDeux", due="déc-23,").actions] == ["déc-23"] * 2

    def test_a_status_and_a_year_for_one_action(self, read: Read) -> None:
        plan = one(read, due="En cours, \n2023-24")
        (action,) = plan.actions
        assert (action.deadline.kind, action.deadline.end) == (Kind.ACADEMIC_YEAR, date(2024, 9, 13))
        assert (action.status, action.deadline.text, plan.doubts) == (Status.IN_PROGRESS, "En cours, 2023-24", ())

    @pytest.mark.parametrize(
        ("actions", "kept", "named"),
        [
            ("Outils\n\nPlus de master class\n\nRelance du master GGN", "le master", {3}),
            ("Relance du master GGN\n\nLes master class\n\nOutils", "le master", {1}),
            ("Outils\n\nOuvrir la plateforme\n\nCharte", "la plateforme", {2}),
            ("Outils\n\nWriting the charter\n\nSurvey", "the charter", {2}),
        ],
    )
    def test_a_deadline_for_what_it_names(self, read: Read, actions: str, kept: str, named: set[int]) -> None:
        plan = one(read, actions=actions, due=f"Récurrence annuelle, \nSept-24  pour {kept}")
        assert {a.number for a in plan.actions if a.deadline.kind is Kind.MONTH} == named
        assert {a.number for a in plan.actions if a.deadline.rhythm is Rhythm.LAST_DAY} == {1, 2, 3} - named
        assert [(d.code, d.place, d.numbers) for d in plan.doubts] == [("deadlines_unequal", "Plan!F2", (1, 2, 3))]

    def test_other_unequal_numbers_keep_the_words_with_a_doubt(self, read: Read) -> None:
        plan = one(read, actions="Un\n\nDeux\n\nTrois", due="2023-24, 2024-25")
        assert [a.deadline.end for a in plan.actions] == [date(2024, 9, 13), date(2025, 9, 13), date(2025, 9, 13)]
        assert {a.deadline.text for a in plan.actions} == {"2023-24, 2024-25"}
        assert [d.code for d in plan.doubts] == ["deadlines_unequal"]

    def test_a_column_of_status(self, read: Read) -> None:
        plan = read(("Actions", "Échéance", "Statut"), ("Un", "2023-24", "Réalisé"), ("Deux", "2023-24", "50 %"))
        assert [a.status for a in plan.actions] == [Status.DONE, Status.TODO]
        assert [(d.code, d.place) for d in plan.doubts] == [("status_unreadable", "Plan!C3")]


class TestBodies:
    def bodies(self, read: Read, *cells: str) -> tuple[list[tuple[str, ...]], DraftPlan]:
        plan = read(
            ("Actions", "Responsables", "Délai"), *((f"Action {i}", cell, "2023-24") for i, cell in enumerate(cells))
        )
        return [action.bodies for action in plan.actions], plan

    @pytest.mark.parametrize(
        ("cell", "names"),
        [
            ("CQI, \nDirection,", ("CQI", "Direction")),
            ("CQI / Collège de Direction", ("CQI", "Collège de Direction")),
            ("Conseil pédagogique & enseignants concernés", ("Conseil pédagogique", "enseignants concernés")),
            ("sercrétariat/Direction", ("secrétariat", "Direction")),
            ("GT Alumni, \nGT Alumni, \nCoordination, Direction", ("GT Alumni", "Coordination", "Direction")),
            ("Service R&D", ("Service R&D",)),
            ("étudiant/e/s; CQI", ("étudiant/e/s", "CQI")),
            ("Direction de la communication et du site", ("Direction de la communication et du site",)),
        ],
    )
    def test_a_cell_names_several(self, read: Read, cell: str, names: tuple[str, ...]) -> None:
        found, plan = self.bodies(read, cell, "CQI")
        assert found[0] == names
        assert [doubt.code for doubt in plan.doubts if doubt.code != "body_spelling"] == []

    def test_initials_that_only_stand_behind_a_stroke_are_doubtful(self, read: Read) -> None:
        found, plan = self.bodies(read, "CQI/PP, Direction", "CQI")
        assert found[0] == ("CQI", "PP", "Direction")
        assert [(d.code, d.words, d.reading) for d in plan.doubts] == [("body_joined", "CQI/PP", "CQI · PP")]
        assert self.bodies(read, "CQI/PP", "CQI, PP")[1].doubts == ()

    def test_some_of_a_body_are_doubtful(self, read: Read) -> None:
        found, plan = self.bodies(read, "Enseignants", "Conseil pédagogique & enseignant·es concerné·es")
        assert found[1] == ("Conseil pédagogique", "enseignant·es concerné·es")
        assert [(d.code, d.reading) for d in plan.doubts] == [("body_alike", "enseignant·es concerné·es ≠ Enseignants")]

    def test_case_accents_and_inclusive_spelling_make_no_other_body(self, read: Read) -> None:
        found, plan = self.bodies(
            read, "enseignant.e.s", "Enseignants", "Enseignants", "enseignant·es, Coordination pédagogique",
            "COORDINATION PEDAGOGIQUE",
        )  # fmt: skip
        assert {name for names in found for name in names} == {"Enseignants", "Coordination pédagogique"}
        assert plan.doubts == ()

    def test_a_whole_name_is_not_found_in_a_longer_one(self, read: Read) -> None:
        names = ("Direction", "Directions", "Direction de département", "Direction IRO", "Comité de direction")
        found, plan = self.bodies(read, *names, ", ".join(names))
        assert (found[-1], plan.doubts) == (names, ())

    def test_et_joins_two_where_both_stand_elsewhere(self, read: Read) -> None:
        found, plan = self.bodies(read, "Magasin", "Équipe logistique", "équipe logistique et magasin")
        assert (found[-1], plan.doubts) == (("Équipe logistique", "Magasin"), ())

    def test_et_is_a_doubt_where_only_one_stands_elsewhere(self, read: Read) -> None:
        found, plan = self.bodies(read, "magasin", "service X", "équipe Y et magasin", "service X et informatique")
        assert found[2:] == [("équipe Y", "magasin"), ("service X et informatique",)]
        assert [(d.code, d.place, d.reading) for d in plan.doubts] == [
            ("body_joined", "Plan!B4", "équipe Y · magasin"),
            ("body_joined", "Plan!B5", "service X et informatique"),
        ]

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("sercrétariat", "secrétariat"),
            ("coord ination", "coordination"),
            ("Coordimation communication", "Coordination communication"),
            ("coordiinations", "coordinations"),
            ("Biblitohèque", "Bibliothèque"),
        ],
    )
    def test_a_slip_of_the_pen_is_put_right_with_a_doubt(self, read: Read, written: str, name: str) -> None:
        found, plan = self.bodies(read, written)
        assert found == [(name,)]
        assert [(d.code, d.words, d.reading) for d in plan.doubts] == [("body_spelling", written, name)]

    def test_a_short_form_stays_apart_with_a_doubt(self, read: Read) -> None:
        found, plan = self.bodies(read, "équipe pédagogique", "équipe péda", "secrétariat", "secrétariats")
        assert found == [("équipe pédagogique",), ("équipe péda",), ("secrétariat",), ("secrétariats",)]
        assert [(d.code, d.words) for d in plan.doubts] == [("body_alike", "équipe péda")]


RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}">%s</Relationships>'
BOOK = f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
SHEET = f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
HEAD = '<row r="1"><c r="A1" t="str"><v>Actions</v></c><c r="B1" t="inlineStr"><is><t>Délai</t></is></c></row>'
LINE = (
    '<row r="2"><c r="A2" t="inlineStr"><is><t>Un</t></is></c><c r="B2" t="inlineStr"><is><t>2023-24</t></is></c></row>'
)


def write_package(path: Path, *, sheet: str = HEAD + LINE, after: str = "", prolog: str = "") -> None:
    """An .xlsx file by hand, for what openpyxl would never write."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("_rels/.rels", TYPES % BOOK)
        package.writestr("xl/_rels/workbook.xml.rels", TYPES % SHEET)
        package.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        package.writestr(
            "xl/worksheets/sheet1.xml", f"{prolog}<worksheet><sheetData>{sheet}</sheetData>{after}</worksheet>"
        )


def refusal(path: Path) -> str:
    with pytest.raises(NotAPlan) as refused:
        read_plan(path)
    return refused.value.code


class TestRefusals:
    def test_missing(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "none.xlsx") == "missing"
        assert refusal(tmp_path) == "missing"

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("a.pdf", b"%PDF-1.7", "damaged"),
            ("a.csv", b"Actions;Delai", "no_actions"),
            ("a.csv", b"\0\1\2", "unsupported"),
            ("a.txt", b"", "unsupported"),
            ("a.png", b"\x89PNG", "unsupported"),
        ],
    )
    def test_another_kind_of_file(self, tmp_path: Path, name: str, content: bytes, code: str) -> None:
        (tmp_path / name).write_bytes(content)
        assert refusal(tmp_path / name) == code

    def test_another_kind_of_package(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as package:
            package.writestr("word/document.xml", "<document/>")
        assert refusal(tmp_path / "a.xlsx") == "unsupported"

    def test_old_and_encrypted_files(self, tmp_path: Path) -> None:
        ole = bytes.fromhex("d0cf11e0a1b11ae1")
        (tmp_path / "new.xlsx").write_bytes(ole + bytes(512) + "EncryptedPackage".encode("utf-16-le"))
        (tmp_path / "old.xls").write_bytes(ole + bytes(512) + "Workbook".encode("utf-16-le"))
        assert refusal(tmp_path / "new.xlsx") == "encrypted"
        assert refusal(tmp_path / "old.xls") == "unsupported"

    @pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04 nonsense"])
    def test_damaged(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.xlsx").write_bytes(content)
        assert refusal(tmp_path / "a.xlsx") == "damaged"

    def test_damaged_inside(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        for sheet in ("<row", '<row><c r="nowhere"/></row>', '<row><c t="s"><v>7</v></c></row>'):
            write_package(path, sheet=sheet)
            assert refusal(path) == "damaged"

    def test_a_document_type_is_refused_before_any_entity_is_expanded(self, tmp_path: Path) -> None:
        lines = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 9))
        write_package(tmp_path / "a.xlsx", prolog=f'<!DOCTYPE x [<!ENTITY e0 "boum">{lines}]>', sheet="&e8;")
        assert refusal(tmp_path / "a.xlsx") == "damaged"

    def test_no_header_and_no_actions(self, tmp_path: Path, read: Read) -> None:
        for rows in ([("Nom", "Prénom"), ("a", "b")], [("Actions", "Remarques"), ("a", "b")], []):
            with pytest.raises(NotAPlan) as refused:
                read(*rows)
            assert (refused.value.code, refused.value.place) == ("no_header", "Plan")
        with pytest.raises(NotAPlan) as refused:
            read(HEADER)
        assert refused.value.code == "no_actions"

    def test_too_large_once_unpacked(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        write_package(path)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package, package.open("xl/bomb.xml", "w") as part:
            for _ in range(101):
                part.write(bytes(1024 * 1024))
        assert path.stat().st_size < 1_000_000
        assert refusal(path) == "too_large"

    def test_too_many_cells_merges_and_letters(self, tmp_path: Path) -> None:
        path = tmp_path / "a.xlsx"
        write_package(
            path, sheet=HEAD + "<row>" + "<c><v>1</v></c>" * 200 + "</row>" + "<row><c><v>1</v></c></row>" * 200_001
        )
        assert refusal(path) == "too_large"
        write_package(path, after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 10_001 + "</mergeCells>")
        assert refusal(path) == "too_large"
        write_package(path, sheet=HEAD + f"<row><c t='inlineStr'><is><t>{'a' * 40_000}</t></is></c></row>")
        assert refusal(path) == "too_large"

    @pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "XFD3"])
    def test_a_far_cell_costs_nothing(self, tmp_path: Path, far: str) -> None:
        row = re.sub(r"\D", "", far)
        write_package(
            tmp_path / "a.xlsx",
            sheet=f'{HEAD}{LINE}<row r="{row}"><c r="{far}" t="inlineStr"><is><t>loin</t></is></c></row>',
            after=f'<mergeCells><mergeCell ref="D1:{far}"/></mergeCells>',
        )
        started = time.monotonic()
        plan = read_plan(tmp_path / "a.xlsx")
        assert plan.actions[0].title == "Un"
        # It would be hours.
        assert time.monotonic() - started < 30

    @settings(max_examples=150, deadline=None, suppress_health_check=_SLOW_OR_SHARED)
    @given(data=st.data())
    def test_any_damage_is_read_or_refused(self, tmp_path: Path, data: st.DataObject) -> None:
        path = tmp_path / "a.xlsx"
        write_package(path, after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>')
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))]))
        with suppress(NotAPlan):
            assert read_plan(path).actions

    @settings(max_examples=100, deadline=None, suppress_health_check=_SLOW_OR_SHARED)
    @given(
        text=st.text(
            st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n,;/&*- 0123"),
            max_size=80,
        )
    )
    def test_any_text_in_any_cell_is_read_or_doubted(self, read: Read, text: str) -> None:
        def write(sheet: Worksheet) -> None:
            for cell in ("D3", "E3", "F3", "G3", "H3"):
                sheet[cell].data_type, sheet[cell]._value = "s", text

        plan = read(HEADER, ("1.", "But", "", "Un", "CQI", "2023-24", "*", "PV"), ("2.", "But"), change=write)
        assert plan.actions[0].title == "Un"


PLANS = os.environ.get("BOUCLE_PLANS", "")
real = pytest.mark.skipif(
    not PLANS, reason="real plans: BOUCLE_PLANS is not set: their import is not compared field by field"
)
HEN, TI = "henallux.xlsx", "helb-techniques-image.xlsx"


@pytest.fixture(scope="module")
def plans() -> dict[str, DraftPlan]:
    return {name: read_plan(Path(PLANS) / name) for name in (HEN, TI)}


def seen(name: str) -> Worksheet:
    """The sheet as another reader gives it, each merged cell repeated wherever it is seen."""
    sheet = openpyxl.load_workbook(Path(PLANS) / name).active
    assert isinstance(sheet, Worksheet)
    for merge in list(sheet.merged_cells.ranges):
        value = merge.start_cell.value
        sheet.unmerge_cells(str(merge))
        for row in sheet.iter_rows(merge.min_row, merge.max_row, merge.min_col, merge.max_col):
            for cell in row:
                cell.value = value
    return sheet


def line(value: object) -> str:
    return " ".join(str(value or "").split())


@real
class TestHen:
    def test_every_field_is_that_of_the_sheet(self, plans: dict[str, DraftPlan]) -> None:
        expected, axis = [], ""
        for number, (goal, title, due) in enumerate(seen(HEN).iter_rows(values_only=True), start=1):
            if goal and goal == title:
                axis = line(goal)
            elif isinstance(due, datetime):
                expected.append((f"Tableau synthétique!B{number}", axis, line(goal), line(title), due.date()))
        found = [(a.place, a.axis, a.goal, a.title, a.deadline.end) for a in plans[HEN].actions]
        assert found == expected
        assert [a.number for a in plans[HEN].actions] == list(range(1, 93))

    def test_what_it_has_and_has_not(self, plans: dict[str, DraftPlan]) -> None:
        plan = plans[HEN]
        days = Counter(a.deadline.end for a in plan.actions)
        assert (len(plan.actions), len(days), days[date(2026, 6, 30)]) == (92, 26, 21)
        assert (len({a.axis for a in plan.actions}), len({(a.axis, a.goal) for a in plan.actions})) == (5, 28)
        for action in plan.actions:
            assert action.deadline.kind is Kind.DAY
            assert action.deadline.start == action.deadline.end
            assert action.deadline.text == action.deadline.end.isoformat() if action.deadline.end else False
            assert (action.objective, action.bodies, action.priority, action.indicators) == ("", (), None, ())
            assert action.status is Status.TODO
        assert plan.doubts == ()
        assert plan.title.startswith("Plan d'action en suivi")
        assert plan.actions[20].title == "Rédiger et diffuser la charte qualité"


@real
class TestTi:
    def test_every_text_is_that_of_the_sheet(self, plans: dict[str, DraftPlan]) -> None:
        expected, axis = [], ""
        for number, row in enumerate(seen(TI).iter_rows(values_only=True), start=1):
            if len(set(row)) == 1 and row[0]:
                axis = line(row[0])
            elif re.fullmatch(r"\d+\.", str(row[0])):
                goal, objective, actions, indicators = row[1], row[2], row[3], row[7]
                for title in str(actions).split("\n\n"):
                    named = tuple(line(name) for name in str(indicators or "").split("\n") if name)
                    place = f"Plan d'action!D{number}"
                    expected.append((place, axis, line(goal), line(objective), line(title).rstrip(","), named))
        found = [(a.place, a.axis, a.goal, a.objective, a.title, a.indicators) for a in plans[TI].actions]
        assert found == expected
        assert [a.number for a in plans[TI].actions] == list(range(1, 87))

    def test_deadlines_and_priorities_are_those_of_the_sheet(self, plans: dict[str, DraftPlan]) -> None:
        """By hand for the four cells with more than one wording; by their one wording for the rest."""
        several = {
            "F8": ["En cours", "En cours", "2023-24"],
            "F9": ["Récurrence annuelle", "Récurrence annuelle", "Sept-24 pour le master"],
            "F28": ["En continu", "Récurrence annuelle"],
            "F37": ["En cours, 2023-24"],
        }
        sheet = seen(TI)
        rows: dict[str, list[str]] = {}
        for action in plans[TI].actions:
            number = action.place.rpartition("!D")[2]
            rows.setdefault(f"F{number}", []).append(action.deadline.text)
            assert action.priority == len(str(sheet[f"G{number}"].value))
        for cell, texts in rows.items():
            assert texts == several.get(cell, [line(sheet[cell].value)] * len(texts))
        assert len(rows) == 34

    def test_counts_by_kind_and_status(self, plans: dict[str, DraftPlan]) -> None:
        plan = plans[TI]
        assert Counter(a.deadline.kind for a in plan.actions) == {
            Kind.ONGOING: 58,
            Kind.MONTH: 14,
            Kind.ACADEMIC_YEAR: 7,
            Kind.RECURRING: 4,
            Kind.NONE: 3,
        }
        assert Counter(a.status for a in plan.actions) == {Status.TODO: 64, Status.IN_PROGRESS: 19, Status.DONE: 3}
        assert (len({a.axis for a in plan.actions}), len({(a.axis, a.goal) for a in plan.actions})) == (6, 22)
        by_number = {a.number: a for a in plan.actions}
        assert [n for n, a in by_number.items() if a.deadline.kind is Kind.MONTH] == [12, 56, *range(60, 72)]
        assert [n for n, a in by_number.items() if a.deadline.kind is Kind.ACADEMIC_YEAR] == [9, 19, 22, 23, 25, 55, 83]
        assert [n for n, a in by_number.items() if a.deadline.rhythm is Rhythm.LAST_DAY] == [10, 11, 43]
        assert [n for n, a in by_number.items() if a.deadline.rhythm is Rhythm.RENTREE] == [44]
        assert [n for n, a in by_number.items() if a.status is Status.DONE] == [57, 58, 59]
        assert by_number[55].status is Status.IN_PROGRESS
        assert by_number[12].title.startswith("Relance du master")

    def test_bodies(self, plans: dict[str, DraftPlan]) -> None:
        """Each row's bodies against what the cell says, but for the slips that are put right."""
        slips = {
            "sercrétariat": "secrétariat",
            "Coordimation communication": "Coordination communication",
            "coord ination": "Coordination",
            "coordiinations": "coordinations",
            "équipe logistique et personnel du magasin": "équipe logistique, personnel du magasin",
        }
        one_spelling = {"enseignant.e.s": "Enseignants", "enseignants": "Enseignants"} | {
            "Coordination Pédagogique": "Coordination pédagogique"
        }
        sheet = seen(TI)
        for action in plans[TI].actions:
            said = str(sheet[f"E{action.place.rpartition('!D')[2]}"].value)
            for slip, right in slips.items():
                said = said.replace(slip, right)
            names = [name.strip() for name in re.split(r"[,\n/&]", said) if name.strip()]
            assert action.bodies == tuple(dict.fromkeys(one_spelling.get(name, name) for name in names))
        bodies = {name for action in plans[TI].actions for name in action.bodies}
        assert len(bodies) == 44
        assert {name for name in bodies if "irection" in name} == {
            "Direction",
            "Directions",
            "Direction de département",
            "Direction IRO",
            "Direction Présidence",
            "Comité de direction",
            "Collège de Direction",
        }

    def test_doubts_have_their_cell(self, plans: dict[str, DraftPlan]) -> None:
        doubts = [(d.place.rpartition("!")[2], d.code) for d in plans[TI].doubts]
        assert doubts == [
            ("F9", "deadlines_unequal"),
            ("G13", "priority_sign"),
            ("E14", "body_spelling"),
            ("G15", "priority_sign"),
            ("E16", "body_alike"),
            ("E24", "body_spelling"),
            ("E27", "body_spelling"),
            ("E28", "body_spelling"),
            ("E34", "body_joined"),
            ("E35", "body_joined"),
            ("E36", "body_joined"),
            ("E38", "body_joined"),
            ("E41", "body_joined"),
            ("E44", "body_alike"),
            ("E45", "body_alike"),
            ("G46", "priority_sign"),
            ("E47", "body_spelling"),
            ("G48", "priority_sign"),
        ]
        known = {action.number for action in plans[TI].actions}
        assert all(set(doubt.numbers) <= known and doubt.numbers for doubt in plans[TI].doubts)
