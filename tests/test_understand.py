"""Understanding what people write: tables of sentences, texts that must change nothing, names, speed, any text."""

import json
import os
import time
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogs.cut import LONGEST, Cut, likely_languages
from dialogs.message import Message
from dialogs.names import Lexicon
from dialogs.phrases import Phrases
from dialogs.requests import Changing, ListActions, NeedsChoice, NotUnderstood, Request
from dialogs.sentences import LANGUAGES, SMALL_WORDS, sentences_in
from dialogs.slots import slots_of
from dialogs.understand import Context, understand
from storage.calendar import BELGIAN, month
from storage.examples import example_plans
from storage.folding import fold, places_in
from storage.imports.draft import DraftPlan
from storage.imports.reading import read_plan
from storage.selection import Selection
from storage.vocabulary import PlanName, Vocabulary

SENTENCES = Path(__file__).with_name("sentences")
TODAY = date(2026, 3, 18)
UNITS = (
    "Haute école",
    "Haute école/Techniques de l'image",
    "Haute école/Soins infirmiers",
    "Haute école/Service qualité",
)
PEOPLE = (
    "Claire Dumont", "Anne Leroy", "Julie Servais", "Nadia Lambert", "Karim Benali", "Sofie Peeters", "Marc Renard",
    "Elena Rossi", "Fatima El Amrani", "Thomas Maes", "Luc Wauters",
)  # fmt: skip
SEEN = Context(
    last=ListActions(where=Selection(body="CQI", due=month(2026, 3))),
    shown=("TI-13", "TI-14", "TI-15", "TI-16", "TI-17", "TI-18"),
)
HOSTILE = (
    "TI-12 " * 700, "a" * 4000, "<at>" * 1000, "((((" * 1000, "est terminée " * 330, "plan " * 800, "axe " * 1000,
    "marque marque " * 300, "<at>x</at>" * 400, "est-ce que " * 400, '"' * 4000, "'" * 4000, "1 " * 2000, "1" * 4000,
    "le la les " * 400, "de mars à mai " * 300, " ".join(f"mot{n}x" for n in range(600)), "https://" * 500,
    "qualité enquête programme évaluation " * 100, "taux : " * 500, "la deuxième " * 300, "indicateur " * 400 + "5",
    "reporte " * 500, "à Karim " * 500, "é" * 4000, "e\u0301" * 2000, "🙂" * 4000, "é.e.s" * 800, "ﷺ" * 4000,
    ". ? ! " * 700,
)  # fmt: skip


def _vocabulary(plans: list[tuple[str, str, str, DraftPlan]]) -> Vocabulary:
    actions = [(key, action, f"{key}-{action.number}") for key, _, _, plan in plans for action in plan.actions]
    return Vocabulary(
        revision=1,
        plans=tuple(PlanName(key=key, title=title, unit=unit) for key, title, unit, _ in plans),
        axes=tuple(dict.fromkeys((key, action.axis) for key, action, _ in actions)),
        bodies=tuple(dict.fromkeys(body for _, action, _ in actions for body in action.bodies)),
        units=UNITS,
        titles=tuple((ref, action.title) for _, action, ref in actions),
        indicators=tuple(dict.fromkeys(name for _, action, _ in actions for name in action.indicators)),
        people=PEOPLE,
        goals=tuple(dict.fromkeys((key, action.axis, action.goal) for key, action, _ in actions if action.goal)),
    )


@cache
def examples() -> Lexicon:
    plans = [(example.key, example.title, example.unit, example.plan) for example in example_plans(TODAY)]
    return Lexicon(_vocabulary(plans), SMALL_WORDS)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SENTENCES / f"{name}.jsonl").read_text("utf-8").splitlines()]


def request(text: str, context: Context | None = None, lexicon: Lexicon | None = None) -> Request:
    return understand(text, lexicon or examples(), TODAY, BELGIAN, context=context).request


def as_row(understood: Request) -> tuple[str, dict[str, Any]]:
    slots = json.loads(json.dumps(slots_of(understood), ensure_ascii=False, default=str))
    return understood.name, slots


def changes(understood: Request) -> bool:
    options = understood.options if isinstance(understood, NeedsChoice) else (understood,)
    return any(isinstance(option, Changing) for option in options)


