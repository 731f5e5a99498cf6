"""What channels hear: the story of a period with its replies, kept current and corrected, and each completion once."""

from bot.loopback import LoopbackTeams
from storage.database import Database
from tests.conversation import Clock, School, Seen, Someone, running, settle


async def following(school: School, what: str = "au plan TI", name: str = "Qualité") -> Someone:
    claire = school.channel("claire.dumont", name)
    await claire.says(f"abonne ce canal {what}")
    return claire


async def until_story(school: School, claire: Someone, words: str) -> Seen:
    await school.teams.wait_for(lambda: any(words in story for story in school.stories(claire.place)))
    (story,) = school.stories(claire.place)
    return story


async def test_the_month_is_one_post_and_each_completion_a_reply_under_it(school: School) -> None:
    claire, nadia = await following(school), school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    await nadia.says("TI-18 est terminée")
    await school.until_announced(claire.place, 2)
    story = await until_story(school, claire, "2 actions réalisées")
    assert "Mars 2026 : les actions réalisées" in story
    assert "Le plan TI : plus rien à faire d'ici le 31 mars 2026" in story
    assert story.refs == ["TI-18", "TI-12"]
    root, first, second = school.teams.posts_in(claire.place)[1:]
    assert (root.thread, first.thread, second.thread) == (None, root.id, root.id)
    assert root.updates == 1, "the story is one post that is kept current"


async def test_the_numbers_of_the_story_are_those_the_questions_give(school: School) -> None:
    claire, nadia = await following(school), school.chat("nadia.lambert")
    with school.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE action SET kind = 'day', rhythm = NULL, \"start\" = '2026-03-30', \"end\" = '2026-03-30' "
            "WHERE ref IN ('TI-40', 'TI-41')"
        )
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    (story,) = school.stories(claire.place)
    late = (await nadia.says("combien d'actions du plan TI sont en retard ?")).text.splitlines()[1].split()[0]
    assert f"{late} en retard" in story
    left = await nadia.says("combien d'actions du plan TI entre aujourd'hui et le 31 mars ?")
    assert f"encore {left.text.splitlines()[1].split()[0]} à faire d'ici le 31 mars 2026" in story


async def test_undoing_corrects_the_reply_and_the_story(school: School) -> None:
    claire, nadia = await following(school), school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    await nadia.presses("Annuler")
    await until_story(school, claire, "0 action réalisée")
    await school.teams.wait_for(lambda: "Annulé" in school.announcements(claire.place)[0])
    assert len(school.unasked(claire.place)) == 2


async def test_another_month_is_another_story(school: School) -> None:
    claire, nadia = await following(school), school.chat("nadia.lambert")
    await nadia.says("TI-12 est terminée")
    await school.until_announced(claire.place)
    school.clock.pass_(days=20)
    await nadia.says("TI-18 est terminée")
    await school.until_announced(claire.place, 2)
    march, april = school.stories(claire.place)
    assert "Mars 2026" in march
    assert "Avril 2026" in april
    assert april.refs == ["TI-18"]


async def test_a_channel_can_follow_a_body(school: School) -> None:
    claire = school.channel("claire.dumont")
    assert "Ce canal suit maintenant l'instance CQC" in await claire.says("abonne ce canal à la CQC")
    nadia = school.chat("nadia.lambert")
    mine = await nadia.says("les actions de la CQC")
    other = await nadia.says("les actions de l'APACH")
    theirs = next(ref for ref in other.refs if ref not in mine.refs)
    await nadia.says(f"{theirs} est terminée")
    await nadia.says(f"{mine.refs[0]} est terminée")
    (post,) = await school.until_announced(claire.place)
    assert post.refs == [mine.refs[0]]


async def test_what_was_taken_back_unsent_and_holds_after_all_is_told(
    database: Database, clock: Clock, teams: LoopbackTeams
) -> None:
    from bot.delivery import Delivery

    async with running(database, clock, teams) as school:
        claire, nadia = await following(school), school.chat("nadia.lambert")
        claiming, Delivery._claim = Delivery._claim, lambda self: None  # type: ignore[method-assign]
        try:
            await nadia.says("TI-12 est terminée")
            await nadia.says("rouvre TI-12")
            assert {row[0] for row in school.rows("SELECT state FROM outbox")} == {"withdrawn"}
            await nadia.presses("Annuler")
        finally:
            Delivery._claim = claiming  # type: ignore[method-assign]
        (post,) = await school.until_announced(claire.place)
        assert "Action réalisée" in post
        await settle()
        assert len(school.stories(claire.place)) == 1
