"""Bodies, persons and units: who they are, who belongs to them, and saying what a body is."""

from pathlib import Path

import pytest

from storage.bodies import find_body, get_body
from storage.database import Database
from storage.describing import Described, describe_all
from storage.imports.register import BodyEntry, NotARegister, read_bodies
from storage.kinds import likely_kind
from storage.plan import BodyKind
from tests.conversation import School, Someone
from tests.databases import OPERATOR, TENANT


def claire(school: School) -> Someone:
    """Coordinates quality for the whole school."""
    return school.chat("claire.dumont")


async def test_who_is_the_cqi(school: School) -> None:
    asker = claire(school)
    card = await asker.says("qui est la CQI ?")
    assert "conseil ou commission" in card
    assert "CQI · Commission qualité institutionnelle" in card
    assert "Comprend  CQC" in card
    assert "Membres  Claire Dumont, Julie Servais, Karim Benali" in card
    assert "actions à faire" in card
    assert "actions à faire · CQI" in await asker.presses("Voir les actions")


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("c'est quoi APACH ?", "Membres  Sofie Peeters"),
        ("qui est membre de la CQI ?", "Membres  Claire Dumont, Julie Servais, Karim Benali"),
        ("de quoi la CQI s'occupe ?", "actions à faire"),
        ("que veut dire CQC ?", "CQC · Commission qualité du cursus"),
        ("qui est la commission qualité institutionnelle ?", "CQI · Commission qualité institutionnelle"),
        ("c'est quoi la bibliothèque ?", "Je ne lui connais encore aucun membre."),
        ("qui est la XYZ ?", "Je ne connais pas d'instance « XYZ »."),
        ("who is the CQI?", "council or committee"),
        ("what does APACH stand for?", "Members  Sofie Peeters"),
        ("wie zit in de CQI?", "Leden  Claire Dumont, Julie Servais, Karim Benali"),
        ("wat betekent CQC?", "raad of commissie"),
    ],
)
async def test_the_glossary(school: School, said: str, seen: str) -> None:
    assert seen in await claire(school).says(said)


async def test_who_is_somebody(school: School) -> None:
    card = await claire(school).says("qui est Karim ?")
    assert "Karim Benali" in card
    assert "Instances  CQC, CQI" in card
    assert "Techniques de l'image" in card
    assert "Je ne connais personne du nom de « Paul Martin »." in await claire(school).says("qui est Paul Martin ?")


async def test_a_unit_stands_in_a_tree(school: School) -> None:
    card = await claire(school).says("c'est quoi Techniques de l'image ?")
    assert "Fait partie de  Haute école" in card
    assert "Coordination qualité  Claire Dumont, Nadia Lambert" in card
    assert "Plans  TI" in card
    assert "actions à faire" in await claire(school).says("c'est quoi Soins infirmiers ?")


async def test_two_people_of_one_name_are_told_apart(school: School) -> None:
    with school.database.writing(TENANT) as writing:
        writing.connection.exec_driver_sql(
            "UPDATE member SET name = 'Karim Benali', unit = 'Haute école/Soins infirmiers' WHERE name = 'Thomas Maes'"
        )
    asker = claire(school)
    asked = await asker.says("qui est Karim Benali ?")
    assert "Plusieurs personnes s'appellent « Karim Benali »." in asked
    assert "Instances  Enseignants" in await asker.presses("Karim Benali · Soins infirmiers")


async def test_saying_what_a_body_is(school: School) -> None:
    asker = claire(school)
    card = await asker.says("APACH est le sigle de l'Association des anciens")
    assert "C'est noté pour APACH" in card
    assert "APACH · Association des anciens" in card
    await asker.says("APACH est un partenaire externe")
    await asker.says("le GT Alumni fait partie d'APACH")
    card = await asker.says("APACH s'appelle aussi les Anciens")
    assert "partenaire externe" in card
    assert "Comprend  GT Alumni" in card
    assert "Autres noms  Anciens" in card
    assert "actions à faire · APACH" in await asker.says("que doivent faire les Anciens ?")


async def test_what_was_said_of_a_body_is_taken_back(school: School) -> None:
    asker = claire(school)
    await asker.says("APACH est un partenaire externe")
    await asker.says("la CQC s'appelle aussi la Cellule du cursus")
    undone = await asker.presses("Annuler")
    assert "C'est annulé : CQC est comme avant" in undone
    assert "Cellule" not in undone
    school.clock.pass_(minutes=2)
    assert "C'est annulé : APACH est comme avant" in await asker.says("annule")
    school.clock.pass_(minutes=2)
    assert "Je ne trouve plus rien à annuler" in await asker.says("annule")


