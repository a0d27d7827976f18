"""Audiences: the likeliest members by the chance of a title, without those who watched it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ranker import BatchScorer, Ranker, RankingError, ViewingLog
from ranker.audience import Audience, find_audiences
from ranker.audience.find import merge_audiences
from ranker.audience.on_ray import find_audiences_on_ray
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


def check_same(found: Sequence[Audience], expected: Sequence[Audience]) -> None:
    """The same members in the same order; chances but for the last digits of the arithmetic."""
    for one, other in zip(found, expected, strict=True):
        assert [m.member_id for m in one.members] == [m.member_id for m in other.members]
        assert (one.title_id, one.watched, one.ranked) == (
            other.title_id, other.watched, other.ranked,
        )  # fmt: skip
        for a, b in zip(one.members, other.members, strict=True):
            assert a.chance == pytest.approx(b.chance, rel=1e-4)
            assert [why.likely for why in a.why] == [why.likely for why in b.why]


@pytest.mark.parametrize("count", [None, 7])
def test_audiences_of_parts_are_merged(
    scorer: BatchScorer, log: ViewingLog, count: int | None
) -> None:
    """The best of all members are among the best of each part of them."""
    title = log.title.values[0]
    half = int((log.member.codes_E < len(log.member.values) // 3).sum())
    parts = [log.take(slice(0, half)).compact(), log.take(slice(half, len(log))).compact()]
    found = [find_audiences(scorer, part, [title], count=count)[0] for part in parts]
    whole = find_audiences(scorer, log, [title], count=count)
    check_same([merge_audiences(found, count)], whole)


@pytest.fixture
def ray() -> Iterator[Any]:
    """Ray, shut down after the test."""
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install -e '.[ray]'")
    yield ray
    ray.shutdown()


@pytest.mark.full
@pytest.mark.usefixtures("ray")
@pytest.mark.filterwarnings("default")
def test_two_workers_find_what_one_process_does(
    scorer: BatchScorer, log: ViewingLog, model_path: Path
) -> None:
    """The same audiences, with how far it is; an unknown title is refused before they start."""
    titles, seen = list(log.title.values[:2]), []
    among = set(log.member.values[::2])
    expected = find_audiences(scorer, log, titles, count=40, among=among, by_activity=True)
    found = find_audiences_on_ray(
        model_path, log, titles, count=40, among=among, by_activity=True, workers=2,
        progress=lambda done, of: seen.append((done, of)),
    )  # fmt: skip
    check_same(found, expected)
    assert seen[-1] == (len(log.member.values), len(log.member.values))


def test_an_unknown_title_starts_no_workers(log: ViewingLog, model_path: Path) -> None:
    """It is named, whether or not Ray is installed."""
    with pytest.raises(RankingError, match="unknown"):
        find_audiences_on_ray(model_path, log, ["x"])
