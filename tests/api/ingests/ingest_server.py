"""A process that serves editors: `python -m tests.api.ingests.ingest_server FOLDER MEDIA PORT`."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from sizzle.api.app import create_app
from sizzle.api.ingest_service import IngestService
from sizzle.catalog import Catalog
from tests.api.alphabetical_reels import alphabetically
from tests.api.editors_jobs import jobs_in
from tests.api.sample_service import Alphabetical


def main() -> None:
    """Serve until killed."""
    folder, media, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    catalog = Catalog.open(folder / "catalog")
    service = IngestService(jobs_in(folder), catalog, alphabetically, media)
    app = create_app(catalog, Alphabetical(), ingests=service)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
