"""Loss by the size of the model, of its data and of its context: a law, and how well it predicts.

    python -m benchmarks.ranker_scaling ml-1m --epochs 40 --results scaling.jsonl

Each model trains until its validation loss stops falling, or for so many epochs. All have the loss
on the same members and titles, those of the smallest share. The law is fitted without the greatest
width, whose loss it then predicts. A model that is in the file of results is not trained again, so
an interrupted run goes on. Prints Markdown tables, then writes the chart. There is no bar.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.tables import Row, print_table
from ranker import MetadataByTitle, ModelConfig, TrainingConfig, ViewingLog, read_log, train
from ranker.data.encoding import item_features
from ranker.data.splits import leave_one_out
from ranker.evaluation.scaling_law import ScalingLaw
from ranker.network.model import RankerModel
from ranker.training.objective import validation_loss
from ranker.training.training_data import TrainingData
from sizzle.charts import COLOURS, Axes, svg, text, write_svg

_POSITIONS = 4096


@dataclass(frozen=True, slots=True)
class Run:
    """A model that is to be trained.

    Args:
        width: of the model.
        share: of the members.
        context: positions that it reads.
    """

    width: int
    share: float
    context: int


@dataclass(frozen=True, slots=True)
class Point:
    """A model that was trained.

    Args:
        run: its sizes.
        epochs: the most it could train.
        weights: the number of its parameters.
        tokens: that it was trained on in an epoch.
        best_epoch: after which its validation loss was least.
        loss: in nats per title, of the members whom all models know.
    """

    run: Run
    epochs: int
    weights: int
    tokens: int
    best_epoch: float
    loss: float

    @property
    def sizes(self) -> dict[str, float]:
        """What the law is of."""
        return {"weights": self.weights, "tokens": self.tokens, "context": self.run.context}


def main() -> int:
    """Train what is missing, fit the law, and say what it predicts; always 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--results", type=Path, default=Path("scaling.jsonl"))
    parser.add_argument("--out", type=Path, default=Path("ranker-scaling.svg"))
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--widths", type=_integers, default=(16, 32, 64, 128, 256))
    parser.add_argument("--shares", type=_fractions, default=(0.25, 0.5, 1.0))
    parser.add_argument("--contexts", type=_integers, default=(25, 50, 100, 200))
    options = parser.parse_args()
    torch.set_num_threads(1)
    log, titles = read_log(options.data)
    runs = list(_runs(options.widths, options.shares, options.contexts))
    done = _stored(options.results, options.epochs)
    for run in runs:
        if run not in done:
            done[run] = _point(log, titles, run, min(options.shares), options.epochs)
            with options.results.open("a") as file:
                file.write(json.dumps(asdict(done[run])) + "\n")
    points = [done[run] for run in runs]
    _print_law(points, max(options.widths))
    write_svg(options.out, _chart(points))
    return 0


def _integers(given: str) -> tuple[int, ...]:
    return tuple(map(int, given.split(",")))


def _fractions(given: str) -> tuple[float, ...]:
    return tuple(map(float, given.split(",")))


