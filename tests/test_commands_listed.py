"""Every command in the menus of the package is understood exactly as it stands there, in its scope and language."""

import pytest

from bot.loopback import group_chat
from dialogs.words import words_in
from manifest.package import Command, list_commands
from tests.conversation import School, Someone


@pytest.mark.parametrize(
    "command", list(list_commands()), ids=lambda command: f"{command.language}-{command.scope}-{command.title[:30]}"
)
async def test_a_listed_command_is_understood(school: School, command: Command) -> None:
    person = school.person("karim.benali")
    if command.scope == "team":
        someone = school.channel("karim.benali")
    elif command.scope == "groupChat":
        someone = Someone(school, person, group_chat())
    else:
        someone = school.chat("karim.benali")
    card = await someone.says(command.title, locale="fr-BE" if command.language.startswith("fr") else "en-GB")
    words = words_in(command.language[:2])
    assert words("lost.title") not in card, command.title
    assert card.card["lang"] == words.language, "answered in the language of the command"
