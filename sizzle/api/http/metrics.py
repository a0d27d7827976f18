"""What is measured, for Prometheus; of all workers together."""

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
"""The environment variable that names where workers put their numbers, for any to collect."""

ROUTE: Final = "sizzle.route"
"""In a request's scope: the pattern of its route, where it is answered before FastAPI's router."""

TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)

REQUESTS: Final = Counter("sizzle_requests", "Requests answered.", ("method", "route", "status"))
SECONDS: Final = Histogram(
    "sizzle_request_seconds",
    "From a request's headers to its answer.",
    ("route",),
    buckets=_SECONDS,
)
RANKING: Final = Histogram(
    "sizzle_ranking_seconds", "The ranker's time for one or several members.", buckets=_SECONDS
)
RANKINGS: Final = Counter(
    "sizzle_rankings", "Rankings needed, by whether the cache had them.", ("cache",)
)
VERSION: Final = Gauge(
    "sizzle_catalog_version", "The oldest version that a worker uses.", multiprocess_mode="livemin"
)
ANNOUNCED: Final = Gauge(
    "sizzle_catalog_announced", "The version that is announced.", multiprocess_mode="livemax"
)
PINNED: Final = Gauge(
    "sizzle_catalog_pinned", "The version that is pinned, or -1.", multiprocess_mode="livemax"
)
AGE: Final = Gauge(
    "sizzle_catalog_age_seconds", "Since the version was published.", multiprocess_mode="livemax"
)
CHECKED: Final = Gauge(
    "sizzle_catalog_checked_seconds",
    "Since the announcement was last read and found good.",
    multiprocess_mode="livemax",
)
HEALTHY: Final = Gauge(
    "sizzle_healthy",
    "Whether the newest of each kind could be read: catalog, model, cadences, keys.",
    ("kind",),
    multiprocess_mode="livemin",
)


def exposition() -> bytes:
    """All numbers, in Prometheus' text format."""
    if FOLDER not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_process(pid: int) -> None:
    """Leave a worker that has ended out of the gauges."""
    if FOLDER in os.environ:
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
