"""The costs of the service: a warm answer, a new reel, a new member, and the reel after an event.

    python -m benchmarks.service

A warm answer repeats one that is cached. A new reel is for a member whose ranking is cached. Both
are compared with a bare ASGI application that answers with as many bytes on the same server. A new
member is one that the process has not seen: the history is read, and the model makes a full pass
over it, for the time of the request. This is compared with the model's own full pass, from a
history that is already encoded to the scores of all titles. What is shown is not recorded here:
`benchmarks.exposures` measures what that adds. A cached member is ranked for another
time by one step. A member whose reel was answered, who posts an event and asks again, is compared
with two such steps and a warm answer. Last, the busier of two workers is compared with a single
one.

All are measured in alternating short rounds. Ratios are medians over the rounds. Targets are for
processor time, which other programs on the machine disturb least. Exits with 1 if one is missed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["SIZZLE_RECORD_EXPOSURES"] = "false"

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import torch

from benchmarks.nginx import in_front_of
from benchmarks.ranker_model import member_ids
from benchmarks.service_costs import (
    CONNECTIONS,
    MS,
    US,
    Comparison,
    Cost,
    answering,
    cost_of,
    mean_cost,
)
from benchmarks.service_events import reels_after_events
from benchmarks.service_installation import TITLE_IDS, Installation, prepare
from benchmarks.service_load import load
from benchmarks.tables import print_table
from ranker import LoggedHistories, Ranker, RequestContext
from sizzle.reel.ranking_time import RANKING_SECONDS
from tests.api.server_process import Server, bare, service

ROUNDS = 25
KNOWN = 16  # members whose rankings are cached
NEW = 24  # new members per round
REQUESTS = 400  # per round
_MANY = 64
_MANY_ROUNDS, _MANY_REQUESTS = 9, 2000
_FULL = "full pass"
_NOW = RequestContext(at=int(time.time()))
_LATER = RequestContext(at=int(time.time()) + RANKING_SECONDS)


def main() -> None:
    """Measure, print, and exit."""
    torch.set_num_threads(1)
    with TemporaryDirectory() as name:
        installed = prepare(Path(name), KNOWN + (ROUNDS + 1) * NEW)
        comparisons = measure(Path(name), installed)
        workers, busier = _two_workers(Path(name), installed)
    comparisons.append(workers)
    columns = ("", "CPU time", "compared with", "ratio", "elapsed: ratio", "target", "verdict")
    print_table(columns, [comparison.row() for comparison in comparisons])
    sys.stdout.write(
        f"\nWith a core for each, two workers would answer {1 / workers.ratio:.2f} times what one "
        f"does, by processor time; here all shared one of {os.cpu_count()} cores, for the load "
        f"took the rest. The busier worker did {busier:.0%} of the work.\n"
    )
    sys.exit(0 if all(comparison.is_met for comparison in comparisons) else 1)


def measure(folder: Path, installed: Installation) -> list[Comparison]:
    """All comparisons, over the service of a prepared folder."""
    warm = [installed.reel_request(member) for member in member_ids(KNOWN)]
    with service(folder, workers=1) as ours:
        size = load(ours.port, warm, 1).size
        with bare(size) as plain:
            answers = _answers(ours, plain, warm, installed.new_reels(member_ids(KNOWN)))
            histories = LoggedHistories.read(folder / "histories.jsonl")
            members = _members(ours, installed, histories)
            events = reels_after_events(ours, installed, member_ids(KNOWN), histories)
            for _ in range(ROUNDS):
                next(answers), next(members), next(events)
            measured = [*next(answers), *next(members), *next(events)]
            return [*measured, _waits(ours, plain, warm)]


def _answers(
    ours: Server, plain: Server, warm: list[bytes], reels: Iterator[bytes]
) -> Iterator[list[Comparison]]:
    """Rounds of warm answers and new reels, compared with the bare application."""
    again = Comparison("warm answer: us", "bare app", 2, US)
    new = Comparison("new reel: us", "bare app", 3, US)
    same = warm * (REQUESTS // len(warm))
    while True:
        bare_cost = answering(plain, same, CONNECTIONS)
        again.add(answering(ours, same, CONNECTIONS), bare_cost)
        new.add(answering(ours, list(islice(reels, REQUESTS)), CONNECTIONS), bare_cost)
        yield [again, new]


def _members(
    ours: Server, installed: Installation, histories: LoggedHistories
) -> Iterator[list[Comparison]]:
    """Rounds of new members, compared with the model's full pass over their histories."""
    read = Comparison("new member, history read and ranked: ms", _FULL, 1.5, MS)
    whole = Comparison("new member, the whole request: ms", _FULL, 2.5, MS)
    later = Comparison("cached member, ranked for another time: ms", _FULL, None, MS)
    other = Comparison("cached member, other titles, the whole request: ms", _FULL, None, MS)
    ranker = Ranker(installed.checkpoint, histories)
    waiting = iter(member_ids(len(histories.members))[KNOWN:])
    while members := list(islice(waiting, NEW)):
        reading, stepping, passing = _read_and_pass(ranker, members)
        requests = [installed.reel_request(member) for member in members]
        whole_request = answering(ours, requests, CONNECTIONS)
        fewer = [installed.reel_request(member, title_ids=TITLE_IDS[1:]) for member in members]
        ranking = answering(ours, fewer, CONNECTIONS)
        read.add(reading, passing)
        whole.add(whole_request, passing)
        later.add(stepping, passing)
        other.add(ranking, passing)
        yield [read, whole, later, other]


