"""FastAPI with parts in front of it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.types import ASGIApp


class MiddlewareFastAPI(FastAPI):
    """An application that requests reach through what stands in front of it.

    What FastAPI calls middleware stands behind layers of its own, which cost each request as much
    as some of ours do together; what is answered in front needs none of them.
    """

    def __init__(self, **options: object) -> None:
        # Our own metrics and logs say as much, and looking for others' costs as much as answering.
        telemetry = {"tracing": False, "metrics": False, "logs": False}
        super().__init__(telemetry=telemetry, **options)  # type: ignore[arg-type]
        self._fronts: list[Callable[[ASGIApp], ASGIApp]] = []

    def add_outer_middleware(self, front: Callable[[ASGIApp], ASGIApp]) -> None:
        """Have requests go through this first, then through what was in front before."""
        self._fronts.append(front)

    def build_middleware_stack(self) -> ASGIApp:
        """FastAPI's, behind ours."""
        app = super().build_middleware_stack()
        for front in self._fronts:
            app = front(app)
        return app
