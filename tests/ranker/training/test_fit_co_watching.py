"""How much co-watching counts is chosen on the validation split, from training alone."""

import random

import pytest

from ranker import ModelConfig, TrainedModel, TrainingConfig, ViewingEvent, ViewingLog, train
from ranker.data.splits import leave_one_out
from ranker.training.training_data import TrainingData
from ranker.training.warm_start import warm_start

DAY = 86_400
SMALL = ModelConfig(context=8, width=8, blocks=1, heads=1, horizon=1)
ONE_STEP = TrainingConfig(steps=1, batch_positions=256)


def pairs_world(members: int = 150, titles: int = 120) -> ViewingLog:
    """Members who watch three pairs of titles, in random order, and one more title.

    So each validation target, the last title but one, is the second of a pair.
    """
    draw = random.Random(0)
    events = []
    for member in range(members):
        chosen = draw.sample(range(titles // 2), 4)
        watched = [2 * pair + second for pair in chosen for second in range(2)][:7]
        for step, title in enumerate(watched):
            events.append(ViewingEvent(f"m{member}", f"t{title:03}", DAY * step))
    return ViewingLog.from_events(events)


def trained(log: ViewingLog, **settings: object) -> TrainedModel:
    """A model after one step, which has learnt next to nothing."""
    config = TrainingConfig(steps=1, batch_positions=256, **settings)  # type: ignore[arg-type]
    return train(log, {}, SMALL, config, split=leave_one_out)


@pytest.fixture(scope="module")
def pairs() -> TrainedModel:
    """Trained on pairs."""
    return trained(pairs_world())


def test_carries_a_network_that_has_learnt_nothing(pairs: TrainedModel) -> None:
    """Where each title has one that follows it, the model finds it, as the classic does."""
    quality, term = pairs.quality, pairs.network.co_watching
    assert quality is not None
    assert term is not None
    assert term.settings.weight > 0
    assert quality.network < 0.2
    assert quality.model >= quality.neighbours
    assert not quality.is_behind_neighbours


def test_only_training_tokens_are_counted() -> None:
    """What members watched last, in validation and test, is in no pair."""
    log = pairs_world()
    ends = {event.member_id: event.at for event in log.events()}
    changed = ViewingLog.from_events(
        ViewingEvent(e.member_id, "t000" if e.at >= ends[e.member_id] - DAY else e.title_id, e.at)
        for e in log.events()
    )
    one, other = (trained(events).network.co_watching for events in (log, changed))
    assert one is not None
    assert other is not None
    assert one.followers.strength_J.tolist() == other.followers.strength_J.tolist()
    assert one.followers.other_J.tolist() == other.followers.other_J.tolist()


def test_can_be_left_out() -> None:
    """With `co_watching=False` the network ranks alone."""
    alone = trained(pairs_world(), co_watching=False)
    assert alone.network.co_watching is None
    assert alone.quality is None


def test_a_warm_start_keeps_what_was_counted(pairs: TrainedModel) -> None:
    """Pairs of the earlier log are still there after training on a few later events."""
    before = pairs.network.co_watching
    assert before is not None
    later = ViewingLog.from_events(
        ViewingEvent(f"n{member}", title, DAY * (100 + step))
        for member in range(4)
        for step, title in enumerate(["t000", "new", "t003", "t005"])
    )
    base = warm_start(pairs.network, TrainingData.of(later, leave_one_out), {})
    grown = train(later, {}, SMALL, ONE_STEP, split=leave_one_out, base=base, new_titles=1)
    after = grown.network.co_watching
    assert after is not None
    token = pairs.network.schema.vocabulary.encode(["t010"])[0]
    others, _ = before.followers.of(token)
    assert set(others.tolist()) <= set(after.followers.of(token)[0].tolist())
    new = grown.network.schema.vocabulary.encode(["new"])[0]
    first = grown.network.schema.vocabulary.encode(["t000"])[0]
    assert new in after.followers.of(first)[0]


def test_what_members_rejected_follows_nothing() -> None:
    """A title that was disliked right after another is not counted as its follower."""
    draw = random.Random(1)
    events = []
    for member in range(60):
        first = draw.randrange(10)
        watched = [f"t{first}", "hated", f"t{10 + first}", f"t{draw.randrange(10)}", "t9"]
        events += [
            ViewingEvent(f"m{member}", title, DAY * step, action="dislike" * (title == "hated"))
            for step, title in enumerate(watched)
        ]
    model = trained(ViewingLog.from_events(events)).network
    assert model.co_watching is not None
    vocabulary = model.schema.vocabulary
    hated = vocabulary.encode(["hated"])[0]
    for number in range(10):
        (token,) = vocabulary.encode([f"t{number}"])
        assert hated not in model.co_watching.followers.of(token)[0]
