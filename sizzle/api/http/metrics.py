"""The metrics of all workers, for Prometheus."""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable of the folder where workers share their metrics."""

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
VERSION: Final = Gauge(
    "sizzle_catalog_version",
    "The oldest catalog version in use by a worker.",
    multiprocess_mode="livemin",
)
ANNOUNCED: Final = Gauge(
    "sizzle_catalog_announced", "The announced catalog version.", multiprocess_mode="livemax"
)
PINNED: Final = Gauge(
    "sizzle_catalog_pinned", "The pinned catalog version, or -1.", multiprocess_mode="livemax"
)
AGE: Final = Gauge(
    "sizzle_catalog_age_seconds",
    "Time since the version in use was published.",
    multiprocess_mode="livemax",
)
CHECKED: Final = Gauge(
    "sizzle_catalog_checked_seconds",
    "Time since the announcement was last read successfully.",
    multiprocess_mode="livemax",
)
HEALTHY: Final = Gauge(
    "sizzle_healthy",
    "Whether the newest catalog, model, cadences and keys, and the database, can be used.",
    ("kind",),
    multiprocess_mode="livemin",
)


def exposition() -> bytes:
    """All metrics, in Prometheus' text format."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_process(pid: int) -> None:
    """Remove a worker that has ended from the gauges."""
    if FOLDER in os.environ:
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
