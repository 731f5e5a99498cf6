"""The other changes of an action, each undoable, and the record that answers who did what."""

from tests.conversation import School


async def test_in_progress_and_back(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    card = await nadia.presses_data("mark_in_progress", {"ref": "TI-12", "lang": "fr"})
    assert "TI-12 est en cours" in card
    assert "C'est annulé : TI-12 est de nouveau « à faire »" in await nadia.presses("Annuler")


async def test_the_same_status_again_changes_nothing(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    for _ in range(2):
        card = await nadia.presses_data("mark_in_progress", {"ref": "TI-12", "lang": "fr"})
    assert "C'est déjà le cas" in card
    assert school.rows("SELECT count(*) FROM event")[0][0] == 1


async def test_nothing_is_abandoned_without_a_reason(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    asked = await nadia.presses_data("abandon", {"ref": "TI-12", "lang": "fr"})
    assert "Pourquoi abandonner TI-12 ?" in asked
    assert school.rows("SELECT count(*) FROM event")[0][0] == 0
    done = await nadia.presses("Enregistrer", reason="Le master n'ouvrira pas")
    assert "TI-12 est abandonnée" in done
    assert "Raison : Le master n'ouvrira pas" in done


async def test_a_new_deadline_with_its_reason(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    asked = await nadia.presses_data("postpone", {"ref": "TI-12", "lang": "fr"})
    assert "Pour quand reporter TI-12, et pourquoi ?" in asked
    # French clients have sent an empty date: it is asked again, never read as "no deadline".
    again = await nadia.presses("Enregistrer", to="", reason="Attente du décret")
    assert "Pour quand reporter TI-12" in again
    done = await nadia.presses("Enregistrer", to="2027-06-30", reason="Attente du décret")
    assert "TI-12 est reportée : 30 juin 2027" in done
    assert "Avant : 30 septembre 2025" in done
    assert "30 juin 2027" in await nadia.says("TI-12")
    await nadia.presses_data("undo", {"lang": "fr"})
    assert "30 septembre 2025" in await nadia.says("TI-12")


async def test_a_note_and_a_link_are_kept_on_the_action(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    note = {"ref": "TI-12", "note": "Vu en *réunion*", "lang": "fr"}
    assert "La remarque est ajoutée à TI-12" in await nadia.presses_data("add_note", note)
    link = {"ref": "TI-12", "link": "https://ecole.example/pv", "lang": "fr"}
    assert "La preuve est ajoutée à TI-12" in await nadia.presses_data("add_evidence", link)
    shown = await nadia.says("TI-12")
    assert "remarque : Vu en *réunion*" in shown
    assert "https://ecole.example/pv" in shown
    wrong = {"ref": "TI-12", "link": "javascript:alert(1)", "lang": "fr"}
    assert "Le lien doit commencer par https://." in await nadia.presses_data("add_evidence", wrong)
    assert "Il me manque le texte" in await nadia.presses_data("add_note", {"ref": "TI-12", "lang": "fr"})


async def test_an_action_without_owner_can_be_taken_on(school: School) -> None:
    karim = school.chat("karim.benali")
    assert "Vous ne pouvez pas changer HEN-58" in await karim.says("HEN-58 est terminée")
    taken = await karim.presses_data("assign", {"ref": "HEN-58", "me": True, "lang": "fr"})
    assert "HEN-58 est confiée à Karim Benali" in taken
    assert "Karim Benali" in await karim.says("HEN-58")
    assert "HEN-58" in (await karim.presses_data("list_actions", {"mine": True, "plan": "HEN", "lang": "fr"})).refs
    await karim.presses_data("undo", {"lang": "fr"})
    sofie = school.chat("sofie.peeters")
    assert "sans responsable" in await sofie.says("HEN-58")


async def test_an_owned_action_is_given_only_by_those_who_may(school: School) -> None:
    sofie, nadia = school.chat("sofie.peeters"), school.chat("nadia.lambert")
    mine = {"ref": "TI-12", "me": True}
    assert "Vous ne pouvez pas prendre TI-12 en charge" in await sofie.presses_data("assign", mine)
    given = {"ref": "TI-12", "body": "cqi", "lang": "fr"}
    assert "TI-12 est confiée à" in await nadia.presses_data("assign", given)
    assert "CQI" in await nadia.presses_data("show_action", {"ref": "TI-12", "lang": "fr"})
    unknown = {"ref": "TI-12", "person": "Personne Dutout", "lang": "fr"}
    assert "Je ne connais pas « Personne Dutout »" in await nadia.presses_data("assign", unknown)


async def test_a_reader_takes_nothing_on(school: School) -> None:
    inconnu = school.chat("in.connu")
    card = await inconnu.presses_data("assign", {"ref": "HEN-58", "me": True, "lang": "fr"})
    assert "Vous ne pouvez pas prendre HEN-58 en charge" in card


async def test_reopening_corrects_the_announcement(school: School) -> None:
    claire, nadia = school.channel("claire.dumont"), school.chat("nadia.lambert")
    await claire.says("abonne ce canal au plan TI")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    reopened = await nadia.presses_data("reopen", {"ref": "TI-12", "reason": "trop tôt", "lang": "fr"})
    assert "TI-12 est de nouveau à faire" in reopened
    assert "L'annonce est corrigée dans 1 canal." in reopened
    await school.teams.wait_for(lambda: "Annulé" in school.announcements(claire.place)[0])


async def test_the_record_says_who_did_what_and_why(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    await nadia.presses_data("reopen", {"ref": "TI-12", "reason": "trop tôt", "lang": "fr"})
    school.clock.pass_(days=1)
    postponed = {"ref": "TI-12", "to": "2027-06-30", "reason": "décret", "lang": "fr"}
    await nadia.presses_data("postpone", postponed)
    history = await nadia.presses_data("list_changes", {"ref": "TI-12", "lang": "fr"})
    assert "3 changements" in history
    assert "reportée au 30 juin 2027 · avant : 30 septembre 2025 · par Nadia Lambert, le 19 mars 2026" in history
    assert "à 10:00 (bouton) · Raison : décret" in history
    assert "rouverte · par Nadia Lambert, le 18 mars 2026 à 10:00 (bouton) · Raison : trop tôt" in history
    today = {"due": ["2026-03-19", "2026-03-19"], "lang": "fr"}
    assert "1 changement" in await nadia.presses_data("list_changes", today)
    other = {"plan": "HEN", "lang": "fr"}
    assert "Aucun changement." in await nadia.presses_data("list_changes", other)


async def test_who_am_i_and_in_which_language(school: School) -> None:
    karim = school.chat("karim.benali")
    card = await karim.presses_data("who_am_i", {"lang": "fr"})
    assert "Vous êtes Karim Benali (membre)." in card
    assert "CQC, CQI" in card
    assert "in English" in await karim.presses_data("set_language", {"language": "en"})
    assert "TI-12 · Relancer" in await karim.says("TI-12")
    assert "Status" in karim.card.text
    assert "I no longer understand this button" in await karim.presses_data("set_language", {"language": "xx"})


async def test_a_value_set_back_on_the_same_day_is_kept_and_undone_alone(school: School) -> None:
    karim = school.chat("karim.benali")
    for value in ("64", "70", "64"):
        await karim.says(f"Pourcentage de IN et de OUT : {value} %")
    assert school.rows("SELECT count(*) FROM measurement")[0][0] == 3
    assert "la valeur 64 %" in await karim.presses("Annuler")
    assert [row[0] for row in school.rows("SELECT number FROM measurement ORDER BY id")] == [64, 70]


async def test_an_earlier_occurrence_stays_announced(school: School) -> None:
    claire, nadia = school.channel("claire.dumont"), school.chat("nadia.lambert")
    await claire.says("abonne ce canal au plan TI")
    await nadia.says("TI-10 est terminée")
    await school.until_announced(claire.place)
    school.clock.pass_(days=400)
    assert "corrigée" not in await nadia.presses_data("mark_in_progress", {"ref": "TI-10", "lang": "fr"})
    assert "Annulé" not in school.announcements(claire.place)[0]


async def test_undoing_a_reopening_announces_it_as_before(school: School) -> None:
    claire, nadia = school.channel("claire.dumont"), school.chat("nadia.lambert")
    await claire.says("abonne ce canal au plan TI")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    await nadia.presses_data("reopen", {"ref": "TI-12", "reason": "trop tôt", "lang": "fr"})
    await school.teams.wait_for(lambda: "Annulé" in school.announcements(claire.place)[0])
    await nadia.presses("Annuler")
    await school.teams.wait_for(lambda: "Action réalisée" in school.announcements(claire.place)[0])
    assert "Par Nadia Lambert, le 18 mars 2026 à 10:00" in school.announcements(claire.place)[0]


async def test_what_is_closed_gets_no_new_deadline(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    later = {"ref": "TI-12", "to": "2027-06-30", "reason": "décret", "lang": "fr"}
    assert "TI-12 est réalisée : rouvrez-la d'abord." in await nadia.presses_data("postpone", later)


async def test_a_closed_occurrence_counts_the_same_everywhere(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    before = await nadia.says("combien d'actions réalisées dans le plan TI ?")
    await nadia.says("TI-10 est terminée")
    after = await nadia.says("combien d'actions réalisées dans le plan TI ?")
    number = int(after.text.split("\n")[1].split(" ")[0])
    assert number == int(before.text.split("\n")[1].split(" ")[0]) + 1
    assert f"{number} sur 86 réalisées" in await nadia.says("où en est le plan TI ?")


async def test_a_new_question_is_no_answer_to_an_old_one(school: School) -> None:
    luc = school.chat("luc.wauters")
    await luc.says("qu'est-ce qui est à faire en juin pour mon département ?")
    card = await luc.says("les actions en retard de Techniques de l'image")
    assert "actions en retard · Techniques de l'image" in card
    assert school.rows("SELECT chosen_unit FROM member WHERE email = 'luc.wauters@ecole.example'")[0][0] is None


async def test_a_priority_is_one_two_or_three(school: School) -> None:
    luc = school.chat("luc.wauters")
    for priority in (10**10, -1, 0, "3", [3], 2.5):
        card = await luc.presses_data("list_actions", {"priority": priority, "lang": "fr"})
        assert "Je ne comprends plus ce bouton" in card


async def test_of_two_people_of_one_name_one_is_chosen(school: School) -> None:
    with school.database.engine.begin() as connection:
        for unit in ("Haute école", "Haute école/Soins infirmiers"):
            connection.exec_driver_sql(
                "INSERT INTO member (tenant, email, name, role, unit) VALUES "
                f"('default', '{len(unit)}@ecole.example', 'Zoé Lemaire', 'member', '{unit}')"
            )
    nadia = school.chat("nadia.lambert")
    asked = await nadia.says("confie TI-12 à Zoé Lemaire")
    assert len(asked.buttons) == 2
    button = asked.buttons[1]
    given = await nadia.presses_data(button["verb"], button["data"])
    assert "TI-12 est confiée à Zoé Lemaire" in given
    assert school.rows("SELECT member FROM action_member") == [(button["data"]["member"],)]
