"""Audiences of titles: what they cost, and whether they find who watches.

    python -m benchmarks.outreach_affinity [MOVIELENS]

A member's cost is processor time, with histories of 199 events and the usual sizes of a model,
beside ranking the same members' best titles. Given a folder of MovieLens, a model is trained on
the first four fifths of each member's events. For each title that enough members watch in the last
fifth, members who had not watched it are ordered by its chance, and by how active they are, which
is what a list of the most active members does. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Final

import numpy as np
import torch

from benchmarks.ranker_model import member_ids, network, title_ids, viewing_events
from benchmarks.tables import Row, print_table
from ranker import BatchScorer, Checkpoint, TrainingConfig, ViewingLog, read_log, train
from ranker.audience import Audience, find_audiences

_MEMBERS: Final = 800
_TARGET: Final = 1.0  # milliseconds a member
_TITLES: Final = 500
_LEAST_WATCHERS: Final = 10
_TRAINING: Final = TrainingConfig(steps=400)


def main() -> None:
    """Measure, and print the tables."""
    torch.set_num_threads(1)
    met = _measure_cost()
    if len(sys.argv) > 1:
        _measure_quality(Path(sys.argv[1]))
    sys.exit(0 if met else 1)


def _measure_cost() -> bool:
    events = viewing_events(member_ids(_MEMBERS))
    log = ViewingLog.from_events(events)
    scorer = BatchScorer(Checkpoint(network(events), "benchmark"))
    ways: dict[str, Callable[[], object]] = {
        "the best 20 titles of each member (`rank-batch`)": lambda: list(scorer.top(log, 20)),
        "the audience of one title": lambda: find_audiences(scorer, log, title_ids(1), count=100),
        f"the audiences of {_TITLES} titles": lambda: find_audiences(
            scorer, log, title_ids(_TITLES), count=100
        ),
    }
    costs = {label: _milliseconds(way) / _MEMBERS for label, way in ways.items()}
    rows = [Row(label, [f"{cost:.2f}"]) for label, cost in costs.items()]
    print_table(("a member", "milliseconds"), rows)
    return costs["the audience of one title"] <= _TARGET


def _milliseconds(do: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        before = time.process_time()
        do()
        times.append(1000 * (time.process_time() - before))
    return min(times)


def _measure_quality(folder: Path) -> None:
    log, metadata = read_log(folder, None)
    before, later = _split(log)
    trained = train(before, titles=metadata, config=_TRAINING)
    watchers = _watchers(later)
    known = set(before.title.values)
    titles = [t for t, who in watchers.items() if len(who) >= _LEAST_WATCHERS and t in known]
    scorer = BatchScorer(Checkpoint(trained.network, "benchmark"), metadata)
    audiences = [
        one
        for start in range(0, len(titles), _TITLES)
        for one in find_audiences(scorer, before, titles[start : start + _TITLES])
    ]
    active = Counter(before.member.texts())

    def by_chance(audience: Audience) -> dict[str, float]:
        return {member.member_id: member.chance for member in audience.members}

    def by_activity(audience: Audience) -> dict[str, float]:
        return {member.member_id: active[member.member_id] for member in audience.members}

    def by_both(audience: Audience) -> dict[str, float]:
        return {one.member_id: one.chance * active[one.member_id] for one in audience.members}

    rows = []
    for label, order in (
        ("by the title's chance", by_chance),
        ("by activity", by_activity),
        ("by their product", by_both),
    ):
        found = [_judged(order(a), watchers[a.title_id]) for a in audiences]
        judged = [one for one in found if one is not None]
        auc, lift = mean(a for a, _ in judged), mean(b for _, b in judged)
        rows.append(Row(label, [f"{auc:.3f}", f"{lift:.2f}"]))
    sys.stdout.write("\n")
    columns = (f"{len(audiences)} titles of MovieLens", "AUC", "lift of the first tenth")
    print_table(columns, rows)


def _split(log: ViewingLog) -> tuple[ViewingLog, ViewingLog]:
    """The first four fifths of each member's events, and the last one."""
    members, starts, counts = np.unique(log.member.codes_E, return_index=True, return_counts=True)
    places = np.arange(len(log)) - np.repeat(starts, counts)
    is_later = places >= 0.8 * np.repeat(counts, counts)
    assert len(members) == len(counts)
    return log.take(~is_later).compact(), log.take(is_later).compact()


def _watchers(log: ViewingLog) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for title, member in zip(log.title.texts(), log.member.texts(), strict=True):
        found.setdefault(title, set()).add(member)
    return found


def _judged(scores: Mapping[str, float], watched: set[str]) -> tuple[float, float] | None:
    """The AUC of an order, and how many of its first tenth watched, of how many do on average."""
    members: Sequence[str] = sorted(scores)
    is_hit = np.array([member in watched for member in members])
    if not 0 < is_hit.sum() < len(members):
        return None
    values = np.array([scores[member] for member in members])
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[inverse]  # of equal ones, the middle
    hits = int(is_hit.sum())
    auc = (rank[is_hit].sum() - hits * (hits + 1) / 2) / (hits * (len(members) - hits))
    first = np.argsort(-values, kind="stable")[: max(1, len(members) // 10)]
    return float(auc), float(is_hit[first].mean() / is_hit.mean())


if __name__ == "__main__":
    main()
