"""The colours of what is written out; whatever a colour says is said in words too."""

from dataclasses import dataclass

from storage.plan import Status


@dataclass(frozen=True, kw_only=True)
class Tone:
    ink: str
    paper: str
    bar: str
    """In a picture."""


HEADING, BAND, LINES, SUBTLE = "#1F3864", "#DDEBF7", "#BFBFBF", "#595959"
LATE = Tone(ink="#9C0006", paper="#FFC7CE", bar="#C00000")
TONES = {
    Status.TODO: Tone(ink="#262626", paper="#FFFFFF", bar="#D9D9D9"),
    Status.IN_PROGRESS: Tone(ink="#7F6000", paper="#FFF2CC", bar="#F1B434"),
    Status.DONE: Tone(ink="#375623", paper="#E2EFDA", bar="#548235"),
    Status.ABANDONED: Tone(ink="#595959", paper="#EDEDED", bar="#7F7F7F"),
}
