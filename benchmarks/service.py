"""The service beside a bare ASGI application that answers with as many bytes.

    python -m benchmarks.service

Both run in uvicorn with the same parser and loop, and are measured in turn in one run; the best of
each counts. Exits with 1 where a bar is missed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.service_flood import flood
from benchmarks.service_load import Load, load, request
from benchmarks.tables import Row, print_table
from tests.api.serving import Server, bare, prepare, service

_ROUNDS = 2
_SECONDS = 2.5
_WARM_UP = 64  # requests that are made before
_FEW, _SOME, _MANY = 8, 32, 64  # connections
_DEEP = 32  # requests in a pipeline


@dataclass(frozen=True, slots=True)
class Bar:
    """What is measured on both sides, and what their ratio may be; none is only told."""

    what: str
    ours: str
    theirs: str
    ratio: float
    limit: float | None
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is."""
        if self.limit is None:
            return True
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def row(self) -> Row:
        """As a line of the table."""
        if self.limit is None:
            return Row(self.what, [self.ours, self.theirs, f"{self.ratio:.2f}", "", ""])
        wanted = f"{'at least' if self.at_least else 'at most'} {self.limit:g}"
        verdict = "met" if self.met else "MISSED"
        return Row(self.what, [self.ours, self.theirs, f"{self.ratio:.2f}", wanted, verdict])


def main() -> None:
    """Measure, print, and exit."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder)
        bars = [*_beside_bare(folder), *_two_workers(folder)]
    print_table(("", "ours", "beside", "ratio", "wanted", "verdict"), [bar.row() for bar in bars])
    sys.exit(0 if all(bar.met for bar in bars) else 1)


def _beside_bare(folder: Path) -> Iterator[Bar]:
    with service(folder, workers=1) as ours:
        size = ours.answer_size(_bodies(1)[0])
        with bare(size) as plain:
            warm, again = _bodies(16), _bodies(5000)
            costs = _in_turn(plain, ours, warm, _FEW)
            yield _cpu(f"POST /v1/reels, {size} bytes: CPU us", costs)
            yield _cpu("the same, a new reel each time", _in_turn(plain, ours, again, _FEW), None)
            waits = _in_turn(plain, ours, warm, _MANY)
            theirs, mine = (min(each.percentile(0.99) for _, each in side) for side in waits)
            yield Bar(
                f"p99 at {_MANY} connections: ms",
                f"{mine * 1e3:.1f}",
                f"bare {theirs * 1e3:.1f}",
                mine / theirs,
                4,
            )


def _two_workers(folder: Path) -> Iterator[Bar]:
    """By answers a second, asked for in a way that leaves the cores to who answers."""
    requests = [request("/v1/reels", body) for body in _bodies(16)]
    measured = []
    for workers in (1, 2):
        with service(folder, workers) as served:
            for body in _bodies(_WARM_UP):
                served.post(body)
            rounds = [flood(served.port, requests, _SOME, _DEEP, _SECONDS) for _ in range(_ROUNDS)]
            measured.append(max(rounds, key=lambda each: each.rate))
    one, two = measured
    asking = two.cpu / two.seconds
    what = f"2 workers beside 1: answers a second; asking took {asking:.0%} of a core"
    yield Bar(what, f"{two.rate:.0f}", f"{one.rate:.0f}", two.rate / one.rate, 1.8, True)


Measured = tuple[float, Load]


def _in_turn(
    plain: Server, ours: Server, bodies: Sequence[bytes], connections: int
) -> tuple[list[Measured], list[Measured]]:
    pairs = [
        (_measure(plain, bodies, connections), _measure(ours, bodies, connections))
        for _ in range(_ROUNDS)
    ]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _cpu(what: str, sides: tuple[list[Measured], list[Measured]], limit: float | None = 2) -> Bar:
    theirs, ours = (min(us for us, _ in side) for side in sides)
    return Bar(what, f"{ours:.0f}", f"bare {theirs:.0f}", ours / theirs, limit)


def _measure(server: Server, bodies: Sequence[bytes], connections: int) -> Measured:
    """CPU microseconds of an answer, and the load."""
    requests = [request("/v1/reels", body) for body in bodies]
    for body in bodies[:_WARM_UP]:
        server.post(body)
    before = server.cpu()
    measured = load(server.port, requests, connections, _SECONDS)
    assert not measured.errors, measured.errors
    return (server.cpu() - before) / len(measured.times) * 1e6, measured


def _bodies(count: int) -> list[bytes]:
    """Requests of 16 members, whose rankings are soon known, each for another reel."""
    return [
        json.dumps(
            {
                "member_id": f"member-{number % 16}",
                "asset_id": "demo",
                "seed": number // 16,
                "device": {"dynamic_sizzles": True},
            }
        ).encode()
        for number in range(count)
    ]


if __name__ == "__main__":
    main()