def _waits(ours: Server, plain: Server, warm: list[bytes]) -> Comparison:
    """The slowest of a hundred warm answers with many connections."""
    comparison = Comparison(f"p99 at {_MANY} connections, elapsed: ms", "bare app", 4, MS)
    same = warm * (_MANY_REQUESTS // len(warm))
    for _ in range(_MANY_ROUNDS):
        slowest = [load(server.port, same, _MANY).percentile(0.99) for server in (ours, plain)]
        comparison.add(*(Cost(seconds, seconds) for seconds in slowest))
    return comparison


def _two_workers(folder: Path, installed: Installation) -> tuple[Comparison, float]:
    """New rankings by two workers and by one, and the busier worker's share of the two's work.

    Through the shipped nginx configuration. Generator and nginx take the processor's other cores,
    so that on two cores all workers share the first: hence by the processor time of a worker.
    """
    comparison = Comparison("two workers, new ranking, each worker: ms", "one", 1 / 1.8, MS)
    requests = installed.new_rankings(member_ids(KNOWN))
    cores, shares = os.sched_getaffinity(0), []
    first = {min(cores)}
    with ExitStack() as stack:
        stack.callback(os.sched_setaffinity, 0, cores)
        os.sched_setaffinity(0, first)
        servers = [(count, stack.enter_context(service(folder, count))) for count in (2, 1)]
        os.sched_setaffinity(0, cores - first or first)
        fronts = [
            stack.enter_context(in_front_of(f"127.0.0.1:{server.port}", Path(cache)))
            for _, server in servers
            if (cache := stack.enter_context(TemporaryDirectory()))
        ]
        for number in range(1 + _MANY_ROUNDS):
            same = list(islice(requests, REQUESTS))
            (two, share), (one, _) = (
                _by_worker(server, count, nginx.port, same)
                for (count, server), nginx in zip(servers, fronts, strict=True)
            )
            if number:  # the first round reads the members' histories
                comparison.add(two, one)
                shares.append(share)
    return comparison, median(shares)


def _by_worker(
    server: Server, workers: int, port: int, requests: Sequence[bytes]
) -> tuple[Cost, float]:
    """What an answer of all workers costs each of them, and the busiest one's share."""
    before = server.cpu_of_workers()
    seconds = load(port, requests, _MANY).seconds
    used = [now - then for now, then in zip(server.cpu_of_workers(), before, strict=True)]
    answers = len(requests)
    return Cost(sum(used) / workers / answers, seconds / answers), max(used) / sum(used)


def _read_and_pass(ranker: Ranker, members: Sequence[str]) -> tuple[Cost, Cost, Cost]:
    """Ranking new members, ranking them for another time, and full passes, member by member."""
    reading, stepping, passing = [], [], []
    for member in members:
        reading.append(cost_of(partial(ranker.rank, member, TITLE_IDS, _NOW)))
        stepping.append(cost_of(partial(ranker.rank, member, TITLE_IDS, _LATER)))
        state = ranker.state(member, _NOW)
        passing.append(cost_of(partial(ranker.score_all, state, _NOW, recompute=True)))
    return mean_cost(reading), mean_cost(stepping), mean_cost(passing)


if __name__ == "__main__":
    main()
