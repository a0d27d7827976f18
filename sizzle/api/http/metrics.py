"""The metrics of all workers, for Prometheus."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final, Literal

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from sizzle.api.http.worker_files import FOLDER, WorkersCollector

_Mode = Literal["livemin", "livemax", "livesum", "liveall"]

ROUTE: Final = "sizzle.route"
"""In a request's scope: the pattern of its route, where it is answered before FastAPI's router."""

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)

REQUESTS: Final = Counter(
    "sizzle_requests", "Requests, by method, route and status.", ("method", "route", "status")
)
SECONDS: Final = Histogram(
    "sizzle_request_seconds",
    "Time from a request's headers to the end of its response.",
    ("route",),
    buckets=_SECONDS,
)
RANKING: Final = Histogram(
    "sizzle_ranking_seconds", "Time to rank for one member or a batch.", buckets=_SECONDS
)
RANKINGS: Final = Counter(
    "sizzle_rankings", "Rankings used, by whether the cache had them.", ("cache",)
)
QUEUE: Final = Gauge(
    "sizzle_ranking_queue_members",
    "Members who wait for their rankings, by whether one or many were asked for.",
    ("lane",),
    multiprocess_mode="livesum",
)
EVENTS: Final = Counter("sizzle_events", "Events sent, by what came of them.", ("status",))
EXPOSURES: Final = Counter(
    "sizzle_exposures", "Reels answered, by what came of recording them.", ("outcome",)
)
UNKNOWN_ENDPOINTS: Final = Counter(
    "sizzle_events_of_unknown_endpoints", "Events accepted of endpoints that nobody registered."
)
COLD_STARTS: Final = Counter("sizzle_cold_starts", "Rankings made for members without a history.")
HEALTHY: Final = Gauge(
    "sizzle_healthy",
    "Whether the newest catalog, model, cadences and keys, and the database, can be used.",
    ("kind",),
    multiprocess_mode="livemin",
)


class StateGauges:
    """What a worker has loaded. Made once it has: a gauge without labels is 0 from the start."""

    def __init__(self) -> None:
        self.version = _gauge(
            "catalog_version", "The oldest catalog version in use by a worker.", "livemin"
        )
        self.announced = _gauge("catalog_announced", "The announced catalog version.", "livemax")
        self.pinned = _gauge("catalog_pinned", "The pinned catalog version, or -1.", "livemax")
        self.age = _gauge(
            "catalog_age_seconds", "Time since the version in use was published.", "livemax"
        )
        self.checked = _gauge(
            "catalog_checked_seconds",
            "Time since the announcement was last read successfully.",
            "livemax",
        )
        self.members = _gauge(
            "members_known", "Members with a history in the file of histories.", "livemax"
        )
        self.states = _gauge(
            "member_states", "Members whose histories are in memory, of all workers.", "livesum"
        )
        self.resident = _gauge("worker_resident_bytes", "Memory of each worker.", "liveall")
        self.cpu = _gauge("worker_cpu_seconds", "Processor time of each worker.", "liveall")
        self.files = _gauge("worker_open_files", "Open files of each worker.", "liveall")


@cache
def state_gauges() -> StateGauges:
    """This process's."""
    return StateGauges()


def _gauge(name: str, documentation: str, mode: _Mode) -> Gauge:
    return Gauge(f"sizzle_{name}", documentation, multiprocess_mode=mode)


def set_process_gauges() -> None:
    """Set what this process takes of the machine, where the system says it."""
    gauges = state_gauges()
    gauges.cpu.set(time.process_time())
    with suppress(OSError, ValueError, IndexError):  # not Linux
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        gauges.resident.set(pages * os.sysconf("SC_PAGE_SIZE"))
        gauges.files.set(sum(1 for _ in Path("/proc/self/fd").iterdir()))


def exposition() -> bytes:
    """All metrics, in Prometheus' text format."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    registry.register(WorkersCollector(Path(os.environ[FOLDER])))
    return generate_latest(registry)
