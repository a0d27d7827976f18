"""The jobs of editors, for services whose files are all in one folder."""

from __future__ import annotations

from pathlib import Path

from sizzle.ingest_jobs.job_store import JobStore
from tests.databases import sqlite_in


def jobs_in(folder: Path) -> JobStore:
    """Those of an installation in a folder."""
    return JobStore.open(folder / "ingests", sqlite_in(folder))
