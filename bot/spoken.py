"""Activities as Teams sends them, for `boucle chat` and the tests: what people type, press and do, and where."""

from dataclasses import dataclass
from typing import Any

TENANT = "00000000-0000-0000-0000-00000000b0c1"


@dataclass(frozen=True, kw_only=True)
class Person:
    id: str
    name: str
    email: str
    entra_id: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one speaks: `kind` is personal, groupChat or channel; the team only where there is one."""

    id: str
    kind: str
    name: str = ""
    team_id: str = ""
    team_name: str = ""


def personal_chat(person: Person) -> Place:
    return Place(id=f"a:chat-{person.id.removeprefix('29:')}", kind="personal")


def group_chat(name: str = "CQI") -> Place:
    return Place(id=f"19:{name.lower()}@thread.v2", kind="groupChat", name=name)


def channel(name: str = "Qualité", team: str = "Haute école", thread: str = "") -> Place:
    """A channel, or with `thread` (the id of its first message) one conversation in it."""
    base = f"19:{name.lower()}@thread.tacv2"
    return Place(
        id=f"{base};messageid={thread}" if thread else base,
        kind="channel",
        name=name,
        team_id=f"19:{team.lower()}@thread.tacv2",
        team_name=team,
    )


@dataclass(kw_only=True, eq=False)
class Spoken:
    """Makes activities for one bot; whoever extends it says under which address it takes the answers."""

    bot_id: str = "28:boucle"
    bot_name: str = "Boucle"
    tenant: str = TENANT
    locale: str = "fr-FR"
    _count: int = 0

    @property
    def service_url(self) -> str:
        return "http://127.0.0.1/"

    def activity_for(self, person: Person, place: Place, type: str, **fields: Any) -> dict[str, Any]:
        """An activity as Teams sends it; `fields` are added by their names in the JSON."""
        channel_data: dict[str, Any] = {"tenant": {"id": self.tenant}}
        if place.kind == "channel":
            channel_data |= {
                "team": {"id": place.team_id, "name": place.team_name},
                "channel": {"id": place.id.partition(";")[0], "name": place.name},
            }
        conversation: dict[str, Any] = {"id": place.id, "conversationType": place.kind, "tenantId": self.tenant}
        if place.kind != "personal":
            conversation |= {"isGroup": True, "name": place.name}
        return {
            "type": type,
            "id": self._new_id("f:" if type == "invoke" else ""),
            "timestamp": "2026-03-18T09:00:00.000Z",
            "localTimezone": "Europe/Brussels",
            "serviceUrl": self.service_url,
            "channelId": "msteams",
            "from": {"id": person.id, "name": person.name, "aadObjectId": person.entra_id},
            "recipient": {"id": self.bot_id, "name": self.bot_name},
            "conversation": conversation,
            "channelData": channel_data | fields.pop("channelData", {}),
        } | fields

    def message(self, person: Person, place: Place, text: str, **fields: Any) -> dict[str, Any]:
        """A typed message; outside personal chats it mentions the bot, or it would not arrive."""
        entities: list[dict[str, Any]] = []
        if place.kind != "personal":
            mention = f"<at>{self.bot_name}</at>"
            text = f"{mention} {text}"
            account = {"id": self.bot_id, "name": self.bot_name}
            entities.append({"type": "mention", "text": mention, "mentioned": account})
        client = {"type": "clientInfo", "locale": self.locale, "platform": "Web", "timezone": "Europe/Brussels"}
        entities.append(client)
        said = {"text": text, "textFormat": "plain", "locale": self.locale, "entities": entities}
        return self.activity_for(person, place, "message", **(said | fields))

    def press(
        self, person: Person, place: Place, verb: str, values: dict[str, Any], reply_to: str = "", **fields: Any
    ) -> dict[str, Any]:
        """An `Action.Execute` button; `reply_to` is the id of the message with the card."""
        action = {"type": "Action.Execute", "verb": verb, "data": values}
        pressed = {
            "name": "adaptiveCard/action",
            "value": {"action": action, "trigger": "manual"},
            "locale": self.locale,
            "replyToId": reply_to,
            "channelData": {"source": {"name": "message"}},
        }
        return self.activity_for(person, place, "invoke", **(pressed | fields))

    def consent(
        self, person: Person, place: Place, offer: dict[str, Any], upload: dict[str, Any] | None, **fields: Any
    ) -> dict[str, Any]:
        """The answer to the offer of a file (its attachment): yes where there is a place to put it, else no."""
        action = "decline" if upload is None else "accept"
        value = {"type": "fileUpload", "action": action, "context": offer["content"][f"{action}Context"]}
        if upload is not None:
            value["uploadInfo"] = upload
        given = {"name": "fileConsent/invoke", "value": value, "locale": self.locale}
        return self.activity_for(person, place, "invoke", **(given | fields))

    def submit(self, person: Person, place: Place, value: Any, reply_to: str = "", **fields: Any) -> dict[str, Any]:
        """An `Action.Submit` button: a message without text."""
        pressed = {"value": value, "locale": self.locale, "replyToId": reply_to}
        return self.activity_for(person, place, "message", **(pressed | fields))

    def install(self, person: Person, place: Place, action: str = "add", **fields: Any) -> dict[str, Any]:
        """The app is added to a place, or taken away (`remove`). It carries no locale."""
        settings = {"settings": {"selectedChannel": {"id": place.id}}} if place.kind == "channel" else {}
        return self.activity_for(
            person, place, "installationUpdate", **({"action": action, "channelData": settings} | fields)
        )

    def members_added(
        self, person: Person, place: Place, *added: Person, bot: bool = False, **fields: Any
    ) -> dict[str, Any]:
        """People, or with `bot` the bot too, come into a conversation; `person` let them in."""
        members = [{"id": each.id, "aadObjectId": each.entra_id} for each in added]
        members += [{"id": self.bot_id}] if bot else []
        event = {"eventType": "teamMemberAdded"} if place.kind == "channel" else {}
        return self.activity_for(
            person, place, "conversationUpdate", **({"membersAdded": members, "channelData": event} | fields)
        )

    def _new_id(self, prefix: str = "") -> str:
        self._count += 1
        return f"{prefix}{1_700_000_000_000 + self._count}"
