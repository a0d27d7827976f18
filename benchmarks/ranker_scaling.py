"""The ranker by size and by data: four widths by two shares of the members, as a chart.

    python -m benchmarks.ranker_scaling ml-100k --out docs/ranker-scaling.svg

The data is a MovieLens folder or a file of events. Every model is trained for the same steps from
the same seed, on all or half of the members, and evaluated by the last title of all members.
Prints a Markdown table as the models are trained, then writes the chart. There is no bar.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ranker import MetadataByTitle, ModelConfig, TrainingConfig, ViewingLog, read_log, train
from ranker.data.splits import leave_one_out
from ranker.evaluation.evaluate import EvalTask, evaluate
from ranker.evaluation.metrics import Interval
from ranker.evaluation.model_recommender import ModelRecommender
from sizzle.charts import COLOURS, Axes, svg, text, write_svg

WIDTHS, SHARES = (16, 32, 64, 128), (0.5, 1.0)
COLUMNS = ("width", "weights", "members", "NDCG@10", "validation loss")


@dataclass(frozen=True, slots=True)
class Point:
    """One model: its size, its data, and its results.

    Args:
        width: of the model.
        weights: number of parameters.
        share: of the members.
        members: their number.
        ndcg: NDCG@10 over all members.
        loss: validation loss, in nats per title, of the members it was trained on.
    """

    width: int
    weights: int
    share: float
    members: int
    ndcg: Interval
    loss: float


def main() -> int:
    """Train and evaluate all models; always 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=Path("ranker-scaling.svg"))
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    log, titles = read_log(options.data)
    task = EvalTask(log, titles, leave_one_out)
    _say(COLUMNS)
    _say(["---"] * len(COLUMNS))
    points = []
    for share in SHARES:
        part = _of_members(log, share, options.seed)
        for width in WIDTHS:
            point = _point(part, titles, task, width, share, options.steps, options.seed)
            points.append(point)
            _say([width, f"{point.weights:,}", point.members, point.ndcg, f"{point.loss:.3f}"])
    write_svg(options.out, _chart(points))
    return 0


def _say(cells: Sequence[object]) -> None:
    """One row of the table, at once, since the next takes minutes."""
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")
    sys.stdout.flush()


def _of_members(log: ViewingLog, share: float, seed: int) -> ViewingLog:
    """The events of a share of the members."""
    random = np.random.default_rng(seed)
    members = np.unique(log.member.codes_E)
    some = random.permutation(members)[: round(share * len(members))]
    return log.take(np.isin(log.member.codes_E, some))


def _point(
    log: ViewingLog,
    titles: MetadataByTitle,
    task: EvalTask,
    width: int,
    share: float,
    steps: int,
    seed: int,
) -> Point:
    model = ModelConfig(
        context=200, width=width, dropout=0.2, id_dropout=0.2, horizon=1, field_width=16
    )
    config = TrainingConfig(
        seed=seed,
        steps=steps,
        batch_positions=4096,
        negatives=256,
        learning_rate=0.005,
        ppmi_init=0.3,
        evaluate_every=max(1, steps // 8),
        patience=100,
    )
    trained = train(log, titles, model, config, split=leave_one_out)
    result = evaluate(
        ModelRecommender(f"{width}", trained.network, task, request_known=False), task, seed
    )
    return Point(
        width,
        sum(weight.numel() for weight in trained.network.parameters()),
        share,
        len(np.unique(log.member.codes_E)),
        result.measures()["NDCG@10"],
        trained.best.validation_loss,
    )


def _chart(points: Sequence[Point]) -> str:
    """NDCG@10 by weights, a line for each share of the members."""
    top = 1.1 * max(point.ndcg.high for point in points)
    weights = [math.log(point.weights) for point in points]
    axes = Axes(64, 64, 512, 272, (min(weights), max(weights)), (0, top))
    shapes = [text(64, 32, "NDCG@10 by weights, 95 % intervals", size=15), axes.level(0)]
    shapes += [axes.y_label(tick, f"{tick:.2f}") for tick in np.arange(0, top, 0.02)]
    for row, (colour, share) in enumerate(zip(COLOURS, SHARES, strict=False)):
        series = [point for point in points if point.share == share]
        shapes.append(axes.line([(math.log(p.weights), p.ndcg.mean) for p in series], colour))
        shapes += [
            axes.interval(math.log(point.weights), (point.ndcg.low, point.ndcg.high), colour)
            for point in series
        ]
        shapes.append(text(76, 80 + 16 * row, f"{series[-1].members} members", colour=colour))
    shapes += [
        axes.x_label(math.log(point.weights), f"width {point.width}: {point.weights / 1000:.0f} k")
        for point in series
    ]
    return svg(640, 400, shapes, background="#fff")


if __name__ == "__main__":
    sys.exit(main())
