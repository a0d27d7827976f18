"""Small worlds of events and titles that tests of the ranker share."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from torch import Tensor

from ranker import ModelConfig, TitleMetadata, TrainingConfig, ViewingEvent, ViewingLog, train
from ranker.data.splits import TimeSplit
from ranker.data.vocabulary import SPECIALS
from ranker.training.training_data import TrainingData

DAY = 86_400
TITLES = {
    "a": TitleMetadata(("drama",), "movie", date(1999, 1, 1), "en", ("dark",), ("space",)),
    "b": TitleMetadata(("comedy", "drama"), "show", date(2020, 5, 1), "fr"),
    "c": TitleMetadata(("comedy",), "movie", None, "en", (), ("school",)),
    "d": TitleMetadata(),
    "e": TitleMetadata(("crime",), "show", date(2019, 2, 1), "de", ("dark",)),
}


# A small model, and a training of one step.
SMALL_MODEL = ModelConfig(context=16, width=16, blocks=1, horizon=2)
ONE_STEP = TrainingConfig(steps=1, batch_positions=64, evaluate_every=1)

# For the model of the fixture `planted`.
PLANTED_MODEL = ModelConfig(context=24, width=32, heads=2, blocks=1, horizon=1)
PLANTED_TRAINING = TrainingConfig(
    steps=120, batch_positions=1024, learning_rate=1e-2, evaluate_every=60
)


def rich_events(members: int = 8, length: int = 12) -> list[ViewingEvent]:
    """Members who watch a to e in turn, on several devices, each from another title on."""
    return [
        ViewingEvent(
            f"member-{member}",
            "abcde"[(member + step) % 5],
            1_600_000_000 + member * 1000 + step * 2 * DAY,
            seconds=300 * (step + 1),
            action="trailer" if step % 3 else "play",
            device="tv" if member % 2 else "phone",
            country="GB",
        )
        for member in range(members)
        for step in range(length)
    ]


def all_of(log: ViewingLog) -> TrainingData:
    """A log, all of which is trained on."""
    return TrainingData.of(log, TimeSplit(valid=0.0, test=0.0))


def two_groups() -> ViewingLog:
    """Members who watch the titles a to d, and others who watch e to h."""
    return ViewingLog.from_events(
        ViewingEvent(f"member-{member}", group[(member * step + step) % 4], step * DAY)
        for member in range(12)
        for step in range(8)
        for group in [("abcd", "efgh")[member % 2]]
    )


def initial_ids_of_groups(scale: float) -> Tensor:
    """The initial ids of these titles, VD, from a training with a learning rate of almost 0."""
    still = replace(ONE_STEP, learning_rate=1e-30, ppmi_init=scale)
    model = train(two_groups(), {}, SMALL_MODEL, still).network
    return model.titles.ids.weight.detach()[SPECIALS:]


def title_lines(titles: Mapping[str, TitleMetadata]) -> str:
    """The content of a file of titles, as `read_titles` reads it."""
    records = ({"title_id": title, **about.to_json()} for title, about in titles.items())
    return "".join(json.dumps(record) + "\n" for record in records)
