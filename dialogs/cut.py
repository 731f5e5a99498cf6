"""The folded text of a message in pieces, before anybody knows its language: words, references, links.

`text` is the folded message with references as "@" and links as "#", of the same length, so that places agree.
"""

import re
from functools import cached_property

from dialogs.dates import Found, Impossible, Unclear
from dialogs.names import Lexicon, Named
from dialogs.sentences import languages_of
from storage.folding import fold, places_in

Read = Found | Unclear | Impossible | None
"""What the text says of a period."""

LONGEST = 4_000
"""Characters of a message that are read; the rest is left aside (nobody asks a question that long)."""
_MOST_WORDS = 160
_MENTION = re.compile(r"<at[^>]{0,200}>([^<]{0,200})</at>")
_PLAIN_MENTION = re.compile(
    r"^(\s*(?:(?:salut|bonjour|bonsoir|coucou|hello|hey|hi|hallo|dag|dis|cher|chère|merci|ok)\s*,?\s+)?)@?boucle\b[\s,:!-]*",
    re.IGNORECASE,
)
"""The bot called by its name: at the beginning, or behind a greeting. Elsewhere "boucle" is the verb."""
_LINK = re.compile(r"https?://[^\s<>\"')\]]+")
_TOKEN = re.compile(r"@+|[a-z0-9]+|[%=]")
_DONE_SIGN = str.maketrans(dict.fromkeys("✅✔☑✓", " done "))


class Cut:
    """The folded text of a message in pieces, before anybody knows its language."""

    def __init__(self, original: str, lexicon: Lexicon) -> None:
        self.original = _without_bot(original).translate(_DONE_SIGN).strip()
        self.folded = fold(self.original, LONGEST)
        self.links: list[tuple[int, int]] = [found.span() for found in _LINK.finditer(self.folded)]
        self.text = self._with_lines()
        for start, end in self.links:
            self.text = self.text[:start] + "#" * (end - start) + self.text[end:]
        self.periods: dict[tuple[str, str, bool], Read] = {}
        self.keys = frozenset(key.lower() for key in lexicon.keys)
        self.named_refs: list[Named] = lexicon.find_refs(self.text)
        pieces: list[str] = []
        at = 0
        for ref in self.named_refs:
            pieces += [self.text[at : ref.start], "@" * (ref.end - ref.start)]
            at = ref.end
        self.text = "".join([*pieces, self.text[at:]])
        tokens = [(found[0], found.start(), found.end()) for found in _TOKEN.finditer(self.text)]
        self.is_cut_short = len(tokens) > _MOST_WORDS
        self.tokens = self._with_titles(tokens[:_MOST_WORDS], lexicon)
        self.refs = tuple(dict.fromkeys(ref.value for ref in self.named_refs))

    def _with_lines(self) -> str:
        """The folded text with ";" where a line ends."""
        if "\n" not in self.original:
            return self.folded
        ends = {at for at, place in enumerate(self._places) if self.original[place] in "\r\n"}
        return "".join(";" if at in ends else character for at, character in enumerate(self.folded))

    def _with_titles(self, tokens: list[tuple[str, int, int]], lexicon: Lexicon) -> list[tuple[str, int, int]]:
        """The words with a title that is said in full as a reference."""
        kept: list[tuple[str, int, int]] = []
        at = 0
        for (first, last), ref in lexicon.find_titles([word for word, _, _ in tokens]):
            start, end = tokens[first][1], tokens[last - 1][2]
            kept += [*tokens[at:first], ("@", start, end)]
            self.text = self.text[:start] + "@" * (end - start) + self.text[end:]
            self.named_refs.append(Named(value=ref, start=start, end=end))
            at = last
        self.named_refs.sort(key=lambda ref: ref.start)
        return [*kept, *tokens[at:]]

    @cached_property
    def _places(self) -> list[int]:
        return places_in(self.original, LONGEST)

    def written(self, start: int, end: int) -> str:
        """What the person wrote at these characters of the folded text, with capitals and accents."""
        places = self._places
        if start >= end or start >= len(places):
            return ""
        return self.original[places[start] : places[min(end, len(places)) - 1] + 1]

    @property
    def link(self) -> str:
        return self.written(*self.links[0]).rstrip(".,;") if self.links else ""


def _without_bot(text: str) -> str:
    """Mentions as plain names, the bot's own left out."""

    def plain(found: re.Match[str]) -> str:
        first = not text[: found.start()].strip()
        return " " if first or found[1].strip().lower().startswith("boucle") else found[1]

    return _PLAIN_MENTION.sub(r"\1", _MENTION.sub(plain, text[: 2 * LONGEST]))


def likely_languages(cut: Cut, client_language: str) -> list[str]:
    """The languages the message may be in, by the words that we know."""
    words = [word for word, _, _ in cut.tokens[:120] if word[0].isalpha() and word not in cut.keys]
    return languages_of(words, client_language)
