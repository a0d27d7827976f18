"""Liveness, readiness and metrics of the service."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.http import metrics
from sizzle.api.http.problems import problem_responses
from sizzle.api.http.worker_files import changing
from sizzle.api.middleware.request_metrics import RequestMetrics
from sizzle.catalog import Reader
from sizzle.reloading import Reloadable

_log = logging.getLogger(__name__)


class Liveness(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether requests can be answered, and if not, why.

    `degraded` says what cannot be used at the moment, while reels are answered all the same.
    """

    ready: bool
    catalog_version: int
    reasons: list[str]
    degraded: list[str] = []


class Health:
    """The state of the parts that change while the service runs.

    Args:
        reader: of the catalog.
        parts: all else that is reloaded, by kind.
        observe: sets the gauges of what is known of members.
    """

    def __init__(
        self,
        reader: Reader,
        parts: Mapping[str, Reloadable[Any]],
        observe: Callable[[metrics.StateGauges], None] = lambda _: None,
    ) -> None:
        self._observe = observe
        self._reader = reader
        self._parts = parts
        self._verified: object = None
        self._damaged: dict[str, str] = {}

    def refresh(self) -> None:
        """Follow all changes: read newer values, verify the catalog's version, set the metrics."""
        healthy = {kind: part.refresh() for kind, part in self._parts.items()}
        healthy["catalog"] = self._reader.refresh()
        self._verify()
        healthy["catalog"] &= not self._damaged
        with changing():
            self._set_metrics(healthy)

    def _set_metrics(self, healthy: Mapping[str, bool]) -> None:
        for kind, is_healthy in healthy.items():
            metrics.HEALTHY.labels(kind).set(is_healthy)
        status, gauges = self._reader.status(), metrics.state_gauges()
        gauges.version.set(status.version)
        gauges.announced.set(status.announced)
        gauges.pinned.set(-1 if status.pinned is None else status.pinned)
        gauges.age.set(status.age)
        gauges.checked.set(status.checked)
        metrics.set_process_gauges()
        self._observe(gauges)

    def readiness(self) -> Readiness:
        """Whether requests can be answered.

        They can once a version is open and verified, and from then on even if a newer version
        cannot be used.
        """
        status = self._reader.status()
        reasons = []
        if not status.version:
            reasons.append(status.last_error or "The catalog has no announced version.")
        elif self._verified is None:
            reasons.append("The catalog's version is being verified.")
        reasons += [
            f"Asset {asset_id} of catalog version {status.version} is damaged: {why}"
            for asset_id, why in self._damaged.items()
        ]
        return Readiness(
            ready=not reasons,
            catalog_version=status.version,
            reasons=reasons,
            degraded=[
                f"{kind}: {part.last_error}"
                for kind, part in self._parts.items()
                if not part.healthy
            ],
        )

    def _verify(self) -> None:
        """Check every bit of a version once; look-ups refuse what is damaged too."""
        indexes = self._reader.indexes
        if indexes is self._verified or not self._reader.status().version:
            return
        self._damaged = {}
        for asset_id, index in indexes.items():
            try:
                index.verify()
            except Exception as error:  # whatever it is must not end the thread that recovers
                self._damaged[asset_id] = str(error) or repr(error)
                _log.error("asset %s of the catalog is damaged: %s", asset_id, error)
        self._verified = indexes


def health_routes(health: Health, request_metrics: RequestMetrics) -> APIRouter:
    """Routes for load balancers and monitoring."""
    router = APIRouter(tags=["operations"])

    @router.head("/livez", dependencies=[PUBLIC], include_in_schema=False)
    @router.get("/livez", dependencies=[PUBLIC])
    async def livez() -> Liveness:
        """Whether the process answers."""
        return Liveness()

    @router.head("/readyz", dependencies=[PUBLIC], include_in_schema=False)
    @router.get("/readyz", dependencies=[PUBLIC], responses={503: {"model": Readiness}})
    async def readyz() -> Readiness:
        """Whether requests can be answered; 503 if not, with the reasons."""
        readiness = health.readiness()
        status = 200 if readiness.ready else 503
        return JSONResponse(readiness.model_dump(), status)  # type: ignore[return-value]

    @router.head("/metrics", dependencies=[requires(ApiScope.ADMIN)], include_in_schema=False)
    @router.get(
        "/metrics",
        dependencies=[requires(ApiScope.ADMIN)],
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}, **problem_responses()},
    )
    async def get_prometheus_metrics() -> Response:
        """Metrics of all workers, for Prometheus."""
        request_metrics.flush()
        return Response(metrics.exposition(), media_type=metrics.TEXT)

    return router
