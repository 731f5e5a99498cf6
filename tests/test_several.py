"""Several actions at once: a preview that lists them, one press or "oui" to confirm, all of it or nothing, one undo."""

from tests.conversation import School, settle


async def following(school: School) -> None:
    await school.channel("claire.dumont").says("abonne ce canal au plan TI")


async def test_three_are_done_with_one_press_and_told_together(school: School) -> None:
    await following(school)
    channel = school.channel("claire.dumont").place
    nadia = school.chat("nadia.lambert")
    asked = await nadia.says("TI-12, TI-61 et TI-66 sont terminées")
    assert "Marquer ces 3 actions comme réalisées ?" in asked
    assert asked.refs == ["TI-12", "TI-61", "TI-66"]
    assert school.rows("SELECT count(*) FROM event WHERE action IS NOT NULL")[0][0] == 0, "asked first"
    done = await nadia.presses("Oui, les 3")
    assert "3 actions réalisées" in done
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'marked_done'")[0][0] == 3, "one event each"
    (post,) = await school.until_announced(channel)
    assert "3 actions réalisées" in post
    assert post.refs == ["TI-12", "TI-61", "TI-66"]
    undone = await nadia.presses("Annuler")
    assert "C'est annulé pour les 3 actions" in undone
    assert {row[0] for row in school.rows("SELECT status FROM action WHERE ref IN ('TI-12', 'TI-61', 'TI-66')")} <= {
        "todo",
        "in_progress",
    }
    await school.teams.wait_for(lambda: "annulé" in school.announcements(channel)[0].text.lower())
    await settle()
    assert len(school.announcements(channel)) == 1, "the post is corrected, not repeated"


async def test_yes_and_no_in_words(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-61 et TI-66 sont terminées")
    assert "rien n'a changé" in await nadia.says("non")
    assert "Je ne vous ai rien demandé." in await nadia.says("oui")
    await nadia.says("TI-61 et TI-66 sont terminées")
    assert "rien n'a changé" in await nadia.says("annule"), "it takes no earlier change back"
    await nadia.says("TI-61 et TI-66 sont terminées")
    assert "2 actions réalisées" in await nadia.says("oui")
    assert "C'est annulé pour les 2 actions" in await nadia.says("annule")
    await nadia.says("TI-61 et TI-66 sont terminées")
    await nadia.says("mes actions")
    assert "Je ne vous ai rien demandé." in await nadia.says("oui"), "another question stands between"


async def test_a_day_and_a_reason_for_all(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    asked = await nadia.says("reporte TI-61 et TI-66 au 30 juin 2027")
    assert "Reporter ces 2 actions au 30 juin 2027 ?" in asked
    again = await nadia.presses("Oui, les 2", to="2027-06-30", reason=" ")
    assert "Reporter ces 2 actions au 30 juin 2027 ?" in again, "a reason is needed"
    done = await nadia.presses("Oui, les 2", to="2027-06-30", reason="Attente du décret")
    assert "2 actions reportées" in done
    assert "Raison : Attente du décret" in done
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'postponed' AND why = 'Attente du décret'")[0][0] == 2
    assert "2 actions reportées" in await nadia.says("reporte TI-61 et TI-66 au 1er juillet 2027 faute de moyens") or (
        "2 actions reportées" in await nadia.says("oui")
    )


async def test_those_that_were_shown(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    shown = await nadia.says("les actions en retard du plan TI")
    first = shown.refs[:2]
    asked = await nadia.says("ces deux actions sont terminées")
    assert asked.refs == first
    assert "2 actions réalisées" in await nadia.says("oui")


async def test_all_or_nothing(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.chat("nadia.lambert")
    await nadia.says("TI-12, TI-61 et TI-66 sont terminées")
    await claire.says("TI-61 est en cours")
    changed = await nadia.presses("Oui, les 3")
    assert "TI-61 a changé entre-temps : rien n'a été enregistré." in changed
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'marked_done'")[0][0] == 0
    assert "3 actions réalisées" in await nadia.presses("Oui, les 3"), "the fresh card counts"


async def test_what_cannot_be_changed_is_said_before(school: School) -> None:
    karim, nadia = school.chat("karim.benali"), school.chat("nadia.lambert")
    await nadia.says("TI-61 est terminée")
    asked = await karim.says("TI-12, TI-61, TI-66 et TI-999 sont terminées")
    assert "Marquer 1 action comme réalisée ?" in asked
    assert "TI-12 : elle n'est ni à vous ni à vos instances" in asked
    assert "TI-61 : c'est déjà le cas" in asked
    assert "TI-999 : je ne connais pas cette action" in asked
    verb, data = "confirm_several", {"which": "TI-12:1 TI-66:1", "what": "mark_done", "lang": "fr", "version": 1}
    refused = await karim.presses_data(verb, data)
    assert "Vous ne pouvez pas changer TI-12." in refused
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'marked_done'")[0][0] == 1, "not one of them"
    for which in ("", "TI-12", "TI-12:x", ":", "TI-12:-1"):
        await karim.presses_data(verb, data | {"which": which})
    await karim.presses_data(verb, data | {"what": "erase"})
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'marked_done'")[0][0] == 1


async def test_a_question_about_several_changes_nothing(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    for text in (
        "TI-61 et TI-66 sont-elles terminées ?",
        "TI-61 et TI-66 ne sont pas terminées",
        "si TI-61 et TI-66 étaient finies…",
    ):
        seen = await nadia.says(text)
        assert "Marquer" not in seen


async def test_all_of_a_selection(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    open_ones = await nadia.says("combien d'actions de l'APACH dans le plan TI ?")
    asked = await nadia.says("toutes les actions de l'APACH du plan TI sont terminées")
    count = int(open_ones.text.splitlines()[1].split()[0])
    assert count > 1
    assert f"Marquer ces {count} actions comme réalisées ?" in asked
    assert f"{count} actions réalisées" in await nadia.says("oui")
    assert "C'est annulé" in await nadia.says("annule")
    nothing = await nadia.says("toutes les actions de l'APACH du plan TI sont-elles terminées ?")
    assert "Marquer" not in nothing
