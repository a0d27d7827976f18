"""The ranker's speed on one thread: a full pass over a history, a cached step, and batches.

    python -m benchmarks.ranker_serving

The model has width 64, two blocks and 3,700 titles, and histories fill its context of 200. It is
not trained, since weights do not matter to time. A plain torch transformer of that size, without
times, metadata or intents, is measured in the same run, since the speed of machines differs by
half. Prints a Markdown table with each bar, and exits 1 if one is missed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import sys
import time
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor, nn

from benchmarks.ranker_model import (
    BLOCKS,
    CONTEXT,
    HEADS,
    LENGTH,
    TITLES,
    WIDTH,
    member_ids,
    network,
    next_event,
    title_ids,
    viewing_events,
)
from benchmarks.tables import Row, print_table
from ranker import (
    BatchScorer,
    Checkpoint,
    Histories,
    Ranker,
    RequestContext,
    ViewingEvent,
    ViewingLog,
)

MEMBERS, RANKED, ROUNDS = 600, 40, 300
FULL_MS, CACHED_MS, MEMBERS_A_SECOND, EXACT = 1.3, 0.3, 600.0, 1e-4


def main() -> int:
    """Measure everything; 1 if a bar is missed."""
    torch.set_num_threads(1)
    members = member_ids(MEMBERS)
    events = viewing_events(members)
    checkpoint = Checkpoint(network(events), "benchmark")
    ranker = Ranker(checkpoint, Histories(events))
    titles = title_ids(RANKED)
    difference = _difference(ranker, members)
    rows = [
        _row("full pass of a history of 199, p50", _full_pass(ranker, members), FULL_MS, "ms"),
        _row("scores for a cached member, p50", _cached(ranker, members), CACHED_MS, "ms"),
        _row("largest difference of scores, cached and full", difference, EXACT, ""),
        _row("batch, members a second", _batch(checkpoint, events), MEMBERS_A_SECOND, "/s", True),
    ]
    others = {
        "cached step: a request with its time, p50": _cached_step(ranker, members),
        "a new event of a cached member, then scores, p50": _new_event(checkpoint, events),
        "a plain transformer's full pass, p50": _plain_pass(),
    }
    without_bar = [Row(label, (f"{took:.3g} ms", "", "")) for label, took in others.items()]
    print_table(("", "measured", "target", "verdict"), [*(row for row, _ in rows), *without_bar])
    cached = _p50(lambda n: ranker.rank(members[n % 50], titles))
    alone = _uncached(
        checkpoint, events, lambda new: [new.rank(member, titles) for member in members]
    )
    together = _uncached(checkpoint, events, lambda new: new.rank_many(members, titles))
    sys.stdout.write(
        f"\n`Ranker.rank` of {RANKED} titles for a cached member: {cached:.2f} ms; for members "
        f"that are not cached, one by one {len(members) / alone:.0f} a second, "
        f"with `rank_many` {len(members) / together:.0f}.\n"
    )
    return 0 if all(met for _, met in rows) else 1


def _row(
    what: str, measured: float, bar: float, unit: str, at_least: bool = False
) -> tuple[Row, bool]:
    met = measured >= bar if at_least else measured <= bar
    sign = "at least" if at_least else "at most"
    cells = (f"{measured:.3g} {unit}", f"{sign} {bar:g} {unit}", "met" if met else "MISSED")
    return Row(what, cells), met


def _full_pass(ranker: Ranker, members: list[str]) -> float:
    """From a member's whole history, as tokens, to the scores of all titles."""
    states = [ranker.state(member) for member in members[:50]]
    return _p50(lambda n: ranker.score_all(states[n % len(states)], recompute=True))


class _Plain(nn.Module):
    """SASRec: titles and positions, causal softmax attention, a product with all titles."""

    def __init__(self) -> None:
        super().__init__()
        self.titles = nn.Embedding(TITLES, WIDTH)
        self.positions = nn.Embedding(CONTEXT, WIDTH)
        block = nn.TransformerEncoderLayer(WIDTH, HEADS, WIDTH, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, BLOCKS, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(WIDTH)
        mask = nn.Transformer.generate_square_subsequent_mask(CONTEXT)
        self.register_buffer("mask", mask)

    def forward(self, titles: Tensor) -> Tensor:
        """TitleScores of all titles after each history."""
        read = self.blocks(self.titles(titles) + self.positions.weight, self.mask, is_causal=True)
        scores: Tensor = self.norm(read[:, -1]) @ self.titles.weight.T
        return scores


@torch.inference_mode()
def _plain_pass() -> float:
    model = _Plain().eval()
    histories = torch.randint(TITLES, (50, 1, CONTEXT))
    return _p50(lambda n: model(histories[n % 50]))


def _cached(ranker: Ranker, members: list[str]) -> float:
    """The scores of all titles for a member whose history has been read."""
    states = [ranker.state(member) for member in members[:50]]
    return _p50(lambda n: ranker.score_all(states[n % len(states)]))


def _cached_step(ranker: Ranker, members: list[str]) -> float:
    """From one more position after the cached ones to the scores of all titles."""
    states = [ranker.state(member) for member in members[:50]]
    return _p50(lambda n: ranker.score_all(states[n % len(states)], _later()))


def _new_event(checkpoint: Checkpoint, events: list[ViewingEvent]) -> float:
    """From the next event of a member whose history has been read to the scores of all titles."""
    histories = Histories(events)
    ranker = Ranker(checkpoint, histories)
    members, titles = member_ids(50), title_ids()
    for member in members:
        ranker.state(member)

    def watch(number: int) -> None:
        member = members[number % len(members)]
        histories.add(next_event(member, titles[number], number))
        ranker.outdate([member])
        ranker.score_all(ranker.state(member))

    return _p50(watch)


def _difference(ranker: Ranker, members: list[str]) -> float:
    states = [ranker.state(member) for member in members[:50]]
    pairs = [
        (ranker.score_all(state, _later()), ranker.score_all(state, _later(), recompute=True))
        for state in states
    ]
    return max(float((one - other).abs().max()) for one, other in pairs)


def _later() -> RequestContext:
    """A request a day after the last event."""
    return RequestContext(at=next_event("anyone", "anything").at)


def _batch(checkpoint: Checkpoint, events: list[ViewingEvent]) -> float:
    """Members per second, from the events of full histories to their ten best titles."""
    log = ViewingLog.from_events(events)
    scorer = BatchScorer(checkpoint)
    list(scorer.top(log.take(slice(0, LENGTH)), 10))
    began = time.thread_time()
    ranked = list(scorer.top(log, 10))
    return len(ranked) / (time.thread_time() - began)


def _uncached(
    checkpoint: Checkpoint, events: list[ViewingEvent], rank: Callable[[Ranker], object]
) -> float:
    """Seconds that rankings take with nothing cached."""
    ranker = Ranker(checkpoint, Histories(events))
    began = time.thread_time()
    rank(ranker)
    return time.thread_time() - began


def _p50(work: Callable[[int], object]) -> float:
    """The median of many rounds, in milliseconds, after a warm-up."""
    for number in range(20):
        work(number)
    times = []
    for number in range(ROUNDS):
        began = time.thread_time()
        work(number)
        times.append(time.thread_time() - began)
    return median(times) * 1e3


if __name__ == "__main__":
    sys.exit(main())
