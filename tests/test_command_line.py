"""The command line as other programs rely on it: what each command prints, keeps and refuses, and its exit code."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from typer.testing import CliRunner

from bot import __main__ as command_line
from bot.settings import Settings
from storage.database import Database
from storage.examples import PEOPLE
from storage.imports import read_plan
from storage.tables import metadata
from tests.databases import PostgresqlShelf, SqliteShelf

ROOT = Path(__file__).resolve().parents[1]
PLANS = os.environ.get("BOUCLE_PLANS", "")
APP = {"MicrosoftAppId": "3f6c1f0e-8f54-4c63-9a52-6d0c5b7c1e11", "MicrosoftAppPassword": "hidden-word"}
COMMANDS = ("serve", "chat", "import", "export", "people", "ask", "manifest", "check", "examples")
HEADER = ("N°", "Finalité", "Objectifs", "Actions", "Responsables", "Échéance", "Priorité", "Indicateurs de suivi")
EXPORTED = {
    "ref", "axis", "goal", "objective", "title", "bodies", "deadline", "status", "priority", "indicators", "unit",
}  # fmt: skip
TODAY = "2026-03-18"


@dataclass
class Ended:
    """How a command ended; a traceback has failed the test already."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """What it said when it refused: on standard error, with nothing on standard output."""
        assert (self.code, self.out) == (1, "")
        assert self.err.strip()
        return self.err.strip()


Run = Callable[..., Ended]


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest schema, made once."""
    file = tmp_path_factory.mktemp("migrated") / "boucle.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    database.close()
    return file


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, _migrated: Path) -> None:
    """Nothing of ours is set, the operator speaks French, and the folder holds an empty database."""
    shutil.copy(_migrated, tmp_path / "boucle.db")
    for field, info in Settings.model_fields.items():
        for name in (str(info.validation_alias), f"BOUCLE_{field}"):
            for spelling in (name, name.upper(), name.lower()):
                monkeypatch.delenv(spelling, raising=False)
    monkeypatch.setenv("LC_ALL", "fr_BE.UTF-8")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/boucle.db")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def boucle(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command in this process."""
    # It would bind the loggers of all other tests to this command's standard error.
    monkeypatch.setattr(command_line, "set_up_log", lambda level: None)

    def run(*arguments: str | Path, stdin: str = "", **environment: str) -> Ended:
        ended = CliRunner().invoke(command_line.cli, [str(each) for each in arguments], stdin, environment)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        assert "Traceback" not in ended.stderr
        return Ended(ended.exit_code, ended.stdout, ended.stderr)

    return run


def as_child(*arguments: str | Path, stdin: str = "", **environment: str) -> Ended:
    """Run one command as its own process."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=30,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        check=False,
    )
    assert "Traceback" not in ended.stderr
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.fixture
def examples(sqlite_shelf: SqliteShelf, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The example plans and people, in the database that the commands use."""
    with sqlite_shelf.database() as database:
        monkeypatch.setenv("DATABASE_URL", address(database))
        yield database


@pytest.fixture
def postgresql(postgresql_shelf: PostgresqlShelf, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The same on PostgreSQL, its address written as hosting providers do."""
    with postgresql_shelf.database() as database:
        monkeypatch.setenv("DATABASE_URL", address(database).replace("postgresql+psycopg://", "postgres://"))
        yield database


def address(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def dump(database: Database) -> dict[str, list[Any]]:
    """Everything in every table."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for table in metadata.sorted_tables
        }


def own() -> Database:
    return Database(os.environ["DATABASE_URL"])


