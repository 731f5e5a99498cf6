"""What is kept of a conversation from one message to the next, as JSON, and what the next one makes of it. Pure."""

import re
from typing import Any

from dialogs import answers
from dialogs.answers import Answer
from dialogs.names import Lexicon
from dialogs.requests import CountActions, ListActions, NotUnderstood, Request, ShowProgress, Undo
from dialogs.sentences import SMALL_WORDS
from dialogs.several_answers import SeveralAsked
from dialogs.several_requests import Confirm, ConfirmSeveral, Decline
from dialogs.slots import request_from, slots_of
from dialogs.understand import Context
from storage.folding import fold


def what_to_keep(before: dict[str, Any], request: Request, answer: Answer) -> dict[str, Any]:
    """What the next message of this person here may lean on: the last question, what it showed, the last action."""
    kept = {name: value for name, value in before.items() if name != "asked"}
    if isinstance(answer, SeveralAsked) and answer.able and not answer.lacks:
        # "Oui" to the preview.
        which = " ".join(f"{action.ref}:{action.version}" for action in answer.able)
        kept["asked"] = _written(ConfirmSeveral(which=which, what=answer.what, to=answer.to, reason=answer.reason))
    if not isinstance(request, NotUnderstood):
        kept.pop("waiting", None)
    if isinstance(answer, answers.UnitAsked):
        kept["waiting"] = _written(request)
    elif isinstance(answer, answers.ActionList):
        shown = [action.ref for group in answer.groups for action in group.actions]
        kept = {"list": _written(answer.request), "shown": shown}
    elif isinstance(answer, answers.RemindersShown):
        kept = {"shown": [action.ref for action in answer.notice.actions], "notice": True}
    elif isinstance(answer, answers.ActionCount | answers.ProgressShown):
        kept = {"list": _written(answer.request)}
    elif (action := getattr(answer, "action", None) or getattr(answer, "after", None)) is not None:
        kept["ref"] = action.ref
    return kept


def _written(request: Request) -> dict[str, Any]:
    return {"name": request.name, "slots": slots_of(request)}


def remembered(kept: dict[str, Any], what: str) -> ListActions | CountActions | ShowProgress | None:
    if what not in kept:
        return None
    request = request_from(kept[what]["name"], kept[what]["slots"])
    return request if isinstance(request, ListActions | CountActions | ShowProgress) else None


def reply_to_asked(kept: dict[str, Any], request: Request) -> Request:
    """What "oui" or "non" means to what was asked last; any other request is itself."""
    if "asked" in kept and isinstance(request, Confirm):
        return request_from(kept["asked"]["name"], kept["asked"]["slots"])
    # "Annule" said to a question takes nothing back.
    return Decline() if "asked" in kept and request == Undo() else request


def context_of(kept: dict[str, Any]) -> Context:
    """What this person last saw here, for messages that lean on it ("et le mois prochain ?", "la deuxième")."""
    last = remembered(kept, "list")
    return Context(last=last, shown=tuple(kept.get("shown", ())), ref=kept.get("ref"))


def only_a_unit(text: str, lexicon: Lexicon) -> str | None:
    """The unit that a message names, where it says nothing else: the answer to "which is your unit?"."""
    folded = fold(text)
    found = lexicon.find_unit(folded)
    if found is None:
        return None
    rest = re.findall(r"[a-z0-9]{2,}", folded[: found.start] + " " + folded[found.end :])
    return found.value if all(word in SMALL_WORDS or word in _KINDS_OF_UNIT for word in rest) else None


_KINDS_OF_UNIT = frozenset(
    ("departement", "section", "service", "cursus", "unite", "entite", "ecole", "department", "unit")
)
