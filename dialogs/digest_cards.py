"""The card of a digest: what was achieved, what is late, what comes, what changed. Nothing is decided here."""

from dialogs.answers import Moment
from dialogs.elements import Card, Element, beside, button, column, cut, fitted, said, small, text, title
from dialogs.posts import Digest, Section, Target
from dialogs.requests import Definite, SendDigest
from dialogs.wording import deadline, period, scope
from dialogs.words import Words

MOST_ACHIEVED, MOST_OTHERS = 6, 4
LONGEST_TITLE = 110


def digest_title(digest: Digest, moment: Moment, words: Words) -> str:
    return words("digest.title", period=period(digest.period, moment.calendar, words))


def numbers(section: Section, words: Words) -> str:
    return words.parts(
        (
            words.count("digest.achieved", len(section.achieved)),
            words.count("digest.late", section.late_total),
            words.count("digest.coming", section.coming_total),
            words.count("digest.changed", section.changed),
        )
    )


def digest_card(digest: Digest, moment: Moment, words: Words, *, targets: tuple[Target, ...] | None = None) -> Card:
    """The post itself; or, with `targets`, its preview and where it may go."""
    heading = digest_title(digest, moment, words)
    body: list[Element] = [title(heading)]
    if targets is not None:
        body.insert(0, small(words("digest.preview" if targets else "digest.shown")))
    for section in digest.sections:
        if section.scope:
            name = scope(*section.scope, words)
            body.append(text(said(name[:1].upper() + name[1:]), weight="Bolder", color="Accent", separator=True))
        body.append(_figures(section, words))
        if len(digest.sections) == 1:
            body += _lists(section, moment, words)
    summary = words.parts((heading, numbers(digest.sections[0], words) if len(digest.sections) == 1 else ""))
    buttons = _buttons(digest, targets, words)
    return fitted(Card(language=words.language, summary=summary, body=tuple(body), buttons=tuple(buttons)))


def _figures(section: Section, words: Words) -> Element:
    """Four numbers in two rows of two: a telephone has room for them."""
    figures = [
        (len(section.achieved), "achieved", "Good"),
        (section.late_total, "late", "Attention" if section.late_total else "Default"),
        (section.coming_total, "coming", "Default"),
        (section.changed, "changed", "Default"),
    ]
    cells = [
        column(
            text(words.number(number), size="ExtraLarge", weight="Bolder", color=color),
            small(words.count(f"digest.label.{name}", number)),
        )
        for number, name, color in figures
    ]
    rows = [beside(*cells[:2], spacing="Small"), beside(*cells[2:], spacing="Small")]
    return {"type": "Container", "items": rows, "spacing": "Small"}


def _lists(section: Section, moment: Moment, words: Words) -> list[Element]:
    body: list[Element] = []
    if section.achieved:
        body.append(text(words("digest.heading.achieved"), weight="Bolder", spacing="Medium"))
        for each in section.achieved[:MOST_ACHIEVED]:
            body.append(
                small(f"✓ **{each.ref}** {said(cut(each.title, LONGEST_TITLE))}", isSubtle=False, spacing="Small")
            )
        if len(section.achieved) > MOST_ACHIEVED:
            body.append(small(words.count("posts.more", len(section.achieved) - MOST_ACHIEVED)))
    for name, actions in (("late", section.late), ("coming", section.coming)):
        if not actions:
            continue
        body.append(text(words(f"digest.heading.{name}"), weight="Bolder", spacing="Medium"))
        for action in actions:
            when = deadline(action, moment, words)
            body.append(
                small(f"**{action.ref}** {said(cut(action.title, LONGEST_TITLE))}", isSubtle=False, spacing="Small")
            )
            body.append(small(when, color="Attention" if name == "late" else "Default"))
    return body


def _buttons(digest: Digest, targets: tuple[Target, ...] | None, words: Words) -> list[Element]:
    section = digest.sections[0]
    asks: list[tuple[str, Definite]] = []
    for target in (targets or ())[:3]:
        send = SendDigest(start=digest.period.start, end=digest.period.end, publish=True, channel=target.conversation)
        label = words("digest.publish_in", channel=target.name) if target.name else words("digest.publish")
        asks.append((label, send))
    if section.late_total:
        asks.append((words("button.show_late"), section.show_late))
    if section.coming_total:
        asks.append((words("digest.show_coming"), section.show_coming))
    if section.changed:
        asks.append((words("digest.show_changed"), section.show_changed))
    return [button(label, request, words.language) for label, request in asks]