def workbook(path: Path, *rows: tuple[Any, ...], header: tuple[Any, ...] = HEADER) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Plan"
    for row in (("Plan d'action",), ("Axe Un",), header, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return workbook(
        tmp_path / "plan.xlsx",
        ("1.", "But A", "Objectif a", "Écrire la charte", "CQI, Direction", "2023-24", "***", "Charte publiée"),
        ("2.", "But A", "Objectif b", "Relire la charte", "CQI", "En continu", "¨¨", None),
        ("3.", "But B", None, "Publier l'été", "Direction", "Sept-24", "*", "Taux de lecture"),
    )


# All of them


def test_every_command_has_help_and_is_the_contract_s(boucle: Run) -> None:
    whole = boucle("--help")
    assert whole.code == 0
    for command in COMMANDS:
        told = boucle(command, "--help")
        assert (told.code, told.err) == (0, "")
        assert "Usage:" in told.out
        assert re.search(rf"\b{command}\b", whole.out)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("import",),
        ("import", "plan.xlsx"),
        ("import", "plan.xlsx", "--key"),
        ("import", "plan.xlsx", "--key", "TI", "--nonsense"),
        ("export", "--key", "TI"),
        ("export", "plan.json"),
        ("export", "plan.xlsx", "--key", "TI", "--language", "de"),
        ("report", "--key", "TI"),
        ("report", "papers", "--key", "TI", "--as-of", "hier"),
        ("people",),
        ("ask",),
        ("ask", "aide", "--batch", "questions.jsonl"),
        ("ask", "aide", "--today", "demain"),
        ("ask", "aide", "--today", "2026-02-29"),
        ("ask", "a", "b"),
        ("manifest",),
        ("serve", "3978"),
        ("chat", "aide"),
        ("check", "all"),
    ],
)
def test_wrong_usage(boucle: Run, arguments: tuple[str, ...]) -> None:
    ended = boucle(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.strip()


def test_the_installed_command_is_this_one(boucle: Run) -> None:
    named = subprocess.run(
        [str(Path(sys.executable).with_name("boucle")), "--help"], capture_output=True, text=True, check=True
    )
    assert "Usage: boucle " in named.stdout
    assert set(COMMANDS) <= set(named.stdout.split())


# import and export


def test_a_plan_goes_in_and_comes_out(boucle: Run, plan: Path, tmp_path: Path) -> None:
    told = boucle("import", plan, "--key", "demo", "--unit", "Haute école/Image", "--title", "Plan de test")
    assert (told.code, told.err) == (0, "")
    assert "3 actions lues dans plan.xlsx, plan DEMO." in told.out
    assert "1 lecture est à vérifier" in told.out
    assert "Plan!G5 (DEMO-2) : « ¨¨ »" in told.out
    out = tmp_path / "out.json"
    assert boucle("export", "--key", "DEMO", out).code == 0
    exported = json.loads(out.read_text("utf-8"))
    assert [set(each) for each in exported] == [EXPORTED] * 3
    assert [list(each["deadline"]) for each in exported] == [["kind", "start", "end", "text"]] * 3
    assert exported[0] == {
        "ref": "DEMO-1",
        "axis": "Axe Un",
        "goal": "But A",
        "objective": "Objectif a",
        "title": "Écrire la charte",
        "bodies": ["CQI", "Direction"],
        "deadline": {"kind": "academic_year", "start": "2023-09-14", "end": "2024-09-13", "text": "2023-24"},
        "status": "todo",
        "priority": 3,
        "indicators": ["Charte publiée"],
        "unit": "Haute école/Image",
    }
    assert [(each["ref"], each["priority"], each["deadline"]["kind"]) for each in exported[1:]] == [
        ("DEMO-2", 2, "ongoing"),
        ("DEMO-3", 1, "month"),
    ]
    with own().reading("default") as reading:
        titles = reading.connection.exec_driver_sql("SELECT title FROM plan").scalars().all()
    assert titles == ["Plan de test"]


def test_a_plan_is_imported_once(boucle: Run, plan: Path) -> None:
    assert boucle("import", plan, "--key", "DEMO").code == 0
    before = dump(own())
    again = boucle("import", plan, "--key", "DEMO")
    assert again.sentence == "Le plan DEMO existe déjà ; rien n'a changé. Choisissez une autre clé."
    assert dump(own()) == before


def test_a_dry_run_keeps_nothing(boucle: Run, plan: Path) -> None:
    boucle("check")
    before = dump(own())
    tried = boucle("import", plan, "--key", "DEMO", "--dry-run")
    assert tried.code == 0
    assert "3 actions lues" in tried.out
    assert "Essai seulement" in tried.out
    assert "Plan!G5 (DEMO-2)" in tried.out
    assert dump(own()) == before
    assert boucle("import", plan, "--key", "DEMO").code == 0
    assert boucle("import", plan, "--key", "DEMO", "--dry-run").code == 1


@pytest.mark.parametrize("key", ["", "1A", "A-B", "TOOLONGTOBEAKEY", "É", "A B"])
def test_a_key_that_is_none(boucle: Run, plan: Path, key: str) -> None:
    assert "n'est pas une clé" in boucle("import", plan, "--key", key).sentence


def test_files_that_are_no_plan(boucle: Run, tmp_path: Path) -> None:
    boucle("check")
    before = dump(own())
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)
    files = {
        "none.xlsx": (None, "n'existe pas"),
        "empty.xlsx": (b"", "abîmé"),
        "damaged.xlsx": (b"PK\x03\x04 nonsense", "abîmé"),
        "locked.xlsx": (ole + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
        "plan.txt": (b"du texte", "tableau reconnaissable"),
        "old.xls": (ole + "Workbook".encode("utf-16-le"), "Enregistrez le plan dans un de ces formats"),
    }
    for name, (content, words) in files.items():
        if content is not None:
            (tmp_path / name).write_bytes(content)
        sentence = boucle("import", tmp_path / name, "--key", "DEMO").sentence
        assert words in sentence
        assert sentence.endswith("Rien n'a changé dans la base de données.")
        assert "\n" not in sentence
    table = workbook(tmp_path / "people.xlsx", ("Anne", "Leroy"), header=("Nom", "Prénom"))
    assert "tableau reconnaissable" in boucle("import", table, "--key", "DEMO").sentence
    bare = workbook(tmp_path / "bare.xlsx")
    assert "aucune action" in boucle("import", bare, "--key", "DEMO").sentence
    assert "n'existe pas" in boucle("import", tmp_path, "--key", "DEMO").sentence
    assert dump(own()) == before


def test_other_languages_of_the_operator(boucle: Run, plan: Path) -> None:
    for place, words in (("en_GB.UTF-8", "3 actions"), ("nl_BE.UTF-8", "3 acti"), ("C", "3 actions lues")):
        told = boucle("import", plan, "--key", "DEMO", "--dry-run", LC_ALL=place)
        assert told.code == 0
        assert words in told.out


def test_what_is_too_long_for_a_column_is_kept_or_refused_alike(
    boucle: Run, tmp_path: Path, postgresql_shelf: PostgresqlShelf
) -> None:
    """PostgreSQL counts, SQLite does not."""
    long = "très " * 120 + "long"
    path = workbook(tmp_path / "long.xlsx", ("1.", long, long, long, long, long, "*", long), header=HEADER)
    for url in (os.environ["DATABASE_URL"], postgresql_shelf.empty()):
        sentence = boucle("import", path, "--key", "LONG", DATABASE_URL=url).sentence
        assert "long.xlsx holds a text that is too long" in sentence
        assert boucle("export", "--key", "LONG", "x.json", DATABASE_URL=url).code == 1


@pytest.mark.skipif(not PLANS, reason="The real plans were not imported: BOUCLE_PLANS is not set")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_real_plans_come_out_as_they_were_read(
    boucle: Run, tmp_path: Path, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgresql_shelf").empty())
    for name, key, number in (("henallux", "HEN", 92), ("helb-techniques-image", "TI", 86)):
        file = Path(PLANS) / f"{name}.xlsx"
        assert f"{number} actions lues" in boucle("import", file, "--key", key).out
        out = tmp_path / f"{key}.json"
        assert f"{number} actions" in boucle("export", "--key", key.lower(), out).out
        draft = read_plan(file)
        expected = [
            {
                "ref": f"{key}-{each.number}",
                "axis": each.axis,
                "goal": each.goal,
                "objective": each.objective,
                "title": each.title,
                "bodies": list(each.bodies),
                "deadline": {
                    "kind": each.deadline.kind.value,
                    "start": each.deadline.start.isoformat() if each.deadline.start else None,
                    "end": each.deadline.end.isoformat() if each.deadline.end else None,
                    "text": each.deadline.text,
                },
                "status": each.status.value,
                "priority": each.priority,
                "indicators": list(each.indicators),
                "unit": None,
            }
            for each in draft.actions
        ]
        assert json.loads(out.read_text("utf-8")) == expected
        assert len(expected) == number


def test_export_says_what_it_cannot(boucle: Run, examples: Database, tmp_path: Path) -> None:
    assert "Plans connus : HEN, TI." in boucle("export", "--key", "NOPE", "x.json").sentence
    assert ".json" in boucle("export", "--key", "TI", "x.pdf").sentence
    assert "Vérifiez le dossier" in boucle("export", "--key", "TI", tmp_path / "none" / "x.json").sentence
    assert boucle("export", "--key", "TI", "X.JSON").code == 0


@pytest.mark.usefixtures("examples")
def test_export_is_in_document_order_and_repeats(boucle: Run) -> None:
    for name in ("a.json", "b.json"):
        boucle("export", "--key", "TI", name)
    refs = [each["ref"] for each in json.loads(Path("a.json").read_text("utf-8"))]
    assert refs == [f"TI-{number}" for number in range(1, 87)]
    assert Path("a.json").read_bytes() == Path("b.json").read_bytes()


@pytest.mark.usefixtures("examples")
def test_export_in_each_format_and_language(boucle: Run) -> None:
    for name in ("plan.xlsx", "plan.CSV", "plan.docx"):
        assert f"86 actions du plan TI écrites dans {name}." in boucle("export", "--key", "ti", name).out
        assert read_plan(Path(name)).actions[0].ref == "TI-1"
    boucle("export", "--key", "TI", "dutch.csv", "--language", "nl")
    assert Path("dutch.csv").read_text("utf-8-sig").startswith("Ref.;As;Strategische doelstelling")


@pytest.mark.usefixtures("examples")
def test_report_writes_its_papers(boucle: Run, tmp_path: Path) -> None:
    ended = boucle("report", "--key", "ti", tmp_path / "a" / "b", "--as-of", "2024-06-30")
    assert ended.code == 0
    assert "4 documents pour le plan TI, situation au 30 juin 2024" in ended.out
    names = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert names[-1] == "rapport-avancement-TI-2024-06-30.docx"
    assert len(names) == 4
    english = boucle("report", "--key", "TI", tmp_path / "c", "--as-of", "2024-06-30", "--language", "en")
    assert "progress-report-TI-2024-06-30.docx" in english.out
    assert "Plans connus : HEN, TI." in boucle("report", "--key", "NOPE", tmp_path / "d").sentence
    assert "n'est pas encore passé" in boucle("report", "--key", "TI", tmp_path / "d", "--as-of", "2999-01-01").sentence
    (tmp_path / "file").write_text("x")
    assert "Vérifiez le dossier" in boucle("report", "--key", "TI", tmp_path / "file").sentence


# people


def register(path: Path, *lines: str, header: str = "email,name,unit,bodies,role", encoding: str = "utf-8") -> Path:
    path.write_text("\n".join((header, *lines)) + "\n", encoding=encoding)
    return path


def test_people_are_added_changed_and_left(boucle: Run, tmp_path: Path) -> None:
    file = register(
        tmp_path / "people.csv",
        "Anne@Ecole.example,Anne Leroy,Haute école/Image,CQI|Direction,Coordinator",
        "luc@ecole.example,Luc Wauters,,,member",
    )
    dry = boucle("people", file, "--dry-run")
    assert "2 ajoutées, 0 modifiées, 0 inchangées" in dry.out
    assert "Essai seulement" in dry.out
    assert dump(own())["member"] == []
    assert "2 ajoutées" in boucle("people", file).out
    before = dump(own())
    assert "0 ajoutées, 0 modifiées, 2 inchangées" in boucle("people", file).out
    changed = dump(own())
    assert {name: rows for name, rows in changed.items() if name != "revision"} == {
        name: rows for name, rows in before.items() if name != "revision"
    }
    register(file, "anne@ecole.example,Anne Leroy,Haute école,CQC,admin", header="﻿email,name,unit,bodies,role")
    assert "0 ajoutées, 1 modifiées, 0 inchangées" in boucle("people", file).out
    with own().reading("default") as reading:
        rows = reading.connection.exec_driver_sql(
            "SELECT member.email, member.role, member.unit, body.name FROM member"
            " LEFT JOIN membership ON membership.member = member.id LEFT JOIN body ON body.id = membership.body"
            " ORDER BY member.email, body.name"
        )
        assert [tuple(row) for row in rows] == [
            ("anne@ecole.example", "admin", "Haute école", "CQC"),
            ("luc@ecole.example", "member", None, None),
        ]


def test_a_register_as_excel_writes_it(boucle: Run, tmp_path: Path) -> None:
    file = register(
        tmp_path / "people.csv",
        "zoé@ecole.example;Zoé Léonard;;;member",
        header="EMAIL;Name;Unit;Bodies;Role",
        encoding="cp1252",
    )
    assert "1 ajoutées" in boucle("people", file).out
    assert "Zoé Léonard" in str(dump(own())["member"])


def test_wrong_lines_are_all_named_and_nothing_is_kept(boucle: Run, tmp_path: Path) -> None:
    file = register(
        tmp_path / "people.csv",
        "anne@ecole.example,Anne,,,member",
        "no address,Luc,,,member",
        "luc@ecole.example,,,,member",
        "eva@ecole.example,Eva,,,boss",
        "anne@ecole.example,Anne again,,,member",
        "short@ecole.example",
    )
    sentence = boucle("people", file).sentence
    for line, column in ((3, "email"), (4, "name"), (5, "role"), (6, "email"), (7, "name"), (7, "role")):
        assert f"ligne {line} : la colonne {column}" in sentence
    assert "ligne 2" not in sentence
    boucle("check")
    assert dump(own())["member"] == []


def test_files_that_are_no_register(boucle: Run, tmp_path: Path) -> None:
    assert "n'existe pas" in boucle("people", tmp_path / "none.csv").sentence
    assert "n'existe pas" in boucle("people", tmp_path).sentence
    for content in (b"", b"\x00\xff\x00", b"nom,prenom\na,b\n", b"PK\x03\x04", b"email,name\na@b,c\n"):
        (tmp_path / "x.csv").write_bytes(content)
        assert "n'a pas les colonnes attendues" in boucle("people", tmp_path / "x.csv").sentence
    for content in (
        b'email,name,role\na@b.be,"' + b"x" * 200_000 + b'",member\n',
        b"email,name,role\na@b.be,A\x00B,member\n",
        b'email,name,role\na@b.be,"never closed,member\n',
    ):
        (tmp_path / "x.csv").write_bytes(content)
        assert "ligne 2" in boucle("people", tmp_path / "x.csv").sentence


def test_the_people_of_the_examples_are_a_register(boucle: Run) -> None:
    assert "ajoutées" in boucle("people", PEOPLE).out


def test_bodies_and_what_they_are(boucle: Run, examples: Database, tmp_path: Path) -> None:
    file = tmp_path / "bodies.csv"
    file.write_text("name;full_name;kind;parent\nAPACH;Les anciens;partner;\nGT Mobilité;;;APACH\nCQI;;;\n", "utf-8")
    before = dump(examples)
    tried = boucle("bodies", file, "--dry-run")
    assert tried.out.splitlines() == [
        "  ~ APACH · Nom complet : Les anciens · Type : partenaire externe",
        "  + GT Mobilité · Type : groupe de travail · Fait partie de : APACH",
        "Instances : 2 ajoutées ou modifiées, 1 inchangées.",
        "Essai seulement : rien n'a été enregistré.",
    ]
    assert dump(examples) == before
    assert boucle("bodies", file).out.splitlines()[-1] == "Instances : 2 ajoutées ou modifiées, 1 inchangées."
    assert "Comprend  GT Mobilité" in boucle("ask", "c'est quoi APACH ?").out
    file.write_text("name,parent\nCQI,Personne\n", "utf-8")
    assert "Je ne connais pas d'instance « Personne »." in boucle("bodies", file).sentence
    file.write_text("name,full_name\nCQC,CQI\n", "utf-8")
    assert "est déjà le nom d'une autre instance : CQI." in boucle("bodies", file).sentence
    file.write_text("name,parent\nCQI,CQC\n", "utf-8")
    assert "ne peut pas faire partie d'elle-même" in boucle("bodies", file).sentence
    file.write_text("nom\nCQI\n", "utf-8")
    assert "n'a pas les colonnes attendues : name, full_name" in boucle("bodies", file).sentence


# erase


@pytest.mark.usefixtures("examples")
def test_erase_replaces_a_person_by_a_pseudonym(boucle: Run) -> None:
    told = boucle("erase", "Karim.Benali@ecole.example")
    assert told.code == 0
    assert "karim.benali@ecole.example est effacé" in told.out
    pseudonym = told.out.split("«")[1].split("»")[0].strip()
    assert "Karim" not in boucle("ask", "qui est dans la CQC ?", "--today", TODAY).out
    assert boucle("ask", "mes actions", "--as", "karim.benali@ecole.example").code == 1
    again = boucle("erase", "karim.benali@ecole.example")
    assert again.code == 1
    assert "karim.benali@ecole.example" in again.sentence
    number = pseudonym.split()[-1]
    assert boucle("erase", f"{number}@erased.invalid").code == 1


# ask

KEYS = ["language", "request", "refs", "count", "answer"]
QUESTIONS = [
    ("TI-12", "show_action"),
    ("TI-12 est-elle finie ?", "show_action"),
    ("les actions en retard", "list_actions"),
    ("combien d'actions en retard dans le plan HEN ?", "count_actions"),
    ("où en est le plan TI ?", "show_progress"),
    ("TI-12 est terminée", "mark_done"),
    ("mark HEN-20 as done", "mark_done"),
    ("taux de réponse : 64 %", "record_measurement"),
    ("l'indicateur taux de réponse de TI-5 est à 64 %", "record_measurement"),
    ("Pourcentage de IN et de OUT : 12 %", "record_measurement"),
    ("abonne ce canal au plan TI", "subscribe"),
    ("désabonne ce canal", "unsubscribe"),
    ("annule", "undo"),
    ("aide", "help"),
    ("bonjour", "greet"),
    ("qui est la CQI ?", "show_body"),
    ("merci", "thanks"),
    ("xyzzy", "not_understood"),
    ("", "help"),
    ("qu'est-ce qui est à faire ce mois-ci pour mon département ?", "list_actions"),
]


PEOPLE_WHO_ASK = ("claire.dumont@ecole.example", "luc.wauters@ecole.example", "")


def check_ask(boucle: Run, database: Database) -> None:
    before = dump(database)
    for text in ("TI-12 est terminée", "taux de réponse : 64 %", "abonne ce canal au plan TI"):
        told = boucle("ask", text, "--json", "--today", TODAY, "--as", PEOPLE_WHO_ASK[0])
        assert (told.code, told.err, list(told.json)) == (0, "", KEYS)
    asked = [(text, name, email) for text, name in QUESTIONS for email in PEOPLE_WHO_ASK]
    lines = [json.dumps({"text": text, "as": email, "today": TODAY}) for text, _, email in asked]
    Path("questions.jsonl").write_text("\n".join(lines))
    told = boucle("ask", "--batch", "questions.jsonl")
    assert (told.code, told.err) == (0, "")
    for (text, name, _), line in zip(asked, told.out.splitlines(), strict=True):
        answered = json.loads(line)
        assert list(answered) == KEYS
        assert answered["request"]["name"] == name, text
        assert isinstance(answered["answer"], str)
        assert answered["answer"]
        assert answered["count"] >= len(answered["refs"]) or answered["count"] == 0
    assert dump(database) == before


def test_ask_shows_and_never_changes_anything(boucle: Run, examples: Database) -> None:
    check_ask(boucle, examples)


def test_ask_on_postgresql(boucle: Run, postgresql: Database) -> None:
    check_ask(boucle, postgresql)


@pytest.mark.usefixtures("examples")
def test_what_ask_would_answer(boucle: Run) -> None:
    def asked(text: str, *more: str) -> Any:
        return boucle("ask", text, "--json", "--today", TODAY, "--as", "nadia.lambert@ecole.example", *more).json

    done = asked("TI-12 est terminée")
    assert (done["language"], done["request"]["to"], done["refs"], done["count"]) == ("fr", "done", ["TI-12"], 1)
    assert "✓ TI-12 est réalisée" in done["answer"]
    due = asked("échéances de juin 2026 du plan HEN")
    assert due["request"]["due"] == ["2026-06-01", "2026-06-30"]
    assert due["request"]["plan"] == "HEN"
    assert due["count"] == len(due["refs"]) == len(set(due["refs"])) > 6
    mine = asked("mes actions")
    assert mine["request"]["mine"] is True
    measured = asked("Pourcentage de IN et de OUT : 12,5 %")
    assert (measured["request"]["value"], measured["request"]["unit"]) == (12.5, "%")
    assert asked("abonne ce canal au plan TI")["request"]["plan"] == "TI"
    assert asked("what is due in June")["language"] == "en"
    assert asked("TI-999 est terminée")["refs"] == []
    refused = boucle("ask", "TI-12 est terminée", "--json", "--as", "sofie.peeters@ecole.example").json
    assert refused["request"]["name"] == "mark_done"
    assert "Vous ne pouvez pas changer TI-12" in refused["answer"]


@pytest.mark.usefixtures("examples")
def test_today_moves_the_calendar(boucle: Run) -> None:
    asked = [
        boucle("ask", "échéances de ce mois", "--json", "--today", day).json["request"]["due"]
        for day in ("2026-03-18", "2028-02-29")
    ]
    assert asked == [["2026-03-01", "2026-03-31"], ["2028-02-01", "2028-02-29"]]
    late = [
        boucle("ask", "les actions en retard", "--json", "--today", day).json["count"]
        for day in ("2026-03-18", "2031-01-01")
    ]
    assert late[0] < late[1]


@pytest.mark.usefixtures("examples")
def test_ask_in_text(boucle: Run) -> None:
    told = boucle("ask", "Reporte ti 12 au 30 juin 2027 car le Jury est déplacé", "--today", TODAY)
    assert told.out.startswith(
        "language    fr\n"
        "request     postpone              « Reporte »\n"
        "  ref       TI-12                 « ti 12 »\n"
        "  to        2027-06-30            « au 30 juin 2027 »\n"
        "  reason    le Jury est déplacé   « le Jury est déplacé »\n"
        "runner-up   "
    )
    assert "about       1: TI-12\n\n" in told.out
    asked = boucle("ask", "Combien d'actions ★★★ en retard pour la CQI ?", "--today", TODAY).out
    for line in ("request     count_actions   « Combien", "  late      yes", "  body      CQI             « CQI »"):
        assert line in asked
    assert "runner-up   list_actions" in asked
    measured = boucle("ask", "Taux de réussite de TI-12 : 64,5 %", "--today", TODAY).out
    assert re.search(r"^  value     64\.5 +« 64,5 »$", measured, re.MULTILINE)
    assert boucle("ask", "abc \udcff \udce9", "--json").code == 0
    assert boucle("ask", "TI-12 est à \udcff", "--json").code == 0


@pytest.mark.usefixtures("examples")
def test_nobody_there(boucle: Run) -> None:
    sentence = boucle("ask", "mes actions", "--as", "nobody@ecole.example").sentence
    assert "nobody@ecole.example" in sentence
    assert "boucle people" in sentence
    assert boucle("ask", "mes actions", "--as", " CLAIRE.Dumont@ecole.example ").code == 0


@pytest.mark.usefixtures("examples")
def test_a_batch_answers_line_by_line(tmp_path: Path) -> None:
    """As a process, because what is printed where matters."""
    good = [{"text": text, "as": "claire.dumont@ecole.example", "today": TODAY} for text, _ in QUESTIONS]
    lines = [
        *(json.dumps(line, ensure_ascii=False) for line in good),
        json.dumps({"text": "mes\u2028actions\u0085 \u000b"}, ensure_ascii=False),
        '{"text": "mes actions", "as": "nobody@ecole.example"}',
        '{"text": "aide", "as": null, "today": null, "more": 1}',
        "no json",
        "[]",
        "7",
        "{}",
        '{"text": null}',
        '{"text": 7}',
        '{"text": ["TI-12"]}',
        '{"text": "aide", "as": 5}',
        '{"text": "aide", "today": "demain"}',
        '{"text": "aide", "today": 20260318}',
        '{"text": "\\ud800"}',
        '{"text": "a\\u0000b"}',
        '{"text": "TI-12"}',
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    ended = as_child("ask", "--batch", file, BOUCLE_LOG_LEVEL="debug")
    assert ended.code == 0
    answered = [json.loads(line) for line in ended.out.splitlines()]
    assert [list(each) for each in answered] == [KEYS] * len(lines)
    names = [each["request"]["name"] for each in answered]
    assert names[: len(good)] == [name for _, name in QUESTIONS]
    assert names[len(good) :] == ["list_actions", "list_actions", "help", *["not_understood"] * 12, "show_action"]
    assert answered[-1]["refs"] == ["TI-12"]
    assert [line for line in ended.err.splitlines() if not line.startswith("{")] == []


def test_lines_of_a_batch_share_nothing(boucle: Run, examples: Database, tmp_path: Path) -> None:
    before = dump(examples)
    file = tmp_path / "questions.jsonl"
    as_ = "nadia.lambert@ecole.example"
    texts = ["TI-12 est terminée", "annule", "TI-12 est terminée", "échéances de juin", "et le mois prochain ?"]
    file.write_text("".join(json.dumps({"text": text, "as": as_, "today": TODAY}) + "\n\n" for text in texts))
    answered = [json.loads(line) for line in boucle("ask", "--batch", file).out.splitlines()]
    assert answered[0] == answered[2]
    assert "plus rien à annuler" in answered[1]["answer"]
    alone = boucle("ask", texts[-1], "--json", "--as", as_, "--today", TODAY).json
    assert answered[4] == alone
    assert dump(examples) == before


@pytest.mark.usefixtures("examples")
def test_a_batch_that_cannot_be_read(boucle: Run, tmp_path: Path) -> None:
    assert "cannot be read" in boucle("ask", "--batch", tmp_path / "none.jsonl").sentence
    (tmp_path / "x.jsonl").write_bytes(b"\xff\xfe{")
    assert "cannot be read" in boucle("ask", "--batch", tmp_path / "x.jsonl").sentence
    (tmp_path / "x.jsonl").write_bytes(b"")
    assert boucle("ask", "--batch", tmp_path / "x.jsonl") == Ended(0, "", "")
    (tmp_path / "x.jsonl").write_bytes(b'\xef\xbb\xbf{"text": "aide"}\r\n{"text": "merci"}')
    told = boucle("ask", "--batch", tmp_path / "x.jsonl")
    assert [json.loads(line)["request"]["name"] for line in told.out.splitlines()] == ["help", "thanks"]


@pytest.mark.usefixtures("examples")
def test_a_line_that_breaks_does_not_stop_the_rest(
    boucle: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot import asking

    answering = asking.ask

    def broken(house: Any, text: str, *more: Any) -> Any:
        if text == "boum":
            raise RuntimeError(text)
        return answering(house, text, *more)

    monkeypatch.setattr(asking, "ask", broken)
    file = tmp_path / "x.jsonl"
    file.write_text('{"text": "boum"}\n{"text": "aide"}\n')
    answered = [json.loads(line) for line in boucle("ask", "--batch", file).out.splitlines() if line.startswith("{")]
    assert [(list(each), each["request"]["name"]) for each in answered] == [(KEYS, "not_understood"), (KEYS, "help")]


def test_ask_without_any_plan(boucle: Run) -> None:
    told = boucle("ask", "les actions en retard", "--json")
    assert (told.json["refs"], told.json["count"]) == ([], 0)


# Several tenants


def test_each_tenant_has_its_own_plans(boucle: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOUCLE_TENANTS", "School-A, school-b")
    for command in (("examples",), ("ask", "aide"), ("export", "x.json", "--key", "TI"), ("people", str(PEOPLE))):
        assert "--tenant with one of school-a, school-b" in boucle(*command).sentence
        assert "--tenant with one of" in boucle(*command, "--tenant", "school-c").sentence
    assert boucle("examples", "--tenant", "SCHOOL-A").code == 0
    assert "Plans of school-a: HEN, TI.\nPlans of school-b: none yet" in boucle("check").out
    assert boucle("export", tmp_path / "a.json", "--key", "TI", "--tenant", "school-a").code == 0
    assert "pas de plan TI" in boucle("export", tmp_path / "b.json", "--key", "TI", "--tenant", "school-b").sentence
    assert boucle("people", PEOPLE, "--tenant", "school-b").code == 0
    who = ("--as", "anne.leroy@ecole.example", "--json")
    assert boucle("ask", "TI-12", *who, "--tenant", "school-a").json["refs"] == ["TI-12"]
    assert boucle("ask", "TI-12", *who, "--tenant", "school-b").json["refs"] == []
    monkeypatch.setenv("BOUCLE_TENANTS", "school-b")
    assert boucle("ask", "TI-12", *who).json["refs"] == []


# check


def test_check_in_good_order(boucle: Run, examples: Database) -> None:
    told = boucle("check")
    assert (told.code, told.err) == (0, "")
    assert "Settings: in order." in told.out
    assert "anonymous calls from this machine only" in told.out
    assert "Database: SQLite, reached; its schema is the newest." in told.out
    assert "Plans: HEN, TI." in told.out


def test_check_of_an_empty_database_and_of_credentials(boucle: Run) -> None:
    told = boucle("check", **APP)
    assert "boucle import" in told.out
    assert APP["MicrosoftAppId"] in told.out
    assert APP["MicrosoftAppPassword"] not in told.out


def test_check_on_postgresql(boucle: Run, postgresql: Database) -> None:
    assert "Database: PostgreSQL, reached" in boucle("check").out


def test_check_of_databases_that_are_none(boucle: Run, tmp_path: Path) -> None:
    (tmp_path / "junk.db").write_text("This is no database. " * 100)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for url in (
        f"postgresql://boucle:hidden-word@127.0.0.1:{port}/boucle",
        "postgresql://boucle:hidden-word@db.invalid:port/boucle",
        f"sqlite:///{tmp_path}/none/boucle.db",
        f"sqlite:///{tmp_path}",
        f"sqlite:///{tmp_path}/junk.db",
        "sqlite:///",
        "mysql://boucle:hidden-word@127.0.0.1/boucle",
    ):
        for command in (("check",), ("ask", "aide"), ("serve",)):
            ended = boucle(*command, DATABASE_URL=url)
            assert ended.code == 1
            assert "DATABASE_URL" in ended.err
            assert len(ended.err.strip().splitlines()) == 1
            assert "hidden-word" not in ended.err + ended.out


def test_a_database_of_another_version(boucle: Run, examples: Database) -> None:
    with examples.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    ended = boucle("check")
    assert ended.code == 1
    assert "another version of Boucle" in ended.err


def test_a_database_that_somebody_else_keeps_locked(
    boucle: Run, examples: Database, monkeypatch: pytest.MonkeyPatch, plan: Path
) -> None:
    from storage import database

    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with examples.writing("default"):
        ended = boucle("import", plan, "--key", "DEMO")
    assert ended.code == 1
    assert "locked" in ended.err


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"HOST": "0.0.0.0"}, "anybody could speak to the bot"),
        ({"MicrosoftAppId": APP["MicrosoftAppId"]}, "without MicrosoftAppPassword"),
        ({"MicrosoftAppPassword": "hidden-word"}, "without MicrosoftAppId"),
        (APP | {"MicrosoftAppType": "MultiTenent"}, "MicrosoftAppType is not known"),
        (APP | {"MicrosoftAppType": "SingleTenant"}, "needs MicrosoftAppTenantId"),
        ({"PORT": "http"}, "PORT must be"),
        ({"BOUCLE_LOG_LEVEL": "loud"}, "BOUCLE_LOG_LEVEL must be"),
        ({"BOUCLE_PRIVACY_URL": "ftp://x"}, "BOUCLE_PRIVACY_URL must begin"),
    ],
)
def test_settings_that_stop_the_start(boucle: Run, wrong: dict[str, str], words: str) -> None:
    Path("boucle.db").unlink()
    for command in (("serve",), ("check",), ("chat",)):
        ended = boucle(*command, **wrong)
        assert words in ended.sentence
        assert "hidden-word" not in ended.err
    assert not Path("boucle.db").exists(), "the database is not touched"


# serve


@contextmanager
def serving(**environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server as a process, and the line with which it says where it listens."""
    server = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )
    assert server.stdout is not None
    try:
        yield server, server.stdout.readline()
    finally:
        server.kill()
        server.communicate()


@pytest.mark.usefixtures("examples")
def test_serve_says_where_and_stops_when_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with serving(PORT=port) as (server, told):
        assert told.startswith(f"Boucle listens on http://127.0.0.1:{port}/api/messages, from this machine only")
        for path in ("healthz", "readyz"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5) as answer:
                assert answer.read() == b"ok"
        server.send_signal(signal.SIGTERM)
        assert server.wait(5) == 0
        assert server.stderr is not None
        assert "Traceback" not in server.stderr.read()


@pytest.mark.usefixtures("examples")
def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        sentence = as_child("serve", PORT=port).sentence
    assert f"Cannot listen on 127.0.0.1:{port}" in sentence
    assert "Set PORT to a free one." in sentence


# examples and chat


def test_examples_fill_an_empty_database_once(boucle: Run) -> None:
    told = boucle("examples")
    assert (told.code, "92 actions" in told.out, "86 actions" in told.out) == (0, True, True)
    before = dump(own())
    assert (len(before["action"]), len(before["member"])) == (178, 11)
    assert boucle("examples") == Ended(0, "", "")
    assert dump(own()) == before


def test_examples_leave_a_real_plan_alone(boucle: Run, plan: Path) -> None:
    boucle("import", plan, "--key", "DEMO")
    before = dump(own())
    assert boucle("examples") == Ended(0, "", "")
    assert dump(own()) == before


def test_chat_asks_presses_and_quits(examples: Database) -> None:
    said = "TI-12\n1\nxyzzy\n\n99\nquit\nnever read\n"
    ended = as_child("chat", "--as", "nadia.lambert@ecole.example", stdin=said, PORT="1")
    assert ended.code == 0
    assert "Boucle · nadia.lambert@ecole.example" in ended.out
    assert "Relancer le master GGN" in ended.out
    assert re.search(r"\[1\] Réalisée", ended.out)
    assert "✓ TI-12 est réalisée" in ended.out
    assert "Je n'ai pas compris" in ended.out
    with examples.reading("default") as reading:
        done = reading.connection.exec_driver_sql("SELECT status FROM action WHERE ref = 'TI-12'").scalar()
    assert done == "done"


@pytest.mark.usefixtures("examples")
def test_chat_ends_with_its_input(boucle: Run) -> None:
    ended = boucle("chat", stdin="aide", PORT="1")
    assert ended.code == 0
    assert "Ce que vous pouvez me dire" in ended.out


# manifest


def test_the_package_carries_what_is_set(boucle: Run, tmp_path: Path) -> None:
    Path("boucle.db").unlink()
    out = tmp_path / "boucle.zip"
    set_ = {
        "BOUCLE_PUBLIC_URL": "https://boucle.ecole.be",
        "BOUCLE_PRIVACY_URL": "https://ecole.be/vie-privee",
        "BOUCLE_TERMS_URL": "https://ecole.be/conditions",
    }
    told = boucle("manifest", out, **APP, **set_)
    assert (told.code, told.err) == (0, "")
    with ZipFile(out) as package:
        manifest = json.loads(package.read("manifest.json"))
        assert {"color.png", "outline.png", "en.json"} <= set(package.namelist())
    assert manifest["version"] == version("boucle")
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP["MicrosoftAppId"]
    assert list(set_.values()) == [
        manifest["developer"][name] for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl")
    ]
    assert not Path("boucle.db").exists(), "it needs no database"


def test_example_addresses_are_told(boucle: Run, tmp_path: Path) -> None:
    told = boucle("manifest", tmp_path / "boucle.zip", **APP, BOUCLE_PUBLIC_URL="https://boucle.ecole.be")
    assert told.code == 0
    assert "BOUCLE_PRIVACY_URL, BOUCLE_TERMS_URL" in told.err
    assert "BOUCLE_PUBLIC_URL" not in told.err
    assert len(told.err.strip().splitlines()) == 1


def test_no_package_without_an_app_id(boucle: Run, tmp_path: Path) -> None:
    out = tmp_path / "boucle.zip"
    assert "Set MicrosoftAppId" in boucle("manifest", out).sentence
    assert "not an app id" in boucle("manifest", out, **(APP | {"MicrosoftAppId": "boucle"})).sentence
    nil = APP | {"MicrosoftAppId": "00000000-0000-0000-0000-000000000000"}
    assert "Set MicrosoftAppId" in boucle("manifest", out, **nil).sentence
    local = boucle("manifest", out, **APP, BOUCLE_PUBLIC_URL="http://localhost:3978")
    assert "must begin with https://" in local.sentence
    assert not out.exists()
    assert "cannot be written" in boucle("manifest", tmp_path / "none" / "x.zip", **APP).sentence
