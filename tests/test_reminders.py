"""What people are told unasked: one notice a day at most, with everything in it, and every answer on the spot."""

from datetime import date

from storage.notices import owe_notice
from storage.people import find_member_by_email
from tests.conversation import School, Someone, settle
from tests.databases import TENANT


async def reachable(school: School, email: str) -> Someone:
    someone = school.chat(email)
    await someone.installs()
    return someone


def due(school: School, ref: str, day: str, *, priority: int | None = None, owner: str = "Direction") -> None:
    """Only this action is open, due on that day, and answered for by that body."""
    with school.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE action SET status = 'done'")
        star = "NULL" if priority is None else str(priority)
        connection.exec_driver_sql(
            f"UPDATE action SET status = 'todo', kind = 'day', rhythm = NULL, priority = {star}, "
            f"\"start\" = '{day}', \"end\" = '{day}' WHERE ref = '{ref}'"
        )
        connection.exec_driver_sql(
            f"DELETE FROM action_body WHERE action = (SELECT id FROM action WHERE ref = '{ref}')"
        )
        if owner:
            connection.exec_driver_sql(
                "INSERT INTO action_body (tenant, action, body, position) VALUES "
                f"('{TENANT}', (SELECT id FROM action WHERE ref = '{ref}'), "
                f"(SELECT id FROM body WHERE name = '{owner}'), 0)"
            )


