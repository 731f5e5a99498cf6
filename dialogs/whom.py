"""Which body, person or unit a sentence names, also where we do not know them. Pure; decides no request."""

import re
from dataclasses import dataclass

from dialogs.message import Message
from dialogs.names import Name
from dialogs.phrases import Span

_NAME = re.compile(r"[A-ZÀ-Ý][\w'’-]+(?: (?:[A-ZÀ-Ý][\w'’-]+|de|van|der|den|El|la|le))*")
_INITIALS = re.compile(r"[A-Z][A-Z0-9.]{1,7}")


@dataclass(frozen=True, kw_only=True)
class Meant:
    """Somebody or something that is named. `kind` is body, person or unit."""

    kind: str
    value: str
    span: Span


def meant_in(message: Message) -> list[Meant]:
    """All that is named, in the order of the sentence, each word used once."""
    found: list[Meant] = []
    taken: set[int] = set()
    for name in sorted(message.names, key=_longest_first):
        if name.kind in ("body", "person", "unit") and not taken & set(range(*name.span)):
            found.append(Meant(kind=name.kind, value=name.value, span=name.span))
            taken.update(range(*name.span))
    for at, word in enumerate(message.words):
        person = message.lexicon.person_called(word) if at not in taken else None
        if person and message.written((at, at + 1))[:1].isupper():
            found.append(Meant(kind="person", value=person, span=(at, at + 1)))
            taken.add(at)
    return sorted(found, key=lambda meant: meant.span)


def _longest_first(name: Name) -> tuple[int, bool, bool]:
    return name.span[0] - name.span[1], not name.whole, name.kind != "body"


def stranger_in(message: Message, taken: set[int]) -> Meant | None:
    """Somebody with first and last name whom the lexicon does not know, by their capitals."""
    for at in range(len(message.words)):
        if at in taken or message.words[at] in message.says.small_words or message.words[at] in message.says.known:
            continue
        found = _NAME.match(message.rest_written(message.starts[at]))
        if found and " " in found[0] and not message.lexicon.titles.knows(message.words[at]):
            name = found[0].removesuffix(" de").removesuffix(" la").removesuffix(" le")
            return Meant(kind="person", value=name, span=(at, at + len(name.split())))
    return None


def initials_in(message: Message, taken: set[int]) -> Meant | None:
    """Initials that nothing here has."""
    for at in range(len(message.words)):
        written = message.written((at, at + 1))
        if at not in taken and _INITIALS.fullmatch(written) and not message.lexicon.is_name(message.words[at]):
            return Meant(kind="body", value=written, span=(at, at + 1))
    return None