@pytest.mark.parametrize(("language", "least"), [("fr", 300), ("en", 150), ("nl", 100)])
def test_sentences_are_understood_exactly(language: str, least: int) -> None:
    table = rows(language)
    assert len(table) >= least
    assert len({row["text"] for row in table}) == len(table)
    wrong = [
        (row["text"], found) for row in table if (found := as_row(request(row["text"]))) != (row["name"], row["slots"])
    ]
    assert wrong == []


def test_messages_that_lean_on_the_one_before() -> None:
    wrong = [
        (row["text"], found)
        for row in rows("context")
        if (found := as_row(request(row["text"], replace(SEEN, ref=row.get("ref"))))) != (row["name"], row["slots"])
    ]
    assert wrong == []


def test_what_leans_on_nothing_changes_nothing() -> None:
    for row in rows("context"):
        if row["text"] != "note : le PV est en ligne":
            assert not changes(request(row["text"])), row["text"]


def test_questions_doubts_and_hearsay_change_nothing() -> None:
    table = rows("nothing")
    assert len(table) >= 100
    contexts = (None, SEEN, Context(ref="TI-5", shown=("TI-5", "TI-6")))
    changed = [row["text"] for row in table for context in contexts if changes(request(row["text"], context))]
    assert changed == []


def test_a_question_mark_turns_every_statement_into_a_question() -> None:
    for row in rows("fr"):
        if row["name"] in ("mark_done", "mark_in_progress", "abandon") and row["text"].startswith(("TI-", "HEN-")):
            text = row["text"].split(".")[0].rstrip(" !.")
            if "stp" not in text and "svp" not in text:
                assert not changes(request(f"est-ce que {text} ?")), text


def test_negation_makes_nothing_of_every_plain_statement() -> None:
    for ref in ("TI-12", "HEN-20"):
        for word in (
            "terminée",
            "finie",
            "réalisée",
            "faite",
            "clôturée",
            "bouclée",
            "achevée",
            "en cours",
            "commencée",
        ):
            for sentence in ("{} n'est pas {}", "{} n'est pas encore {}", "{} n'a jamais été {}", "si {} était {}"):
                assert not changes(request(sentence.format(ref, word))), (ref, word, sentence)


def test_every_cue_is_used() -> None:
    texts = [row["text"] for name in (*LANGUAGES, "nothing", "context") for row in rows(name)]
    used: dict[str, set[str]] = {language: set() for language in LANGUAGES}
    for text in texts:
        cut = Cut(text, examples())
        language = likely_languages(cut, "fr")[0]
        used[language].update(Message(cut, language, examples()).shown_cues())
    for language in LANGUAGES:
        assert sorted(set(sentences_in(language).cues) - used[language]) == [], language


def test_the_languages_have_the_same_cues() -> None:
    for language in LANGUAGES:
        assert set(sentences_in(language).cues) == set(sentences_in("fr").cues)


def test_a_phrase_with_an_open_bracket_is_refused() -> None:
    for phrase in ("(a|b", "a)", "[x"):
        with pytest.raises((ValueError, IndexError)):
            Phrases([("cue", [phrase, "x"])])


@pytest.mark.parametrize(
    ("said", "body"),
    [
        ("la direction", "Direction"),
        ("la direction de département", "Direction de département"),
        ("la direction IRO", "Direction IRO"),
        ("le comité de direction", "Comité de direction"),
        ("les directions", "Directions"),
        ("le collège", "Collège de Direction"),
        ("le collège de direction", "Collège de Direction"),
        ("les coordos", "coordinations"),
        ("la coordo", "Coordination"),
        ("les profs", "Enseignants"),
        ("les enseignant·e·s", "Enseignants"),
        ("la bib", "bibliothèque"),
        ("la cqi", "CQI"),
        ("la commission qualité institutionnelle", "CQI"),
        ("le service logistique", "service logistique"),
        ("le service logistique et informatique", "service logistique et informatique"),
        ("la coordination pedagogique", "Coordination pédagogique"),
    ],
)
def test_bodies_as_people_call_them(said: str, body: str) -> None:
    for sentence in ("que doit faire {} ?", "les actions de {} en retard", "et pour {} ?"):
        found = request(sentence.format(said))
        assert isinstance(found, ListActions), sentence
        assert found.where.body == body, sentence


