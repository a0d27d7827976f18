"""What members dislike, skip and pass over: pushed down by training, and where they are ranked."""

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch

from ranker import (
    BatchScorer,
    Checkpoint,
    Histories,
    ModelConfig,
    ModelFileError,
    Ranker,
    RequestContext,
    SignalPolicy,
    TrainedModel,
    TrainingConfig,
    ViewingEvent,
    ViewingLog,
    load_model,
    save_model,
    train,
)
from ranker.data.encoding import PushDowns
from ranker.data.signals import DEFAULT_POLICY
from ranker.data.splits import LAST_TENTH, leave_one_out
from ranker.data.vocabulary import SPECIALS
from ranker.evaluation.baselines import Popularity
from ranker.evaluation.evaluate import EvalTask, evaluate
from ranker.evaluation.model_recommender import ModelRecommender
from ranker.training.objective import Candidates, push_down_loss, title_scores
from ranker.training.training_data import TrainingData
from ranker.training.warm_start import warm_start
from tests.ranker.shard_folders import shard_folder
from tests.ranker.small_histories import DAY

START = 1_700_000_000
MODEL = ModelConfig(context=16, width=16, blocks=1, horizon=1)
TRAINING = TrainingConfig(steps=60, batch_positions=256, learning_rate=1e-2, evaluate_every=60)
TITLES = [*"abcdefgh", "everybody's"]


def members_of_two_groups(action: str, members: int = 60) -> list[ViewingEvent]:
    """Members watch a to d or e to h, and twice do something with a title that everybody has."""
    events = []
    for number in range(members):
        group = "abcd" if number % 2 else "efgh"
        for step in range(8):
            at = START + step * DAY + number
            title = group[(number + step) % 4]
            events.append(ViewingEvent(f"member-{number}", title, at, seconds=5400, action="play"))
            if step in (2, 5):
                shown = ViewingEvent(f"member-{number}", "everybody's", at + 5000, action=action)
                events.append(shown)
    return events


@cache
def trained_on(action: str) -> TrainedModel:
    """A model of these members."""
    return train(ViewingLog.from_events(members_of_two_groups(action)), {}, MODEL, TRAINING)


def order(trained: TrainedModel, events: list[ViewingEvent], member: str) -> tuple[str, ...]:
    """The titles in the order of a member with a history."""
    ranker = Ranker(Checkpoint(trained.network, "v"), Histories(events))
    return ranker.rank(member, TITLES).title_ids


@pytest.mark.parametrize("action", ["thumbs_down", "Not Interested", "skip", "impression"])
def test_what_everybody_rejects_does_not_rank_first(action: str) -> None:
    """It does if it is watched; rejected, it is below the titles of the member's own group.

    Also for a member who has not met it, so that training has learnt it.
    """
    watched = trained_on("play")
    events = members_of_two_groups("play")
    own = [event for event in events if event.member_id == "member-1"]
    apart = [replace(event, member_id="apart") for event in own if len(event.title_id) == 1]
    assert order(watched, events, "member-1")[0] == "everybody's"
    rejected = trained_on(action)
    assert "everybody's" in rejected.network.schema.vocabulary.titles
    for histories in (members_of_two_groups(action), apart):
        ranked = order(
            rejected, histories, histories[0].member_id if histories is apart else "member-1"
        )
        assert ranked.index("everybody's") >= 4, ranked


def test_a_title_is_pushed_down_for_those_who_are_like_those_who_reject_it() -> None:
    """One group watches it and the other dislikes it: new members of each get it accordingly."""
    events = [
        replace(event, action="play", seconds=5400)
        if event.title_id == "everybody's" and int(event.member_id[7:]) % 2
        else event
        for event in members_of_two_groups("thumbs_down")
    ]
    trained = train(ViewingLog.from_events(events), {}, MODEL, TRAINING)
    ranks = {}
    for group in ("abcd", "efgh"):
        seen = [
            ViewingEvent("new", t, START + n * DAY, 5400, "play") for n, t in enumerate(group[:3])
        ]
        ranks[group] = order(trained, seen, "new").index("everybody's")
    assert ranks["abcd"] < 4 < ranks["efgh"]


def test_a_recent_dislike_of_the_member_pushes_down_and_is_explained() -> None:
    """Until it is taken back, watched again, or too long ago; batches and evaluation agree."""
    network = trained_on("thumbs_down").network
    history = [ViewingEvent("m", t, START + n * DAY, 5400, "play") for n, t in enumerate("abc")]
    disliked = [*history, ViewingEvent("m", "d", START + 3 * DAY, action="thumbs_down")]
    liked = [*disliked, ViewingEvent("m", "d", START + 4 * DAY, action="thumbs_up")]
    again = [*disliked, ViewingEvent("m", "d", START + 4 * DAY, 5400, action="play")]

    def scores(events: list[ViewingEvent], at: int = START + 5 * DAY) -> dict[str, float]:
        ranker = Ranker(Checkpoint(network, "v"), Histories(events))
        ranking = ranker.rank("m", TITLES, RequestContext(at=at))
        return {title.title_id: title.score for title in ranking.titles}

    unpunished = network.schema.policy.dislikes.days * DAY
    assert scores(disliked)["d"] < scores(history)["d"]
    assert min(scores(liked)["d"], scores(again)["d"]) > 2 * scores(disliked)["d"]
    late = int(START + 5 * DAY + unpunished)
    assert scores(disliked, late)["d"] > 2 * scores(disliked)["d"]
    ranker = Ranker(Checkpoint(network, "v"), Histories(disliked))
    (explained,) = [t for t in ranker.explain("m", TITLES).titles if t.title_id == "d"]
    assert explained.moved_by["disliked"] == pytest.approx(-5.0 * (1 - 1 / len(TITLES)))
    (batch,) = BatchScorer(Checkpoint(network, "v")).top(
        ViewingLog.from_events(disliked), len(TITLES), include_watched=True
    )
    assert batch.titles == ranker.rank("m", TITLES).title_ids


