"""Sentences that ask for a file: which plan, in which format. They change nothing."""

from dialogs.asked import Asked
from dialogs.message import Message
from dialogs.mood import is_quoted
from dialogs.phrases import Span
from dialogs.requests import ExportPlan, Request
from dialogs.structure import read_plan

_FORMATS = ("xlsx", "docx", "csv", "json", "pdf")
_CHANGES = ("mark_done.says", "mark_in_progress.says", "abandon.says", "reopen.says", "add_note.to_write")
_TELLING = frozenset(
    (
        "ai", "a", "as", "avons", "avez", "ont", "est", "ete", "avait", "avais", "j",
        "have", "has", "ve", "was", "were", "been", "heb", "heeft", "hebben", "is", "werd",
    )
)  # fmt: skip
"""Before a form of the verb that tells what was done: "j'ai exporté le plan"."""


def exporting(message: Message) -> Request | None:
    """ "exporte le plan TI", "envoie-moi le plan en Excel", "TI en csv"."""
    formats = [each for each in _FORMATS if message.has(f"export_plan.{each}")]
    verbs = [span for span in message.spans("export_plan.verb") if _is_order(message, span)]
    if not (formats or verbs) or message.refs or message.cut.links or message.has("mood.negated", *_CHANGES):
        return None
    asked = Asked()
    read_plan(message, asked)
    whole = asked.where.plan is not None or message.has("export_plan.what")
    cues = [f"export_plan.{each}" for each in (*_FORMATS, "verb", "give", "what")]
    rest = message.content(asked.taken | message.own(message.spans(*cues, "mood.polite", "mood.wishes", "greet.whole")))
    if not whole and rest:
        return None
    if not verbs and not (whole and (message.has("export_plan.give") or not rest)):
        return None
    return ExportPlan(plan=asked.where.plan or "", format=formats[0] if formats else "xlsx")


def _is_order(message: Message, span: Span) -> bool:
    before = message.words[span[0] - 1] if span[0] else ""
    return before not in _TELLING and not is_quoted(message, span)
