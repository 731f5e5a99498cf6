"""Drives Microsoft's Agents Playground in a real browser with the verbs of the tests; must know only the bot's address.

    with Playground("http://127.0.0.1:3978/api/messages") as teams:
        teams.says("mes actions")
        teams.presses("Marquer comme réalisée", beside="TI-12")
        teams.sees("TI-12", "réalisée")
        teams.opens_channel("Plan d'action")
        teams.sees("TI-12")
        teams.screenshot("announcement")

The simulator's facts behind this file: the first opening of a conversation sends `installationUpdate` and
`conversationUpdate`, and a reload of the page does so again; outside the personal chat the bot hears only what
mentions it; in a channel the newest post stands on top; the log panel repeats every text, so it is closed first.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import ElementHandle, Locator, Route, sync_playwright
from playwright.sync_api import Error as BrowserTrouble
from playwright.sync_api import TimeoutError as Late

ROOT = Path(__file__).resolve().parents[2]
CLI = ROOT / "node_modules" / "@microsoft" / "m365agentsplayground" / "cli.js"
CONFIG = ROOT / ".m365agentsplayground.yml"
BUILD = ROOT / "build"
READER = Path(__file__).with_suffix(".js")

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LOOPBACK = re.compile(r"^(https?|wss?)://(127\.0\.0\.1|localhost|\[::1\])[:/]|^(data|blob|about):")
TEXTBOX = "[contenteditable=true][role=textbox]"
POST = '[role=group].fui-Card:has([aria-label="Show more information"])'


def missing_tools() -> list[str]:
    """What this machine lacks for the browser run, each with what to do about it; empty when all is there."""
    missing = []
    if shutil.which("node") is None:
        missing.append("node (install Node.js 18 or newer)")
    if not CLI.exists():
        missing.append("playground (npm ci --ignore-scripts)")
    if _browser() is None:
        missing.append("chromium (install chromium or Google Chrome)")
    return missing


def _browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


class Playground:
    """One person's Teams: the Playground on a free loopback port, open in headless Chromium, pointed at a bot.

    `config` says who the person is (`currentUser`) and which chats exist. Two Playgrounds share nothing.
    """

    def __init__(self, bot_url: str, *, config: Path = CONFIG, build: Path = BUILD, patience: float = 10.0) -> None:
        self.bot_url, self.config, self.build, self.patience = bot_url, config, build, patience
        self.log = build / "logs" / "playground.log"
        self.url = ""
        self._bot = re.search(r"^bot:\n(?:  .*\n)*?  name: (.+)$", config.read_text(encoding="utf-8"), re.M)
        self._in_channel = self._mention = False

    def __enter__(self) -> Self:
        if missing := missing_tools():
            raise RuntimeError("The browser run needs: " + "; ".join(missing))
        try:
            self._start_playground()
            self._open_browser()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            with suppress(BrowserTrouble):
                self.screenshot("failed")
        self._close()

    # What the person does

    def says(self, text: str) -> None:
        """Type and send; in a channel as a new post, and outside the personal chat with a mention of the bot."""
        box = self._page.locator(TEXTBOX)
        self._send(box.first if self._in_channel else box.last, text, by_button=self._in_channel)

    def replies(self, text: str, *, to: str | None = None) -> None:
        """Answer in a channel: below the newest post, or below the newest one that holds the text `to`."""
        posts = self._page.locator(POST)
        self._send((posts.filter(has_text=to) if to else posts).first.locator(TEXTBOX), text, by_button=False)

    def presses(self, title: str, *, beside: str | None = None) -> None:
        """Press the newest card button of exactly this title; `beside` names a text of its row, such as a reference."""
        button = self._button(title, beside)
        before = self._texts(only_new=False)
        self._page.evaluate("button => boucle.stamp(button)", button)
        button.click()
        deadline = time.monotonic() + self.patience
        while self._texts(only_new=False) == before and time.monotonic() < deadline:
            self._page.wait_for_timeout(50)

    def fills(self, label: str, value: str) -> None:
        """Write into the newest input with this label; a date as ISO."""
        self._input(label).fill(value)
        self._page.keyboard.press("Tab")  # a number counts once it is left; Escape would take it back

    def chooses(self, label: str, choice: str) -> None:
        """Take a choice of the newest drop-down with this label."""
        self._input(label).click()
        self._page.get_by_role("option", name=choice, exact=True).click()

    def opens_personal(self) -> None:
        """Go to the chat with the bot alone."""
        self._open("Personal Chat", in_channel=False, mention=False)

    def opens_group(self, name: str) -> None:
        """Go to the group chat."""
        self._open(name, in_channel=False, mention=True)

    def opens_channel(self, name: str) -> None:
        """Go to a channel; the first one of a team is always called General here."""
        self._open(name, in_channel=True, mention=True)

    def mocks(self, activity: str) -> None:
        """Send an event of the menu "Mock an Activity" here, such as "Uninstall application"."""
        self._page.evaluate("boucle.stamp()")
        self._page.get_by_role("button", name="Mock an Activity").click()
        self._page.get_by_role("menuitem").filter(has_text=re.compile(f"^{re.escape(activity)}$")).click()
        self._page.get_by_role("button", name="Send activity").click()

    def reloads(self) -> None:
        """Load the page anew: nothing said before is shown any more, and the installation event comes again."""
        self._page.goto(self.url, timeout=60_000)
        self._page.get_by_role("button", name="Hide log panel").click()
        self._page.evaluate("bot => { boucle.bot = bot }", self._bot[1] if self._bot else "Bot")
        self._page.locator(TEXTBOX).first.wait_for()
        self._in_channel = self._mention = False

    # What the person has before them

    def sees(self, *texts: str, anywhere: bool = False) -> None:
        """Wait until the bot's answers to what was last done hold all the texts; `anywhere`: or its older messages."""
        wanted = [" ".join(text.split()) for text in texts]
        try:
            self._page.wait_for_function(
                "([wanted, onlyNew]) => { const all = boucle.texts(true, onlyNew).join('\\n');"
                " return wanted.every(text => all.includes(text)); }",
                arg=[wanted, not anywhere],
                timeout=self.patience * 1000,
            )
        except Late:
            raise AssertionError(self._told(f"Not seen: {wanted}", anywhere)) from None

    def reads(self) -> str:
        """The bot's newest answer as plain text; empty if there is none yet."""
        return (self._texts(only_new=True) or [""])[-1]

    def titles(self) -> list[str]:
        """The titles of all card buttons in sight."""
        titles: list[str] = self._page.evaluate("boucle.titles()")
        return titles

    def screenshot(self, name: str) -> Path:
        """A picture of the window, `build/screenshots/NAME.png`, at twice the size of the screen."""
        path = self.build / "screenshots" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._page.mouse.move(0, 0)
        self._page.evaluate("boucle.tidy()")
        self._page.screenshot(path=path, animations="disabled", caret="hide")
        return path

    # Underneath

    def _start_playground(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        environment = os.environ | {
            "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(self.config),
            "M365_AGENTS_PLAYGROUND_LOGFILE": str(self.log.with_name("playground-own.log")),
            "TEAMSAPPTESTER_BROWSER": "none",
            "NO_PROXY": "127.0.0.1,localhost",
            "TZ": "Europe/Brussels",
        }
        flags = ["-e", self.bot_url, "-c", "msteams", "-p", str(port), "--disable-telemetry", "true"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                ["node", str(CLI), "start", *flags], stdout=log, stderr=log, env=environment, start_new_session=True
            )
        deadline = time.monotonic() + 30
        # The port may be another one than asked for: the Playground takes any free one when it is occupied.
        while not (listening := re.search(r"Listening on (\d+)", self.log.read_text(encoding="utf-8"))):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The Playground did not start:\n{self.log.read_text(encoding='utf-8')}")
            time.sleep(0.1)
        self.url = f"http://127.0.0.1:{listening[1]}/"

    def _open_browser(self) -> None:
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(executable_path=_browser(), args=BROWSER_FLAGS)
        context = self._chromium.new_context(
            viewport={"width": 1280, "height": 900},
            device_scale_factor=2,
            locale="fr-BE",
            timezone_id="Europe/Brussels",
        )
        context.set_default_timeout(self.patience * 1000)
        context.route("**/*", _loopback_only)
        context.add_init_script(path=READER)
        self._page = context.new_page()
        self.reloads()

    def _close(self) -> None:
        if hasattr(self, "_chromium"):
            self._chromium.close()
        if hasattr(self, "_playwright"):
            self._playwright.stop()
        if hasattr(self, "_process"):
            for sign in (signal.SIGTERM, signal.SIGKILL):
                if self._process.poll() is None:
                    os.killpg(self._process.pid, sign)
                    try:
                        self._process.wait(timeout=5)
                    except subprocess.TimeoutExpired:
                        continue

    def _open(self, name: str, *, in_channel: bool, mention: bool) -> None:
        self._page.get_by_role("treeitem", name=name).click()
        self._page.locator(TEXTBOX).first.wait_for()
        self._in_channel, self._mention = in_channel, mention

    def _send(self, box: Locator, text: str, *, by_button: bool) -> None:
        self._page.evaluate("boucle.stamp()")
        box.click()
        if self._mention:
            self._page.keyboard.type("@")
            self._page.locator("[role=listbox] [role=menuitem]").first.click()
            text = f" {text}"
        self._page.keyboard.type(text)
        if by_button:
            self._page.get_by_role("button", name="Post", exact=True).click()
        else:
            self._page.keyboard.press("Enter")
        self._page.wait_for_function(
            "said => boucle.texts(false, true).some(text => text.includes(said))", arg=" ".join(text.split())
        )

    def _button(self, title: str, beside: str | None) -> ElementHandle:
        find = "([title, beside]) => boucle.button(title, beside)"
        try:
            handle = self._page.wait_for_function(find, arg=[title, beside], timeout=self.patience * 1000)
        except Late:
            place = f" beside {beside!r}" if beside else ""
            raise AssertionError(self._told(f"No button {title!r}{place} among {self.titles()}", True)) from None
        element = handle.as_element()
        assert element is not None
        return element

    def _input(self, label: str) -> Locator:
        named = self._page.get_by_label(re.compile(rf"^{re.escape(label)}\s*\*?$"))
        return named.and_(self._page.locator(".ac-adaptiveCard input, .ac-adaptiveCard textarea")).last

    def _texts(self, *, only_new: bool) -> list[str]:
        texts: list[Any] = self._page.evaluate("onlyNew => boucle.texts(true, onlyNew)", only_new)
        return [str(text) for text in texts]

    def _told(self, problem: str, anywhere: bool) -> str:
        said = self._texts(only_new=not anywhere) or self._texts(only_new=False)[-1:] or ["nothing"]
        return f"{problem}\nThe bot said: " + "\n  - ".join(["", *said]) + f"\nLog: {self.log}"


def _loopback_only(route: Route) -> None:
    if LOOPBACK.match(route.request.url):
        route.continue_()
    else:
        route.abort()
