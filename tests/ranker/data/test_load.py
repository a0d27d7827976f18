"""Selections of events."""

from ranker import ViewingEvent, ViewingLog
from ranker.data.load import sample_titles, select_surface_members, without_titles
from tests.ranker.small_histories import DAY


def test_selects_the_members_of_a_surface(log: ViewingLog) -> None:
    """All events of the members with an event on the surface are selected."""
    picked = select_surface_members(log, "sizzle")
    assert 0 < len(picked) <= len(log)
    assert len(select_surface_members(log, "billboard")) == 0


def test_withheld_titles_are_stratified_by_popularity() -> None:
    """A tenth of the titles, one of each ten by popularity, and the same ones for the same seed."""
    log = ViewingLog.from_events(
        ViewingEvent(f"m{member}", f"t{title:02d}", title * DAY)
        for title in range(40)
        for member in range(title + 1)
    )
    gone = sample_titles(log, 0.1, seed=3)
    assert gone == sample_titles(log, 0.1, seed=3)
    assert sorted(int(title[1:]) // 10 for title in gone) == [0, 1, 2, 3]
    kept = without_titles(log, gone)
    left = {kept.title.values[code] for code in kept.title.codes_E}
    assert left == set(log.title.values) - gone