def test_a_dislike_counts_from_the_moment_it_is_known() -> None:
    """Of a member whose history grows, as of one whose history is read at once."""
    network = trained_on("thumbs_down").network
    histories = Histories([ViewingEvent("m", "a", START, 5400, "play")])
    ranker = Ranker(Checkpoint(network, "v"), histories)
    ranker.rank("m", TITLES)
    histories.add(ViewingEvent("m", "d", START + DAY, action="Dislike"))
    ranker.outdate(["m"])
    at_once = Ranker(Checkpoint(network, "v"), histories).rank("m", TITLES)
    assert ranker.rank("m", TITLES).titles == at_once.titles
    (of_d,) = [t for t in ranker.explain("m", TITLES).titles if t.title_id == "d"]
    assert of_d.moved_by["disliked"] < -4


def test_the_policy_is_kept_with_the_model(tmp_path: Path) -> None:
    """In its file, in what goes on from it, and in the state of its training."""
    events = ViewingLog.from_events(members_of_two_groups("voice"))
    policy = SignalPolicy.parse("[dislikes]\nactions = ['voice']\n[skips]\nseconds = 0")
    short = replace(TRAINING, steps=2, evaluate_every=1)
    state = tmp_path / "state"
    trained = train(events, {}, MODEL, short, signals=policy, resume_file=state)
    save_model(tmp_path / "model", trained.network)
    kept = load_model(tmp_path / "model").network
    assert kept.schema.policy == policy
    grown = warm_start(kept, TrainingData.of(events, LAST_TENTH, policy), {})
    assert train(events, {}, base=grown, config=short).network.schema.policy == policy
    changed = warm_start(kept, TrainingData.of(events, LAST_TENTH), {}, DEFAULT_POLICY)
    assert changed.schema.policy == DEFAULT_POLICY
    with pytest.raises(ModelFileError, match="another policy of signals"):
        train(events, {}, MODEL, short, resume_file=state)


def test_evaluation_predicts_targets_and_popularity_counts_them() -> None:
    """What everybody dislikes last is no target, and is not popular."""
    events = members_of_two_groups("thumbs_down")
    last = [
        ViewingEvent(f"member-{n}", "everybody's", START + 9 * DAY, action="dislike")
        for n in range(60)
    ]
    task = EvalTask(ViewingLog.from_events([*events, *last]), {}, leave_one_out, watched="include")
    names = task.tokens.title.values
    targets = {names[code] for code in task.title_N[task.target_T].tolist()}
    assert targets
    assert targets < set("abcdefgh")
    popular = Popularity(task).scores(task.target_T[:1] * 0).score_TV[0]
    assert popular[names.index("everybody's")] == 0
    assert popular.sum() == 60 * 6
    model = ModelRecommender("m", trained_on("thumbs_down").network, task, request_known=True)
    assert evaluate(model, task).values()["HR@10"].mean() == 1.0
    column = names.index("everybody's")
    (of_disliked, *_) = model.scores(task.target_T[:1] * 0).score_TV.tolist()
    assert of_disliked[column] == min(of_disliked)


def test_shards_hold_signals(tmp_path: Path) -> None:
    """Roles, ratings, zones and what was passed over come back; another policy is refused."""
    chosen = ("thumbs_down", "impression", "play")
    events = [
        replace(event, time_zone="Asia/Tokyo", rating=4.0) if number % 3 else event
        for action in chosen
        for number, event in enumerate(members_of_two_groups(action, members=6))
    ]
    log = ViewingLog.from_events(
        replace(event, member_id=f"{event.member_id}-{number % 2}")
        for number, event in enumerate(events)
    )
    short = replace(TRAINING, steps=3, evaluate_every=3)
    expected = train(log, {}, MODEL, short)
    shards = shard_folder(tmp_path, log, 1)
    assert shards[0].shown is not None
    trained = train(shards, {}, MODEL, short)
    assert trained.eval_steps == expected.eval_steps
    assert trained.network.schema.to_json() == expected.network.schema.to_json()
    with pytest.raises(ValueError, match="prepared by another policy of signals"):
        train(shards, {}, MODEL, short, signals=SignalPolicy.parse("[skips]\nweight = 1"))


def test_pushing_down_moves_titles_against_one_another_alone() -> None:
    """What is added to all logits alike has no gradient: else all would fall without end."""
    random = torch.Generator().manual_seed(0)
    target_VE = torch.cat([torch.randn(12, 4, generator=random), torch.ones(12, 1)], dim=1)
    query_PE = torch.randn(3, 5, generator=random).requires_grad_()
    candidates = Candidates(torch.arange(SPECIALS, 12), torch.zeros(12 - SPECIALS))
    token_P = torch.arange(3)
    scores = title_scores(query_PE, target_VE, token_P + SPECIALS, candidates)
    average_P = scores.log_sum_P - math.log(12 - SPECIALS)
    pushed = PushDowns(torch.tensor([0, 2, 2, 3]), torch.tensor([5, 6, 9]), torch.ones(3))
    loss = push_down_loss(query_PE, target_VE, average_P, token_P, pushed)
    loss.backward()  # type: ignore[no-untyped-call]
    assert query_PE.grad is not None
    assert query_PE.grad[:, -1].abs().max() < 1e-5
    assert query_PE.grad[[0, 2]].abs().max() > 0.01
    assert query_PE.grad[1].abs().max() == 0
