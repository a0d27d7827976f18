"""Whether the service lives, whether it is ready, and how it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.http import metrics
from sizzle.api.http.problems import described
from sizzle.api.middleware.request_metrics import Requests
from sizzle.catalog import Reader
from sizzle.reloading import Reloadable


class Alive(BaseModel):
    """It answers."""

    status: Literal["alive"] = "alive"


class Readiness(BaseModel):
    """Whether it can be sent requests to, and if not, why."""

    ready: bool
    catalog_version: int
    reasons: list[str]


class Health:
    """How the parts are that change while the service runs.

    Args:
        reader: of the catalog.
        parts: what else is read again, by kind.
    """

    def __init__(self, reader: Reader, parts: Mapping[str, Reloadable[Any]]) -> None:
        self._reader = reader
        self._parts = parts
        self._verified: object = None

    def refresh(self) -> None:
        """Follow all changes: read newer values, verify the catalog's version, set the metrics."""
        for kind, part in {"catalog": self._reader, **self._parts}.items():
            metrics.HEALTHY.labels(kind).set(part.refresh())
        self._verify()
        status = self._reader.status()
        metrics.VERSION.set(status.version)
        metrics.ANNOUNCED.set(status.announced)
        metrics.PINNED.set(-1 if status.pinned is None else status.pinned)
        metrics.AGE.set(status.age)
        metrics.CHECKED.set(status.checked)

    def readiness(self) -> Readiness:
        """Whether requests can be answered.

        They can once a whole version is mapped, and every bit of it was checked. A newer one that
        is no good takes nothing of that back.
        """
        status = self._reader.status()
        reasons = []
        if not status.version:
            reasons.append(status.last_error or "No version is announced.")
        elif self._verified is None:
            reasons.append("The version is being checked.")
        return Readiness(ready=not reasons, catalog_version=status.version, reasons=reasons)

    def _verify(self) -> None:
        indexes = self._reader.indexes
        if indexes is self._verified or not self._reader.status().version:
            return
        try:
            for index in indexes.values():
                index.verify()
            self._verified = indexes
        except Exception:  # damage: the look-ups refuse it too, and the reader says so
            self._verified = None


def health_routes(health: Health, requests: Requests) -> APIRouter:
    """For what watches over the service."""
    router = APIRouter(tags=["operations"])

    @router.get("/livez", dependencies=[PUBLIC])
    async def livez() -> Alive:
        """It answers: a worker that does not is to be started anew."""
        return Alive()

    @router.get("/readyz", dependencies=[PUBLIC], responses={503: {"model": Readiness}})
    async def readyz() -> Readiness:
        """Whether requests may be sent here."""
        readiness = health.readiness()
        status = 200 if readiness.ready else 503
        return JSONResponse(readiness.model_dump(), status)  # type: ignore[return-value]

    @router.get(
        "/metrics",
        dependencies=[requires(ApiScope.ADMIN)],
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}, **described()},
    )
    async def get_metrics() -> Response:
        """Numbers of all workers, for Prometheus; others' are up to a moment old."""
        requests.settle()
        return Response(metrics.exposition(), media_type=metrics.TEXT)

    return router
