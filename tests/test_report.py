"""The papers of an interim evaluation: what they say, of which day, in which language."""

import contextlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dialogs.words import LANGUAGES, words_in
from storage.bodies import find_body
from storage.calendar import BELGIAN
from storage.commands import add_note, assign, mark_done, postpone, set_status
from storage.database import Database, Writing
from storage.exports.content import Content, read_content
from storage.exports.pack import papers_of
from storage.exports.past import as_of
from storage.exports.pictures import bar, curve
from storage.exports.progress import Group, group_of, progress_of
from storage.exports.trends import trend
from storage.indicators import list_indicators
from storage.measuring import Value, record_measurement
from storage.people import find_member_by_email
from storage.plan import Indicator, IndicatorKind, Measurement, Status
from storage.record import By
from storage.refusals import Refusal
from storage.sight import EVERYTHING
from storage.undoing import undo
from tests.databases import TENANT, SqliteShelf

START = date(2026, 3, 18)
FRENCH = words_in("fr")


@pytest.fixture
def database(sqlite_shelf: SqliteShelf) -> Iterator[Database]:
    with sqlite_shelf.database() as database:
        yield database


def by(writing: Writing, after: int) -> By:
    """Claire, so many days after the first."""
    on = START + timedelta(days=after)
    member = find_member_by_email(writing, "claire.dumont@ecole.example", on)
    assert member is not None
    return By(member=member, at=datetime(on.year, on.month, on.day, 12, tzinfo=UTC), today=on, through="chat")


def content_in(database: Database) -> Content:
    with database.reading(TENANT, EVERYTHING) as reading:
        content = read_content(reading, "TI", UTC)
    assert content is not None
    return content


def a_year(database: Database) -> Content:
    """Something of everything, a day each."""
    with database.writing(TENANT) as writing:
        (indicator, *_) = list_indicators(writing, "TI-36")
        mark_done(writing, "TI-12", by(writing, 0), BELGIAN)
        postpone(writing, "TI-13", date(2027, 6, 30), by(writing, 1), why="Le budget manque")
        set_status(writing, "TI-14", Status.ABANDONED, by(writing, 2), BELGIAN, why="Plus de partenaire")
        set_status(writing, "TI-16", Status.IN_PROGRESS, by(writing, 3), BELGIAN, why="")
        add_note(writing, "TI-12", by(writing, 4), note="", link="https://ecole.example/pv.pdf")
        for number, value in enumerate((52.0, 64.5)):
            told = Value(value=f"{value} %", on=START + timedelta(days=number), number=value)
            record_measurement(writing, "TI-36", indicator, told, by(writing, 5 + number))
    return content_in(database)


def words_of(paper: bytes) -> str:
    document = docx.Document(io.BytesIO(paper))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_report_says_what_became_of_each(database: Database) -> None:
    content = a_year(database)
    on = START + timedelta(days=10)
    papers = papers_of(content, FRENCH, on, datetime(2026, 4, 1, tzinfo=UTC), BELGIAN)
    report, note, *_ = map(words_of, list(papers.values())[:2])
    for said in (
        "Situation au 28 mars 2026",
        "18 mars 2026\npar Claire Dumont",
        "https://ecole.example/pv.pdf",
        "Échéances prolongées (1)",
        "30 juin 2027",
        "Le budget manque",
        "Abandonnées (1)",
        "Plus de partenaire",
        "en hausse (12,5",
    ):
        assert said in report, said
    assert "Note réflexive" in note
    assert "[À compléter" in note
    assert "Le budget manque" in note
    assert "1 preuve jointe" in note
    for action in content.actions:
        assert action.ref in report


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_papers_speak_each_language(database: Database, language: str) -> None:
    content = a_year(database)
    at = datetime(2026, 4, 1, tzinfo=UTC)
    papers = papers_of(content, words_in(language), at.date(), at, BELGIAN)
    assert len(papers) == 4
    for name, paper in papers.items():
        assert "{" not in (words_of(paper) if name.endswith(".docx") else "")
        with zipfile.ZipFile(io.BytesIO(paper)) as package:
            assert package.testzip() is None


def test_a_plan_that_nobody_touched_has_its_papers_too(database: Database) -> None:
    content = content_in(database)
    papers = papers_of(content, FRENCH, START, datetime(2026, 3, 18, tzinfo=UTC), BELGIAN)
    assert "ne contient encore aucune mise à jour" in words_of(list(papers.values())[1])
    empty = replace(content, actions=(), indicators={})
    assert len(papers_of(empty, FRENCH, START, datetime(2026, 3, 18, tzinfo=UTC), BELGIAN)) == 4


