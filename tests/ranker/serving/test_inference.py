"""Ranking with the model that was trained on the demo's histories."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.histories import ADA, BEN, DEMO_TITLES, taste_groups
from ranker import Histories, Ranker, Ranking, RankingError, ViewingEvent, load_model

OUTDOORS, AFTER_DARK = taste_groups()
shared = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def mean_rank(ranking: Ranking, titles: Sequence[str]) -> float:
    """The mean rank of some titles, from 1."""
    return mean(ranking.title_ids.index(title) + 1 for title in titles)


@pytest.mark.parametrize(
    ("member", "liked", "other"), [(ADA, OUTDOORS, AFTER_DARK), (BEN, AFTER_DARK, OUTDOORS)]
)
def test_members_of_opposite_tastes_get_opposite_orders(
    ranker: Ranker, member: str, liked: Sequence[str], other: Sequence[str]
) -> None:
    """The tastes planted in the histories rank far ahead."""
    ranking = ranker.rank(member, DEMO_TITLES)
    assert not ranking.cold_start
    assert mean_rank(ranking, liked) <= 3
    assert mean_rank(ranking, other) >= 6


def test_most_members_get_their_own_taste_first(ranker: Ranker, histories: Histories) -> None:
    """For at least 19 of 20 members the titles of their taste are ahead."""
    right = 0
    for member in histories.members:
        counts = Counter(event.title_id for event in histories.events_of(member))
        likes_outdoors = sum(map(counts.__getitem__, OUTDOORS)) > sum(
            map(counts.__getitem__, AFTER_DARK)
        )
        ranking = ranker.rank(member, DEMO_TITLES)
        ahead = mean_rank(ranking, OUTDOORS) < mean_rank(ranking, AFTER_DARK)
        right += ahead == likes_outdoors
    assert right / len(histories.members) >= 0.95


def test_a_new_member_gets_the_popular_order(ranker: Ranker, events: list[ViewingEvent]) -> None:
    """Without a history order and scores are close to the popularity of titles."""
    counts = Counter(event.title_id for event in events if event.title_id in DEMO_TITLES)
    popular = [title for title, _ in counts.most_common()]
    ranking = ranker.rank("member-nobody", DEMO_TITLES)
    assert ranking.cold_start
    assert spearman(popular, list(ranking.title_ids)) >= 0.9
    for title in ranking.titles:
        assert title.score == pytest.approx(counts[title.title_id] / counts.total(), abs=0.06)


def spearman(expected: list[str], actual: list[str]) -> float:
    """The rank correlation of two orders of the same titles; 1 if they are equal."""
    n = len(expected)
    distance = sum((place - actual.index(title)) ** 2 for place, title in enumerate(expected))
    return 1 - 6 * distance / (n * (n**2 - 1))


@shared
@given(st.permutations(DEMO_TITLES), st.integers(1, 8))
def test_the_order_of_the_request_does_not_matter(
    ranker: Ranker, requested: list[str], count: int
) -> None:
    """The same titles get the same ranking, and fewer titles keep their order among them."""
    full = ranker.rank(ADA, DEMO_TITLES)
    assert ranker.rank(ADA, requested).title_ids == full.title_ids
    some = requested[:count]
    expected = tuple(title for title in full.title_ids if title in some)
    assert ranker.rank(ADA, some).title_ids == expected


def test_scores_are_probabilities_among_the_titles(ranker: Ranker) -> None:
    """They add up to 1 over the requested titles."""
    ranking = ranker.rank(BEN, DEMO_TITLES)
    assert sum(title.score for title in ranking.titles) == pytest.approx(1)
    assert ranker.rank(BEN, ["aurora"]).titles[0].score == 1


def test_watched_titles_are_ranked_too(ranker: Ranker, histories: Histories) -> None:
    """Every title of an asset is ranked, even if the member has watched it."""
    assert set(DEMO_TITLES) & {event.title_id for event in histories.events_of(ADA)}
    assert sorted(ranker.rank(ADA, DEMO_TITLES).title_ids) == sorted(DEMO_TITLES)


def test_unknown_titles_tie_by_their_ids(ranker: Ranker) -> None:
    """Unknown titles score alike, are in the order of their ids, and not on top."""
    ranking = ranker.rank("member-nobody", ["zebra", "apple", *DEMO_TITLES])
    scores = {title.title_id: title.score for title in ranking.titles}
    assert scores["zebra"] == scores["apple"]
    places = [ranking.title_ids.index(title) for title in ("apple", "zebra")]
    assert places[1] == places[0] + 1
    assert places[0] >= 4


def test_a_history_of_unknown_titles_is_still_a_history(model_path: Path) -> None:
    """Titles of a later catalog in a history are not an error."""
    histories = Histories([ViewingEvent("new", "brand-new", 1)])
    ranking = Ranker.load(model_path, histories).rank("new", DEMO_TITLES)
    assert not ranking.cold_start
    assert len(ranking.titles) == 8


def test_only_the_most_recent_titles_count(model_path: Path) -> None:
    """Events older than the model's context change nothing."""
    days = [86_400 * (100 + day) for day in range(31)]
    recent = [ViewingEvent(member, "velvet", at) for member in "ab" for at in days]
    older = [ViewingEvent("b", "aurora", 86_400 * day) for day in range(64)]
    ranker = Ranker.load(model_path, Histories(older + recent[31:]))
    warm = ranker.rank("b", DEMO_TITLES)
    other = [ViewingEvent("b", "velvet", event.at) for event in older]
    assert (
        warm.titles
        == Ranker.load(model_path, Histories(other + recent[31:])).rank("b", DEMO_TITLES).titles
    )


def test_a_new_event_changes_the_ranking(model_path: Path, histories: Histories) -> None:
    """A member who starts to watch outdoors titles gets more of them, with the same model."""
    events = [ViewingEvent("new", title, at) for at, title in enumerate(OUTDOORS)]
    cold = Ranker.load(model_path, Histories()).rank("new", DEMO_TITLES)
    warm = Ranker(load_model(model_path), Histories(events)).rank("new", DEMO_TITLES)
    assert mean_rank(warm, OUTDOORS) < mean_rank(cold, OUTDOORS)
    assert warm.model_version == cold.model_version


def test_threads_can_share_a_ranker(ranker: Ranker) -> None:
    """Rankings are the same as one by one."""
    members = [ADA, BEN, "member-nobody"] * 40
    expected = [ranker.rank(member, DEMO_TITLES) for member in members]
    with ThreadPoolExecutor(8) as pool:
        actual = list(pool.map(lambda member: ranker.rank(member, DEMO_TITLES), members))
    assert expected == actual


def test_a_ranking_names_member_and_model(ranker: Ranker, model_path: Path) -> None:
    """So that it can be replayed."""
    ranking = ranker.rank(ADA, DEMO_TITLES)
    assert ranking.member_id == ADA
    assert ranking.model_version == ranker.version == load_model(model_path).version


def test_refuses_no_titles(ranker: Ranker) -> None:
    """The error says so."""
    with pytest.raises(RankingError, match="There are no titles to rank"):
        ranker.rank(ADA, [])


def test_refuses_a_duplicate_title(ranker: Ranker) -> None:
    """The error names it."""
    with pytest.raises(RankingError, match="more than once: 'aurora'"):
        ranker.rank(ADA, ["aurora", "velvet", "aurora"])
