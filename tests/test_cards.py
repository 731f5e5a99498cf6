"""What holds for every card whatever the plan says: small enough for Teams, few buttons, text never read as markup."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.endpoint import posted
from dialogs import answers
from dialogs.answers import Moment
from dialogs.cards import announcement, card_for
from dialogs.elements import LARGEST
from dialogs.posts import GROUPS, Digest, Line, Notice, OwedLine, Section, Target
from dialogs.requests import ListActions, ListChanges, NotUnderstood, ShowAction, ShowProgress
from dialogs.words import LANGUAGES, words_in
from storage.calendar import BELGIAN, Period
from storage.plan import Action, Body, Deadline, Indicator, IndicatorKind, Kind, Measurement, Rhythm, Status
from storage.selection import Selection
from tests.conversation import check_card

TODAY = date(2026, 3, 18)
AT = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
LONG = "Développer, [ici](https://mal.example) *tout* _ce_ qui `est` long " * 80

BY = answers.Author(who=LONG[:200], at=AT, through="button")


def _action(number: int = 1, words: str = LONG, **fields: object) -> Action:
    known = {
        "id": number,
        "ref": f"TI-{number}",
        "plan": "TI",
        "axis": words,
        "goal": words,
        "objective": words,
        "title": words,
        "deadline": Deadline(kind=Kind.DAY, text=words, start=TODAY, end=TODAY),
        "status": Status.TODO,
        "priority": 3,
        "version": 1,
        "bodies": tuple(Body(id=n, name=f"{words[:150]} {n}") for n in range(40)),
        "unit": "Haute école/" + words[:200],
    }
    return Action(**(known | fields))  # type: ignore[arg-type]


def _event(number: int) -> answers.ToldEvent:
    after = {"note": LONG, "link": "https://ecole.example/" + "x" * 300, "value": LONG[:200], "indicator": LONG}
    return answers.ToldEvent(
        ref=f"TI-{number}", title=LONG, kind="noted", by=BY, before={}, after=after, why=LONG[:400]
    )


_MEASURED = Measurement(on=TODAY, value=LONG[:200], note=LONG[:400], link="https://e.example/" + "x" * 370, author="A")
_INDICATORS = tuple(
    Indicator(id=n, name=f"{LONG[:300]} {n}", kind=IndicatorKind.STATE, measurements=(_MEASURED,) * 3)
    for n in range(30)
)
_WHERE = Selection(axis=LONG[:300], unit="Haute école", due=Period(start=TODAY, end=TODAY))
_WEEK = Period(start=date(2026, 3, 9), end=date(2026, 3, 15))
_SECTION = Section(
    scope=("axis", LONG[:300]),
    achieved=tuple(Line(ref=f"TI-{n}", title=LONG, who=LONG, at=AT) for n in range(40)),
    late=tuple(_action(n) for n in range(1, 5)),
    late_total=400,
    coming=tuple(_action(n) for n in range(1, 5)),
    coming_total=400,
    changed=4000,
    show_late=ListActions(where=_WHERE),
    show_coming=ListActions(where=_WHERE),
    show_changed=ListChanges(where=_WHERE),
)
_WORST: list[answers.Answer] = [
    answers.ActionList(
        request=ListActions(where=_WHERE, page=2),
        groups=(answers.Group(heading="Haute école", actions=tuple(_action(n) for n in range(1, 7))),),
        total=100,
        first=7,
        late_before=5,
    ),
    answers.ActionShown(
        action=_action(),
        indicators=_INDICATORS,
        people={body.name: ["Prénom Nom-Composé"] * 30 for body in _action().bodies},
        may_change=True,
        notes=tuple(_event(n) for n in range(3)),
    ),
    answers.ProgressShown(
        request=ShowProgress(),
        overall=answers.Standing(label="", total=900, done=5, abandoned=1, late=3, share=1),
        axes=tuple(
            answers.Standing(label=f"{LONG[:290]} {n}", total=9, done=5, abandoned=1, late=3, share=60)
            for n in range(60)
        ),
    ),
    answers.ChangesShown(request=ListChanges(), events=tuple(_event(n) for n in range(12)), total=400),
    answers.UnitAsked(units=tuple(f"Haute école/Département {LONG[:200]} {n}" for n in range(200))),
    answers.Responsible(action=_action(), people={body.name: ["Prénom Nom"] * 30 for body in _action().bodies}),
    answers.Choice(
        sentence="choice.which",
        places={"words": LONG},
        options=tuple((LONG, ShowAction(ref=f"TI-{n}")) for n in range(5)),
    ),
    answers.Lost(
        request=NotUnderstood(reason="impossible_day", words=LONG),
        near=(_action(1), _action(2), _action(3)),
        example_ref="TI-1",
    ),
    answers.MarkedDone(before=_action(), after=_action(), by=BY, event=1, announced=3, back=ListActions()),
    answers.Unsubscribed(scopes=tuple(("axis", f"{LONG[:290]} {n}") for n in range(60))),
    answers.Subscriptions(scopes=tuple(("axis", f"{LONG[:290]} {n}") for n in range(60)), example_plan="TI"),
    answers.Refused(
        code="may_not.change",
        places={"ref": "TI-1"},
        who_may=tuple(f"{LONG[:200]} {n}" for n in range(60)),
        action=_action(),
    ),
    answers.Subscriptions(
        scopes=(("plan", "TI"),), example_plan="TI", last=AT, next_post=TODAY, next_digest=TODAY, waiting=3, kept=True
    ),
    answers.RemindersShown(
        notice=Notice(
            name=LONG,
            groups=tuple((kind, tuple(_action(n) for n in range(1, 40))) for kind in GROUPS),
            overdue=tuple(_action(n) for n in range(1, 40)),
            owed=tuple(OwedLine(kind=kind, content={"text": LONG, "ref": "TI-1"}) for kind in ("undelivered", "new")),
        ),
        on=True,
        reachable=True,
    ),
    answers.DigestShown(
        digest=Digest(period=_WEEK, sections=(_SECTION,)), targets=(Target(conversation=1, name=LONG[:300]),) * 3
    ),
    answers.DigestShown(digest=Digest(period=_WEEK, sections=(_SECTION,) * 30), targets=()),
    answers.Undelivered(
        failures=tuple(
            answers.NotDelivered(
                where=LONG, kind="completion", summary=LONG, at=AT, problem="gone 403", is_uncertain=False
            )
            for _ in range(20)
        ),
        unreachable=tuple(f"{LONG[:200]} {n}" for n in range(400)),
    ),
    answers.You(name=LONG, role="member", unit=LONG, bodies=tuple(f"{LONG[:200]} {n}" for n in range(60))),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("answer", _WORST, ids=lambda answer: type(answer).__name__)
def test_the_worst_plan_still_makes_a_card_that_teams_takes(answer: answers.Answer, language: str) -> None:
    card = card_for(answer, Moment(today=TODAY, calendar=BELGIAN, language=language))
    message = posted(card)
    check_card(card.content())
    assert len(orjson.dumps(message).decode().encode("utf-16-le")) <= LARGEST
    assert message["summary"]


@pytest.mark.parametrize("answer", _WORST, ids=lambda answer: type(answer).__name__)
def test_text_of_a_plan_is_never_a_link(answer: answers.Answer) -> None:
    card = card_for(answer, Moment(today=TODAY, calendar=BELGIAN, language="fr"))
    for words in _texts({"items": card.body}):
        assert "[ici](" not in words.replace("\\[ici\\]", "")


def _texts(element: Any) -> list[str]:
    own = [element["text"]] if element.get("type") == "TextBlock" else []
    children = [*element.get("items", ()), *element.get("columns", ())]
    return own + [words for child in children for words in _texts(child)]


def test_a_button_carries_what_the_contract_says() -> None:
    card = card_for(_WORST[0], Moment(today=TODAY, calendar=BELGIAN, language="fr"))
    row = [button for element in card.body for button in _buttons(element)]
    assert {(button["verb"], button["data"]["ref"], button["data"]["version"]) for button in row} >= {
        ("mark_done", "TI-1", 1),
        ("show_action", "TI-1", 1),
    }
    assert [button["title"] for button in card.buttons] == ["Précédent", "Suite", "Voir les actions en retard"]


def _buttons(element: Any) -> list[Any]:
    children = [*element.get("items", ()), *element.get("columns", ())]
    return [*element.get("actions", ()), *(button for child in children for button in _buttons(child))]


_TEXT = st.text(max_size=300).filter(str.strip)
_DEADLINES = st.one_of(
    st.builds(lambda day: Deadline(kind=Kind.DAY, text=str(day), start=day, end=day), st.dates()),
    st.sampled_from(
        [
            Deadline(kind=Kind.ONGOING, text="En continu"),
            Deadline(kind=Kind.NONE),
            Deadline(kind=Kind.RECURRING, rhythm=Rhythm.LAST_DAY),
            Deadline(kind=Kind.RECURRING, rhythm=Rhythm.RENTREE),
        ]
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    words=_TEXT,
    deadline=_DEADLINES,
    status=st.sampled_from(Status),
    today=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    language=st.sampled_from(LANGUAGES),
)
def test_any_action_can_be_shown_and_announced(
    words: str, deadline: Deadline, status: Status, today: date, language: str
) -> None:
    action = _action(words=words, deadline=deadline, status=status, bodies=(), axis="", goal="")
    moment = Moment(today=today, calendar=BELGIAN, language=language)
    shown = card_for(answers.ActionShown(action=action, indicators=(), people={}, may_change=True), moment)
    assert "TI-1" in shown.summary
    for taken_back in (False, True):
        announced = announcement(action, words, AT, words_in(language), taken_back=taken_back)
        check_card(announced.content())
