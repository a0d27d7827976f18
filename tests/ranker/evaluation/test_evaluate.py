"""The protocol that judges models, and the classic recommenders beside them."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ranker import EventLog, ModelConfig, TrainingConfig, TrainingError, ViewingEvent, train
from ranker.data.load import withheld, without_titles
from ranker.data.splits import by_time, leave_one_out
from ranker.data.tokens import merge
from ranker.evaluation.baselines import classics
from ranker.evaluation.evaluate import Learnt, Scores, Trial, judge
from ranker.evaluation.metrics import difference, gains, hits, interval, mid_ranks
from ranker.evaluation.seed_groups import Arm, ahead
from tests.ranker.worlds import DAY, TITLES, rich_events


def circles(members: int = 40, length: int = 10) -> EventLog:
    """Members who walk around a circle of 30 titles, each from elsewhere, and never return."""
    return EventLog.of(
        ViewingEvent(f"m{member:02d}", f"t{(member + step) % 30:02d}", (member + step) * DAY)
        for member in range(members)
        for step in range(length)
    )


class Told:
    """A contender that says what it is told."""

    name = "told"

    def __init__(self, score: float | Tensor, titles: int) -> None:
        self.score, self.titles = score, titles

    def scores(self, case_T: Tensor) -> Scores:
        """The same for every case."""
        return Scores(torch.zeros(len(case_T), self.titles) + self.score, {})


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.data())
def test_the_rank_is_the_mean_over_all_orders_of_equals(
    scores: list[int], data: st.DataObject
) -> None:
    """Ties are neither luck nor misfortune."""
    target = data.draw(st.integers(0, len(scores) - 1))
    above = sum(score > scores[target] for score in scores)
    equal = scores.count(scores[target])
    ranks = mid_ranks(torch.tensor([scores]).float(), torch.tensor([target]))
    assert ranks.item() == np.mean([above + place for place in range(1, equal + 1)])


def test_measures_of_known_ranks() -> None:
    """HR counts the first ten, NDCG falls with the logarithm of the rank."""
    ranks = np.array([1.0, 3.0, 10.0, 11.0])
    assert hits(ranks).tolist() == [1, 1, 1, 0]
    assert gains(ranks).tolist() == pytest.approx([1, 0.5, 1 / math.log2(11), 0])


def test_intervals_hold_the_mean_and_shrink_with_more_members() -> None:
    """A bootstrap interval is about the mean, and four times the members halve it."""
    random = np.random.default_rng(0)
    few, many = (interval((random.random(size) < 0.3).astype(float)) for size in (200, 3200))
    assert few.low < few.mean < few.high
    assert (many.high - many.low) == pytest.approx((few.high - few.low) / 4, rel=0.25)
    same = difference(np.ones(50), np.ones(50))
    assert (same.low, same.mean, same.high) == (0, 0, 0)


def test_splits_hold_back_the_last_titles() -> None:
    """Leave-one-out holds back two a member; the time split nothing from before its time."""
    tokens = merge(circles())
    split = leave_one_out(tokens)
    assert len(split.test_T) == len(split.valid_T) == 40
    assert (split.ends_M - split.starts_M == 8).all()
    later = by_time(tokens)
    learnt = tokens.first_N[later.training()]
    assert learnt.max() < tokens.first_N[later.valid_T].min()
    assert tokens.first_N[later.valid_T].max() < tokens.first_N[later.test_T].min()


def test_a_contender_that_knows_nothing_gets_the_middle() -> None:
    """All titles alike: the rank is the middle of what is open, and no case is left out."""
    trial = Trial(circles(), {}, leave_one_out)
    judged = judge(Told(0.0, 30), trial)
    # 9 of 30 titles are known to the member, so 21 are open.
    assert judged.rank_T.tolist() == [11.0] * 40


def test_known_titles_are_never_ranked_unless_members_return() -> None:
    """Scores of watched titles do not matter, except where the data holds second views."""
    scores = torch.arange(30.0)
    trial = Trial(circles(), {}, leave_one_out)
    assert not trial.keeps_seen
    assert judge(Told(scores, 30), trial).rank_T.max() <= 21
    assert Trial(EventLog.of(rich_events()), TITLES, leave_one_out).keeps_seen


def test_a_score_that_is_no_number_is_refused() -> None:
    """A silent NaN is no rank."""
    trial = Trial(circles(), {}, leave_one_out)
    with pytest.raises(TrainingError, match="not a number"):
        judge(Told(math.nan, 30), trial)


def test_nothing_to_judge_by_is_said() -> None:
    """Histories of two titles leave none to hold back."""
    with pytest.raises(TrainingError, match="nothing to judge by"):
        Trial(circles(length=2), {}, leave_one_out)


def test_who_follows_the_circle_beats_who_counts() -> None:
    """Markov chains and neighbours find the next title of the circle, popularity does not."""
    trial = Trial(circles(), {}, leave_one_out)
    judged = {each.name: judge(each, trial) for each in classics(trial)}
    assert gains(judged["Markov-1"].rank_T).mean() > 0.9
    assert gains(judged["SeqItemKNN"].rank_T).mean() > 0.5
    assert gains(judged["popularity"].rank_T).mean() < 0.5
    assert 0 < judged["popularity"].coverage <= 1
    assert judged["Markov-1"].asset_rank_T.mean() < judged["popularity"].asset_rank_T.mean()


def test_a_model_is_judged_with_its_intents() -> None:
    """A trained model learns the circle, and says how often each intent was right."""
    log = EventLog.of(rich_events(members=20))
    config = TrainingConfig(steps=150, batch=256, learning_rate=1e-2, evaluate_every=150)
    model = ModelConfig(context=12, width=16, blocks=1, horizon=1)
    trained = train(log, TITLES, model, config, split=leave_one_out)
    trial = Trial(log, TITLES, leave_one_out)
    judged = judge(Learnt("ours", trained.network, trial, asked=True), trial)
    assert gains(judged.rank_T).mean() > 0.9
    assert judged.measures()["genres right"].mean > 0.8


def test_an_arm_counts_each_member_by_the_mean_over_its_models() -> None:
    """Two that differ member by member are as good as their mean, which is surer than either."""
    trial = Trial(circles(), {}, leave_one_out)
    one, other = (judge(Told(torch.rand(30), 30), trial) for _ in range(2))
    arm = Arm("both", [one, other])
    expected = (gains(one.rank_T) + gains(other.rank_T)) / 2
    assert arm.values()["NDCG@10"].tolist() == pytest.approx(expected)
    assert arm.measures()["NDCG@10"] == interval(arm.values()["NDCG@10"])
    assert ahead(arm, arm).mean == 0
    assert ahead(Arm("one", [one]), arm).mean == pytest.approx(
        (gains(one.rank_T) - gains(other.rank_T)).mean() / 2
    )


def test_models_that_predict_different_things_are_no_arm() -> None:
    """Of different intents there is no mean; the error names the arm."""
    trial = Trial(circles(), {}, leave_one_out)
    plain = judge(Told(0.0, 30), trial)
    with pytest.raises(TrainingError, match="'both' differ"):
        Arm("both", [plain, replace(plain, right={"genres": np.ones(3)})])


def test_withheld_titles_are_of_every_popularity_and_not_learnt() -> None:
    """A tenth of the titles, one of each ten by popularity; the same seed gives the same."""
    log = EventLog.of(
        ViewingEvent(f"m{member}", f"t{title:02d}", title * DAY)
        for title in range(40)
        for member in range(title + 1)
    )
    gone = withheld(log, 0.1, seed=3)
    assert gone == withheld(log, 0.1, seed=3)
    assert sorted(int(title[1:]) // 10 for title in gone) == [0, 1, 2, 3]
    kept = without_titles(log, gone)
    left = {kept.title.values[code] for code in kept.title.codes_E}
    assert left == set(log.title.values) - gone


def test_nobody_learns_from_withheld_titles() -> None:
    """Titles that are withheld are all that is ranked, and popularity knows nothing of them."""
    only = frozenset(f"t{title:02d}" for title in range(12))
    trial = Trial(circles(), {}, leave_one_out, only)
    judged = {each.name: judge(each, trial) for each in classics(trial)}
    assert 0 < len(judged["popularity"].rank_T) < 40
    learnt = {trial.tokens.title.values[code] for code in trial.learnt().title.codes_E}
    assert not learnt & only
    # All are alike to who counts: each has the middle of what its member has not watched.
    open_titles = [12 - sum(title < 12 for title in history) for history in histories_of(trial)]
    assert judged["popularity"].rank_T.tolist() == [(count + 1) / 2 for count in open_titles]


def histories_of(trial: Trial) -> list[list[int]]:
    """The numbers of the titles that each case's member knew."""
    return [each.tolist() for each in trial.histories(torch.arange(len(trial.target_T)))]


def test_members_whose_title_was_added_are_told_apart() -> None:
    """They and the others are the whole; without added titles neither is told."""
    added = frozenset(f"t{title:02d}" for title in range(12))
    trial = Trial(circles(), {}, leave_one_out, added=added)
    judged = judge(next(classics(trial)), trial)
    values = judged.values()
    new, others = values["NDCG@10, titles added"], values["NDCG@10, others"]
    targets = [trial.tokens.title.values[code] for code in trial.title_N[trial.target_T]]
    assert len(new) == sum(title in added for title in targets)
    assert sorted([*new, *others]) == sorted(values["NDCG@10"])
    assert (values["NDCG@10, others among others"] >= others).all()
    plain = judge(next(classics(trial)), Trial(circles(), {}, leave_one_out))
    assert not any("added" in name for name in plain.values())


def test_judging_is_the_same_each_time() -> None:
    """The same seed makes the same Mega Assets and the same intervals."""
    trial = Trial(circles(), {}, leave_one_out)
    first, again = (judge(next(classics(trial)), trial, seed=5) for _ in range(2))
    assert first.asset_rank_T.tolist() == again.asset_rank_T.tolist()
    assert first.measures() == again.measures()
