"""How long understanding one message takes, with few and with many actions in the plan."""

import gc
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from bot.house import House
from dialogs.dates import warm_up
from dialogs.names import Lexicon
from dialogs.sentences import SMALL_WORDS
from dialogs.understand import understand
from storage.calendar import BELGIAN
from storage.naming import read_vocabulary
from tests.bench.plans import house_with
from tests.databases import TENANT, TODAY

SENTENCES = Path(__file__).parent.parent / "sentences"
_EXAMPLES_ALONE = 0
_TIMES = 3
_BUILT_IN = """
bonjour
aide
qu'est-ce qui est à rendre d'ici la fin du mois ?
les actions en retard
les actions de la CQI avant le 30/06
et le mois prochain ?
combien d'actions sont terminées ?
échéances pour juin 2022
montre-moi TI-12
où en est le plan TI ?
où en est l'axe gouvernance ?
TI-12 est terminée
TI-12 n'est pas terminée
est-ce que TI-12 est terminée ?
reporte TI-12 au 1er octobre 2026 parce que la personne est absente
je m'en charge
qui est responsable de la nouvelle architecture du programme ?
le lancement de la nouvelle architecture du programme est fini
les actions prioritaires du collège de direction
echanger les bonnes pratiques pedagogiques entre departments
les actions sur le personnel du magasin pour la semaine prochaine
qu'est-ce qui a changé depuis la rentrée ?
annule
merci beaucoup !
tout ce qui parle de communication interne et d'alumni
on pourrait peut-être se voir jeudi pour en parler
what is due by the end of June for the CQI?
show me the late actions
mark TI-7 as done
how many actions are still open?
how far is the plan HEN?
who is responsible for the library?
postpone TI-3 to next Tuesday
what changed since last month?
I do not know whether the new programme is finished
wat moet er klaar zijn tegen eind juni?
toon de acties die te laat zijn
TI-12 is klaar
hoeveel acties zijn er deze maand?
wie is verantwoordelijk voor de communicatie?
"""


@dataclass(frozen=True, kw_only=True)
class _Size:
    actions: int
    plans: int
    bodies: int
    reading_ms: float
    building_ms: float
    lexicon: Lexicon
    milliseconds: list[float] = field(default_factory=list)
    """One for each sentence and round."""

    @property
    def median(self) -> float:
        return median(self.milliseconds)

    @property
    def p99(self) -> float:
        return quantiles(self.milliseconds, n=100, method="inclusive")[-1]


def report(*, many: int, rounds: int, sample: int | None) -> list[str]:
    """The lines to print: the example plans against `many` actions, over the sentences of the tests."""
    sentences, where = _sentences()
    if sample is not None:
        sentences = sentences[:: max(1, len(sentences) // sample)]
    warm_up()
    with ExitStack() as stack:
        sizes = [_size(stack.enter_context(house_with(actions))) for actions in (_EXAMPLES_ALONE, many)]
        for size in sizes:
            for sentence in sentences:
                _understand(sentence, size)
        # As the bot does when it starts: what lives as long as the process is not looked at again.
        gc.collect()
        gc.freeze()
        for number in range(rounds):
            for sentence in sentences:
                for size in sizes if number % 2 == 0 else sizes[::-1]:
                    size.milliseconds.append(_once(partial(_understand, sentence, size)))
        gc.unfreeze()
    return [
        *_table(*sizes),
        "",
        f"{len(sentences)} sentences ({where}), {rounds} alternating {'round' if rounds == 1 else 'rounds'}.",
    ]


def _sentences() -> tuple[list[str], str]:
    files = sorted(SENTENCES.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]
    texts = [row["text"] for row in map(json.loads, lines) if isinstance(row.get("text"), str)]
    if texts:
        return list(dict.fromkeys(texts)), "tests/sentences"
    return _BUILT_IN.strip().splitlines(), "a list of its own, for want of tests/sentences"


def _size(house: House) -> _Size:
    with house.database.reading(TENANT) as reading:
        vocabulary = read_vocabulary(reading)
        reading_ms = _spent(lambda: read_vocabulary(reading))
    return _Size(
        actions=len(vocabulary.titles),
        plans=len(vocabulary.plans),
        bodies=len(vocabulary.bodies),
        reading_ms=reading_ms,
        building_ms=_spent(lambda: Lexicon(vocabulary, SMALL_WORDS)),
        lexicon=Lexicon(vocabulary, SMALL_WORDS),
    )


def _spent(work: Callable[[], object]) -> float:
    """Milliseconds, the median of a few times."""
    return median(_once(work) for _ in range(_TIMES))


def _once(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - begun)


def _understand(sentence: str, size: _Size) -> None:
    understand(sentence, size.lexicon, TODAY, BELGIAN)


def _table(few: _Size, many: _Size) -> list[str]:
    lines = [
        f"{'actions':>9} {'plans':>6} {'bodies':>7} {'median ms':>10} {'p99 ms':>8} {'slowest ms':>11} "
        f"{'names: read ms':>15} {'built ms':>9}"
    ]
    for size in (few, many):
        lines.append(
            f"{size.actions:>9,} {size.plans:>6} {size.bodies:>7} {size.median:>10.3f} {size.p99:>8.3f} "
            f"{max(size.milliseconds):>11.3f} {size.reading_ms:>15.1f} {size.building_ms:>9.1f}"
        )
    lines.append(
        f"{f'× {many.actions / few.actions:.0f}':>9} {'':>6} {'':>7} {f'× {many.median / few.median:.1f}':>10} "
        f"{f'× {many.p99 / few.p99:.1f}':>8} {f'× {max(many.milliseconds) / max(few.milliseconds):.1f}':>11} "
        f"{f'× {many.reading_ms / few.reading_ms:.0f}':>15} {f'× {many.building_ms / few.building_ms:.0f}':>9}"
    )
    return lines
