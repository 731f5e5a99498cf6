"""Activities in, cards out: the Bot Framework on one side, messages and presses on the other. It decides nothing.

The adapter has a `process` of its own, because the stock one answers every button press with a 500, and sends
through our connector, because the stock one makes two clients and a session for every reply.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import structlog
from botbuilder.core import BotAdapter, InvokeResponse, TurnContext
from botbuilder.core.teams import TeamsActivityHandler
from botbuilder.schema import Activity as SdkActivity
from botbuilder.schema import ChannelAccount, ConversationAccount, ConversationReference, ResourceResponse

from bot.activity import Activity
from bot.asking import NOBODY
from bot.buttons import read_press
from bot.consent import NAME as CONSENT
from bot.consent import read_consent
from bot.filing import filed
from bot.gate import Admitted
from bot.house import House
from bot.looks import example
from bot.places import client_language_of, identity_of, place_of
from bot.sender import Connector, Outcome, SendFailed
from bot.turn import ButtonPress, Incoming, Message, introduce, recognised, take_turn, take_turn_of
from bot.workers import TooSlow, Workers
from dialogs import answers
from dialogs.cards import card_for
from dialogs.elements import Card
from dialogs.file_cards import consent
from dialogs.words import words_in
from storage.conversations import Place, close_place, remember_place, welcome_once
from storage.plan import Member
from storage.reminders import note_decided

log = structlog.get_logger()

_INCOMING = "boucle.incoming"
_REPLIES = "boucle.replies"
CARD = "application/vnd.microsoft.card.adaptive"
REPLY_PAUSE, LONGEST_REPLY_PAUSE = 1.0, 5.0
"""Seconds before a reply that Teams did not take is sent once more; after 15 Teams delivers the question again."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What goes back over HTTP: only invokes, and messages that expect replies, have a body."""

    status: int
    body: dict[str, Any] | None = None


class BoucleAdapter(BotAdapter):  # type: ignore[misc]
    """Runs one admitted activity through the SDK's pipeline; replies go out over one kept connection."""

    def __init__(self, connector: Connector) -> None:
        super().__init__()
        self._connector = connector

    async def process(self, admitted: Admitted, handler: "Teams") -> Answered:
        incoming = admitted.activity
        context = TurnContext(self, _for_sdk(incoming))
        context.turn_state[_INCOMING] = incoming
        context.turn_state[_REPLIES] = []
        try:
            await self.run_pipeline(context, handler.on_turn)
        except TooSlow:
            log.error("turn too slow", type=incoming.type[:40])
            return Answered(status=503)
        except SendFailed as failure:
            # What was asked is done; whoever asks again is answered again.
            log.warning("reply lost", outcome=failure.outcome, status=failure.status, code=failure.code)
        except Exception:
            log.exception("activity broken", type=incoming.type[:40])
        response = context.turn_state.get(self._INVOKE_RESPONSE_KEY)
        if response is not None:
            return Answered(status=response.status, body=response.body)
        if incoming.delivery_mode == "expectReplies":
            return Answered(status=200, body={"activities": context.turn_state[_REPLIES]})
        return Answered(status=501 if incoming.type == "invoke" else 200)

    async def reply(self, context: TurnContext, card: Card) -> None:
        """Send a card back to where the activity came from."""
        await self._send(context, posted(card))

    async def attach(self, context: TurnContext, summary: str, attachment: dict[str, Any]) -> None:
        """Send something that is no card of ours."""
        await self._send(context, {"type": "message", "summary": summary, "attachments": [attachment]})

    async def send_activities(self, context: TurnContext, activities: list[SdkActivity]) -> list[ResourceResponse]:
        """What the SDK itself sends: the response to an invoke, and whatever middleware says."""
        sent = []
        for activity in activities:
            if activity.type == "invokeResponse":
                context.turn_state[self._INVOKE_RESPONSE_KEY] = activity.value
                sent.append(ResourceResponse(id=""))
            else:
                sent.append(ResourceResponse(id=await self._send(context, activity.serialize())))
        return sent

    async def update_activity(self, context: TurnContext, activity: SdkActivity) -> None:
        incoming: Activity = context.turn_state[_INCOMING]
        address = incoming.service_url or ""
        await self._connector.put(address, incoming.conversation.id, activity.id, activity.serialize())

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        raise NotImplementedError("Boucle corrects its posts, it never deletes them")

    async def _send(self, context: TurnContext, activity: dict[str, Any]) -> str:
        incoming: Activity = context.turn_state[_INCOMING]
        if incoming.delivery_mode == "expectReplies":
            context.turn_state[_REPLIES].append(activity)
            return ""
        addressed = activity | {
            "from": {"id": incoming.recipient.id, "name": incoming.recipient.name} if incoming.recipient else None,
            "conversation": {"id": incoming.conversation.id},
            "recipient": {"id": incoming.sender.id},
            "replyToId": incoming.id,
        }
        address, place = incoming.service_url or "", incoming.conversation.id
        try:
            return await self._connector.post(address, place, addressed, incoming.id)
        except SendFailed as failure:
            wait = REPLY_PAUSE if failure.retry_after is None else failure.retry_after
            # Certainly not delivered, and there is time: the person still waits.
            if failure.outcome not in (Outcome.THROTTLED, Outcome.NOT_SENT) or wait > LONGEST_REPLY_PAUSE:
                raise
        await asyncio.sleep(wait)
        return await self._connector.post(address, place, addressed, incoming.id)


