"""Everything is wired here, once: gate, adapter, turn and delivery, in the aiohttp application around them."""

import asyncio
import contextlib
import logging
import math
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
import structlog.stdlib
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from structlog.typing import ExcInfo, Processor

from bot.delivery import EVERY, Delivery
from bot.endpoint import BoucleAdapter, Teams
from bot.gate import Gate, Refused
from bot.house import House, Houses
from bot.readiness import Readiness
from bot.rounds import EVERY as ROUNDS_EVERY
from bot.rounds import Rounds
from bot.sender import Connector
from bot.settings import Settings
from bot.standing import DeliveryMetrics
from bot.tokens import tokens_for
from bot.workers import Full, Workers
from dialogs.dates import warm_up

MESSAGES = "/api/messages"
READINESS = web.AppKey("readiness", Readiness)
LAST_POSTS = 3.0
"""Seconds that posts under way are given when the bot is told to stop."""

log = structlog.get_logger()


def utc_now() -> datetime:
    return datetime.now(UTC)


def application(
    settings: Settings,
    houses: Houses,
    *,
    gate: Gate | None = None,
    connector: Connector | None = None,
    workers: Workers | None = None,
    clock: Callable[[], datetime] = utc_now,
    every: float = EVERY,
    rounds_every: float | None = ROUNDS_EVERY,
) -> web.Application:
    """The whole bot as an aiohttp application; the database must be migrated already.

    Whoever answers or delivers does so for one tenant; there is one of each for every tenant.
    """
    gate = gate or Gate(settings)
    connector = connector or Connector(
        None, tokens_for(settings), loopback=settings.loopback_service, hosts=settings.service_hosts
    )
    deliveries = {house: Delivery(house, connector, clock, every) for house in houses}
    rounds = [Rounds(house, clock, deliveries[house].wake, rounds_every) for house in houses if rounds_every]
    adapter = BoucleAdapter(connector)
    workers = workers or Workers()
    readiness = Readiness(houses.database)
    teams = {house: Teams(house, adapter, connector, clock, deliveries[house].wake, workers) for house in houses}

    async def messages(request: web.Request) -> web.Response:
        structlog.contextvars.clear_contextvars()
        try:
            caller = await gate.identify(request)
            # Nothing of a body is kept for whom there is no room.
            with workers.place():
                admitted = await gate.admit(request, caller)
                answered = await adapter.process(admitted, teams[houses.of(admitted.tenant)])
        except Refused as refusal:
            headers = None if refusal.wait is None else {"Retry-After": str(math.ceil(refusal.wait))}
            return web.Response(status=refusal.status, headers=headers)
        except Full:
            log.warning("full", turns=workers.busy)
            return web.Response(status=503, headers={"Retry-After": "1"})
        except Exception:
            # Ours, and nobody's fault who calls: neither an intruder's 401 nor a 500 that tells where it hurts.
            log.exception("gate broken")
            return web.Response(status=503)
        if answered.body is None:
            return web.Response(status=answered.status)
        return web.Response(status=answered.status, body=orjson.dumps(answered.body), content_type="application/json")

    async def alive(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def ready(_: web.Request) -> web.Response:
        problem = await readiness.why_not()
        return web.Response(text=problem or "ok", status=503 if problem else 200)

    async def running(_: web.Application) -> AsyncIterator[None]:
        gate.start()
        for house in houses:
            await asyncio.to_thread(warm, house)
        loop = asyncio.gather(*(delivery.run() for delivery in deliveries.values()), *(each.run() for each in rounds))
        yield
        for each in rounds:
            each.stop()
        for delivery in deliveries.values():
            delivery.stop()
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(loop, LAST_POSTS)
        workers.close()
        await gate.close()
        await connector.close()

    registry = CollectorRegistry()
    registry.register(DeliveryMetrics(houses, clock))

    async def metrics(_: web.Request) -> web.Response:
        """For Prometheus."""
        told = await asyncio.to_thread(generate_latest, registry)
        return web.Response(body=told, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app[READINESS] = readiness
    app.router.add_route("*", MESSAGES, messages)
    app.router.add_get("/healthz", alive)
    app.router.add_get("/readyz", ready)
    app.router.add_get("/metrics", metrics)
    app.cleanup_ctx.append(running)
    return app


def warm(house: House) -> None:
    """Read what the first message would wait for."""
    warm_up()
    with house.database.reading(house.tenant) as reading:
        house.lexicon(reading)


class _WithoutWords(structlog.tracebacks.ExceptionDictTransformer):
    """What was raised and where, without messages and local variables: they hold what people wrote."""

    def __call__(self, exc_info: ExcInfo) -> list[dict[str, Any]]:
        raised = super().__call__(exc_info)
        for each in raised:
            each["exc_value"], each["exc_notes"] = "", []
        return raised


def set_up_log(level: str) -> None:
    """One JSON object a line on standard error; no message bodies, no names, no secrets at any level."""
    number = getattr(logging, level.upper())
    processors: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_WithoutWords(show_locals=False)),
        structlog.processors.JSONRenderer(serializer=lambda value, **_: orjson.dumps(value, default=str).decode()),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # What libraries have to say, in the same form.
    handler = logging.StreamHandler(sys.stderr)
    no_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[no_meta, *processors]))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)
    logging.captureWarnings(True)
