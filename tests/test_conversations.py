"""The main job, as it is said and seen: ask, mark done, give a value, announce. On SQLite and on PostgreSQL."""

from tests.conversation import School, settle


async def test_what_is_due_this_month_for_my_department(school: School) -> None:
    karim = school.chat("karim.benali")
    card = await karim.says("Qu'est-ce qui est à faire en juin pour mon département ?")
    assert "J'ai compris : actions à faire · échéance juin 2026 · Techniques de l'image" in card
    assert "Au niveau au-dessus" in card
    assert "HEN-38" in card.refs
    assert "23 juin 2026 · dans 3 mois" in card
    assert "en retard depuis plus longtemps" in card
    assert card.summary.startswith("12 actions · HEN-12 ")


async def test_the_same_question_in_english_is_answered_in_english(school: School) -> None:
    karim = school.chat("karim.benali")
    card = await karim.says("what is due in June for my department")
    assert "I understood: actions to do · deadline: June 2026 · Techniques de l'image" in card
    assert "23 June 2026 · in 3 months" in card


async def test_a_list_has_pages(school: School) -> None:
    karim = school.chat("karim.benali")
    first = await karim.says("que doit faire la CQI ?")
    assert len(first.refs) == 6
    second = await karim.presses("Suite")
    assert "7 à 12 sur" in second
    assert not set(first.refs) & set(second.refs)
    again = await karim.presses("Précédent")
    assert again.refs == first.refs


async def test_those_late_from_before_are_one_tap_away(school: School) -> None:
    claire = school.chat("claire.dumont")
    card = await claire.says("échéances de juin du plan HEN")
    assert "en retard depuis plus longtemps" in card
    late = await claire.presses("Voir les actions en retard")
    assert "actions en retard · échéance jusqu'au 31 mai 2026 · plan HEN" in late
    assert "en retard de" in late


async def test_an_action_by_its_reference_in_any_spelling(school: School) -> None:
    karim = school.chat("karim.benali")
    for spelling in ("TI-12", "ti 12", "TI12", "montre-moi TI-12", "details of TI-12"):
        card = await karim.says(spelling)
        assert "TI-12 · Relancer le master GGN" in card
    assert "Direction (Nadia Lambert)" in card
    assert "★★★" in card


async def test_lists_by_status(school: School) -> None:
    claire = school.chat("claire.dumont")
    assert "J'ai compris : actions réalisées · plan HEN" in await claire.says("les actions réalisées du plan HEN")
    assert "J'ai compris : actions en cours · plan TI" in await claire.says("les actions en cours du plan TI")
    assert "J'ai compris : actions abandonnées" in await claire.says("les actions abandonnées")


async def test_progress_of_a_plan(school: School) -> None:
    claire = school.chat("claire.dumont")
    card = await claire.says("où en est le plan TI ?")
    assert "plan TI" in card
    assert "sur 86 réalisées" in card
    assert "Communication interne" in card
    assert "sur 86 done" not in card


async def test_progress_counts_what_lists_list(school: School) -> None:
    claire = school.chat("claire.dumont")
    progress = await claire.says("où en est le plan HEN ?")
    late = await claire.says("combien d'actions en retard dans le plan HEN ?")
    number = late.text.split("\n")[1].split(" ")[0]
    assert f"{number} en retard" in progress


