"""What the name of a body says by itself: its kind, and whether it is initials. Pure."""

import re

from storage.folding import fold
from storage.plan import BodyKind

_KINDS = (
    (BodyKind.WORKING_GROUP, r"gt|groupe|groupes|task force|working group|werkgroep"),
    (
        BodyKind.COUNCIL,
        r"conseil|conseils|commission|commissions|college|colleges|comite|comites|assemblee|bureau|jury|organe|organes"
        r"|council|committee|board|raad|commissie|comite",
    ),
    (
        BodyKind.SERVICE,
        r"service|services|secretariat|secretariats|bibliotheque|cellule|equipe|equipes|personnel|centre|department"
        r"|office|library|dienst|secretariaat|bibliotheek",
    ),
    (BodyKind.PARTNER, r"consultant|consultants|partenaire|partenaires|prestataire|fournisseur|asbl|partner|vzw"),
    (
        BodyKind.ROLE,
        r"direction|directions|directeur|directeurs|coordination|coordinations|coordinateur|coordinateurs|responsable"
        r"|responsables|resp|coord|enseignants|etudiants|secretaires|referent|referents|presidence|personne|personnes"
        r"|lecturers|teachers|students|management|head|directie|docenten|studenten",
    ),
)


def likely_kind(name: str) -> BodyKind | None:
    """What a name says by itself: a "Conseil …" is a council; initials say nothing."""
    first = fold(name)
    return next((kind for kind, words in _KINDS if re.match(rf"(?:{words})\b", first)), None)


def are_initials(name: str) -> bool:
    return name.isupper() and 2 <= len(name) <= 8 and " " not in name
