"""A FastAPI application whose middleware is outside of FastAPI's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.utils import generate_unique_id
from starlette.types import ASGIApp


class MiddlewareFastAPI(FastAPI):
    """FastAPI with middleware around its whole stack.

    `FastAPI.add_middleware` puts middleware inside layers that handle errors, which cost each
    request as much as several of ours do. What our middleware answers by itself needs none of them.
    """

    def __init__(
        self, unique_id: Callable[[APIRoute], str] = generate_unique_id, **options: object
    ) -> None:
        """Make an application.

        Args:
            unique_id: gives each route the name that generated clients call it by.
            options: of FastAPI.
        """
        # We have metrics and logs of our own, and looking for a tracer costs each request time.
        telemetry = {"tracing": False, "metrics": False, "logs": False}
        super().__init__(telemetry=telemetry, **options)  # type: ignore[arg-type]
        self._unique_id = unique_id
        self._outer_middleware: list[Callable[[ASGIApp], ASGIApp]] = []

    def include_router(self, router: APIRouter, **options: Any) -> None:  # noqa: ANN401 - FastAPI's
        """Include a router; without options, its routes are added as they are.

        What FastAPI adds in their place builds each once more, which takes as long again.
        """
        super().include_router(router, **options)
        if not options:
            self.router.routes[-1:] = router.routes
            for route in router.routes:
                if isinstance(route, APIRoute):
                    route.unique_id = self._unique_id(route)

    def add_outer_middleware(self, middleware: Callable[[ASGIApp], ASGIApp]) -> None:
        """Add middleware outside of all that were added before; it is built at the start."""
        self._outer_middleware.append(middleware)

    def build_middleware_stack(self) -> ASGIApp:
        """FastAPI's stack inside our middleware."""
        app = super().build_middleware_stack()
        for middleware in self._outer_middleware:
            app = middleware(app)
        return app
