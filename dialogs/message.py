"""A message read in one language: its words, where they stand, the names and the cues among them."""

import re
from collections.abc import Iterable
from copy import copy
from datetime import date
from functools import cached_property

from dialogs.cut import Cut, Read
from dialogs.dates import find_period
from dialogs.names import Lexicon, Name
from dialogs.phrases import Span
from dialogs.sentences import LANGUAGES, Sentences, sentences_in
from storage.calendar import AcademicCalendar

_ENDS = re.compile(r"[.!?]+(?=\s|$|\")|[?;]")
_QUOTED = re.compile(r'"[^"]{1,600}"')
_MOST_REPAIRS = 30


class Message:
    """The message read in one language."""

    def __init__(self, cut: Cut, language: str, lexicon: Lexicon) -> None:
        self.cut = cut
        self.original, self.text, self.refs = cut.original, cut.text, cut.refs
        self.language = language
        self.says: Sentences = sentences_in(language)
        self.lexicon = lexicon
        self.words: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self._positions: dict[tuple[str, ...], frozenset[int]] = {}
        self._read_words()
        self._cues, self._gaps = self.says.phrases.find(self.words)

    def _read_words(self) -> None:
        repairs = 0
        for word, start, end in self.cut.tokens:
            said = word
            if word[0] == "@":
                said = "@"
            elif word not in self.says.known and len(word) >= 4 and not word.isdigit() and repairs < _MOST_REPAIRS:
                repairs += 1
                said = word if len(self._taken_apart(word)) > 1 else self._repaired(word)
            for each in self.says.respelled.get(said) or self._taken_apart(said):
                self.words.append(each)
                self.starts.append(start)
                self.ends.append(end)

    def _taken_apart(self, word: str) -> tuple[str, ...]:
        """ "lindicateur", "mafficher": a word that lost the apostrophe before it."""
        known = self.says.known
        if (
            self.language != "fr"
            or word in known
            or len(word) < 6
            or word[0] not in "ldjmnst"
            or word[1] not in "aeiouh"
        ):
            return (word,)
        rest = word[1:]
        apart = rest in known and not self.lexicon.is_name(word)
        return (word[0], rest) if apart else (word,)

    def _repaired(self, word: str) -> str:
        if self.lexicon.is_name(word) or any(word in sentences_in(language).known for language in LANGUAGES):
            return word
        near = self.says.repaired(word)
        return near if near != word else self.lexicon.repaired(word)

    def pointing(self, span: Span, ref: str) -> "Message":
        """The same message with these words read as a reference."""
        start, end = span
        words = [*self.words[:start], "@", *self.words[end:]]
        starts = [*self.starts[: start + 1], *self.starts[end:]]
        other = self._with(words, starts, [*self.ends[:start], self.ends[end - 1], *self.ends[end:]])
        other.refs = (ref,)
        return other

    def without(self, aside: frozenset[int]) -> "Message":
        """The same message with these words left out."""
        if not aside:
            return self
        kept = [at for at in range(len(self.words)) if at not in aside]
        words, starts, ends = self.words, self.starts, self.ends
        other = self._with([words[at] for at in kept], [starts[at] for at in kept], [ends[at] for at in kept])
        text = self.text
        for at in aside:
            text = text[: self.starts[at]] + " " * (self.ends[at] - self.starts[at]) + text[self.ends[at] :]
        other.text = text
        return other

    def _with(self, words: list[str], starts: list[int], ends: list[int]) -> "Message":
        other = copy(self)
        other.words, other.starts, other.ends = words, starts, ends
        other._positions = {}
        other._cues, other._gaps = other.says.phrases.find(words)
        for kept in ("names", "sentence_of", "asked_sentences", "quoted", "_content", "_content_set"):
            other.__dict__.pop(kept, None)
        return other

    # Cues

    def spans(self, *cues: str) -> list[Span]:
        """Where these cues stand."""
        return [span for cue in cues for span in self._cues.get(cue, ())]

    def has(self, *cues: str) -> bool:
        return any(cue in self._cues for cue in cues)

    def own(self, spans: Iterable[Span]) -> set[int]:
        """The words of these cues, those in a gap of a phrase left out."""
        used: set[int] = set()
        for start, end in spans:
            gap = self._gaps.get((start, end), (0, 0))
            used.update(at for at in range(start, end) if not gap[0] <= at < gap[1])
        return used

    def is_whole(self, cue: str, start: int, end: int) -> bool:
        """Whether these words are one phrase of the cue and nothing else."""
        return any(span[0] == start and span[1] >= end for span in self._cues.get(cue, ()) if span[1] == end)

    def shown_cues(self) -> Iterable[str]:
        return self._cues

    def period(self, day: date, calendar: AcademicCalendar, *, past: bool = False, text: str | None = None) -> Read:
        """The period the message, or this variant of its text, speaks of; looked for once."""
        key = (self.text if text is None else text, self.language, past)
        if key not in self.cut.periods:
            self.cut.periods[key] = find_period(key[0], self.language, day, calendar, past=past)
        return self.cut.periods[key]

    # What it names

    @cached_property
    def names(self) -> list[Name]:
        """Names of the plans in the sentence: as they are written, then by initials and by habit."""
        found = self.lexicon.find_names(self.words)
        covered = {at for name in found for at in range(*name.span)}
        habits: list[Name] = []
        for _, phrase, start, end in self.says.aliases.walk(self.words):
            body = next((each for each in self.says.bodies_by_habit[phrase] if each in self.lexicon.bodies), None)
            longer = any(name.span[0] <= start and name.span[1] >= end for name in found if name.kind == "body")
            crossing = any(name.span[0] < end < name.span[1] for name in found)
            if body and not longer and not crossing:
                habits.append(Name(kind="body", value=body, span=(start, end), whole=False))
        spelled = [name for name in self.lexicon.find_initials(self.words) if name.span[0] not in covered]
        kept = [
            name
            for name in found
            if not any(
                other.span[0] <= name.span[0] and name.span[1] <= other.span[1] and _length(other) > _length(name)
                for other in (*habits, *spelled)
            )
        ]
        best = [*kept, *spelled, *habits]
        best.sort(key=lambda name: (name.span[0], -name.span[1], not name.whole))
        return best

    # Places

    def span_of(self, start: int, end: int) -> Span:
        """The words within these characters."""
        inside = [at for at in range(len(self.words)) if self.starts[at] < end and self.ends[at] > start]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    def said(self, span: Span) -> str:
        """Words as they stand in the folded text, references marked."""
        return self._stretch(self.text, span)

    def folded(self, span: Span) -> str:
        """Words as they stand in the folded text."""
        return self._stretch(self.cut.folded, span)

    def _stretch(self, text: str, span: Span) -> str:
        return text[self.starts[span[0]] : self.ends[span[1] - 1]] if span[0] < span[1] else ""

    def written(self, span: Span) -> str:
        """Words as the person wrote them, with capitals and accents."""
        if span[0] >= span[1]:
            return ""
        return self.cut.written(self.starts[span[0]], self.ends[span[1] - 1])

    def rest_written(self, start: int) -> str:
        """All from this character of the text on, as it was written."""
        return self.cut.written(start, len(self.cut.folded)).strip(" \t\n:-–—\"'«»“”")

    @cached_property
    def sentence_of(self) -> list[int]:
        """For each word, the number of the sentence it stands in."""
        breaks = [found.end() for found in _ENDS.finditer(self.text)]
        numbers, number = [], 0
        for start in self.starts:
            while number < len(breaks) and breaks[number] <= start:
                number += 1
            numbers.append(number)
        return numbers

    @cached_property
    def asked_sentences(self) -> frozenset[int]:
        """Sentences that end with a question mark."""
        return frozenset(number for number, found in enumerate(_ENDS.finditer(self.text)) if "?" in found[0])

    @cached_property
    def quoted(self) -> frozenset[int]:
        """Words between quotation marks."""
        return frozenset(
            at
            for found in _QUOTED.finditer(self.text)
            for at in range(len(self.words))
            if found.start() < self.starts[at] < found.end()
        )

    def content(self, taken: frozenset[int] | set[int] = frozenset()) -> list[int]:
        """Words that are neither small, nor digits, nor taken already."""
        return [at for at in self._content if at not in taken] if taken else list(self._content)

    def is_content(self, at: int) -> bool:
        return at in self._content_set

    @cached_property
    def _content(self) -> list[int]:
        small = self.says.small_words
        return [at for at, word in enumerate(self.words) if word not in small and len(word) > 1 and not word.isdigit()]

    @cached_property
    def _content_set(self) -> frozenset[int]:
        return frozenset(self._content)

    def positions(self, *groups: str) -> frozenset[int]:
        """Every word that belongs to a cue of these groups ("slots.", "who_")."""
        if groups not in self._positions:
            self._positions[groups] = frozenset(
                at for cue, spans in self._cues.items() if cue.startswith(groups) for at in self.own(spans)
            )
        return self._positions[groups]

    def in_french(self, positions: list[int]) -> str:
        """These words for a search among titles: those of other languages also in French."""
        words = [self.words[at] for at in positions]
        if not self.says.in_french:
            return " ".join(words)
        said: list[str] = []
        at = 0
        longest: dict[int, tuple[str, int]] = {}
        for french, _, start, end in self.says.glossary.walk(words):
            if start not in longest or longest[start][1] < end:
                longest[start] = (french, end)
        while at < len(words):
            if at in longest:
                french, end = longest[at]
                said.append(self.says.in_french[french])
                at = end
            else:
                said.append(words[at])
                at += 1
        return " ".join(said)


def _length(name: Name) -> int:
    return name.span[1] - name.span[0]
