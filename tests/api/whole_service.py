"""A service with nearly all that it can have, over a database and a catalog of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy import make_url

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.health import Health
from sizzle.api.ingest_service import IngestService
from sizzle.api.middleware.body_limit import BodyLimits
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.outreach_service import ContentService, SendingService
from sizzle.catalog import Catalog
from sizzle.database import Database
from sizzle.drafting import Stores
from sizzle.outbox.address_hash import AddressHash
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from sizzle.sending.clock import Clock
from sizzle.sending.inbound import InboundRecorder
from tests.api.alphabetical_reels import alphabetically
from tests.api.editors_jobs import jobs_in
from tests.api.events.event_server import event_service
from tests.api.pinpoint.pinpoint_server import pinpoint_service
from tests.api.reels.reasonable_ranker import Reasonable
from tests.api.sample_service import KEY, catalog_in
from tests.databases import sqlite_in


@contextmanager
def whole_service(folder: Path, *, uploads: bool = False) -> Iterator[tuple[FastAPI, str]]:
    """The service, and a key that may do everything.

    Args:
        folder: for all of its files.
        uploads: whether it takes files of editors.
    """
    catalog: Catalog = catalog_in(folder)
    reader = catalog.reader()
    health = Health(reader, {})
    health.refresh()
    key = KeyStore(KeyFile(folder)).create("a test", [ApiScope.ADMIN], rate=1e9)[1]
    options = ServiceOptions(
        health=health,
        keys=Reloadable(KeyStore(KeyFile(folder)).read()),
        idempotency=IdempotencyStore(sqlite_in(folder)),
    )
    database = f"sqlite:///{folder}/sizzle.db"
    events, pinpoint = event_service(database), pinpoint_service(database)
    content = ContentService(Stores(Database(make_url(database))), time.time)
    inbound = InboundRecorder(Database(make_url(database)), events.log, AddressHash(KEY), Clock())
    app = create_app(
        reader,
        Reasonable(),
        ingests=IngestService(jobs_in(folder), catalog, alphabetically) if uploads else None,
        events=events,
        pinpoint=pinpoint,
        content=content,
        sending=SendingService(inbound.database, inbound, b"w" * 32),
        ids=ReelIds(KEY),
        body_limits=BodyLimits(),
        options=options,
    )
    yield app, key
    events.log.close()
    pinpoint.log.close()
