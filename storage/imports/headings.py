"""Which column holds what, told by the words of a header row in French, English or Dutch, never by position."""

import re
from collections.abc import Mapping
from enum import Enum, auto

from storage.folding import fold
from storage.imports.grid import Cell


class Column(Enum):
    AXIS = auto()
    GOAL = auto()
    OBJECTIVE = auto()
    ACTION = auto()
    OWNERS = auto()
    DEADLINE = auto()
    STATUS = auto()
    PRIORITY = auto()
    INDICATORS = auto()
    REF = auto()
    READ_AS = auto()
    """What is meant by a deadline whose wording does not say it."""
    PEOPLE = auto()
    VALUES = auto()
    """These two are of our own making and not read back: who was given an action by name, and what was measured."""


LEVELS = (Column.ACTION, Column.OBJECTIVE, Column.GOAL)
"""The lowest level of a plan first: it is what is done and followed."""
FOLLOW_UP = (Column.OWNERS, Column.DEADLINE, Column.STATUS, Column.PRIORITY, Column.INDICATORS)

_WORDS = {
    Column.AXIS: """
        axe | axes | axe strategique | axes strategiques | axis | axes | strategic axis | as | assen | strategische as
        """,
    Column.GOAL: """
        objectif strategique | objectifs strategiques | finalite | finalites | but | buts
        | goal | goals | strategic goal | strategic goals | strategic objective | strategic objectives | purpose
        | doel | doelen | strategische doelstelling | strategische doelstellingen
        | strategisch doel | strategische doelen
        """,
    Column.OBJECTIVE: """
        objectif | objectifs | objectif specifique | objectifs specifiques | objectif operationnel
        | objectifs operationnels | objective | objectives | specific objective | specific objectives
        | operational objective | operational objectives | doelstelling | doelstellingen
        | operationele doelstelling | operationele doelstellingen | specifieke doelstelling | specifieke doelstellingen
        """,
    Column.ACTION: """
        action | actions | actions a mener | mesure | mesures | activite | activites | activity | activities
        | measure | measures | actie | acties | actiepunt | actiepunten | maatregel | maatregelen
        """,
    Column.OWNERS: """
        responsable | responsables | pilote | pilotes | porteur | porteurs | instance | instances
        | instances responsables | instance responsable | qui | responsible | responsible body | responsible bodies
        | owner | owners | lead | who | verantwoordelijke | verantwoordelijken | eigenaar | trekker | trekkers | wie
        """,
    Column.DEADLINE: """
        echeance | echeances | echeancier | delai | delais | calendrier | date d'echeance | date limite | date butoir
        | date | quand | deadline | deadlines | due | due date | timing | timeline | when | by when
        | termijn | termijnen | streefdatum | einddatum | datum | planning | wanneer
        """,
    Column.STATUS: """
        statut | etat | etat d'avancement | avancement | status | progress | state | stand van zaken | voortgang
        """,
    Column.PRIORITY: "priorite | priorites | degre de priorite | priority | priorities | prioriteit | prioriteiten",
    Column.INDICATORS: """
        indicateur | indicateurs | indicateurs de suivi | indicateurs de reussite | indicator | indicators
        | follow-up indicators | kpi | kpis | indicatoren | opvolgingsindicatoren
        """,
    Column.REF: "ref | reference | references | refs | referentie | referenties",
    Column.READ_AS: "echeance lue comme | deadline read as | deadline gelezen als",
    Column.PEOPLE: "personnes chargees | people in charge | belaste personen",
    Column.VALUES: "dernieres valeurs | last values | laatste waarden",
}
_COLUMN_OF = {phrase.strip(): column for column, phrases in _WORDS.items() for phrase in phrases.split("|")}
_LONGEST = max(len(phrase.split()) for phrase in _COLUMN_OF)
LONGEST_HEADING = 60
_ALONE = frozenset({"date", "datum", "but", "buts", "qui", "who", "wie", "as"})
"""Headings that mean something else when they go on: "date de début" is no deadline."""
_CONTINUING = frozenset(
    {"de", "du", "des", "d'action", "d'actions", "/", "et", "&", "-", "of", "for", "and", "van", "voor", "en"}
)
"""Words after which a heading only goes on about the same thing: "Indicateurs / preuves"."""
_WEAK = frozenset(
    (
        "intitule", "intitules", "libelle", "description", "descriptif", "tache", "taches", "quoi",
        "title", "task", "tasks", "what", "omschrijving", "taak", "taken", "wat",
    )
)  # fmt: skip
"""Headings of what is to be done where no other one says it; beside another they only describe it."""
_ASIDE = re.compile(r"\((?:s|x|en|n|e|es|nen)\)|\([^)]*\)")


def column_of(text: str) -> Column | None:
    """What a heading announces: "Objectifs stratégiques", "Échéance :", "Responsable(s) de l'action"."""
    if len(text) > LONGEST_HEADING:
        return None
    words = _ASIDE.sub("", fold(text)).strip(" .:*").split()
    for length in range(min(len(words), _LONGEST), 0, -1):
        phrase = " ".join(words[:length])
        found = _COLUMN_OF.get(phrase)
        if found is not None and (length == len(words) or (phrase not in _ALONE and words[length] in _CONTINUING)):
            return found
    return None


def find_columns(cells: Mapping[int, Cell]) -> dict[Column, int] | None:
    """The columns a header row announces, or None where the row is no header.

    A header names what is done and one thing to follow it by, and all its cells are short.
    """
    columns: dict[Column, int] = {}
    for index, cell in sorted(cells.items()):
        column = column_of(cell.line)
        if column is not None:
            columns.setdefault(column, index)
    if not any(level in columns for level in LEVELS):
        weak = next((index for index, cell in sorted(cells.items()) if fold(cell.line).strip(" .:") in _WEAK), None)
        if weak is not None:
            columns[Column.ACTION] = weak
    named = any(level in columns for level in LEVELS) and any(column in columns for column in FOLLOW_UP)
    if not named or any(len(cell.line) > LONGEST_HEADING for cell in cells.values()):
        return None
    if Column.OBJECTIVE in columns and Column.ACTION in columns and Column.GOAL not in columns:
        columns[Column.GOAL] = columns.pop(Column.OBJECTIVE)
    return columns
