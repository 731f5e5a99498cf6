"""The story in a real browser: Karim asks, marks done, gives a value; the channel hears of it; every card is pictured.

Pictures go to `build/screenshots`: NAME-wide.png is the window, NAME-narrow.png the card alone on a telephone.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dialogs.words import words_in
from tests.e2e.playground import BUILD, CONFIG, POST, ROOT, Playground, missing_tools

MISSING = missing_tools()
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(bool(MISSING), reason="browser run: not here: " + "; ".join(MISSING)),
]

TELEPHONE = 320
"""Pixels a card has on a narrow telephone."""

# The bot and what stands before it


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_bot(folder: Path) -> Iterator[int]:
    """The real bot as a process of its own, with the example plans; its port."""
    port = free_port()
    ours = ("microsoftapp", "boucle_")
    environment = {name: value for name, value in os.environ.items() if not name.lower().startswith(ours)} | {
        "DATABASE_URL": f"sqlite:///{folder / 'boucle.db'}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "BOUCLE_LOG_LEVEL": "info",
        "PYTHONPATH": str(ROOT),
    }
    boucle = [sys.executable, "-m", "bot"]
    subprocess.run([*boucle, "examples"], cwd=folder, env=environment, check=True, capture_output=True, timeout=40)
    log = BUILD / "logs" / f"bot-{port}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen([*boucle, "serve"], cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        wait_until_ready(port, process, log)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if call(port, "GET", "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The bot did not start:\n{log.read_text('utf-8')}")


def call(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def in_french(port: int) -> Iterator[str]:
    """The bot's address for a Teams set to French: the Playground's is English, whatever the browser speaks."""

    class Translated(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).replace(b'"en-US"', b'"fr-BE"')
            status, body = call(port, "POST", self.path, sent)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            """The Playground looks whether somebody is there."""
            self.send_response(405)
            self.end_headers()

        do_GET = do_HEAD

        def log_message(self, *_: Any) -> None:
            """Nothing: the bot has its own log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Translated) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/api/messages"
        finally:
            server.shutdown()
            thread.join()


class PicturedTeams(Playground):
    """The Playground, with pictures of whole cards."""

    def pictures(self, name: str) -> None:
        """The newest card: in its window, and alone on a telephone, where nothing may stick out."""
        card = self._page.locator(".ac-adaptiveCard:not(.ac-adaptiveCard .ac-adaptiveCard)")
        card = card.first if self._in_channel else card.last
        height = card.bounding_box()["height"]
        self._page.set_viewport_size({"width": 1280, "height": max(800, int(height) + 260)})
        card.evaluate("card => card.scrollIntoView({block: 'end'})")
        self.screenshot(f"{name}-wide")
        style = self._page.add_style_tag(
            content=f".ac-adaptiveCard {{ width: {TELEPHONE}px !important; box-sizing: border-box !important }}"
        )
        self._page.set_viewport_size({"width": 1280, "height": 2400})
        sticking_out = card.evaluate(
            "card => [card, ...card.querySelectorAll('*')].filter(one => one.checkVisibility()"
            " && one.getBoundingClientRect().right > card.getBoundingClientRect().right + 1).map(one => one.innerText)"
        )
        path = self.build / "screenshots" / f"{name}-narrow.png"
        card.screenshot(path=path, animations="disabled", caret="hide")
        style.evaluate("style => style.remove()")
        self._page.set_viewport_size({"width": 1280, "height": 900})
        assert sticking_out == []

    def picture_of_the_last(self, number: int, name: str) -> None:
        """The last messages of the chat, cropped, in a window as wide as a README shows."""
        self._page.set_viewport_size({"width": 920, "height": 2000})
        self._page.mouse.move(0, 0)
        self._page.evaluate("boucle.tidy()")
        left, top, right, bottom = self._page.evaluate(
            "number => boucle.messages().slice(-number).map(message => message.element.getBoundingClientRect()).reduce("
            "([left, top, right, bottom], box) => [Math.min(left, box.left), Math.min(top, box.top),"
            " Math.max(right, box.right), Math.max(bottom, box.bottom)], [1e4, 1e4, 0, 0])",
            number,
        )
        clip = {"x": left - 4, "y": top + 10, "width": right - left + 8, "height": bottom - top}
        self._page.screenshot(
            path=self.build / "screenshots" / f"{name}.png", clip=clip, animations="disabled", caret="hide"
        )
        self._page.set_viewport_size({"width": 1280, "height": 900})

    def everything(self) -> str:
        """All that the bot has said here."""
        return "\n".join(self._texts(only_new=False))

    def posts_with(self, text: str) -> int:
        """How many posts of this channel hold the text."""
        return self._page.locator(POST).filter(has_text=text).count()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_bot(tmp_path_factory.mktemp("bot")) as port, in_french(port) as address:
        yield address


