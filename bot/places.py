"""What an activity says of where it came from: the account, the conversation, the time zone and the language."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.activity import Activity
from dialogs.words import LANGUAGES
from storage.conversations import Place

LONGEST_ZONE = 64


def identity_of(incoming: Activity) -> str:
    return incoming.sender.aad_object_id or incoming.sender.id


def place_of(incoming: Activity) -> Place:
    conversation = incoming.conversation
    kind = conversation.conversation_type or ("groupChat" if conversation.is_group else "personal")
    data = incoming.channel_data
    named = data.channel.name if data and data.channel else None
    return Place(
        # A thread's id is its channel's with the first message's behind it: what is kept is the channel.
        teams_id=conversation.id.partition(";")[0] if kind == "channel" else conversation.id,
        kind=kind,
        service_url=incoming.service_url or "",
        name=named or conversation.name or "",
        zone=_zone(incoming) if kind == "personal" else "",
    )


def _zone(incoming: Activity) -> str:
    """The time zone of the person's client; empty where it gives none that we know."""
    told = next((each.timezone for each in incoming.entities if each.timezone), None) or incoming.local_timezone or ""
    try:
        return ZoneInfo(told).key if told and len(told) <= LONGEST_ZONE else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""


def client_language_of(incoming: Activity) -> str:
    """The language of the person's Teams; French where it is none of ours."""
    locale = incoming.locale or next((each.locale for each in incoming.entities if each.locale), None) or ""
    language = locale[:2].lower()
    return language if language in LANGUAGES else LANGUAGES[0]