async def test_what_somebody_else_said_since_is_not_taken_back(school: School) -> None:
    asker, anne = claire(school), school.chat("anne.leroy")
    await asker.says("CQC veut dire Cellule qualité du cursus")
    await anne.says("CQC veut dire Conseil qualité du cursus")
    assert "Cela a changé depuis" in await asker.presses("Annuler")
    assert "Ce changement n'est pas de vous" in await asker.presses_data(
        "undo", {"event": (await anne.says("APACH est un service")).button("Annuler")["data"]["event"], "lang": "fr"}
    )


async def test_a_body_is_described_in_a_form(school: School) -> None:
    asker = claire(school)
    await asker.says("c'est quoi APACH ?")
    await asker.presses("Modifier")
    card = await asker.presses(
        "Enregistrer", full_name="Les anciens", initials="AP", kind="partner", parent="CQI", aliases="Anciens, Amis"
    )
    assert "APACH · Les anciens" in card
    assert "Fait partie de  CQI" in card
    assert "Autres noms  Anciens, Amis" in card
    await asker.says("modifie les Amis")
    card = await asker.presses("Enregistrer", full_name="", initials="", kind="", parent="", aliases="Amis")
    assert "APACH · Les anciens" not in card
    assert "Autres noms  Amis" in card
    assert "Fait partie de" not in card


async def test_names_belong_to_one_body_and_no_body_to_itself(school: School) -> None:
    asker = claire(school)
    assert "est déjà le nom d'une autre instance : CQI" in await asker.says("la CQC s'appelle aussi la CQI")
    assert "ne peut pas faire partie d'elle-même" in await asker.says("la CQI dépend de la CQC")
    assert "C'est déjà le cas" in await asker.says("la CQI est un conseil")


async def test_who_may_say_what_a_body_is(school: School) -> None:
    """Who coordinates all the units in which it has actions: nobody gets a right by it that they had not."""
    karim = await school.chat("karim.benali").says("la CQC est un groupe de travail")
    assert "Vous ne pouvez pas changer cette instance" in karim
    assert "Peuvent le faire : la coordination qualité (Claire Dumont, Nadia Lambert)" in karim
    assert "C'est noté" in await school.chat("nadia.lambert").says("la CQC est un groupe de travail")
    fatima = await school.chat("fatima.elamrani").says("la CQC est un service")
    assert "Vous ne pouvez pas changer cette instance" in fatima
    assert "Modifier" not in [
        each["title"] for each in (await school.chat("karim.benali").says("c'est quoi la CQC ?")).buttons
    ]


def test_what_a_name_says_by_itself() -> None:
    for name, kind in (
        ("Conseil pédagogique", BodyKind.COUNCIL),
        ("Collège de Direction", BodyKind.COUNCIL),
        ("Comité de direction", BodyKind.COUNCIL),
        ("secrétariat", BodyKind.SERVICE),
        ("service logistique", BodyKind.SERVICE),
        ("GT Alumni", BodyKind.WORKING_GROUP),
        ("Consultant CASH.E", BodyKind.PARTNER),
        ("Direction de département", BodyKind.ROLE),
        ("coordinations", BodyKind.ROLE),
        ("CQI", None),
    ):
        assert likely_kind(name) is kind, name


def entry(**values: object) -> BodyEntry:
    return BodyEntry.model_validate(values)


def test_bodies_from_a_file(database: Database) -> None:
    entries = [
        entry(name="cqi", full_name="Commission", aliases="Cellule|Commission qualité"),
        entry(name="GT Mobilité", kind="working_group", parent="CQI"),
        entry(name="CQC"),
    ]
    with database.writing(TENANT) as writing:
        changed = describe_all(writing, entries, OPERATOR)
    assert [(each.before is None, each.after.name) for each in changed] == [(False, "CQI"), (True, "GT Mobilité")]
    assert isinstance(changed[0], Described)
    with database.reading(TENANT) as reading:
        number = find_body(reading, "cellule")
        assert number is not None
        cqi = get_body(reading, number)
        assert (cqi.name, cqi.full_name, cqi.kind) == ("CQI", "Commission", BodyKind.COUNCIL)
    with database.writing(TENANT) as writing:
        assert describe_all(writing, entries, OPERATOR) == []


def test_a_file_of_bodies_with_wrong_lines(tmp_path: Path) -> None:
    file = tmp_path / "bodies.csv"
    file.write_text("name,kind\nCQI,council\ncqi,\nGT,assembly\n", "utf-8")
    with pytest.raises(NotARegister) as refused:
        read_bodies(file)
    assert refused.value.lines == ((3, "name"), (4, "kind"))
