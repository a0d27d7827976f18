"""What tests of the routes of outreach share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import create_app
from sizzle.api.outreach_service.members import MemberService
from sizzle.database import Database
from sizzle.eventlog import MEMBER_KEY, EventLog
from sizzle.outreach_jobs import JobSources, OutreachJobs
from sizzle.secret import derived, kept_secret
from tests.api.outreach.members_app import NOW, Outreach
from tests.api.outreach.sending_desk import Desk, open_desk
from tests.api.sample_service import Alphabetical, catalog_in
from tests.databases import new_database


@pytest.fixture
def desk(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service with three members and an approved snapshot of them."""
    with open_desk(tmp_path, tmp_path_factory) as found:
        yield found


@pytest.fixture
def outreach(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outreach]:
    """A service without members."""
    database = Database(new_database("sqlite", tmp_path, tmp_path_factory))
    sources = JobSources(tmp_path, str(tmp_path / "catalog"), tmp_path / "ranker.pt")
    log = EventLog(database, derived(kept_secret(tmp_path), MEMBER_KEY))
    jobs = OutreachJobs.open(tmp_path / "outreach", database)
    service = MemberService(database, log, sources.address_hash(), jobs, None, lambda: NOW)
    app = create_app(catalog_in(tmp_path), Alphabetical(), members=service)
    with TestClient(app) as client:
        yield Outreach(client, jobs, sources)
    log.close()