async def test_a_deadline_is_announced_by_its_priority_and_answered_on_the_spot(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-04-20", priority=3, owner="CQC")
    await school.morning(1)
    await settle()
    assert school.unasked(karim.place) == [], "32 days ahead there is nothing to say"
    await school.morning(4)
    seen = await school.notice(karim)
    assert "Bonjour Karim" in seen
    assert "1 échéance proche" in seen
    assert seen.refs == ["TI-12"]
    # Every day of the next two weeks: nothing new.
    for _ in range(8):
        await school.morning(1)
    await settle()
    assert len(school.unasked(karim.place)) == 1
    await school.morning(7)
    await school.notice(karim, 2)
    done = await karim.presses("Réalisée", "TI-12")
    assert "TI-12 est réalisée" in done
    back = await karim.presses("Revenir à mes rappels")
    assert "TI-12" in back


async def test_on_the_day_of_the_welcome_nothing_else_is_said_unasked(school: School) -> None:
    due(school, "TI-12", "2026-03-17", owner="CQC")
    karim = await reachable(school, "karim.benali")
    await school.morning(0, hour=11)
    await settle()
    assert school.unasked(karim.place) == []
    assert "TI-12" in await karim.says("mes rappels")
    await school.morning(1)
    assert "1 action en retard" in await school.notice(karim)


async def test_late_is_said_each_week_and_then_to_the_coordinator(school: School) -> None:
    karim, nadia = await reachable(school, "karim.benali"), await reachable(school, "nadia.lambert")
    await nadia.says("plus de bilan")
    due(school, "TI-12", "2026-03-17", owner="CQC")
    await school.morning(1)
    first = await school.notice(karim)
    assert "1 action en retard" in first
    await school.morning(1)
    await school.morning(3)
    await school.notice(karim, 2)
    for _ in range(4):
        await school.morning(1)
    await settle()
    assert len(school.unasked(karim.place)) == 2, "once a week"
    assert school.unasked(nadia.place) == []
    await school.morning(17)
    seen = await school.notice(nadia)
    assert "En retard depuis plus de trois semaines" in seen
    assert "CQC (1)" in seen


async def test_what_nobody_answers_for_is_told_to_the_coordinator(school: School) -> None:
    karim, nadia = await reachable(school, "karim.benali"), await reachable(school, "nadia.lambert")
    due(school, "TI-12", "2026-03-20", owner="")
    await school.morning(1)
    assert (await school.notice(nadia)).refs == ["TI-12"]
    assert school.unasked(karim.place) == []


async def test_only_those_who_installed_the_bot_are_told(school: School) -> None:
    claire, karim = school.channel("claire.dumont"), school.chat("karim.benali")
    await claire.says("mes actions")
    asked = len(school.teams.requests)
    due(school, "TI-12", "2026-03-20", owner="CQC")
    await school.morning(1)
    await settle()
    assert school.unasked(karim.place) == []
    assert len(school.teams.requests) == asked, "the roster is not asked who else there is"


async def test_what_is_due_before_the_next_working_day_is_said_before(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    # Friday 20 March; 23 March is the Monday after.
    due(school, "TI-12", "2026-03-22", priority=2, owner="CQC")
    await school.morning(1)
    await school.notice(karim)
    due(school, "TI-18", "2026-04-06", priority=None, owner="CQC")
    await school.morning(11)
    assert "TI-18" in (await school.notice(karim, 2)).text
    # Easter Monday, a Saturday and a Sunday bring nothing.
    for _ in range(3):
        await school.morning(1)
    await settle()


async def test_what_was_just_worked_on_is_left_in_peace(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-03-25", owner="CQC")
    await karim.says("note sur TI-12 : vu en réunion")
    await school.morning(1)
    await settle()
    assert school.unasked(karim.place) == []
    await school.morning(4)
    assert (await school.notice(karim)).refs == ["TI-12"]


async def test_one_notice_with_all_that_is_owed(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-03-20", owner="CQC")
    with school.database.writing(TENANT) as writing:
        member = find_member_by_email(writing, "karim.benali@ecole.example", date(2026, 3, 18))
        assert member is not None
        for kind, content in (
            ("undelivered", {"channel": "Qualité", "summary": "TI-3 réalisée", "problem": "gone"}),
            ("something_new", {"text": "Une chose dont ce module ne sait rien", "ref": "TI-9"}),
            ("odd", {}),
        ):
            owe_notice(writing, member.id, kind, "x", content, school.clock.now)
    await school.morning(1)
    seen = await school.notice(karim)
    assert "Ceci n'a pas pu être publié dans Qualité : TI-3 réalisée" in seen
    assert "Une chose dont ce module ne sait rien" in seen
    assert "Quelque chose vous attend dans Boucle." in seen
    assert "TI-12" in seen
    await school.morning(1)
    await settle()
    assert len(school.unasked(karim.place)) == 1


async def test_later_stop_and_start(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-03-20", owner="CQC")
    await school.morning(1)
    await school.notice(karim)
    assert "je vous en reparle le 23 mars 2026" in await karim.presses("Plus tard")
    await school.morning(1)
    await settle()
    assert len(school.unasked(karim.place)) == 1
    await school.morning(3)
    asked = await school.notice(karim, 2)
    assert "Vous vouliez y revenir" in asked
    assert "Je ne vous rappelle plus rien" in await karim.presses("Ne plus me rappeler")
    await school.morning(7)
    await settle()
    assert len(school.unasked(karim.place)) == 2
    assert "Les rappels sont activés" in await karim.says("reprends les rappels")
    # Easter Monday is no day for it.
    await school.morning(7)
    await school.morning(1)
    assert "en retard" in (await school.notice(karim, 3)).text


async def test_remind_me_of_it_on_monday(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-06-30", owner="Direction")
    await karim.says("TI-12")
    assert "je vous reparle de TI-12 le 23 mars 2026" in await karim.says("rappelle-le-moi lundi")
    await school.morning(2)
    await settle()
    assert school.unasked(karim.place) == []
    await school.morning(3)
    assert "1 rappel demandé" in await school.notice(karim)


async def test_what_somebody_says_to_a_notice_leans_on_it(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-03-20", owner="CQC")
    await school.morning(1)
    await school.notice(karim)
    assert "TI-12 est réalisée" in await karim.says("c'est fait")


async def test_twenty_one_deadlines_on_one_day_are_one_card_with_groups(school: School) -> None:
    claire = await reachable(school, "claire.dumont")
    with school.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE action SET status = 'done'")
        connection.exec_driver_sql(
            "UPDATE action SET status = 'todo', kind = 'day', rhythm = NULL, priority = NULL, "
            "\"start\" = '2026-03-25', \"end\" = '2026-03-25' WHERE substr(ref, 1, 4) = 'HEN-' AND number <= 21"
        )
    await school.morning(1)
    seen = await school.notice(claire)
    assert "21 échéances proches" in seen
    assert seen.text.count("25 mars 2026") >= 1
    assert len([button for button in seen.buttons if button["title"] == "Réalisée"]) == 5
    assert "Toutes ces échéances" in [button["title"] for button in seen.buttons]


async def test_three_days_down_is_one_notice(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-03-27", priority=2, owner="CQC")
    # Nothing ran from Wednesday to Monday; the rounds are then made twice, as two replicas would.
    await school.morning(5)
    await school.morning(0)
    seen = await school.notice(karim)
    assert seen.refs == ["TI-12"]
    await settle()
    assert len(school.unasked(karim.place)) == 1


async def test_a_person_is_told_at_nine_in_their_own_time_zone(school: School) -> None:
    karim = school.chat("karim.benali")
    lisbon = {"type": "clientInfo", "locale": "fr-FR", "timezone": "Europe/Lisbon"}
    await karim.says("bonjour", entities=[lisbon])
    due(school, "TI-12", "2026-03-20", owner="CQC")
    await school.morning(1, hour=9)
    await settle()
    assert school.unasked(karim.place) == [], "it is eight in Lisbon"
    await school.morning(0, hour=10)
    await school.notice(karim)


async def test_ongoing_actions_are_asked_for_a_sign_of_life_once_a_quadrimestre(school: School) -> None:
    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-03-20", owner="CQC")
    with school.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE action SET kind = 'ongoing', \"start\" = NULL, \"end\" = NULL WHERE ref = 'TI-12'"
        )
    await school.morning(1)
    assert "un signe de vie" in await school.notice(karim)
    for _ in range(5):
        await school.morning(7)
    await settle()
    assert len(school.unasked(karim.place)) == 1


async def test_my_reminders_and_whoever_cannot_be_reached(school: School) -> None:
    karim, claire = await reachable(school, "karim.benali"), school.channel("claire.dumont")
    assert "Rien ne vous attend" in await karim.says("mes rappels") or karim.card is not None
    assert "ajoutez Boucle" in await claire.says("mes rappels")
    assert "Je ne vous ai encore rien rappelé" in await karim.says("pas maintenant")


async def test_an_uncertain_reminder_is_not_said_twice_but_covered_by_the_next(school: School) -> None:
    from bot.loopback import Cut

    karim = await reachable(school, "karim.benali")
    due(school, "TI-12", "2026-03-20", owner="CQC")
    school.teams.fault = lambda method, path: Cut.BEFORE if path.endswith("/activities") else None
    await school.morning(1)
    for _ in range(50):
        if school.rows("SELECT 1 FROM outbox WHERE kind = 'notice' AND state = 'uncertain'"):
            break
        await settle()
    school.teams.fault = None
    school.clock.pass_(hours=2)
    await settle()
    assert school.unasked(karim.place) == []
    await school.morning(1)
    assert (await school.notice(karim)).refs == ["TI-12"]