@pytest.mark.parametrize("spelling", ["TI-12", "ti-12", "ti 12", "TI12", "Ti - 12", "TI n°12", "TI–12", "ti012"])
def test_references_in_any_spelling(spelling: str) -> None:
    assert as_row(request(f"{spelling} est terminée")) == ("mark_done", {"ref": "TI-12", "to": "done"})


def _title_found(lexicon: Lexicon, text: str, ref: str) -> bool:
    found = request(text, lexicon=lexicon)
    options = found.options if isinstance(found, NeedsChoice) else (found,)
    return any(getattr(option, "ref", None) == ref for option in options)


def _titles_are_found(lexicon: Lexicon) -> None:
    titles = [(ref, title) for ref, title in lexicon.vocabulary.titles if len(title) < 120]
    for ref, title in titles:
        assert lexicon.titles.search(fold(title), limit=1)[0].score > 0.9, title
        assert _title_found(lexicon, f"où en est « {title} » ?", ref), title
    bare = [ref for ref, title in titles if not _title_found(lexicon, f"c'est pour quand {fold(title)} ?", ref)]
    assert len(bare) <= len(titles) // 20, bare


def test_every_title_of_the_examples_is_found() -> None:
    _titles_are_found(examples())


def test_every_title_of_the_real_plans_is_found() -> None:
    folder = os.environ.get("BOUCLE_PLANS")
    if not folder:
        pytest.skip("BOUCLE_PLANS is not set: the titles of the real plans were not looked for")
    files = (("henallux.xlsx", "HEN", UNITS[0]), ("helb-techniques-image.xlsx", "TI", UNITS[1]))
    plans = [(key, plan.title, unit, plan) for name, key, unit in files for plan in [read_plan(Path(folder) / name)]]
    _titles_are_found(Lexicon(_vocabulary(plans), SMALL_WORDS))


def test_each_slot_tells_the_words_it_came_from() -> None:
    understood = understand("les actions en retard de la CQI en juin", examples(), TODAY, BELGIAN)
    assert understood.words == {"late": "en retard", "body": "cqi", "due": "en juin"}
    assert understand("combien d'actions en retard ?", examples(), TODAY, BELGIAN).runner_up == "list_actions"


def test_the_language_is_that_of_the_message() -> None:
    for text, language in (("mes actions", "fr"), ("my actions", "en"), ("mijn acties", "nl"), ("TI-12", "fr")):
        assert understand(text, examples(), TODAY, BELGIAN).language == language
    assert understand("TI-12", examples(), TODAY, BELGIAN, client_language="nl").language == "nl"


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_takes_for_ever(text: str) -> None:
    """No pattern explodes: `make bench` says how quick a message is; this only says that each text comes to an end."""
    begun = time.process_time()
    for context in (None, replace(SEEN, ref="TI-3")):
        request(text, context)
    assert time.process_time() - begun < 5


PIECES = st.sampled_from(
    [row["text"] for name in (*LANGUAGES, "nothing") for row in rows(name)]
    + [
        "TI-12",
        "?",
        "«",
        ":",
        "12 %",
        "https://x.be/y",
        "le 31 juin",
        "\n",
        "é",
        "Karim,",
        "la deuxième",
        "et",
        "plan XYZ",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=4).map(" ".join)))
def test_any_text_is_understood_or_refused(text: str) -> None:
    for context in (None, replace(SEEN, ref="TI-3")):
        found = request(text, context)
        assert isinstance(slots_of(found), dict)
        if isinstance(found, NeedsChoice):
            assert 0 < len(found.options) <= 5
        if isinstance(found, NotUnderstood):
            assert len(found.near) <= 3


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Mn", "Mc", "Me")), max_size=200))
def test_the_places_of_folded_text_lead_back(text: str) -> None:
    places = places_in(text, LONGEST)
    assert places == sorted(places)
    assert all(place < min(len(text), LONGEST) for place in places)
    assert len(places) >= len(fold(text, LONGEST))