def _runs(widths: Sequence[int], shares: Sequence[float], contexts: Sequence[int]) -> Iterator[Run]:
    """All widths with all shares in the longest context; and one width with all contexts."""
    for share in shares:
        for width in widths:
            yield Run(width, share, max(contexts))
    for context in sorted(contexts)[:-1]:
        yield Run(widths[len(widths) // 2], max(shares), context)


def _stored(path: Path, epochs: int) -> dict[Run, Point]:
    """The points of an earlier run over as many epochs."""
    found = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        content = json.loads(line)
        point = Point(Run(**content.pop("run")), **content)
        if point.epochs == epochs:
            found[point.run] = point
    return found


def _of_members(log: ViewingLog, share: float) -> ViewingLog:
    """The events of a share of the members, which has those of all smaller shares."""
    members = np.unique(log.member.codes_E)
    some = np.random.default_rng(0).permutation(members)[: round(share * len(members))]
    return log.take(np.isin(log.member.codes_E, some))


def _point(
    log: ViewingLog, titles: MetadataByTitle, run: Run, smallest: float, epochs: int
) -> Point:
    part = _of_members(log, run.share)
    data = TrainingData.of(part, leave_one_out)
    tokens = int(data.summary.count_V.sum())
    steps_of_epoch = math.ceil(tokens / _POSITIONS)
    model = ModelConfig(
        context=run.context, width=run.width, dropout=0.2, id_dropout=0.2, horizon=1
    )
    config = TrainingConfig(
        steps=epochs * steps_of_epoch,
        batch_positions=_POSITIONS,
        negatives=256,
        learning_rate=0.005,
        ppmi_init=0.3,
        evaluate_every=steps_of_epoch,
        patience=max(3, epochs // 5),
    )
    trained = train(part, titles, model, config, split=leave_one_out)
    known = _of_members(log, smallest)
    return Point(
        run,
        epochs,
        sum(weight.numel() for weight in trained.network.parameters()),
        tokens,
        trained.best.step / steps_of_epoch,
        _common_loss(trained.network, known),
    )


def _common_loss(network: RankerModel, known: ViewingLog) -> float:
    """The loss on the validation titles of members whom all models know."""
    data = TrainingData.of(known, leave_one_out)
    parts = data.validation(network.schema.vocabulary, network.config.context)
    return validation_loss(network, item_features(network.schema), parts, _POSITIONS).loss


def _print_law(points: Sequence[Point], greatest: int) -> None:
    fitted = [point for point in points if point.run.width < greatest]
    sizes = {name: [point.sizes[name] for point in fitted] for name in points[0].sizes}
    law = ScalingLaw.fit(sizes, [point.loss for point in fitted])
    rows = [
        Row(
            str(point.run.width),
            [
                f"{point.weights:,}",
                f"{point.tokens:,}",
                point.run.context,
                f"{point.best_epoch:.0f}",
                f"{point.loss:.3f}",
                f"{law.predict(point.sizes):.3f}",
                f"{point.loss - law.predict(point.sizes):+.3f}",
                "" if point in fitted else "predicted",
            ],
        )
        for point in points
    ]
    columns = ("width", "weights", "tokens", "context", "best epoch", "loss", "law", "residual", "")
    print_table(columns, rows)
    residual = np.array([point.loss - law.predict(point.sizes) for point in fitted])
    sys.stdout.write(
        f"\n{law}\n\nFitted without width {greatest}; the residuals' root mean square is "
        f"{np.sqrt(np.square(residual).mean()):.3f} nats.\n"
    )


def _chart(points: Sequence[Point]) -> str:
    """Loss by weights, a line for each share of the members in the longest context."""
    longest = max(point.run.context for point in points)
    shown = [point for point in points if point.run.context == longest]
    weights, losses = [math.log(p.weights) for p in shown], [p.loss for p in shown]
    low, high = min(losses), max(losses)
    room = 0.1 * (high - low) or 0.1
    axes = Axes(64, 64, 512, 272, (min(weights), max(weights)), (low - room, high + room))
    shapes = [text(64, 32, "loss by weights, nats", size=15)]
    shapes += [axes.y_label(tick, f"{tick:.2f}") for tick in np.linspace(low, high, 5)]
    for row, share in enumerate(sorted({point.run.share for point in shown})):
        series = [point for point in shown if point.run.share == share]
        colour = COLOURS[row % len(COLOURS)]
        shapes.append(axes.line([(math.log(p.weights), p.loss) for p in series], colour))
        shapes.append(text(400, 80 + 16 * row, f"{series[-1].tokens:,} tokens", colour=colour))
    widest = [point for point in shown if point.run.share == max(p.run.share for p in shown)]
    shapes += [axes.x_label(math.log(p.weights), f"width {p.run.width}") for p in widest]
    return svg(640, 400, shapes, background="#fff")


if __name__ == "__main__":
    sys.exit(main())
