"""Plans of any size for a benchmark: the examples, and more made of their words; the same ones at every run."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.house import House
from storage.database import Database
from storage.examples import example_plans
from storage.imports.draft import DraftAction, DraftPlan
from storage.loading import load_plan
from tests.databases import TENANT, TODAY, fill

SEED = 20260318
_PLAN_SIZE = 1_000
_BODIES = 300
_HEADS = ("Commission", "Conseil", "Cellule", "Groupe", "Service", "Coordination")


@contextmanager
def house_with(actions: int) -> Iterator[House]:
    """A house whose database holds the example plans and as many more actions as are missing; gone afterwards."""
    with TemporaryDirectory(prefix="boucle-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'plans.db'}")
        database.migrate()
        fill(database)
        with database.writing(TENANT) as writing:
            for number, draft in enumerate(_more(actions), start=1):
                load_plan(writing, draft, key=_key(number), title=draft.title, unit=f"Haute école/{draft.title}")
        yield House(database, TENANT)
        database.close()


def _more(wanted: int) -> Iterator[DraftPlan]:
    """Plans whose titles are words of the examples put together anew, as long as titles are there."""
    chance = random.Random(SEED)
    models = [action for example in example_plans(TODAY) for action in example.plan.actions]
    words = [word for model in models for word in model.title.split()]
    lengths = [len(model.title.split()) for model in models]
    known = {body for model in models for body in model.bodies}
    bodies = [*sorted(known), *_new_bodies(chance, words, _BODIES - len(known))]
    left = wanted - len(models)
    number = 0
    while left > 0:
        number += 1
        actions = []
        for place in range(1, min(left, _PLAN_SIZE) + 1):
            title = " ".join(chance.choices(words, k=chance.choice(lengths)))
            actions.append(_another(chance.choice(models), place, title, tuple(chance.sample(bodies, 2))))
        left -= len(actions)
        yield DraftPlan(title=f"Département {number}", actions=tuple(actions), doubts=())


def _another(model: DraftAction, number: int, title: str, bodies: tuple[str, ...]) -> DraftAction:
    return replace(model, number=number, title=title.capitalize(), bodies=bodies, place=f"made#{number}")


def _new_bodies(chance: random.Random, words: list[str], count: int) -> list[str]:
    long = sorted({word.lower() for word in words if word.isalpha() and len(word) > 5})
    made: dict[str, None] = {}
    while len(made) < count:
        made[f"{chance.choice(_HEADS)} {' '.join(chance.sample(long, 2))}"] = None
    return list(made)


def _key(number: int) -> str:
    return "D" + chr(ord("A") + (number - 1) // 26) + chr(ord("A") + (number - 1) % 26)
