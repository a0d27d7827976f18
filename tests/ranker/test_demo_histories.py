"""The demo's viewing histories: what was planted in them is there."""

from collections import Counter

from fixtures.histories import ADA, BEN, DEMO_TITLES, demo_histories, taste_groups
from ranker import Histories, ViewingEvent

OUTDOORS, AFTER_DARK = taste_groups()


def test_a_seed_gives_the_same_histories(events: list[ViewingEvent]) -> None:
    """The demo is the same on each machine; another seed gives another one."""
    assert demo_histories() == events
    assert demo_histories(seed=8) != events


def test_is_of_the_planned_size(histories: Histories) -> None:
    """300 members, two of them named, with 8 to 40 events each, over 28 titles."""
    assert len(histories) == 300
    assert {ADA, BEN} <= set(histories.members)
    assert all(8 <= len(titles) <= 40 for titles in histories)
    titles = {title for history in histories for title in history}
    assert set(DEMO_TITLES) <= titles
    assert len(titles) == 28


def test_the_two_named_members_differ_in_taste(histories: Histories) -> None:
    """Ada has mostly watched outdoors, Ben mostly after dark."""
    for member, liked, other in ((ADA, OUTDOORS, AFTER_DARK), (BEN, AFTER_DARK, OUTDOORS)):
        counts = Counter(histories.of(member))
        assert sum(counts[title] for title in liked) > 3 * sum(counts[title] for title in other)


def test_popularity_falls_within_each_taste(events: list[ViewingEvent]) -> None:
    """The earlier a title stands in its taste, the more it is watched, and outdoors leads."""
    counts = Counter(event.title_id for event in events)
    for group in (OUTDOORS, AFTER_DARK):
        assert sorted(group, key=lambda title: -counts[title]) == list(group)
    assert sum(counts[title] for title in OUTDOORS) > sum(counts[title] for title in AFTER_DARK)


def test_takes_the_titles_of_any_asset() -> None:
    """An asset's own titles take the place of the demo's."""
    watched = {event.title_id for event in demo_histories(["one", "two", "three"], members=50)}
    assert {"one", "two", "three"} <= watched
    assert not set(DEMO_TITLES) & watched
