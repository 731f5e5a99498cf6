"""The Microsoft 365 Agents Playground beside the bot: Microsoft's own simulator of Teams, for trying things out."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import typer
from aiohttp import web

ROOT = Path(__file__).parent.parent
PORT = 56150


def beside(address: str) -> Callable[[web.Application], AsyncIterator[None]]:
    """A cleanup context that runs the Playground as long as the bot; where it is not installed it says what to do."""

    async def running(_: web.Application) -> AsyncIterator[None]:
        program = ROOT / "node_modules" / ".bin" / "agentsplayground"
        if not program.exists():
            typer.echo("No Agents Playground here (it needs Node). Talk with the bot in another terminal: boucle chat")
            yield
            return
        process = await asyncio.create_subprocess_exec(
            str(program), "-e", address, "-c", "msteams", "-p", str(PORT), "--disable-telemetry", "true",
            env=os.environ | _environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        telling = asyncio.create_task(_tell(process))
        yield
        telling.cancel()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()

    return running


def _environment() -> dict[str, str]:
    logs = ROOT / "build" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    return {
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(ROOT / ".m365agentsplayground.yml"),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(logs / "playground.log"),
        "TEAMSAPPTESTER_BROWSER": "none",
    }


async def _tell(process: asyncio.subprocess.Process) -> None:
    """Say where it listens, once it does (a port that is taken makes it choose another); then read on in silence."""
    assert process.stdout is not None
    async for line in process.stdout:
        words = line.decode(errors="replace").split()
        if "Listening" in words and words[-1].isdigit():
            typer.echo(f"The Agents Playground is at http://127.0.0.1:{words[-1]}. Ctrl-C ends both.")