def _for_sdk(incoming: Activity) -> SdkActivity:
    """What the SDK routes by. The rest of the body may be anything, and would make it fail."""
    bot = incoming.recipient
    return SdkActivity(
        type=incoming.type,
        id=incoming.id,
        name=incoming.name,
        action=incoming.action,
        channel_id=incoming.channel_id,
        service_url=incoming.service_url,
        from_property=ChannelAccount(id=incoming.sender.id),
        recipient=ChannelAccount(id=bot.id) if bot else None,
        conversation=ConversationAccount(id=incoming.conversation.id),
        delivery_mode=incoming.delivery_mode,
    )


def posted(card: Card) -> dict[str, Any]:
    """The message that holds this card, and nothing beside it: Teams would split text and card in two."""
    return message_of(card.summary, card.content())


def message_of(summary: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "summary": summary, "attachments": [{"contentType": CARD, "content": content}]}


class Teams(TeamsActivityHandler):  # type: ignore[misc]
    """Routes what Teams tells: messages, presses, installations. Everything else is heard in silence."""

    def __init__(
        self,
        house: House,
        adapter: BoucleAdapter,
        connector: Connector,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
        workers: Workers,
    ) -> None:
        super().__init__()
        self._house = house
        self._adapter = adapter
        self._connector = connector
        self._clock = clock
        self._wake = wake
        self._run = workers.run

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        incoming: Activity = turn_context.turn_state[_INCOMING]
        said: Message | ButtonPress = Message(text=incoming.text or "")
        if isinstance(incoming.value, dict) and not incoming.text:
            # An older client pressed the button: the same data comes as a message.
            said = read_press(incoming.value)
        answer, card = await self._turn(incoming, said)
        if isinstance(answer, answers.FileOffered):
            await self._offer(turn_context, answer, card)
        else:
            await self._adapter.reply(turn_context, card)

    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        incoming: Activity = turn_context.turn_state[_INCOMING]
        if incoming.name == CONSENT:
            return InvokeResponse(status=await self._file(turn_context))
        if incoming.name != "adaptiveCard/action":
            return InvokeResponse(status=501)
        value = incoming.value if isinstance(incoming.value, dict) else {}
        answer, card = await self._turn(incoming, read_press(value.get("action")))
        if isinstance(answer, answers.FileOffered):
            await self._offer(turn_context, answer, card)
        return InvokeResponse(status=200, body={"statusCode": 200, "type": CARD, "value": card.content()})

    async def on_installation_update_add(self, turn_context: TurnContext) -> None:
        await self._welcome(turn_context)

    async def on_installation_update_remove(self, turn_context: TurnContext) -> None:
        place = place_of(turn_context.turn_state[_INCOMING])
        await self._run(self._close, place)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        incoming: Activity = turn_context.turn_state[_INCOMING]
        bot = incoming.recipient.id if incoming.recipient else None
        if any(added.id == bot for added in incoming.members_added):
            await self._welcome(turn_context)
        elif any(removed.id == bot for removed in incoming.members_removed):
            await self._run(self._close, place_of(incoming))

    async def on_event_activity(self, turn_context: TurnContext) -> None:
        """Read receipts, meetings: the SDK would read values that may be anything."""

    async def _offer(self, turn_context: TurnContext, offer: answers.FileOffered, card: Card) -> None:
        """Teams' own question whether the file is to be kept."""
        await self._adapter.attach(turn_context, card.summary, consent(offer, words_in(card.language)))

    async def _file(self, turn_context: TurnContext) -> int:
        """The answer to that question; the status of the invoke."""
        incoming: Activity = turn_context.turn_state[_INCOMING]
        given = read_consent(incoming.value)
        if given is None:
            return 400
        now = self._clock()
        said = self._incoming(incoming, Message(text=""), await self._who(incoming, now), now)
        card, shown = await filed(self._house, self._connector, said, given, self._run)
        if shown is None:
            await self._adapter.reply(turn_context, card)
        else:
            await self._adapter.attach(turn_context, card.summary, shown)
        return 200

    def _incoming(self, incoming: Activity, said: Message | ButtonPress, member: Member, now: datetime) -> Incoming:
        return Incoming(
            what=said,
            place=place_of(incoming),
            member=member,
            activity=incoming.id or "",
            client_language=client_language_of(incoming),
            now=now,
        )

    async def _turn(self, incoming: Activity, said: Message | ButtonPress) -> tuple[answers.Answer, Card]:
        """The answer and its card; an error of ours becomes an apology with the reference that stands in the log."""
        reference = uuid4().hex[:8]
        structlog.contextvars.bind_contextvars(turn=reference)
        now = self._clock()
        language = client_language_of(incoming)
        try:
            came = self._incoming(incoming, said, NOBODY, now)
            told = await self._run(take_turn_of, self._house, identity_of(incoming), came)
            if told is None:
                member = await self._introduce(incoming, now)
                told = await self._run(take_turn, self._house, replace(came, member=member))
        except TooSlow:
            raise
        except Exception:
            log.exception("turn broken")
            broken = answers.Broken(reference=reference)
            return broken, card_for(broken, self._house.moment(self._house.today(now), language))
        log.info("turn", request=told.request.name, answer=type(told.answer).__name__)
        self._wake()
        return told.answer, told.card

    async def _who(self, incoming: Activity, now: datetime) -> Member:
        known = await self._run(recognised, self._house, identity_of(incoming), now)
        return known or await self._introduce(incoming, now)

    async def _introduce(self, incoming: Activity, now: datetime) -> Member:
        """The person who speaks for the first time; name and e-mail are asked of Teams once, and kept.

        It is the request `TeamsInfo.get_member` makes, over our own connection. While the roster does not answer
        they are a reader without name, and it is asked again the next time.
        """
        name, email = incoming.sender.name or "", ""
        try:
            found = await self._connector.get_member(
                incoming.service_url or "", incoming.conversation.id, incoming.sender.id
            )
            name, email = found.name or name, found.email
        except SendFailed as failure:
            log.warning("roster did not answer", outcome=failure.outcome, status=failure.status)
        return await self._run(introduce, self._house, identity_of(incoming), email, name, now)

    async def _welcome(self, turn_context: TurnContext) -> None:
        incoming: Activity = turn_context.turn_state[_INCOMING]
        place = place_of(incoming)
        # Whose chat it is, so that they can be reminded there.
        owner = (await self._who(incoming, self._clock())).id if place.kind == "personal" else None
        if not await self._run(self._first_time_in, place, owner):
            return
        plan = await self._run(self._example_plan)
        answer = answers.Welcome(kind=place.kind, example_plan=plan)
        moment = self._house.moment(self._house.today(self._clock()), client_language_of(incoming))
        await self._adapter.reply(turn_context, card_for(answer, moment))

    def _first_time_in(self, place: Place, owner: int | None) -> bool:
        now = self._clock()
        with self._house.database.writing(self._house.tenant) as writing:
            is_first = welcome_once(writing, remember_place(writing, place, owner))
            if is_first and owner:
                # The welcome is enough for a day: what there is to tell comes on the next.
                zone = ZoneInfo(place.zone) if place.zone else self._house.zone
                note_decided(writing, [owner], now.astimezone(zone).date())
            return is_first

    def _example_plan(self) -> str:
        with self._house.database.reading(self._house.tenant) as reading:
            return example(reading, self._house)[0]

    def _close(self, place: Place) -> None:
        with self._house.database.writing(self._house.tenant) as writing:
            close_place(writing, remember_place(writing, place), self._clock())
