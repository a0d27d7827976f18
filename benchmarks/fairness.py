"""A new member's reel while others ask for batches of a thousand.

    python -m benchmarks.fairness

Four clients ask for one full batch after the other, each for titles that have not been ranked. A
fifth asks for the reel of a member whom the process has not seen, twelve times a second. The
slowest hundredth of these is compared with that of a service that has nothing else to do, and the
members that are ranked in batches with those that are when nobody else asks. Elapsed times: the
machine has to be quiet. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from benchmarks.ranker_model import member_ids
from benchmarks.service_installation import TITLE_IDS, Installation, prepare
from benchmarks.tables import Row, print_table
from tests.api.server_process import service

_CLIENTS, _BATCH = 4, 1000
_SINGLES, _INTERVAL = 150, 0.08  # requests, and seconds between two
_SLOWEST, _MOST_TIMES, _LEAST_SHARE = 0.99, 5.0, 0.8


@dataclass(frozen=True, slots=True)
class Shared:
    """What was measured while both kinds of clients, or one of them, asked.

    Attributes:
        seconds: of each single request, sorted.
        rate: members of batches a second.
    """

    seconds: list[float]
    rate: float


def main() -> None:
    """Measure, print, and exit."""
    with TemporaryDirectory() as name:
        installed = prepare(Path(name), _BATCH + 3 * _SINGLES)
        with service(Path(name), workers=1) as server:
            clients = Clients(server.port, installed)
            clients.warm_up()
            alone = clients.measure(singles=True, batches=False)
            batches = clients.measure(singles=False, batches=True)
            both = clients.measure(singles=True, batches=True)
    rows, is_met = _rows(alone, batches, both)
    print_table(("", "with batches", "without", "ratio", "target", "verdict"), rows)
    sys.exit(0 if is_met else 1)


def _rows(alone: Shared, batches: Shared, both: Shared) -> tuple[list[Row], bool]:
    slow, slow_alone = (
        shared.seconds[int(len(shared.seconds) * _SLOWEST)] for shared in (both, alone)
    )
    middle, middle_alone = median(both.seconds), median(alone.seconds)
    is_fair, is_fast = slow <= _MOST_TIMES * slow_alone, both.rate >= _LEAST_SHARE * batches.rate
    verdict = {True: "met", False: "MISSED"}
    rows = [
        _row("new member, p99: ms", slow, slow_alone, f"at most {_MOST_TIMES:g}", verdict[is_fair]),
        _row("new member, median: ms", middle, middle_alone, "", ""),
        Row(
            "members ranked in batches, a second",
            (
                f"{both.rate:.0f} with single requests",
                f"{batches.rate:.0f}",
                f"{both.rate / batches.rate:.2f}",
                f"at least {_LEAST_SHARE:g}",
                verdict[is_fast],
            ),
        ),
    ]
    return rows, is_fair and is_fast


def _row(label: str, with_batches: float, without: float, target: str, verdict: str) -> Row:
    costs = (f"{with_batches * 1e3:.1f}", f"{without * 1e3:.1f}", f"{with_batches / without:.2f}")
    return Row(label, (*costs, target, verdict))


class Clients:
    """Ask the service.

    Args:
        port: the service's.
        installed: its members and its key.
    """

    def __init__(self, port: int, installed: Installation) -> None:
        self._address = f"http://127.0.0.1:{port}/v1/reels"
        self._headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {installed.key}",
        }
        self._members = member_ids(_BATCH)
        self._new = iter(member_ids(_BATCH + 3 * _SINGLES)[_BATCH:])
        self._titles = self._choices()
        self._ends = threading.Event()
        self._ranked = 0

    def warm_up(self) -> None:
        """Read the histories of the batches' members."""
        self._post_batch()

    def measure(self, *, singles: bool, batches: bool) -> Shared:
        """Ask for as long as the single requests take, whether or not there are any."""
        self._ends.clear()
        before, start = self._ranked, time.perf_counter()
        threads = [threading.Thread(target=self._ask_batches) for _ in range(_CLIENTS * batches)]
        for thread in threads:
            thread.start()
        times = self._ask_singles() if singles else self._wait()
        self._ends.set()
        for thread in threads:
            thread.join()
        rate = (self._ranked - before) / (time.perf_counter() - start)
        return Shared(sorted(times), rate)

    def _choices(self) -> Iterator[list[str]]:
        for omitted in combinations(TITLE_IDS, 2):
            yield [title for title in TITLE_IDS if title not in omitted]

    def _wait(self) -> list[float]:
        time.sleep(_SINGLES * _INTERVAL)
        return []

    def _ask_singles(self) -> list[float]:
        times = []
        for _ in range(_SINGLES):
            start = time.perf_counter()
            self._post("", {"member_id": next(self._new)})
            times.append(time.perf_counter() - start)
            time.sleep(max(0.0, _INTERVAL - times[-1]))
        return times

    def _ask_batches(self) -> None:
        while not self._ends.is_set():
            self._post_batch()

    def _post_batch(self) -> None:
        self._post(":batch", {"member_ids": self._members, "title_ids": next(self._titles)})
        self._ranked += _BATCH

    def _post(self, path: str, more: dict[str, object]) -> None:
        body = {"asset_id": "demo", "device": {"dynamic_sizzles": True}, **more}
        data = json.dumps(body).encode()
        request = Request(self._address + path, data, self._headers)  # noqa: S310 - our own
        with urlopen(request, timeout=120) as response:  # noqa: S310 - our own
            response.read()


if __name__ == "__main__":
    main()
