"""What happened to a plan, in words, for a list in a file: oldest first, without what was taken back."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from storage.exports.content import Content
from storage.exports.wording import Wording


@dataclass(frozen=True, kw_only=True)
class Happened:
    on: date
    ref: str
    what: str
    who: str
    why: str


def history_of(content: Content, say: Wording) -> list[Happened]:
    refs = {action.id: action.ref for action in content.actions}
    undone = {event.undoes for event in content.record if event.undoes is not None}
    return [
        Happened(on=event.at.date(), ref=refs[event.action], what=what, who=event.who, why=event.why)
        for event in content.record
        if event.id not in undone and event.undoes is None and (what := told(event.kind, event.after, say))
    ]


def told(kind: str, after: dict[str, Any], say: Wording) -> str:
    """The event in a few words; empty for what only the record itself needs."""
    if kind == "postponed":
        return say("changes.postponed", day=say.day(date.fromisoformat(after["end"])))
    if kind == "measured":
        return say("changes.measured", indicator=after["indicator"], value=after["value"])
    if kind == "indicator_created":
        return say("changes.indicator_created", indicator=after["name"])
    if kind == "noted":
        return say("changes.noted", note=after["note"])
    if kind == "evidence_added":
        return say("changes.evidence_added", link=after["link"], note=after["note"]).strip()
    return say(f"changes.{kind}") if kind in _PLAIN else ""


_PLAIN = ("marked_done", "started", "abandoned", "reopened", "assigned", "made_discreet", "made_public")


def tidied(written: str, say: Wording) -> str:
    """The plan's own words for a deadline; a day as people write it."""
    try:
        return say.day(date.fromisoformat(written))
    except ValueError:
        return written