async def test_mine_are_those_of_my_bodies(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    card = await sofie.says("mes actions")
    assert "les vôtres" in card
    assert "TI-26" in card.refs
    assert "HEN-1" not in card.refs


async def test_whoever_has_no_body_is_told_so(school: School) -> None:
    luc = school.chat("luc.wauters")
    assert "Je ne connais pas encore vos instances" in await luc.says("mes actions")


async def test_a_unit_is_asked_once_and_the_question_answered(school: School) -> None:
    luc = school.chat("luc.wauters")
    asked = await luc.says("qu'est-ce qui est à faire en juin pour mon département ?")
    assert "De quelle entité êtes-vous ?" in asked
    answered = await luc.presses("Techniques de l'image")
    assert "échéance juin 2026 · Techniques de l'image" in answered
    again = await luc.says("les actions en retard de mon département")
    assert "Techniques de l'image" in again
    assert "De quelle entité" not in again


async def test_a_unit_can_be_answered_in_words(school: School) -> None:
    luc = school.chat("luc.wauters")
    await luc.says("qu'est-ce qui est à faire en juin pour mon département ?")
    assert "échéance juin 2026 · Soins infirmiers" in await luc.says("soins infirmiers")


async def test_choosing_a_unit_gives_no_right(school: School) -> None:
    luc = school.chat("luc.wauters")
    await luc.says("qu'est-ce qui est à faire en juin pour mon département ?")
    await luc.presses("Techniques de l'image")
    assert "Vous ne pouvez pas changer TI-12" in await luc.says("TI-12 est terminée")


async def test_mark_done_in_a_sentence(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    receipt = await nadia.says("TI-12 est terminée")
    assert "✓ TI-12 est réalisée" in receipt
    assert "par Nadia Lambert, le 18 mars 2026 à 10:00 (message) · de « à faire » à « réalisée »" in receipt
    assert "réalisée, par Nadia Lambert le 18 mars 2026" in await nadia.says("TI-12")


async def test_mark_done_in_english(school: School) -> None:
    claire = school.chat("claire.dumont")
    assert "HEN-58 is done" in await claire.says("mark HEN-58 as done")


async def test_mark_done_by_the_title(school: School) -> None:
    claire = school.chat("claire.dumont")
    card = await claire.says("le portfolio des compétences est terminé")
    assert card.text.startswith("✓ HEN-") or "est déjà réalisée" in card
    assert "ortfolio" in card


async def test_mark_done_with_the_button_of_a_list_and_back(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    listed = await sofie.says("mes actions")
    ref = listed.refs[0]
    receipt = await sofie.presses("Réalisée", ref)
    assert f"✓ {ref} est réalisée" in receipt
    back = await sofie.presses("Revenir à la liste")
    assert "les vôtres" in back
    assert ref not in back.refs


async def test_an_older_client_submits_the_same_button(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    card = await nadia.says("TI-12")
    data = card.button("Réalisée")["fallback"]["data"]
    assert "✓ TI-12 est réalisée" in await nadia.sends(school.teams.submit(nadia.person, nadia.place, data))


async def test_a_second_press_says_by_whom_it_was_done(school: School) -> None:
    nadia, marc = school.chat("nadia.lambert"), school.chat("marc.renard")
    await marc.says("TI-12")
    await nadia.says("TI-12 est terminée")
    assert "TI-12 est déjà réalisée, par Nadia Lambert le 18 mars 2026." in await marc.presses("Réalisée")


async def test_who_may_not_is_told_who_may(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    card = await sofie.says("TI-12 est terminée")
    assert "Vous ne pouvez pas changer TI-12." in card
    assert "Direction (Nadia Lambert)" in card
    assert "la coordination qualité (Claire Dumont, Nadia Lambert)" in card
    assert school.rows("SELECT status FROM action WHERE ref = 'TI-12'")[0][0] == "todo"


async def test_an_action_without_owner_is_the_coordinators(school: School) -> None:
    karim = school.chat("karim.benali")
    card = await karim.says("HEN-58 est terminée")
    assert "la coordination qualité (Claire Dumont)" in card


async def test_who_did_what_when_is_kept(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    await nadia.presses("Annuler")
    kinds = [row[0] for row in school.rows("SELECT kind FROM event ORDER BY id")]
    assert kinds == ["marked_done", "undone"]
    members = {row[0] for row in school.rows("SELECT name FROM event JOIN member ON member.id = event.member")}
    assert members == {"Nadia Lambert"}


async def test_undo_with_the_button_and_in_words(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    assert "C'est annulé : TI-12 est de nouveau « à faire »" in await nadia.presses("Annuler")
    await nadia.says("TI-12 est terminée")
    school.clock.pass_(minutes=2)
    assert "C'est annulé : TI-12 est de nouveau « à faire »" in await nadia.says("annule")


async def test_undo_twice_takes_back_once(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-10 est terminée")
    await nadia.says("TI-12 est terminée")
    assert "TI-12" in await nadia.says("annule")
    # Teams delivers again under a new id, half a minute later.
    school.clock.pass_(seconds=30)
    assert "Annuler aussi celui d'avant ?" in await nadia.says("annule")
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'undone'")[0][0] == 1


async def test_ones_own_changes_are_taken_back_one_after_the_other(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-18 est en cours")
    await nadia.says("note sur TI-36 : vu en conseil")
    await nadia.says("TI-12 est terminée")
    first = await nadia.says("annule")
    assert "TI-12 est de nouveau" in first
    assert "Votre changement d'avant : une remarque sur TI-36." in first
    # A message that Teams delivers twice takes back no second change; whoever means it says so, or presses.
    asked = await nadia.says("annule")
    assert "Annuler aussi celui d'avant ?" in asked
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'undone'")[0][0] == 1
    second = await nadia.says("annule encore")
    assert "TI-36" in second
    third = await nadia.presses("Annuler aussi celui-là")
    assert "TI-18 est de nouveau « à faire »" in third
    assert "Votre changement d'avant" not in third
    assert "Je ne trouve plus rien à annuler." in await nadia.says("annule encore")
    assert school.rows("SELECT count(*) FROM event WHERE kind = 'undone'")[0][0] == 3
    assert school.rows("SELECT status FROM action WHERE ref IN ('TI-12', 'TI-18')") == [("todo",), ("todo",)]


async def test_the_change_of_the_action_that_is_named_is_taken_back(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    await nadia.says("TI-18 est en cours")
    assert "TI-12 est de nouveau « à faire »" in await nadia.says("annule la clôture de TI-12")
    assert school.rows("SELECT status FROM action WHERE ref = 'TI-18'") == [("in_progress",)]
    assert "Je ne trouve plus rien à annuler." in await nadia.says("annule la clôture de TI-36")


async def test_undo_only_while_nobody_changed_it_since(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.chat("claire.dumont")
    await nadia.says("TI-12 est terminée")
    receipt = nadia.card
    await nadia.presses("Annuler")
    await claire.says("TI-12 est terminée")
    nadia.card = receipt
    assert "Je ne trouve plus rien à annuler." in await nadia.presses("Annuler")
    assert school.rows("SELECT status FROM action WHERE ref = 'TI-12'")[0][0] == "done"


async def test_nobody_undoes_what_another_did(school: School) -> None:
    nadia, claire = school.chat("nadia.lambert"), school.chat("claire.dumont")
    await nadia.says("TI-12 est terminée")
    claire.card = nadia.card
    assert "Peuvent le faire : Nadia Lambert." in await claire.presses("Annuler")
    assert "réalisée, par Nadia Lambert" in await nadia.says("TI-12")


async def test_an_old_button_does_not_undo_what_came_after(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    card = await nadia.says("TI-12")
    await nadia.presses("Réalisée")
    await nadia.presses("Annuler")
    nadia.card = card
    assert "TI-12 a changé depuis que cette carte a été affichée" in await nadia.presses("Réalisée")
    assert "✓ TI-12 est réalisée" in await nadia.presses("Réalisée")


async def test_a_recurring_action_closes_one_occurrence(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    assert "13 septembre 2026 · chaque année" in await nadia.says("TI-10")
    receipt = await nadia.says("TI-10 est terminée")
    assert "TI-10 : c'est fait pour cette fois" in receipt
    assert "l'échéance du 13 septembre 2026 est close, la suivante est le 13 septembre 2027" in receipt
    assert "TI-10 est déjà réalisée" in await nadia.says("TI-10 est terminée")
    school.clock.pass_(days=200)
    assert "TI-10 : c'est fait pour cette fois" in await nadia.says("TI-10 est terminée")


async def test_questions_negations_and_doubts_change_nothing(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    for text in (
        "est-ce que TI-12 est terminée ?",
        "TI-12 est-elle terminée ?",
        "TI-12 n'est pas terminée",
        "je ne sais pas si TI-12 est terminée",
        "si TI-12 était finie…",
        "TI-12 sera bientôt terminée",
        "quand TI-12 sera terminée",
        "TI-12 est presque terminée",
        "Marc dit que TI-12 est terminée",
        "is TI-12 done?",
        "TI-12 is not done",
        "TI-12 isn't finished yet",
        "if TI-12 is done",
        "I think TI-12 is done",
        "TI-12 must be done by June",
        "il faut que TI-12 soit terminée",
        "toutes les actions sont terminées",
    ):
        await nadia.says(text)
        assert school.rows("SELECT count(*) FROM event")[0][0] == 0, text


async def test_a_new_value_of_a_known_indicator(school: School) -> None:
    karim = school.chat("karim.benali")
    card = await karim.says("Pourcentage de IN et de OUT : 12,5 %")
    assert "Pourcentage de IN et de OUT : 12,5 %" in card
    assert "valeur au 18 mars 2026\npar Karim Benali, le 18 mars 2026 à 10:00 (message)" in card
    shown = await karim.presses("Détails")
    assert "12,5 % (18 mars 2026) · Karim Benali" in shown


async def test_a_value_is_shared_by_the_actions_of_the_row(school: School) -> None:
    karim = school.chat("karim.benali")
    await karim.says("l'indicateur Pourcentage de IN et de OUT de TI-36 est à 12 %")
    assert "12 % (18 mars 2026)" in await karim.says("TI-40")


async def test_a_new_indicator_is_confirmed_first(school: School) -> None:
    claire = school.chat("claire.dumont")
    asked = await claire.says("l'indicateur taux de réponse de TI-5 est à 64 %")
    assert "« taux de réponse » n'est pas encore un indicateur de TI-5. Faut-il le créer avec la valeur 64 % ?" in asked
    receipt = await claire.presses("Créer l'indicateur")
    assert "taux de réponse : 64 %" in receipt
    assert "64 % (18 mars 2026)" in await claire.says("TI-5")
    assert "taux de réponse : 70 %" in await claire.says("taux de réponse : 70 %")


async def test_an_unknown_indicator_is_offered_to_the_actions_it_could_be_about(school: School) -> None:
    claire = school.chat("claire.dumont")
    asked = await claire.says("taux de réponse : 64 %")
    assert "Pour quelle action faut-il noter « taux de réponse » ?" in asked
    assert asked.refs[0] == "HEN-29"
    receipt = await claire.presses("HEN-29")
    assert "taux de réponse : 64 %" in receipt
    assert "HEN-29" in receipt


async def test_the_form_on_the_card(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    await sofie.says("TI-28")
    receipt = await sofie.presses(
        "Enregistrer",
        indicator="newslettrers",
        value="3 numéros envoyés",
        on="2026-03-02",
        note="Mars",
        link="https://ecole.example/newsletter",
    )
    assert "newslettrers : 3 numéros envoyés" in receipt
    shown = await sofie.presses("Détails")
    assert "3 numéros envoyés (2 mars 2026) · Sofie Peeters · Mars" in shown
    assert "https://ecole.example/newsletter" in shown


async def test_the_form_left_empty_or_wrong_says_what_is_missing(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    await sofie.says("TI-28")
    form = sofie.card
    assert "Il me manque la valeur." in await sofie.presses("Enregistrer", value="", on="")
    sofie.card = form
    assert "Le lien doit commencer par https://." in await sofie.presses(
        "Enregistrer", indicator="newslettrers", value="3", link="javascript:alert(1)"
    )
    assert school.rows("SELECT count(*) FROM measurement")[0][0] == 0


async def test_a_value_can_be_taken_back(school: School) -> None:
    karim = school.chat("karim.benali")
    await karim.says("Pourcentage de IN et de OUT : 12 %")
    undone = await karim.presses("Annuler")
    assert "la valeur 12 % de « Pourcentage de IN et de OUT » est retirée" in undone
    assert "12 % (" not in await karim.says("TI-36")


async def test_a_value_sent_twice_counts_once(school: School) -> None:
    karim = school.chat("karim.benali")
    for _ in range(2):
        await karim.says("Pourcentage de IN et de OUT : 12 %")
    assert school.rows("SELECT count(*) FROM measurement")[0][0] == 1


async def test_who_may_not_change_an_action_gives_it_no_value(school: School) -> None:
    luc = school.chat("luc.wauters")
    assert "Vous ne pouvez pas changer TI-36" in await luc.says("Pourcentage de IN et de OUT : 12 %")
    assert school.rows("SELECT count(*) FROM measurement")[0][0] == 0


async def test_a_channel_hears_of_what_is_done(school: School) -> None:
    claire, nadia = school.channel("claire.dumont"), school.chat("nadia.lambert")
    subscribed = await claire.says("abonne ce canal au plan TI")
    assert "Ce canal suit maintenant le plan TI" in subscribed
    receipt = await nadia.says("TI-12 est terminée")
    assert "Annoncé dans 1 canal." in receipt
    (post,) = await school.until_announced(claire.place)
    assert "Action réalisée" in post
    assert "TI-12 Relancer le master GGN" in post
    assert "Cohérence et pertinence du programme" in post
    assert "Par Nadia Lambert, le 18 mars 2026 à 10:00" in post
    assert post.summary == "TI-12 réalisée : Relancer le master GGN"


async def test_undo_updates_the_post(school: School) -> None:
    claire, nadia = school.channel("claire.dumont"), school.chat("nadia.lambert")
    await claire.says("abonne ce canal au plan TI")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    assert "L'annonce est corrigée dans 1 canal." in await nadia.presses("Annuler")
    await school.teams.wait_for(lambda: "Annulé" in school.announcements(claire.place)[0])
    (post,) = school.announcements(claire.place)
    assert "Nadia Lambert a repris cette annonce" in post


async def test_a_channel_follows_an_axis_or_a_unit(school: School) -> None:
    axis = school.channel("claire.dumont", "Axe")
    unit = school.channel("claire.dumont", "Unité")
    assert "l'axe « Communication interne »" in await axis.says("abonne ce canal à l'axe communication interne")
    assert "l'entité Techniques de l'image" in await unit.says("abonne ce canal à Techniques de l'image")
    nadia = school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(unit.place)
    await settle()
    assert school.announcements(axis.place) == []


async def test_a_channel_that_follows_twice_hears_once(school: School) -> None:
    claire, nadia = school.channel("claire.dumont"), school.chat("nadia.lambert")
    await claire.says("abonne ce canal au plan TI")
    await claire.says("abonne ce canal à Techniques de l'image")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    await settle()
    assert len(school.announcements(claire.place)) == 1


async def test_subscriptions_are_shown_and_ended(school: School) -> None:
    claire = school.channel("claire.dumont")
    assert "Ce canal ne suit encore rien." in await claire.says("abonnements")
    await claire.says("abonne ce canal au plan TI")
    await claire.says("abonne ce canal au plan HEN")
    assert "Ce canal suit déjà le plan TI." in await claire.says("abonne ce canal au plan TI")
    shown = await claire.says("abonnements")
    assert "le plan TI" in shown
    assert "le plan HEN" in shown
    assert "Ce canal ne suit plus le plan TI" in await claire.says("désabonne ce canal du plan TI")
    assert "Ce canal ne suit plus le plan HEN" in await claire.says("désabonne ce canal")
    assert "Ce canal ne suit rien." in await claire.says("désabonne ce canal")
    nadia = school.chat("nadia.lambert")
    assert "Annoncé" not in await nadia.says("TI-12 est terminée")


async def test_subscribing_in_a_thread_subscribes_the_channel(school: School) -> None:
    threaded = school.channel("claire.dumont", thread="17001")
    await threaded.says("abonne ce canal au plan TI")
    await school.chat("nadia.lambert").says("TI-12 est terminée")
    plain = school.channel("claire.dumont")
    assert len(await school.until_announced(plain.place)) == 1


async def test_subscribing_without_saying_to_what_is_asked(school: School) -> None:
    claire = school.channel("claire.dumont")
    assert "Que doit suivre ce canal ?" in await claire.says("abonne ce canal")
    assert "le plan HEN" in await claire.presses("Suivi de l'évaluation institutionnelle")


async def test_subscriptions_belong_to_channels(school: School) -> None:
    claire = school.chat("claire.dumont")
    assert "Cela se demande dans un canal" in await claire.says("abonne ce canal au plan TI")


async def test_one_welcome(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    welcome = await sofie.installs()
    assert welcome is not None
    assert "Bonjour, je suis Boucle" in welcome
    assert len(welcome.buttons) == 3
    assert "coordination qualité" in welcome
    assert await sofie.installs() is None
    assert "les vôtres" in await sofie.presses("Mes actions")


async def test_a_channel_is_welcomed_with_how_to_subscribe(school: School) -> None:
    claire = school.channel("claire.dumont")
    welcome = await claire.installs()
    assert welcome is not None
    assert "@Boucle abonne ce canal au plan" in welcome
    assert await claire.installs() is None


async def test_help_and_small_talk(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    for text in ("aide", "HELP", "Aide !", "que peux-tu faire ?", "comment ça marche ?"):
        assert (
            "Ce que vous pouvez me dire" in await sofie.says(text, locale="fr-FR") or "What you can" in sofie.card.text
        )
    assert "Bonjour Sofie" in await sofie.says("Bonjour")
    assert "Avec plaisir" in await sofie.says("merci beaucoup !")
    assert "Hello" in await sofie.says("good morning")


async def test_unclear_input_gets_examples_that_work(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    for text in ("quel temps fait-il ?", "xyzzy", "???", "le menu de la cantine", "🙂", "SELECT * FROM action"):
        card = await sofie.says(text)
        assert "Par exemple" in card or "For instance" in card or "example" in card.text.lower()
    assert "est terminée" in await sofie.says("blabla")


async def test_an_unknown_reference_and_an_unknown_plan(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    assert "Je ne connais pas d'action TI-999." in await sofie.says("TI-999 est terminée")
    assert "Je ne connais pas de plan XYZ." in await sofie.says("où en est le plan XYZ ?")
    assert "n'existe pas dans le calendrier" in await sofie.says("échéances du 31 juin")


async def test_what_comes_back_from_a_card_is_only_a_request(school: School) -> None:
    luc = school.chat("luc.wauters")
    for verb, data in (
        ("mark_done", {"ref": "TI-12", "version": 1}),
        ("mark_done", {"ref": "TI-12", "version": 1, "member": 1, "role": "admin"}),
        ("mark_done", {"ref": 12}),
        ("mark_done", {}),
        ("record_measurement", {"ref": "TI-12", "indicator": "x", "value": ["%"], "create": "yes"}),
        ("list_actions", {"due": ["2026-13-45", None]}),
        ("list_actions", {"due": "demain"}),
        ("list_actions", {"page": -3}),
        ("list_actions", {"priority": {}}),
        ("undo", {"event": "1; DROP TABLE action"}),
        ("choose_unit", {"unit": "Nulle part"}),
        ("subscribe", {"scope": "plan", "target": "NOPE"}),
        ("needs_choice", {}),
        ("not_understood", {}),
        ("rm -rf", {"x": 1}),
        (None, None),
        (7, [1, 2]),
        ("ask", {"text": "TI-12 est terminée"}),
        ("ask", {"text": 5}),
    ):
        card = await luc.presses_data(verb, data)
        assert "mal passé" not in card, (verb, data)
    assert school.rows("SELECT count(*) FROM event")[0][0] == 0
    assert school.rows("SELECT status FROM action WHERE ref = 'TI-12'")[0][0] == "todo"


async def test_a_message_delivered_again_changes_nothing_twice(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    activity = school.teams.message(nadia.person, nadia.place, "TI-12 est terminée")
    await nadia.sends(activity)
    await nadia.presses("Annuler")
    again = await nadia.sends_again(activity)
    assert "TI-12" in again
    assert school.rows("SELECT status FROM action WHERE ref = 'TI-12'")[0][0] == "todo"


async def test_a_long_message_is_read_in_time_and_answered(school: School) -> None:
    sofie = school.chat("sofie.peeters")
    for text in ("TI-12 " * 5_000, "a" * 100_000, "<at>" * 20_000, "((((" * 5_000, "est terminée " * 5_000):
        await sofie.says(text)


async def test_text_of_people_is_shown_and_never_read_as_markup(school: School) -> None:
    karim = school.chat("karim.benali")
    card = await karim.says("l'indicateur Pourcentage de IN et de OUT de TI-36 : [ici](https://mal.example) **12**")
    raw = str(card.card)
    assert "](https://mal.example)" not in raw.replace("\\\\](", "")


async def test_who_somebody_is_comes_from_teams_once(school: School) -> None:
    karim = school.chat("karim.benali")
    for _ in range(3):
        await karim.says("mes actions")
    asked = [path for method, path, _ in school.teams.requests if "/members/" in path]
    assert len(asked) == 1


async def test_while_the_roster_is_silent_they_are_a_reader(school: School) -> None:
    from aiohttp import web

    nadia = school.chat("nadia.lambert")
    school.teams.fault = lambda method, path: web.Response(status=503) if "/members/" in path else None
    assert "Vous ne pouvez pas changer" in await nadia.says("TI-12 est terminée")
    school.teams.fault = None
    assert "✓ TI-12 est réalisée" in await nadia.says("TI-12 est terminée")


async def test_somebody_unknown_reads(school: School) -> None:
    inconnu = school.chat("in.connu")
    assert "TI-12 · Relancer le master GGN" in await inconnu.says("TI-12")
    assert "Vous ne pouvez pas changer TI-12" in await inconnu.says("TI-12 est terminée")


async def test_what_nobody_answers_for_until_somebody_does(school: School) -> None:
    claire = school.chat("claire.dumont")
    card = await claire.says("quelles actions du plan HEN n'ont pas de responsable ?")
    assert "J'ai compris : actions à faire · sans responsable · plan HEN" in card
    first = card.refs[0]
    await claire.says(f"je m'occupe de {first}")
    assert first not in (await claire.says("quelles actions du plan HEN n'ont pas de responsable ?")).refs
