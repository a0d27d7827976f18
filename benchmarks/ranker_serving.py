"""How fast the ranker answers, on one thread: a whole history, a cached step, and batches.

    python -m benchmarks.ranker_serving

The model has width 64, two blocks and 3,700 titles, and histories fill its context of 200; its
weights do not matter to time. Beside it, in the same run, a plain transformer of torch's own of
that size, which has neither times nor metadata nor intents, since machines differ by half. Prints a
Markdown table with each bar, and exits 1 where one is missed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import random
import sys
import time
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor, nn

from benchmarks.tables import Row, print_table
from ranker import (
    BatchScorer,
    Checkpoint,
    EventLog,
    Histories,
    ModelConfig,
    Ranker,
    TitleMetadata,
    ViewingEvent,
)
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel

TITLES, MEMBERS, LENGTH, RANKED, ROUNDS = 3700, 600, 199, 40, 300
FULL_MS, STEP_MS, MEMBERS_A_SECOND, EXACT = 1.3, 0.3, 600.0, 1e-4
WIDTH, CONTEXT = 64, 200
GENRES = ("drama", "comedy", "crime", "nature", "space", "war", "music", "family")


def main() -> int:
    """Measure everything; 1 if a bar is missed."""
    torch.set_num_threads(1)
    events = _events()
    checkpoint = Checkpoint(_network(events), "benchmark")
    ranker = Ranker(checkpoint, Histories(events))
    titles = [f"title-{number}" for number in range(RANKED)]
    members = [f"member-{number}" for number in range(MEMBERS)]
    rows = [
        _row("full pass of a history of 199, p50", _full_pass(ranker, members), FULL_MS, "ms"),
        _row("cached step, p50", _cached_step(ranker, members), STEP_MS, "ms"),
        _row("largest difference of scores, cached and full", _difference(ranker), EXACT, ""),
        _row("batch, members a second", _batch(checkpoint, events), MEMBERS_A_SECOND, "/s", True),
    ]
    plain = Row("a plain transformer's full pass, p50", (f"{_plain_pass():.3g} ms", "", ""))
    print_table(("", "measured", "bar", "verdict"), [*(row for row, _ in rows), plain])
    cached = _p50(lambda n: ranker.rank(members[n % 50], titles))
    alone = _anew(checkpoint, events, lambda new: [new.rank(each, titles) for each in members])
    together = _anew(checkpoint, events, lambda new: new.rank_many(members, titles))
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
    cells = (f"{measured:.3g} {unit}", f"{sign} {bar:g} {unit}", "met" if met else "NOT MET")
    return Row(what, cells), met


def _events() -> list[ViewingEvent]:
    draw = random.Random(0)  # noqa: S311 - no secret depends on it
    return [
        ViewingEvent(
            f"member-{member}", f"title-{draw.randrange(TITLES)}", 1_600_000_000 + 86_400 * step
        )
        for member in range(MEMBERS)
        for step in range(LENGTH)
    ]


def _network(events: list[ViewingEvent]) -> RankerModel:
    draw = random.Random(1)  # noqa: S311
    titles = {
        f"title-{number}": TitleMetadata(genres=tuple(draw.sample(GENRES, 2)))
        for number in range(TITLES)
    }
    schema = Schema.from_tokens(merge_events(EventLog.from_events(events)), titles)
    torch.manual_seed(0)
    config = ModelConfig(context=CONTEXT, width=WIDTH, heads=2, blocks=2, horizon=1)
    return RankerModel(config, schema).eval()


def _full_pass(ranker: Ranker, members: list[str]) -> float:
    """A member's whole history, already tokens, through the model to the scores of all titles."""
    states = [ranker.state(member) for member in members[:50]]
    return _p50(lambda n: ranker.score_all(states[n % len(states)], recompute=True))


class _Plain(nn.Module):
    """What SASRec is: titles and places, causal softmax attention, a product with all titles."""

    def __init__(self) -> None:
        super().__init__()
        self.titles = nn.Embedding(TITLES, WIDTH)
        self.places = nn.Embedding(CONTEXT, WIDTH)
        block = nn.TransformerEncoderLayer(WIDTH, 2, WIDTH, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, 2, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(WIDTH)
        mask = nn.Transformer.generate_square_subsequent_mask(CONTEXT)
        self.register_buffer("mask", mask)

    def forward(self, titles: Tensor) -> Tensor:
        """TitleScores of all titles after each history."""
        read = self.blocks(self.titles(titles) + self.places.weight, self.mask, is_causal=True)
        scores: Tensor = self.norm(read[:, -1]) @ self.titles.weight.T
        return scores


@torch.inference_mode()
def _plain_pass() -> float:
    model = _Plain().eval()
    histories = torch.randint(TITLES, (50, 1, CONTEXT))
    return _p50(lambda n: model(histories[n % 50]))


def _cached_step(ranker: Ranker, members: list[str]) -> float:
    """One more position after those that were read, to the scores of all titles."""
    states = [ranker.state(member) for member in members[:50]]
    return _p50(lambda n: ranker.score_all(states[n % len(states)]))


def _difference(ranker: Ranker) -> float:
    states = [ranker.state(f"member-{number}") for number in range(50)]
    pairs = [(ranker.score_all(state), ranker.score_all(state, recompute=True)) for state in states]
    return max(float((one - other).abs().max()) for one, other in pairs)


def _batch(checkpoint: Checkpoint, events: list[ViewingEvent]) -> float:
    """Members of full histories, from events to their ten best titles."""
    log = EventLog.from_events(events)
    scorer = BatchScorer(checkpoint)
    list(scorer.top(log.take(slice(0, LENGTH)), 10))
    began = time.thread_time()
    ranked = list(scorer.top(log, 10))
    return len(ranked) / (time.thread_time() - began)


def _anew(
    checkpoint: Checkpoint, events: list[ViewingEvent], rank: Callable[[Ranker], object]
) -> float:
    """Seconds that a ranking takes of a ranker that has read nothing yet."""
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
