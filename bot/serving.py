"""Running the bot as a server until it is told to stop, and then out within twenty seconds whatever hangs."""

import asyncio
import gc
import os
import signal
import sys
import threading
from contextlib import suppress

import structlog
import typer
from aiohttp import web

from bot.app import MESSAGES, READINESS, application
from bot.floors import too_old
from bot.house import Houses
from bot.playground import beside
from bot.settings import Settings
from bot.workers import PATIENCE

log = structlog.get_logger()

NOTICED = 2.0
"""Seconds between saying "not ready" and closing the door, so that a balancer sends nobody to a closed one."""
LAST_TURNS = PATIENCE + 1
AT_LAST = 19.0


def serve(settings: Settings, houses: Houses, *, playground: bool = False) -> None:
    """Blocks until SIGINT or SIGTERM; a port that is taken ends in a sentence and exit code 1."""
    if problems := too_old():
        typer.echo("\n".join(problems), err=True)
        raise typer.Exit(1)
    asyncio.run(_serve(settings, houses, playground=playground))


async def _serve(settings: Settings, houses: Houses, *, playground: bool) -> None:
    app = application(settings, houses)
    address = f"http://{settings.host}:{settings.port}{MESSAGES}"
    if playground:
        app.cleanup_ctx.append(beside(address))
    told = asyncio.Queue[int]()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.put_nowait, number)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_TURNS, keepalive_timeout=30)
    await runner.setup()
    try:
        await _listen(runner, settings)
        who = "from this machine only, without credentials" if settings.anonymous else f"for app {settings.app_id}"
        typer.echo(f"Boucle listens on {address}, {who}.")
        sys.stdout.flush()
        # What was made so far lives as long as the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        if await told.get() == signal.SIGTERM and not settings.anonymous:
            app[READINESS].stopping = True
            with suppress(TimeoutError):
                await asyncio.wait_for(told.get(), NOTICED)
        app[READINESS].stopping = True
        _leave_at_last()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        typer.echo(f"Cannot listen on {settings.host}:{settings.port}: {reason}. Set PORT to a free one.", err=True)
        raise typer.Exit(1) from None


def _leave_at_last() -> None:
    """A thread that hangs in the database cannot be stopped, and Python would wait for it for ever."""

    def leave() -> None:
        log.error("left without waiting", seconds=AT_LAST)
        os._exit(1)

    timer = threading.Timer(AT_LAST - NOTICED, leave)
    timer.daemon = True
    timer.start()
