"""Digests of data."""

from dataclasses import replace

from ranker import TitleMetadata, ViewingLog
from ranker.data.digest import data_digest
from tests.ranker.small_histories import TITLES, rich_events


def test_equal_data_has_one_digest_and_other_data_another() -> None:
    """In whatever order events of different times came; each field of an event or title counts."""
    events = rich_events()
    expected = data_digest(ViewingLog.from_events(events), TITLES)
    assert data_digest(ViewingLog.from_events(reversed(events)), dict(TITLES)) == expected
    longer = ViewingLog.from_events([*events, replace(events[0], title_id="z", at=1)])
    selected = longer.take(longer.title.codes_E != longer.title.values.index("z"))
    assert data_digest(selected, TITLES) == expected, "it has the unused name of a title"
    changed = [
        replace(events[0], title_id="b"),
        replace(events[0], at=events[0].at + 1),
        replace(events[0], seconds=None),
        replace(events[0], surface="home"),
    ]
    others = {
        data_digest(ViewingLog.from_events([*events[1:], event]), TITLES) for event in changed
    }
    others.add(data_digest(ViewingLog.from_events(events), {}))
    others.add(data_digest(ViewingLog.from_events(events), TITLES | {"a": TitleMetadata(("x",))}))
    assert len(others | {expected}) == len(changed) + 3
