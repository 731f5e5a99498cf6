"""A school of any size in which one department's question for March has the same answer: what the speed runs ask."""

from collections.abc import Iterator
from datetime import date, timedelta

from storage.database import Database
from storage.imports.draft import DraftAction, DraftPlan
from storage.imports.register import Entry
from storage.loading import load_plan
from storage.people import register
from storage.plan import Deadline, Kind, Status
from tests.databases import TODAY

QUESTION = "qu'est-ce qui est à faire ce mois-ci pour mon département ?"
MATCHES = 20
LATE = 5
PEOPLE = 50
_PLAN = 200
_AXES = ("Gouvernance et démarches qualité", "Enseignement", "Recherche", "Service à la société")
_WORDS = (
    "Relancer la commission",
    "Publier le rapport",
    "Revoir la grille",
    "Organiser la journée",
    "Suivre l'enquête",
)


def fill_school(database: Database, tenant: str, actions: int) -> None:
    """`actions` in all: each department has its plan of 200, and the first of them asks."""
    with database.writing(tenant) as writing:
        for number in range(-(-actions // _PLAN)):
            unit = f"Haute école/Département {number}"
            drafted = tuple(_asked() if number == 0 else _others(number))
            plan = DraftPlan(title=f"Plan du département {number}", actions=drafted, doubts=())
            load_plan(writing, plan, key=f"D{number}", title=plan.title, unit=unit)
        home = "Haute école/Département 0"
        people = [
            Entry.model_validate(
                {"email": email(n), "name": f"Personne {n}", "unit": home, "bodies": "B0", "role": "member"}
            )
            for n in range(PEOPLE)
        ]
        register(writing, people)


def email(number: int) -> str:
    return f"p{number}@ecole.example"


def _asked() -> Iterator[DraftAction]:
    """What is due this month, a few that are late, and the rest due later or done."""
    for number in range(1, _PLAN + 1):
        if number <= MATCHES:
            yield _action(number, 0, date(2026, 3, 19) + timedelta(days=number % 12))
        elif number <= MATCHES + LATE:
            yield _action(number, 0, date(2025, 11, 1) + timedelta(days=number))
        else:
            yield _action(number, 0, _spread(number))


def _others(department: int) -> Iterator[DraftAction]:
    for number in range(1, _PLAN + 1):
        yield _action(number, department, _spread(number * 7 + department * 13))


def _spread(number: int) -> date:
    """Over ten years, but not this month where the first department counts them."""
    day = date(2021, 1, 1) + timedelta(days=number * 17 % 3_650)
    return day if (day.year, day.month) != (2026, 3) else day + timedelta(days=40)


def _action(number: int, department: int, due: date) -> DraftAction:
    past = due < TODAY and not (department == 0 and number <= MATCHES + LATE)
    return DraftAction(
        number=number,
        axis=_AXES[number % 4],
        goal=f"Finalité {number % 8}",
        objective="",
        title=f"{_WORDS[number % 5]} {number} du département {department}, avec les étudiants et les anciens",
        bodies=(f"B{department}", f"Conseil de département {department}"),
        deadline=Deadline(kind=Kind.DAY, text=due.isoformat(), start=due, end=due),
        status=Status.DONE if past else Status.TODO,
        priority=number % 3 + 1,
        indicators=(),
        place=f"{department}!{number}",
    )
