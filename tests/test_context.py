"""Messages that lean on the one before, in the same conversation, for a day, and never from one person to another."""

from tests.conversation import School, running


async def test_the_same_question_about_another_month_or_body(school: School) -> None:
    claire = school.chat("claire.dumont")
    await claire.says("qu'est-ce qui est à faire en mai dans le plan HEN ?")
    assert "échéance juin 2026 · plan HEN" in await claire.says("et en juin ?")
    await claire.says("les actions en retard")
    assert "actions en retard · CQI" in await claire.says("et pour la CQI ?")


async def test_narrowing_and_widening_a_list(school: School) -> None:
    claire = school.chat("claire.dumont")
    await claire.says("que doit faire la CQI ?")
    assert "CQI · priorité ★★★" in await claire.says("seulement les prioritaires")
    assert "★★★" not in (await claire.says("toutes")).text.split("\n")[0]


async def test_the_second_of_the_list_and_it_is_done(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    listed = await nadia.says("les actions en retard du plan TI")
    second = listed.refs[1]
    assert f"{second} · " in await nadia.says("la deuxième")
    assert f"✓ {second} est réalisée" in await nadia.says("elle est terminée")


async def test_the_others_are_the_next_page(school: School) -> None:
    claire = school.chat("claire.dumont")
    first = await claire.says("que doit faire la CQI ?")
    others = await claire.says("les autres")
    assert "7 à 12 sur" in others
    assert not set(first.refs) & set(others.refs)


async def test_it_is_forgotten_after_a_day_and_never_passed_on(school: School) -> None:
    nadia, claire = school.channel("nadia.lambert"), school.channel("claire.dumont")
    await nadia.says("TI-12")
    assert "TI-12 est réalisée" not in await claire.says("elle est terminée")
    school.clock.pass_(days=2)
    assert "TI-12 est réalisée" not in await nadia.says("elle est terminée")
    assert school.rows("SELECT count(*) FROM event")[0][0] == 0


async def test_a_restart_loses_nothing(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12")
    async with running(school.database, school.clock, school.teams) as again:
        again._people.update(school._people)
        assert "✓ TI-12 est réalisée" in await again.chat("nadia.lambert").says("elle est terminée")


async def test_i_take_it_on(school: School) -> None:
    karim = school.chat("karim.benali")
    await karim.says("HEN-58")
    assert "HEN-58 est confiée à Karim Benali" in await karim.says("je m'en charge")


async def test_a_question_that_says_all_leans_on_nothing(school: School) -> None:
    claire = school.chat("claire.dumont")
    await claire.says("TI-36")
    assert "sur 86 réalisées" in await claire.says("où en est le plan TI ?")
    assert "Plusieurs axes correspondent. Lequel ?" in await claire.says("axe 2")
    await claire.says("où en est le plan TI ?")
    assert "plan TI · Communication interne" in await claire.says("et l'axe 2 ?")