def test_every_action_is_in_one_group(database: Database) -> None:
    content = a_year(database)
    progress = progress_of(content, START, BELGIAN)
    assert progress.whole.total == len(content.actions) == sum(axis.total for axis in progress.axes)
    assert {group_of(action, START, BELGIAN) for action in content.actions} >= {Group.DONE, Group.ABANDONED, Group.LATE}


def same(content: Content) -> tuple[object, ...]:
    """What stands in the plan; who marked it and how often it changed is told by the record."""
    actions = tuple(replace(action, version=0, done_by="") for action in content.actions)
    values = {
        number: tuple((each.name, tuple((m.on, m.value) for m in each.measurements)) for each in theirs)
        for number, theirs in content.indicators.items()
        if theirs
    }
    return actions, values, [event.id for event in content.record]


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(("done", "start", "abandon", "reopen", "postpone", "measure", "assign", "note", "undo")),
        st.sampled_from(("TI-12", "TI-10", "TI-36")),
    ),
    max_size=12,
)


@given(_STEPS)
@settings(max_examples=25)
def test_any_past_day_is_what_the_plan_was_then(sqlite_shelf: SqliteShelf, steps: list[tuple[str, str]]) -> None:
    """The plan is looked at after each day; seen back from the last one, each day is as it was."""
    with sqlite_shelf.database() as database:
        seen = [content_in(database)]
        for day, (what, ref) in enumerate(steps):
            with database.writing(TENANT) as writing, contextlib.suppress(Refusal):
                step(writing, what, ref, by(writing, day))
            seen.append(content_in(database))
        last = seen[-1]
        for day, then in enumerate(seen):
            assert same(as_of(last, START + timedelta(days=day - 1))) == same(then)


def step(writing: Writing, what: str, ref: str, who: By) -> None:
    match what:
        case "done":
            mark_done(writing, ref, who, BELGIAN)
        case "start":
            set_status(writing, ref, Status.IN_PROGRESS, who, BELGIAN, why="")
        case "abandon":
            set_status(writing, ref, Status.ABANDONED, who, BELGIAN, why="Non")
        case "reopen":
            set_status(writing, ref, Status.TODO, who, BELGIAN, why="")
        case "postpone":
            postpone(writing, ref, who.today + timedelta(days=400), who, why="Plus tard")
        case "measure":
            indicators = list_indicators(writing, ref)
            if indicators:
                record_measurement(writing, ref, indicators[0], Value(value="3", on=who.today, number=3.0), who)
        case "assign":
            assign(writing, ref, who, body_id=find_body(writing, "CQI"))
        case "note":
            add_note(writing, ref, who, note="vu")
        case _:
            undo(writing, who)


def test_who_had_done_it_is_told_of_a_past_day(database: Database) -> None:
    with database.writing(TENANT) as writing:
        mark_done(writing, "TI-12", by(writing, 0), BELGIAN)
        set_status(writing, "TI-12", Status.TODO, by(writing, 5), BELGIAN, why="")
    (then,) = [action for action in as_of(content_in(database), START).actions if action.ref == "TI-12"]
    assert (then.status, then.done_by, then.done_on) == (Status.DONE, "Claire Dumont", START)


def test_pictures_are_pictures_whatever_they_show(database: Database) -> None:
    whole = progress_of(content_in(database), START, BELGIAN).whole
    nothing = replace(whole, groups=dict.fromkeys(Group, ()))
    assert Image.open(io.BytesIO(bar(whole))).size == Image.open(io.BytesIO(bar(nothing))).size
    for points in ([(START, 0)], [(START, 1), (START + timedelta(days=2_000), 3)]):
        assert Image.open(io.BytesIO(curve(points, 0, START))).format == "PNG"


@pytest.mark.parametrize(
    ("values", "kind", "said"),
    [
        ([], IndicatorKind.NUMBER, "une seule valeur"),
        ([3.0], IndicatorKind.NUMBER, "une seule valeur"),
        ([3.0, 3.0], IndicatorKind.NUMBER, "stable"),
        ([5.0, 3.0], IndicatorKind.NUMBER, "en hausse (2)"),
        ([40.0, 52.5], IndicatorKind.PERCENTAGE, "en baisse (12,5 points)"),
        ([None, 3.0], IndicatorKind.STATE, "a évolué"),
    ],
)
def test_trends(values: list[float | None], kind: IndicatorKind, said: str) -> None:
    told = tuple(Measurement(on=START, value=str(value), number=value) for value in values)
    assert trend(Indicator(id=1, name="x", kind=kind, measurements=told), FRENCH) == said
