"""Walks the XML inside a file without trusting it: no document type, so no entities; nothing is ever fetched."""

from collections.abc import Callable
from typing import IO
from xml.parsers import expat

from storage.imports.draft import NotAPlan

LONGEST_TEXT = 32_767
"""What Excel itself allows in one cell."""


def walk(
    stream: IO[bytes],
    opens: Callable[[str, dict[str, str]], None],
    closes: Callable[[str, str], None],
    before: Callable[[str], None] | None = None,
) -> None:
    """Call `opens(name, attributes)` and `closes(name, text)` for every element; names without their namespace.

    The text is what stands between the tag and the last tag inside it: all of it, for an element without children.
    `before` is told the text in front of each opening tag, for formats in which tags stand within words.
    """
    text: list[str] = []
    length = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal length
        if before is not None:
            before("".join(text))
        text.clear()
        length = 0
        opens(_local(name), {_local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal length
        closes(_local(name), "".join(text))
        text.clear()
        length = 0

    def characters(words: str) -> None:
        nonlocal length
        length += len(words)
        if length > LONGEST_TEXT:
            raise NotAPlan("too_large")
        text.append(words)

    def refuse(*_: object) -> None:
        raise NotAPlan("damaged")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse
    parser.ParseFile(stream)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
