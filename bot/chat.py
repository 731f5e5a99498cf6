"""`boucle chat`: a conversation in the terminal. It plays Teams on loopback, so all goes through /api/messages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain, count
from pathlib import Path
from typing import Any

import aiohttp
import typer
from aiohttp import web

from bot.app import MESSAGES, application
from bot.house import House, Houses
from bot.loopback import LoopbackTeams, Person, personal_chat
from bot.settings import Settings
from bot.turn import TERMINAL
from dialogs.elements import Card, plain_text
from dialogs.file_cards import CONSENT, INFO
from storage.people import list_people

Button = tuple[str, dict[str, Any]]


async def talk(settings: Settings, house: House, email: str, url: str) -> None:
    """Until the end of input or "quit"; a number presses that button of the last card."""
    with house.database.reading(house.tenant) as reading:
        known = list_people(reading)
    email = email or next(iter(known), "moi@ecole.example")
    name = email.partition("@")[0].replace(".", " ").title()
    async with LoopbackTeams(tenant=house.tenant) as teams, _a_bot(settings, house, url) as address:
        person = teams.add_person(name, email, entra_id=f"{TERMINAL}{email}")
        place = personal_chat(person)
        typer.echo(f"Boucle · {email} · quit / Ctrl-D")
        buttons: list[Button] = []
        await teams.send(address, teams.install(person, place))
        shown = 0
        while True:
            while shown < len(teams.posts_in(place)):
                attachment = teams.posts_in(place)[shown].activity["attachments"][0]
                shown += 1
                if attachment["contentType"] == CONSENT:
                    await _answer_offer(teams, address, person, attachment)
                elif attachment["contentType"] == INFO:
                    typer.echo(f"\n{_kept(attachment['name'], teams.files[attachment['content']['uniqueId']])}")
                else:
                    buttons = _show(attachment["content"])
            try:
                line = (await asyncio.to_thread(input, "> ")).strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line.lower() in ("quit", "exit"):
                return
            if line.isdigit() and 0 < int(line) <= len(buttons):
                buttons = await _press(teams, address, person, buttons[int(line) - 1]) or buttons
            elif line:
                status, _ = await teams.send(address, teams.message(person, place, line))
                if status >= 400:
                    typer.echo(f"The bot refused the message ({status}).", err=True)


async def _press(teams: LoopbackTeams, address: str, person: Person, button: Button) -> list[Button]:
    verb, values = button
    for field in values.pop("?", []):
        values[field["id"]] = (await asyncio.to_thread(input, f"  {field.get('label', field['id'])}: ")).strip()
    _, body = await teams.send(address, teams.press(person, personal_chat(person), verb, values))
    return _show(body["value"]) if isinstance(body, dict) and "value" in body else []


async def _answer_offer(teams: LoopbackTeams, address: str, person: Person, offer: dict[str, Any]) -> None:
    """Teams asks with two buttons of its own; here it is a question of yes or no."""
    typer.echo(f"\n{offer['name']}\n{offer['content']['description']}")
    try:
        agreed = (await asyncio.to_thread(input, "  OK? [y/n] ")).strip().lower()[:1] in ("y", "o", "j")
    except EOFError:
        return
    upload = teams.upload_info(offer["name"]) if agreed else None
    await teams.send(address, teams.consent(person, personal_chat(person), offer, upload))


def _kept(name: str, content: bytes) -> Path:
    """Where the file was written: the folder that the talk was begun in; nothing there is replaced."""
    wanted = Path.cwd() / Path(name).name
    numbered = (wanted.with_stem(f"{wanted.stem} ({number})") for number in count(2))
    path = next(each for each in chain((wanted,), numbered) if not each.exists())
    path.write_bytes(content)
    return path


def _show(content: dict[str, Any]) -> list[Button]:
    """Print a card, its buttons numbered; which numbers ask what."""
    card = Card(language="", summary="", body=tuple(content["body"]))
    typer.echo("\n" + plain_text(card))
    found: list[Button] = []
    labels: list[str] = []
    _collect(content, found, labels)
    if labels:
        typer.echo("  ".join(f"[{number}] {label}" for number, label in enumerate(labels, 1)))
    return found


def _collect(element: dict[str, Any], found: list[Button], labels: list[str]) -> None:
    for child in (*element.get("body", ()), *element.get("items", ()), *element.get("columns", ())):
        _collect(child, found, labels)
    for action in element.get("actions", ()):
        if action["type"] == "Action.Execute":
            data = dict(action["data"])
            ref = data.get("ref", "")
            labels.append(f"{action['title']} {ref}".strip() if element["type"] == "ActionSet" else action["title"])
            found.append((action["verb"], data))
        elif action["type"] == "Action.ShowCard":
            fields = [field for field in action["card"]["body"] if field["type"].startswith("Input.")]
            save = action["card"]["actions"][0]
            labels.append(action["title"])
            found.append((save["verb"], {**save["data"], "?": fields}))


@asynccontextmanager
async def _a_bot(settings: Settings, house: House, url: str) -> AsyncIterator[str]:
    """The address of the bot that was named, or that runs here already; else of one that is started for this talk."""
    running = url or f"http://{settings.host}:{settings.port}{MESSAGES}"
    if url or await _is_alive(running):
        yield running
        return
    runner = web.AppRunner(application(settings, Houses(house.database, (house.tenant,))), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{MESSAGES}"
    finally:
        await runner.cleanup()


async def _is_alive(address: str) -> bool:
    health = address.removesuffix(MESSAGES) + "/healthz"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as session, session.get(health) as got:
            return got.status == 200 and await got.text() == "ok"
    except (aiohttp.ClientError, TimeoutError):
        return False