@pytest.fixture(scope="module")
def karim(address: str) -> Iterator[PicturedTeams]:
    """Karim Benali's Teams, where the bot has just been installed."""
    with opened(address, CONFIG) as teams:
        teams.sees("Bonjour, je suis Boucle", "Essayez")
        teams.pictures("welcome")
        yield teams


@contextmanager
def opened(address: str, config: Path) -> Iterator[PicturedTeams]:
    teams = PicturedTeams(address, config=config)
    teams.log = teams.log.with_name(f"playground-{free_port()}.log")
    with teams:
        yield teams


def first_ref(teams: Playground) -> str:
    found = re.search(r"\b(?:HEN|TI)-\d+\b", teams.reads())
    assert found is not None
    return found[0]


# The story


def test_a_welcome_and_only_one(karim: PicturedTeams) -> None:
    karim.reloads()
    karim.opens_personal()
    karim.says("bonjour")
    karim.sees("Bonjour Karim")
    assert "Essayez" not in karim.everything()


def test_what_is_due_this_month(karim: PicturedTeams) -> None:
    karim.opens_personal()
    karim.says("qu'est-ce qui est à faire ce mois-ci pour mon département ?")
    month = words_in("fr").month(datetime.now(ZoneInfo("Europe/Brussels")).date())
    karim.sees(f"J'ai compris : actions à faire · échéance {month} · Techniques de l'image")
    karim.pictures("month")


def test_my_actions_one_marked_done_and_taken_back(karim: PicturedTeams) -> None:
    karim.opens_personal()
    karim.says("mes actions")
    karim.sees("J'ai compris : actions à faire · les vôtres", "1 à 6 sur")
    karim.pictures("list")
    ref = first_ref(karim)
    karim.presses("Réalisée", beside=ref)
    karim.sees(f"✓ {ref}", "Karim Benali")
    assert {"Annuler", "Revenir à la liste"} <= set(karim.titles())
    karim.pictures("receipt")
    karim.presses("Revenir à la liste")
    karim.sees("les vôtres")
    assert f"{ref} " not in karim.reads()
    karim.says(f"{ref} est terminée")
    karim.sees(f"{ref} est déjà réalisée, par Karim Benali")


def test_a_list_has_a_next_page(karim: PicturedTeams) -> None:
    karim.opens_personal()
    karim.says("les actions du plan TI")
    karim.sees("1 à 6 sur")
    first = first_ref(karim)
    karim.presses("Suite")
    karim.sees("7 à 12 sur")
    assert f"{first} " not in karim.reads()
    karim.pictures("list-next")
    karim.presses("Précédent")
    karim.sees("1 à 6 sur", first)


