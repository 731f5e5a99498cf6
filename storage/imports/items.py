"""The single things in a cell that holds several: actions apart by an empty line, indicators one to a line."""

import re

from storage.folding import tidy

_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
_BULLET = re.compile(r"^[^\S\n]*(?:[-–•*▪‣·]|\d{1,2}[.)])[^\S\n]+", re.MULTILINE)
_ENDED_LINE = re.compile(r"(?<=[,;])[^\S\n]*\n(?=[^\S\n]*[A-ZÀ-Þ])")


def titles_in(text: str) -> tuple[list[str], bool]:
    """The actions of a cell, without the commas between them; and whether taking them apart was a guess."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    parts, guessed = _EMPTY_LINE.split(text), False
    if len(parts) == 1 and len(_BULLET.findall(text)) > 1:
        parts, guessed = _BULLET.split(text), True
    elif len(parts) == 1:
        parts = _ENDED_LINE.split(text)
        guessed = len(parts) > 1
    titles = [title for title in map(tidy, parts) if title]
    return [title.rstrip(" ,;") or title for title in titles] if len(titles) > 1 else titles, guessed


def indicators_in(text: str) -> list[str]:
    lines = (tidy(_BULLET.sub("", line)).rstrip(" ,;") for line in text.splitlines())
    return [line for line in lines if line]
