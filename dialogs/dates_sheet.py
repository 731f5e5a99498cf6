"""The words of one text, laid out for reading in one language on one day."""

from dataclasses import dataclass, field
from datetime import date

from dialogs.dates_leaves import Leaf
from dialogs.dates_lexicon import Lexicon
from storage.calendar import AcademicCalendar

Read = tuple[Leaf, int]
"""What was read, and the token after it."""
NO_SUCH_DAY = Leaf(grain="impossible")
# A number of four digits is a year only in these.
YEARS = range(1900, 2200)
CENTURY = 2000


@dataclass(frozen=True)
class Sheet:
    """The words of a text, the places they stand at, who understands them, the day, and the school's calendar."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    lexicon: Lexicon
    today: date
    calendar: AcademicCalendar
    past: bool
    seen: dict[tuple[int, int], Read | None] = field(default_factory=dict)

    def at(self, kind: str, i: int) -> tuple[str, int] | None:
        """The phrase of that kind which begins at token i: what it stands for, and where it ends."""
        entries = self.lexicon.kinds[kind].get(self.words[i])
        if entries:
            for rest, meaning in entries:
                if not rest:
                    return meaning, i + 1
                end = i + 1 + len(rest)
                if self.words[i + 1 : end] == rest:
                    return meaning, end
        return None

    def touches(self, i: int) -> bool:
        """Token i follows the one before it without a space."""
        return 0 < i < len(self.starts) and self.ends[i - 1] == self.starts[i]

    def glue(self, i: int) -> int:
        """Past the articles and the like at token i; at most three, so that no text makes this slow."""
        for _ in range(3):
            found = self.at("glue", i)
            if not found:
                break
            i = found[1]
        return i

    def digits(self, i: int, longest: int) -> bool:
        word = self.words[i]
        return 0 < len(word) <= longest and word.isascii() and word.isdigit()

    def number(self, i: int) -> tuple[int, int] | None:
        """A whole number in digits or words; "une quinzaine de" counts as one too."""
        if self.digits(i, 9):
            return int(self.words[i]), i + 1
        found = self.at("number", i)
        return (int(found[0]), found[1]) if found else None

    def day_number(self, i: int) -> tuple[int, int, bool] | None:
        """A number that may be a day of the month: its value, its end, and whether "er" or "th" says that it is one."""
        if self.digits(i, 2):
            suffix = self.at("suffix", i + 1) if self.touches(i + 1) or self.words[i + 1] == "er" else None
            return int(self.words[i]), suffix[1] if suffix else i + 1, bool(suffix)
        named = self.at("ordinal", i)
        if named and named[0] == "1":
            return 1, named[1], True
        found = self.at("number", i)
        return (int(found[0]), found[1], False) if found and int(found[0]) <= 31 else None
