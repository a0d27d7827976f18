"""What seconds seen in reels are worth to the ranker: made-up members, with and without them.

    python -m benchmarks.reel_action

Each member has a taste, which is a genre, and is shown reels of titles in an order that is drawn,
which no ranker has chosen. Titles of the taste are watched for twice as long, on average, before
the member leaves. Then a title is played, mostly one of the taste. A model is trained on the plays
alone, and another one on plays and the action `reel`, as the viewing policy has it by default. Of
members that neither has seen, both predict the last play. The difference is given with its 95 %
interval over members.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from math import log2, sqrt
from pathlib import Path
from statistics import fmean, stdev
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import torch

from benchmarks.tables import Row, print_table
from ranker import (
    Histories,
    Ranker,
    RequestContext,
    TitleMetadata,
    TrainingConfig,
    ViewingEvent,
    ViewingLog,
    save_model,
    train,
)

_TASTES: Final = 6
_TITLES: Final = [f"title-{number}" for number in range(10 * _TASTES)]
_TRAINED, _ASKED = 8000, 1500  # members
_ABOUT: Final = {
    title: TitleMetadata(genres=(f"genre-{number % _TASTES}",))
    for number, title in enumerate(_TITLES)
}
_IN_TASTE: Final = 0.8  # of plays
_LEAST_SECONDS: Final = 3.0  # the viewing policy's
_SECONDS: Final = {True: 6.0, False: 3.0}  # of a title in a reel, by whether it is of the taste
_LONGEST: Final = 13.0  # seconds of a title in a reel
_START, _HOUR = 1_700_000_000, 3600


class _Member(NamedTuple):
    """The events of a member up to the play that is asked for."""

    events: list[ViewingEvent]
    play: ViewingEvent


def main() -> None:
    """Measure, and print the table."""
    torch.set_num_threads(1)
    chance = random.Random(17)  # noqa: S311 - nothing is secret
    trained = [_member(f"trained-{n}", chance) for n in range(_TRAINED)]
    asked = [_member(f"asked-{n}", chance) for n in range(_ASKED)]
    gains = {actions: _gains(trained, asked, actions) for actions in (("play",), ("play", "reel"))}
    without, with_reels = gains.values()
    print_table(
        ("histories", "NDCG@10 of the next play"),
        [Row(" and ".join(actions), [f"{fmean(each):.3f}"]) for actions, each in gains.items()],
    )
    more = [new - old for new, old in zip(with_reels, without, strict=True)]
    half = 1.96 * stdev(more) / sqrt(len(more))
    sys.stdout.write(f"\nReels: {fmean(more):+.3f} ± {half:.3f}\n")


def _member(member_id: str, chance: random.Random) -> _Member:
    taste = chance.randrange(_TASTES)
    events: list[ViewingEvent] = []
    for number in range(chance.randint(1, 5)):
        at = _START + number * 24 * _HOUR
        for reel in range(chance.randint(0, 2)):
            events += _reel(member_id, taste, at + reel * _HOUR, chance)
        events.append(_play(member_id, taste, at + 10 * _HOUR, chance))
    return _Member(events[:-1], events[-1])


def _reel(member_id: str, taste: int, at: int, chance: random.Random) -> Iterator[ViewingEvent]:
    """What was seen of five titles, where it was for long enough to count."""
    for place, title in enumerate(chance.sample(_TITLES, 5)):
        seconds = min(_LONGEST, chance.expovariate(1 / _SECONDS[_taste(title) == taste]))
        if seconds >= _LEAST_SECONDS:
            yield ViewingEvent(member_id, title, at + place * 13, int(seconds), "reel")


def _play(member_id: str, taste: int, at: int, chance: random.Random) -> ViewingEvent:
    title = chance.choice(_TITLES)
    while chance.random() < _IN_TASTE and _taste(title) != taste:
        title = chance.choice(_TITLES)
    return ViewingEvent(member_id, title, at, 2400, "play")


def _taste(title_id: str) -> int:
    return int(title_id.removeprefix("title-")) % _TASTES


def _gains(trained: list[_Member], asked: list[_Member], actions: tuple[str, ...]) -> list[float]:
    """The NDCG@10 of each member's play, by a model of these actions."""
    log = [e for member in trained for e in (*member.events, member.play) if e.action in actions]
    known = [e for member in asked for e in member.events if e.action in actions]
    with TemporaryDirectory() as folder:
        path = Path(folder, "model.pt")
        save_model(
            path,
            train(ViewingLog.from_events(log), _ABOUT, config=TrainingConfig(steps=1000)).network,
        )
        ranker = Ranker.load(path, Histories(known), _ABOUT)
    titles = sorted({event.title_id for event in log})
    return [_gain(ranker, member.play, titles) for member in asked]


def _gain(ranker: Ranker, play: ViewingEvent, titles: list[str]) -> float:
    ranking = ranker.rank(play.member_id, titles, RequestContext(at=play.at))
    best = ranking.title_ids[:10]
    return 1 / log2(best.index(play.title_id) + 2) if play.title_id in best else 0.0


if __name__ == "__main__":
    main()