def test_the_channel_hears_of_it_and_of_the_undoing(karim: PicturedTeams) -> None:
    karim.opens_channel("Plan d'action")
    karim.says("abonne ce canal au plan TI")
    karim.sees("Ce canal suit maintenant le plan TI")
    karim.pictures("subscribed")
    karim.opens_personal()
    karim.says("TI-37 est terminée")
    karim.sees("✓ TI-37 est réalisée", "Annoncé dans 1 canal.")
    done = time.monotonic()
    karim.opens_channel("Plan d'action")
    karim.sees("✓ Action réalisée", "TI-37 Placer", "Par Karim Benali", anywhere=True)
    assert time.monotonic() - done < 5
    karim.pictures("announcement")
    karim.opens_personal()
    karim.presses("Annuler", beside="TI-37")
    karim.sees("C'est annulé : TI-37 est de nouveau « en cours »", "L'annonce est corrigée dans 1 canal.")
    karim.pictures("undone")
    karim.opens_channel("Plan d'action")
    karim.sees("Annulé", "Karim Benali a repris cette annonce", anywhere=True)
    assert karim.posts_with("TI-37") == 1
    assert karim.posts_with("✓ Action réalisée") == 0
    karim.pictures("taken-back")


def test_a_value_through_the_form(karim: PicturedTeams) -> None:
    karim.opens_personal()
    karim.says("TI-36")
    karim.sees("TI-36 · Organiser rencontres", "Indicateurs")
    karim.pictures("action")
    karim.presses("Nouvelle valeur")
    karim.fills("Valeur", "12,5 %")
    karim.fills("Date", "2026-03-02")
    karim.fills("Remarque", "Rapport de la cellule IRO")
    karim.pictures("form")
    karim.presses("Enregistrer")
    karim.sees("✓ Pourcentage de IN et de OUT : 12,5 %", "valeur au 2 mars 2026", "par Karim Benali")
    karim.pictures("value")
    karim.presses("Détails")
    karim.sees("12,5 % (2 mars 2026) · Karim Benali · Rapport de la cellule IRO")


OTHERS = {
    "help": ("aide", "Ce que vous pouvez me dire", "Dans un canal", "« mes actions »"),
    "progress": ("où en est le plan TI ?", "% réalisé", "sur 86 réalisées", "Communication interne"),
    "choice": ("axe 2", "Plusieurs axes correspondent. Lequel ?", "Communication interne"),
    "refusal": ("TI-12 est terminée", "Vous ne pouvez pas changer TI-12.", "Direction (Nadia Lambert)"),
    "not-understood": ("blabla charte et zut", "Je n'ai pas compris.", "HEN-21", "Par exemple"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_answers(karim: PicturedTeams, name: str) -> None:
    said, *seen = OTHERS[name]
    karim.opens_personal()
    karim.says(said)
    karim.sees(*seen)
    karim.pictures(name)


def test_whoever_has_no_unit_is_asked_and_answered(address: str, tmp_path: Path) -> None:
    """As Luc Wauters, of whom the register knows no unit."""
    config = tmp_path / "luc.yml"
    karim, luc = ("karim", "benali", "Karim", "Benali", "d1f01"), ("luc", "wauters", "Luc", "Wauters", "d1f05")
    config.write_text(exchanged(CONFIG.read_text("utf-8"), *zip(karim, luc, strict=True)), "utf-8")

    def story() -> None:
        with opened(address, config) as teams:
            teams.sees("Bonjour, je suis Boucle")
            teams.says("qu'est-ce qui est à faire ce mois-ci pour mon département ?")
            teams.sees("De quelle entité êtes-vous ?")
            teams.pictures("unit-asked")
            teams.presses("Techniques de l'image")
            teams.sees("J'ai compris : actions à faire", "Techniques de l'image")

    # A thread holds one browser, and Karim's may still be open in this one.
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(story).result()


def exchanged(config: str, *pairs: tuple[str, str]) -> str:
    """The Playground's people with two of them in each other's place."""
    for one, other in pairs:
        config = config.replace(one, "\0").replace(other, one).replace("\0", other)
    return config


def test_the_picture_of_the_readme(karim: PicturedTeams) -> None:
    karim.opens_personal()
    karim.says("mes actions du plan TI")
    karim.sees("J'ai compris")
    ref = first_ref(karim)
    karim.says("les actions en retard du plan TI")
    karim.sees("J'ai compris : actions en retard · plan TI")
    karim.says(f"{ref} est terminée")
    karim.sees(f"✓ {ref}")
    karim.picture_of_the_last(4, "readme")
