"""Every command in the menus of the package is understood exactly as it stands there, in its scope and language."""

from bot.loopback import group_chat
from dialogs.words import words_in
from manifest.package import list_commands
from tests.conversation import School, Someone


async def test_the_listed_commands_are_understood(school: School) -> None:
    places = {
        "team": school.channel("karim.benali"),
        "groupChat": Someone(school, school.person("karim.benali"), group_chat()),
        "personal": school.chat("karim.benali"),
    }
    for command in list_commands():
        locale = "fr-BE" if command.language.startswith("fr") else "en-GB"
        card = await places[command.scope].says(command.title, locale=locale)
        words = words_in(command.language[:2])
        assert words("lost.title") not in card, command.title
        assert card.card["lang"] == words.language, "answered in the language of the command"
