"""Two machines against one: reels a second through nginx, each machine held to a share of a core.

The cluster is that of `tests/api/small_cluster.py`: nginx, machines with two workers each in
network namespaces, PostgreSQL, and moto's S3. Only where root may make these.

    python -m benchmarks.cluster
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.ranker_model import member_ids
from benchmarks.service_installation import TITLE_IDS, Installation, prepare
from benchmarks.service_load import load
from benchmarks.tables import Row, print_table
from sizzle.catalog import Catalog
from tests.api.small_cluster import Cluster, origin_of, small_cluster
from tests.packager.nginx_proxy import nginx
from tests.reel.sample_reels import index_of

SHARE: Final = 0.2
_MEMBERS: Final = 2000
_KNOWN: Final = 50
_SECONDS: Final = 3.0
_TARGET: Final = 1.8
_ROUNDS: Final = 3
_CONNECTIONS: Final = 64  # enough that both machines always have something to do


def main() -> None:
    """Measure one machine and two in turn."""
    with TemporaryDirectory(prefix="sizzle-cluster-benchmark-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        installation = prepare(folder, _MEMBERS)
        cluster = stack.enter_context(small_cluster(folder))
        _start(cluster, folder)
        alone = stack.enter_context(nginx(origin_of(cluster.machines[:1])))
        mine = Installation(installation.checkpoint, cluster.front.key)
        ports = {"one machine": alone, "two machines": cluster.front.port}
        known = member_ids(_KNOWN)
        for port in ports.values():  # so that each worker has ranked for each of them
            load(port, islice(mine.new_reels(known), 40 * _KNOWN), _CONNECTIONS)
        for machine in cluster.machines:
            machine.hold(SHARE)
        kinds = {
            "new reels of members who are known": mine.new_reels(known),
            "first reels of members": mine.new_rankings(member_ids(_MEMBERS)),
        }
        rows = [_row(kind, _measured(ports, requests)) for kind, requests in kinds.items()]
        print_table(("reels a second", *ports, "ratio", "target", "verdict"), rows)
        throttled = " and ".join(f"{machine.throttled():.0%}" for machine in cluster.machines)
        sys.stdout.write(f"\nThe machines were held back in {throttled} of all 50 ms.\n")


def _start(cluster: Cluster, folder: Path) -> None:
    Catalog.open("s3://sizzle/catalog").publish(index_of(TITLE_IDS))
    for machine in cluster.machines:
        machine.environment = {
            **machine.environment,
            "SIZZLE_HISTORIES": str(folder / "histories.jsonl"),
        }
        machine.start()
    for machine in cluster.machines:
        machine.wait()


def _measured(ports: dict[str, int], requests: Iterator[bytes]) -> dict[str, list[float]]:
    """Reels a second, in turn, so that whatever else the computer does falls on both."""
    rates: dict[str, list[float]] = {name: [] for name in ports}
    for _ in range(_ROUNDS):
        for name, port in ports.items():
            done = load(port, _for_a_while(requests), _CONNECTIONS)
            rates[name].append(len(done.times) / done.seconds)
    return rates


def _for_a_while(requests: Iterator[bytes]) -> Iterator[bytes]:
    until = time.monotonic() + _SECONDS
    for request in requests:
        yield request
        if time.monotonic() > until:
            return


def _row(kind: str, rates: dict[str, list[float]]) -> Row:
    one, two = (statistics.median(rate) for rate in rates.values())
    verdict = "met" if two >= _TARGET * one else "missed"
    return Row(
        kind, [f"{one:.0f}", f"{two:.0f}", f"{two / one:.2f}", f"at least {_TARGET}", verdict]
    )


if __name__ == "__main__":
    main()
