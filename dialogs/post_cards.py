"""The cards of what channels are told: the story of a period, several completions at once. Facts in, words from the
language; nothing is decided here."""

from typing import Any

from dialogs.answers import Moment
from dialogs.elements import Card, Element, banner, button, fitted, said, small, text, title
from dialogs.posts import Gathering, Line, Standing, Story
from dialogs.requests import ShowAction
from dialogs.wording import period, scope
from dialogs.words import Words, words_in

MOST_LINES = 8
LONGEST_TITLE = 160


def numbered(card: dict[str, Any], reference: str, language: str, *, again: bool) -> dict[str, Any]:
    """The card with its number at the foot: two posts with the same number are one and the same."""
    words = words_in(language)
    told = words("posts.again" if again else "posts.number", number=reference)
    return card | {"body": [*card["body"], small(told, spacing="Small")]}


def story_card(story: Story, moment: Moment, words: Words) -> Card:
    when = period(story.period, moment.calendar, words)
    heading = words("posts.story", period=when[:1].upper() + when[1:])
    achieved = words.count("posts.achieved", story.total)
    body: list[Element] = [title(heading), text(achieved, spacing="None", weight="Bolder", color="Good")]
    body += [small(line, isSubtle=False) for line in _standings(story.standings, story.period, moment, words)]
    body += [_line(line, words) for line in story.achieved[:MOST_LINES]]
    if story.total > MOST_LINES:
        body.append(small(words.count("posts.more", story.total - MOST_LINES), spacing="Small"))
    buttons = []
    first = next((each for each in story.standings if each.late), None)
    if first:
        buttons.append(button(words("button.show_late"), first.show_late, words.language))
    return fitted(
        Card(
            language=words.language,
            summary=words.parts((heading, achieved)),
            body=tuple(body),
            buttons=tuple(buttons),
        )
    )


def _standings(standings: tuple[Standing, ...], when: Any, moment: Moment, words: Words) -> list[str]:
    lines = []
    for each in standings:
        day = words.day(when.end)
        coming = (
            words.count("posts.coming", each.coming, day=day) if each.coming else words("posts.none_coming", day=day)
        )
        late = words.count("progress.late", each.late) if each.late else ""
        told = words.parts((coming, late))
        name = scope(*each.scope, words)
        lines.append(words("posts.of_scope", scope=said(name[:1].upper() + name[1:]), told=told))
    return lines


def _line(line: Line, words: Words) -> Element:
    shown = line.title if len(line.title) <= LONGEST_TITLE else line.title[: LONGEST_TITLE - 1] + "…"
    how = words("posts.by", who=said(line.who), day=words.day(line.at.date()))
    told = f"✓ **{line.ref}** {said(shown)}"
    if line.taken_back:
        told, how = f"~~{line.ref}~~ {said(shown)}", words("posts.taken_back") if line.who else ""
    return text(f"{told}\n\n{how}" if how else told, spacing="Small", separator=True)


def withdrawn_card(words: Words) -> Card:
    """In place of a post about an action that is not to be announced any more: nothing of it is left."""
    told = words("announce.withdrawn")
    return Card(language=words.language, summary=told, body=(small(told),))


def gathering_card(gathering: Gathering, words: Words) -> Card:
    standing = [line for line in gathering.lines if not line.taken_back]
    heading = words.count("posts.gathered", len(standing))
    body: list[Element] = [banner(f"✓ {heading}" if standing else words("announce.taken_back"), "good")]
    body += [_line(line, words) for line in gathering.lines[:MOST_LINES]]
    if len(gathering.lines) > MOST_LINES:
        rest = [line.ref for line in gathering.lines[MOST_LINES:]]
        body.append(small(words("posts.and", refs=words.list(rest)), spacing="Small"))
    buttons = [button(line.ref, ShowAction(ref=line.ref), words.language) for line in standing[:4]]
    return fitted(
        Card(
            language=words.language,
            summary=words.parts((heading, words.list(line.ref for line in standing[:5]))),
            body=tuple(body),
            buttons=tuple(buttons),
        )
    )
