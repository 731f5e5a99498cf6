"""The fields of an incoming activity that we use, and the limits of the JSON it comes in; nothing is believed here."""

from typing import Annotated, Any

import orjson
from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

MAX_BODY = 256 * 1024
MAX_DEPTH = 40
MAX_NODES = 20_000
MAX_NUMBER = 2**63


class Malformed(Exception):
    """The body is no activity; `reason` holds nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _known_entities(value: object) -> object:
    # Other kinds are many and change: they are left out unread.
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return [each for each in value if each.get("type") in ("mention", "clientInfo")]
    return [] if value is None else value


def _none_is_empty(value: object) -> object:
    return [] if value is None else value


class _Part(BaseModel):
    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        alias_generator=AliasGenerator(alias=to_camel),
    )


_Id = Annotated[str, Field(min_length=1, max_length=2_000)]


class Account(_Part):
    """A person or a bot; Teams gives people `29:…`, bots `28:…` and the app id."""

    id: _Id
    name: str | None = None
    aad_object_id: str | None = None
    tenant_id: str | None = None


class Conversation(_Part):
    """`conversation_type` is personal, groupChat or channel; Teams omits `is_group` in personal chats."""

    id: _Id
    conversation_type: str | None = None
    tenant_id: str | None = None
    is_group: bool | None = None
    name: str | None = None


class Entity(_Part):
    """A mention (`mentioned`, and `text` as it stands in the message) or what the client says of itself."""

    type: str
    mentioned: Account | None = None
    text: str | None = None
    locale: str | None = None
    country: str | None = None
    platform: str | None = None
    timezone: str | None = None


class Named(_Part):
    """A tenant, team or channel in `channelData`."""

    id: str | None = None
    name: str | None = None
    tenant_id: str | None = None


class ChannelData(_Part):
    tenant: Named | None = None
    team: Named | None = None
    channel: Named | None = None
    event_type: str | None = None
    settings: dict[str, Any] | None = None


class Attachment(_Part):
    content_type: str | None = None
    content_url: str | None = None
    name: str | None = None
    content: Any = None


class Activity(_Part):
    """One activity from Teams. Strict about types; what Teams may omit is None or empty."""

    type: Annotated[str, Field(min_length=1, max_length=100)]
    id: str | None = None
    timestamp: str | None = None
    local_timezone: str | None = None
    service_url: str | None = None
    channel_id: str | None = None
    # `from` in the JSON.
    sender: Annotated[Account, Field(alias="from")]
    recipient: Account | None = None
    conversation: Conversation
    text: str | None = None
    text_format: str | None = None
    locale: str | None = None
    entities: Annotated[list[Entity], BeforeValidator(_known_entities)] = []
    value: Any = None
    name: str | None = None
    action: str | None = None
    members_added: Annotated[list[Account], BeforeValidator(_none_is_empty)] = []
    members_removed: Annotated[list[Account], BeforeValidator(_none_is_empty)] = []
    channel_data: ChannelData | None = None
    reply_to_id: str | None = None
    delivery_mode: str | None = None
    attachments: Annotated[list[Attachment], BeforeValidator(_none_is_empty)] = []

    @property
    def tenants(self) -> tuple[str, ...]:
        """The tenant in every place it appears, as written."""
        data = self.channel_data
        named = (
            data.tenant.id if data and data.tenant else None,
            self.conversation.tenant_id,
            self.sender.tenant_id,
            self.recipient.tenant_id if self.recipient else None,
            data.team.tenant_id if data and data.team else None,
            data.channel.tenant_id if data and data.channel else None,
        )
        return tuple(tenant for tenant in named if tenant is not None)


def parse_activity(body: bytes) -> Activity:
    """The activity in `body`; raises `Malformed`."""
    return activity_from(parse_body(body))


def parse_body(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, within our limits of size, depth, nodes and numbers; raises `Malformed`."""
    if len(body) > MAX_BODY:
        raise Malformed("the body is too large")
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed("the body is not JSON") from error
    if not isinstance(raw, dict):
        raise Malformed("the body is not a JSON object")
    _check_limits(raw, nul=b"\\u0000" in body)
    return raw


def activity_from(raw: dict[str, Any]) -> Activity:
    """The fields we use of a JSON object; raises `Malformed` naming the first wrong field."""
    try:
        return Activity.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise Malformed(f"{where}: {first['type']}") from error


def _check_limits(raw: dict[str, Any], *, nul: bool) -> None:
    nodes = 0
    level: list[Any] = [raw]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        nodes += len(level)
        for each in level:
            if isinstance(each, dict):
                below += each.values()
                if nul and any("\0" in key for key in each):
                    raise Malformed("the body holds a NUL character")
            elif isinstance(each, list):
                below += each
            # orjson reads what is beyond 64 bits as a float.
            elif isinstance(each, int | float):
                if not -MAX_NUMBER <= each < MAX_NUMBER or (isinstance(each, float) and each == -MAX_NUMBER):
                    raise Malformed("a number is too large")
            # PostgreSQL cannot keep it.
            elif nul and isinstance(each, str) and "\0" in each:
                raise Malformed("the body holds a NUL character")
        if nodes + len(below) > MAX_NODES:
            raise Malformed("the body has too many parts")
        if not below:
            return
        level = below
    raise Malformed("the body is nested too deeply")
