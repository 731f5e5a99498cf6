"""What the bot itself offers to say is understood: the menus of the package, and every example of the help."""

import re

import pytest

from bot.loopback import group_chat
from dialogs.words import LANGUAGES, words_in
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


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_example_of_the_help_is_understood(school: School, language: str) -> None:
    claire, channel = school.chat("claire.dumont"), school.channel("claire.dumont")
    words = words_in(language)
    help_card = await claire.presses_data("help", {"lang": language})
    examples = [line.strip("«»“” \u00a0\u202f") for line in help_card.text.splitlines() if re.match("[«“]", line)]
    assert len(examples) > 12
    for example in examples:
        asker = channel if example.startswith("@Boucle") else claire
        card = await asker.says(example.removeprefix("@Boucle").strip(), locale=f"{language}-BE")
        assert words("lost.title") not in card, example
        assert card.card["lang"] == language, example
