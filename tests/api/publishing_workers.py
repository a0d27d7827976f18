"""A service of several workers that publishes what it is sent.

python -m tests.api.publishing_workers FOLDER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.route_access import PUBLIC
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.server.settings import Settings
from sizzle.api.server.workers import listen, serve, uvicorn_config
from sizzle.catalog import Catalog
from tests.api.sample_service import Alphabetical
from tests.databases import sqlite_in
from tests.reel.sample_reels import TITLE_IDS, index_of

FOLDER = "WRITING_SERVICE"


def app() -> FastAPI:
    """The service of a worker."""
    folder = Path(os.environ[FOLDER])
    catalog = Catalog.open(folder / "catalog")
    options = ServiceOptions(idempotency=IdempotencyStore(sqlite_in(folder)))
    service = create_app(catalog, Alphabetical(), options=options)

    @service.post("/v1/publications", dependencies=[PUBLIC])
    def publish(body: dict[str, Any]) -> dict[str, Any]:
        """Publish a version whose bed has so many frames."""
        published = catalog.publish(index_of(TITLE_IDS, bed=body["bed"]))
        return {"version": published.version, **published.segments}

    return service


def main() -> None:
    """Serve, and print the port and the parent's process."""
    os.environ[FOLDER] = sys.argv[1]
    settings = Settings.read(port=0, workers=2)
    bound = listen(settings)
    sys.stdout.write(f"{bound.getsockname()[1]}\n")
    sys.stdout.flush()
    serve(settings, uvicorn_config(settings, "tests.api.publishing_workers:app"), bound)


if __name__ == "__main__":
    main()
