"""Audiences: the likeliest members by the chance of a title, without those who watched it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ranker import BatchScorer, Ranker, RankingError, ViewingLog
from ranker.audience import find_audiences
from ranker.network.checkpoint import load_model


@pytest.fixture(scope="module")
def scorer(model_path: Path) -> BatchScorer:
    """Of the demo's model."""
    return BatchScorer(load_model(model_path))


@pytest.fixture(scope="module")
def log(events: list) -> ViewingLog:  # type: ignore[type-arg]
    """The demo's histories."""
    return ViewingLog.from_events(events)


def test_members_are_in_the_order_of_their_chances(
    scorer: BatchScorer, log: ViewingLog, ranker: Ranker
) -> None:
    """As the ranker itself gives them; with its reasons; who watched the title is left out."""
    title = log.title.values[0]
    (audience,) = find_audiences(scorer, log, [title])
    watched = {event.member_id for event in log.events() if event.title_id == title}
    members = set(log.member.values)
    assert {one.member_id for one in audience.members} == members - watched
    assert (audience.watched, audience.ranked) == (len(watched), len(members))
    chances = [one.chance for one in audience.members]
    assert chances == sorted(chances, reverse=True)
    for one in audience.members[:3]:
        ranking = ranker.rank(one.member_id, scorer.titles)
        (score,) = (ranked.score for ranked in ranking.titles if ranked.title_id == title)
        assert one.chance == pytest.approx(score, rel=1e-4)
        assert [why.intent for why in one.why] == [why.intent for why in ranking.why[:3]]
        assert [why.likely for why in one.why] == [why.likely for why in ranking.why[:3]]


def test_the_best_few_are_those_of_all(scorer: BatchScorer, log: ViewingLog) -> None:
    """By number, by chance, or among some members; several titles at once are as one by one."""
    titles = list(log.title.values[:3])
    everybody = find_audiences(scorer, log, titles)
    few = find_audiences(scorer, log, titles, count=5)
    for audience, best in zip(everybody, few, strict=True):
        assert best.members == audience.members[:5]
        least = audience.members[4].chance
        (likely,) = find_audiences(scorer, log, [audience.title_id], least_chance=least)
        ids = [one.member_id for one in likely.members]
        assert ids == [one.member_id for one in audience.members if one.chance >= least]
        among = {one.member_id for one in audience.members[::7]}
        (some,) = find_audiences(scorer, log, [audience.title_id], among=among)
        assert {one.member_id for one in some.members} == among
        assert some.ranked == len(among)


@pytest.mark.parametrize("count", [0, 501])
def test_too_many_titles_or_none_are_refused(
    scorer: BatchScorer, log: ViewingLog, count: int
) -> None:
    """With how many may be given."""
    with pytest.raises(RankingError, match="1 to 500"):
        find_audiences(scorer, log, [f"t-{n}" for n in range(count)])


def test_an_unknown_title_is_named_with_those_near(scorer: BatchScorer, log: ViewingLog) -> None:
    """Before anything is computed."""
    title = log.title.values[0]
    with pytest.raises(RankingError, match=f"did you mean .*{title}"):
        find_audiences(scorer, log, [title + "x"])


def test_an_audience_may_be_ordered_by_activity_too(scorer: BatchScorer, log: ViewingLog) -> None:
    """By the chance times how many events a member has; the chances stay what they are."""
    title = log.title.values[0]
    (by_chance,) = find_audiences(scorer, log, [title])
    (by_both,) = find_audiences(scorer, log, [title], by_activity=True, count=20)
    events = Counter(log.member.texts())
    chances = {one.member_id: one.chance for one in by_chance.members}
    expected = sorted(chances, key=lambda one: (-chances[one] * events[one], one))[:20]
    assert [one.member_id for one in by_both.members] == expected
    assert all(one.chance == chances[one.member_id] for one in by_both.members)
