"""What recording each reel costs the responses, on SQLite.

    python -m benchmarks.exposures

Responses for members whose rankings are cached, each with another seed, so that every one is made
and recorded: at 500 a second, and as fast as one thread can. Rounds with and without recording
alternate, and so does which of them comes first. What a response takes more is the median of the
differences between two neighbouring rounds, so that others on the machine change it little. Exits
with 1 if a target is missed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import msgspec
from prometheus_client import REGISTRY
from sqlalchemy import URL

from benchmarks.tables import Row, print_table
from sizzle.api.engagement import ExposureRecorder
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.reels.request import REEL, ReelRequest
from sizzle.api.reels.responses import ReelResponses
from sizzle.api.reels.sources import Sources
from sizzle.cadence import STANDARD
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.reel.ids import ReelIds
from sizzle.reloading import PeriodicRefresh, Reloadable
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in

_ROUNDS: Final = 11
_SECONDS: Final = 1.0
_RATE: Final = 500
_UNPACED: Final = 5000  # responses of a round
_RECORDED, _PLAIN = "recorded", "not recorded"
_MEMBERS: Final = 500
_seeds = count()


class _Result(NamedTuple):
    """Of one round: microseconds of a response, and of all processor time for a reel."""

    middle: float
    slow: float
    processor: float
    rate: float


def main() -> None:
    """Measure, and print the table."""
    results: dict[tuple[str, str], list[_Result]] = {}
    with TemporaryDirectory() as folder, ExitStack() as stack:
        log = EventLog(
            Database(URL.create("sqlite", database=str(Path(folder, "sizzle.db")))), b"k" * 32
        )
        stack.callback(log.close)
        recorder = ExposureRecorder(log)
        stack.enter_context(PeriodicRefresh(0.5, recorder.flush))
        recording = _responses(Path(folder, "recording"), recorder)
        plain = _responses(Path(folder, "plain"), None)
        both = [(_RECORDED, recording), (_PLAIN, plain)]
        for _ in range(_ROUNDS):
            for pace, interval in ((f"{_RATE} a second", 1 / _RATE), ("unpaced", 0.0)):
                for name, responses in both:
                    results.setdefault((pace, name), []).append(
                        _round(responses, interval, recorder)
                    )
            both.reverse()
        kept = _counted("accepted")
    of = {key: _Result(*map(median, zip(*each, strict=True))) for key, each in results.items()}
    print_table(
        ("", "response, median (us)", "99 % (us)", "processor (us a reel)", "reels a second"),
        [Row(", ".join(key), [f"{each:.0f}" for each in found]) for key, found in of.items()],
    )
    paced = [results[f"{_RATE} a second", name] for name in (_RECORDED, _PLAIN)]
    slower = median(one.middle - other.middle for one, other in zip(*paced, strict=True))
    met = slower <= max(5.0, of[f"{_RATE} a second", _PLAIN].middle * 0.1)
    sys.stdout.write(
        f"\nAt {_RATE} a second a response takes {slower:+.1f} us more (target: at most 5 us, or a "
        f"tenth): {'met' if met else 'missed'}. {kept:.0f} reels were recorded and "
        f"{_counted('dropped'):.0f} dropped, all of these in the rounds without a pace.\n"
    )
    sys.exit(0 if met else 1)


def _responses(folder: Path, recorder: ExposureRecorder | None) -> ReelResponses:
    folder.mkdir()
    sources = Sources(
        indexes=catalog_in(folder).reader(),
        rankings=Reloadable(Rankings(Alphabetical())),
        cadences=Reloadable(STANDARD),
        ids=ReelIds(KEY),
        record=None if recorder is None else recorder.record,
    )
    responses = ReelResponses(sources)
    for request in _requests(_MEMBERS):
        asyncio.run(responses.respond(request))
    return responses


def _round(responses: ReelResponses, interval: float, recorder: ExposureRecorder) -> _Result:
    """Make responses for a while, at least `interval` seconds apart."""
    requests = list(_requests(int(_SECONDS / interval) if interval else _UNPACED))
    taken = []
    processor, started = time.process_time(), time.perf_counter()
    due = started
    for request in requests:
        due += interval
        while (wait := due - time.perf_counter()) > 0 and interval:
            time.sleep(wait)
        before = time.perf_counter()
        body = responses.without_ranking(request)
        if body is None:  # the member's ranking has expired
            asyncio.run(responses.respond(request))
        else:
            taken.append(time.perf_counter() - before)
    rate = len(requests) / (time.perf_counter() - started)
    recorder.flush()  # its processor time counts
    used = (time.process_time() - processor) / len(requests)
    return _Result(median(taken) * 1e6, quantiles(taken, n=100)[98] * 1e6, used * 1e6, rate)


def _requests(number: int) -> Iterator[ReelRequest]:
    for _ in range(number):
        seed = next(_seeds)
        values: dict[str, Any] = {"member_id": f"member-{seed % _MEMBERS}", "seed": seed}
        yield REEL.read(msgspec.json.encode({**ASK, **values}))


def _counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("sizzle_exposures_total", {"outcome": outcome}) or 0.0


if __name__ == "__main__":
    main()
