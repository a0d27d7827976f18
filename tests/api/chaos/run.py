"""Have everything befall an installation at once, and see afterwards that nothing is lost."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import select, text

from sizzle.catalog import Catalog
from sizzle.database import Database
from sizzle.database.schema import EVENTS
from tests.api.chaos import devices, slow_clients
from tests.api.chaos.devices import Devices
from tests.api.chaos.editors import Editors
from tests.api.chaos.installation import Installation, installed
from tests.api.chaos.ledger import Ledger
from tests.api.chaos.slow_clients import SlowClients
from tests.api.chaos.troubles import Troubles
from tests.api.small_cluster import until


def run(folder: Path, kind: str, seconds: float, seed: int = 0) -> Ledger:
    """Ask a service for a while, whatever befalls it.

    Args:
        folder: for all files.
        kind: of database, `sqlite` or `postgresql`.
        seconds: for how long.
        seed: of what befalls it when.

    Returns:
        What clients were answered, and what of it was wrong or lost.
    """
    ledger = Ledger()
    with installed(folder, kind) as installation:
        with traffic(installation, ledger):
            Troubles(installation, ledger, seed).befall(time.monotonic() + seconds)
        check_end(installation, ledger)
    return ledger


@contextmanager
def traffic(installation: Installation, ledger: Ledger) -> Iterator[None]:
    """Clients of all kinds ask until the block ends; then each finishes what it has begun."""
    over = threading.Event()
    of_devices = Devices(installation, ledger, over)
    editors = Editors(installation, ledger, over)
    slow = SlowClients(installation, ledger, over)
    clients: list[Callable[[], None]] = [
        *(partial(of_devices.ask, number) for number in range(devices.COUNT)),
        of_devices.ask_batches,
        editors.upload,
        editors.have_keys,
        *(partial(slow.be_slow, number) for number in range(slow_clients.COUNT)),
    ]
    threads = [threading.Thread(target=_ask, args=(client, ledger)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _ask(client: Callable[[], None], ledger: Ledger) -> None:
    try:
        client()
    except Exception as error:
        ledger.is_wrong(f"a client broke: {error!r}")


def check_end(installation: Installation, ledger: Ledger) -> None:
    """All is well again; what was accepted is there, once."""
    until(partial(_is_well, installation), lambda: str(installation.direct.get("/readyz").body))
    with closing(Database(installation.url)) as database, database.reading() as connection:
        kept = Counter(connection.execute(select(EVENTS.c.event_id)).scalars())
        if installation.server is None:
            found = connection.execute(text("PRAGMA integrity_check")).scalar()
            if found != "ok":
                ledger.is_wrong(f"the database is damaged: {found}")
    for event_id in ledger.events:
        if kept[event_id] != 1:
            ledger.is_wrong(f"event {event_id} is there {kept[event_id]} times")
    _check_publications(installation, ledger)
    if installation.direct.get("/metrics").status != 200:
        ledger.is_wrong("/metrics does not answer")
    log = installation.log.read_text(errors="replace")
    for line in re.findall(r".*unexpected error.*", log):
        ledger.is_wrong(f"log: {line}")


def _is_well(installation: Installation) -> bool:
    answer = installation.direct.get("/readyz")
    return answer.status == 200 and answer.json()["degraded"] == []


def _check_publications(installation: Installation, ledger: Ledger) -> None:
    """Each version that an answer names can be read, as all its later ones can."""
    catalog = Catalog.open(installation.disk / "catalog")
    versions = {version.version for version in catalog.versions()}
    for key, body in ledger.publications.items():
        answer = json.loads(body)
        if answer["catalog_version"] not in versions:
            ledger.is_wrong(f"{key}: version {answer['catalog_version']} is not there")
        catalog.index_of_version(answer["asset_version"])
