"""What the outcome of a send means: whether it was delivered, and so what to do about it. It sends nothing itself."""

import email.utils
import math
import time
from enum import StrEnum
from typing import Any

import aiohttp

from bot.addresses import PrivateAddress

_CLOSED = ("BotNotInConversationRoster", "ConversationBlockedByUser", "BotDisabledByAdmin", "MessageWritesBlocked")
# The message is gone (a person deleted it), its conversation is not.
_MESSAGE_GONE = ("ActivityNotFoundInConversation", "ActivityNotFound")


class Outcome(StrEnum):
    """What became of a send that failed, and what to do."""

    # Not delivered: try again, with a growing pause.
    NOT_SENT = "not_sent"
    # Not delivered: wait `retry_after` for that conversation.
    THROTTLED = "throttled"
    # Not delivered, also with a new token: stop all sends and raise an alarm.
    UNAUTHORISED = "unauthorised"
    # Not delivered and never will be as it is: park it, tell its author.
    REFUSED = "refused"
    # Not delivered: the conversation is closed to us until the next installation.
    GONE = "gone"
    # Perhaps delivered: sending it again may repeat it.
    UNKNOWN = "unknown"


class SendFailed(Exception):
    """`code` is Teams' own where it gave one; `retry_after` is in seconds."""

    def __init__(
        self, outcome: Outcome, *, status: int | None = None, code: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(f"{outcome} (status {status}, {code or 'no code'})")
        self.outcome = outcome
        self.status = status
        self.code = code
        self.retry_after = retry_after


def failure_without_answer(error: Exception) -> SendFailed:
    """What it means that no status came: told by whether anything had been written."""
    name = type(error).__name__
    if isinstance(error.__cause__, PrivateAddress):
        return SendFailed(Outcome.REFUSED, code="PrivateAddress")
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL):
        return SendFailed(Outcome.NOT_SENT, code=name)
    return SendFailed(Outcome.UNKNOWN, code=name)


def failure_of_status(status: int, answer: Any, retry_after: str | None) -> SendFailed:
    """What a status means that is no success; `answer` is the JSON that came with it, `retry_after` the header."""
    error = answer.get("error") if isinstance(answer, dict) else None
    found = error.get("code") if isinstance(error, dict) else None
    code = found[:100] if isinstance(found, str) else ""
    return SendFailed(_outcome(status, error), status=status, code=code, retry_after=_seconds(retry_after))


def _outcome(status: int, error: Any) -> Outcome:
    codes = _codes(error)
    if status == 429:
        return Outcome.THROTTLED
    if status == 401:
        return Outcome.UNAUTHORISED
    # 412: two sends to one conversation met, and this one lost.
    if status == 412:
        return Outcome.NOT_SENT
    if status == 404:
        return Outcome.REFUSED if codes.intersection(_MESSAGE_GONE) else Outcome.GONE
    if status == 403 and codes.intersection(_CLOSED):
        return Outcome.GONE
    return Outcome.UNKNOWN if status == 408 or status >= 500 else Outcome.REFUSED


def _codes(error: Any, depth: int = 3) -> set[str]:
    """The code and the sub-codes below it, wherever Teams puts them."""
    if not isinstance(error, dict) or depth == 0:
        return set()
    named = {error[name] for name in ("code", "subCode") if isinstance(error.get(name), str)}
    return named.union(*(_codes(each, depth - 1) for each in error.values()))


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After as seconds or as an HTTP date, never more than a day; None where it cannot be read."""
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return None if math.isnan(seconds) else min(max(seconds, 0.0), 24 * 3600.0)
