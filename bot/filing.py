"""What follows when somebody answers the offer of a file: it is made anew and put where Teams says, or it is not.

What comes back is a request: whoever gives it, their right and the plan are looked at again.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.consent import Consent, UploadInfo
from bot.house import House
from bot.offering import Made, Offering, asked_again
from bot.sender import Connector, SendFailed
from bot.turn import Incoming, make_file
from dialogs import answers
from dialogs.answers import Answer
from dialogs.cards import card_for
from dialogs.elements import Card
from dialogs.file_cards import file_info
from dialogs.words import LANGUAGES

log = structlog.get_logger()


async def filed(
    house: House,
    connector: Connector,
    incoming: Incoming,
    given: Consent,
    run: Callable[..., Awaitable[Made | Answer]],
) -> tuple[Card, dict[str, Any] | None]:
    """The card that says how it ended; and the attachment that shows the file, where there is one to show."""
    told = given.context.get("lang") if isinstance(given.context, dict) else None
    language = told if told in LANGUAGES else incoming.client_language
    answer = await _answer(house, connector, incoming, given, language, run)
    card = card_for(answer, house.moment(house.today(incoming.now), incoming.member.language or language))
    where = given.upload_info
    if not isinstance(answer, answers.FileKept) or where is None or not connector.may_hold_file(where.content_url):
        return card, None
    return card, file_info(answer.name, where.content_url, where.unique_id)


async def _answer(
    house: House,
    connector: Connector,
    incoming: Incoming,
    given: Consent,
    language: str,
    run: Callable[..., Awaitable[Made | Answer]],
) -> Answer:
    if given.action == "decline":
        return answers.FileDeclined()
    request = asked_again(given.context)
    if request is None or given.upload_info is None:
        return answers.Refused(code="lost.old_button", places={})
    made = await run(make_file, house, incoming, request, language)
    return await _put(connector, request, made, given.upload_info) if isinstance(made, Made) else made


async def _put(connector: Connector, request: Offering, made: Made, where: UploadInfo) -> Answer:
    try:
        await connector.put_file(where.upload_url, made.content)
    except SendFailed as failure:
        log.warning("file not kept", outcome=failure.outcome, status=failure.status, code=failure.code)
        return answers.FileLost(request=request, name=made.offer.name)
    log.info("file kept", request=request.name, size=made.offer.size)
    return answers.FileKept(name=made.offer.name)
