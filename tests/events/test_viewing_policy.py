"""What counts as viewing, and that nothing that a device may send makes it fail."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker import ViewingEvent
from sizzle.errors import PolicyError
from sizzle.events import Event
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.events.viewings import SESSION_GAP
from sizzle.viewing_policy_file import read_viewing_policy
from tests.events.sample_events import NOW, cut, event

AT = NOW // 1000
POLICY = ViewingPolicy()


def viewings(*events: Event, policy: ViewingPolicy = POLICY) -> list[ViewingEvent]:
    """What the policy makes of events."""
    return policy.viewings(events, cut)


def played(title: str, seconds: float, after: int = 0, **fields: Any) -> Event:  # noqa: ANN401
    """A play, some milliseconds after now."""
    return event(
        f"play-{title}-{after}",
        type="title_played",
        time=NOW + after,
        attributes={"title_id": title, **fields.pop("attributes", {})},
        metrics={"seconds": seconds},
        **fields,
    )


def seen(
    number: float,
    frames: float,
    after: int = 0,
    reel: str = "reel-1",
    **fields: Any,  # noqa: ANN401
) -> Event:
    """Frames seen of a cut."""
    return event(
        f"seen-{number}-{after}",
        type="reel_progress",
        reel_id=reel,
        time=NOW + after,
        metrics={"cut": number, "frames": frames, **fields.pop("metrics", {})},
        **fields,
    )


def test_a_play_counts_from_a_least_duration_on() -> None:
    """With what is known of the device; 59 seconds are a skip, or nothing."""
    known = {"device": "tv", "locale": "en-GB", "country": "GB", "surface": "home"}
    context = {**known, "time_zone": "Asia/Tokyo", "other": "x"}
    long, short = played("aurora", 60.4, attributes=context), played("velvet", 59)
    play = ViewingEvent(
        "member-ada", "aurora", AT, 60, "play", "tv", "en-GB", "GB", "home", "Asia/Tokyo"
    )
    skip = ViewingEvent("member-ada", "velvet", AT, 59, "skip")
    assert viewings(long, short) == [play, skip]
    assert viewings(long, short, event("other")) == [play, skip]
    strict = ViewingPolicy.parse("[plays]\nshort_action = ''")
    assert viewings(long, short, policy=strict) == [play]
    lax = ViewingPolicy.parse("[plays]\nleast_seconds = 5")
    assert [viewing.action for viewing in viewings(long, short, policy=lax)] == ["play", "play"]


def test_thumbs_and_what_was_shown_count() -> None:
    """As actions of their own, beside the play of the title; a policy leaves them out."""
    said = [
        event(type_, type=type_, time=NOW + 1000 * number, attributes={"title_id": "aurora"})
        for number, type_ in enumerate(["title_shown", "title_liked", "title_disliked"])
    ]
    play = played("aurora", 90, 9000)
    assert [viewing.action for viewing in viewings(*said, play)] == [
        *("impression", "thumbs_up", "thumbs_down", "play"),
    ]
    none = ViewingPolicy.parse("[thumbs]\ncount = false\n[impressions]\ncount = false")
    assert [viewing.action for viewing in viewings(*said, play, policy=none)] == ["play"]
    other = ViewingPolicy.parse("[thumbs]\ndislike = 'bad'")
    assert viewings(said[2], policy=other)[0].action == "bad"
    assert POLICY.unwatched_actions == {"reel", "impression", "skip"}


@pytest.mark.parametrize("seconds", [-5.0, 604_801.0, 1e30, 1.7e308])
def test_a_duration_that_no_viewing_has_is_unknown(seconds: float) -> None:
    """Of another system's viewings too, whose numbers are not the service's own."""
    viewed = event(
        type="title_viewed",
        attributes={"title_id": "aurora"},
        metrics={"seconds": seconds, "rating": 1e300},
    )
    (found,) = viewings(viewed)
    assert (found.seconds, found.rating) == (None, 1e6)


def test_plays_of_one_evening_add_up() -> None:
    """A client may say every half minute what was played; another evening is another viewing."""
    evening = [played("aurora", 30, 30_000 * number) for number in range(4)]
    later = played("aurora", 90, 90_000 + SESSION_GAP + 1)
    assert viewings(*reversed([*evening, later])) == [
        ViewingEvent("member-ada", "aurora", AT, 120, "play"),
        ViewingEvent("member-ada", "aurora", later.time // 1000, 90, "play"),
    ]
    assert [viewing.action for viewing in viewings(*evening[:1])] == ["skip"]


def test_what_is_seen_of_a_title_in_a_reel_is_one_viewing() -> None:
    """Its cuts' seconds add up, none of them more than the cut has; other reels are others'."""
    events = [
        *(seen(number, 1e9, number * 1000) for number in range(1, 7)),
        seen(1, 100, 9000, reel="reel-2"),
    ]
    assert viewings(*events) == [
        ViewingEvent("member-ada", "aurora", AT + 1, 12, "reel"),
        ViewingEvent("member-ada", "velvet", AT + 2, 6, "reel"),
    ]
    glances = viewings(seen(1, 50), seen(2, 20))
    assert [(glance.title_id, glance.action) for glance in glances] == [
        ("aurora", "impression"),
        ("velvet", "impression"),
    ]
    none = ViewingPolicy.parse("[reels]\nshort_action = ''")
    assert viewings(seen(1, 50), seen(2, 20), policy=none) == []
    assert viewings(*events, policy=ViewingPolicy.parse("[reels]\ncount = false")) == []


def test_a_reel_that_is_gone_counts_where_the_event_says_what_was_seen() -> None:
    """Where the id can still be replayed, the id decides."""
    given: dict[str, Any] = {"attributes": {"title_id": "tundra"}, "metrics": {"seconds": 7.0}}
    assert viewings(seen(1, 9, reel="swept", **given)) == [
        ViewingEvent("member-ada", "tundra", AT, 7, "reel")
    ]
    assert viewings(seen(1, 100, **given)) == [ViewingEvent("member-ada", "aurora", AT, 4, "reel")]


def test_a_rating_counts() -> None:
    """From the least one on; it has no duration."""
    rated = event(type="title_rated", attributes={"title_id": "aurora"}, metrics={"rating": 2.0})
    assert viewings(rated) == [ViewingEvent("member-ada", "aurora", AT, None, "rating", rating=2)]
    assert viewings(rated, policy=ViewingPolicy.parse("[ratings]\nleast_rating = 3")) == []
    assert viewings(rated, policy=ViewingPolicy.parse("[ratings]\ncount = false")) == []


@pytest.mark.parametrize(
    "name",
    ["title_opened", "opened_notification", "_campaign.opened_notification", "_email.open", "x"],
)
def test_what_was_opened_is_no_viewing(name: str) -> None:
    """Whatever it claims to have played; nor is anything of an endpoint without a member."""
    assert viewings(event(type=name, attributes={"title_id": "a"}, metrics={"seconds": 1e4})) == []
    assert viewings(played("aurora", 100, member_id="", endpoint_id="phone")) == []


def test_a_policy_names_types_of_its_own() -> None:
    """Instead of those of the default."""
    policy = ViewingPolicy.parse('[plays]\ntypes = ["video_finished"]\n[reels]\ncount = false')
    finished = event(
        type="video_finished", attributes={"title_id": "a"}, metrics={"seconds": 100.0}
    )
    assert [
        viewing.title_id for viewing in viewings(finished, played("b", 100), policy=policy)
    ] == ["a"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[plays", "not valid TOML"),
        ("[opens]", "opens"),
        ("[plays]\nleast = 3", "plays.least"),
        ("[plays]\nleast_seconds = -1", "plays.least_seconds"),
        ("[plays]\nleast_seconds = nan", "plays.least_seconds"),
        ('[plays]\nleast_seconds = "60"', "plays.least_seconds"),
        ("[plays]\ntypes = []", "plays.types"),
        ('[plays]\ntypes = ["opened_notification"]', "not say that a title was played"),
        ('[plays]\ntypes = ["_campaign.send"]', "not say that a title was played"),
        ('[plays]\ntypes = ["reel_started"]', "not say that a title was played"),
        ('[plays]\ntypes = ["reel_progress"]', "rule of its own"),
        ('[plays]\ntypes = ["title_viewed"]', "rule of its own"),
        ("[reels]\ncount = 1", "reels.count"),
        ("[ratings]\nleast_rating = inf", "ratings.least_rating"),
        ("plays = 1", "plays"),
    ],
)
def test_a_malformed_policy_is_explained(text: str, problem: str, tmp_path: Path) -> None:
    """With the file and the field."""
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        read_viewing_policy(path)
    assert problem in caught.value.what
    assert caught.value.where == str(path)


def test_no_file_is_the_default_and_an_absent_one_is_refused(tmp_path: Path) -> None:
    """As with all policies."""
    assert read_viewing_policy(None) == POLICY
    with pytest.raises(PolicyError, match="cannot be read"):
        read_viewing_policy(tmp_path / "absent.toml")


_numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.lists(
        st.builds(
            Event,
            event_id=st.just("e"),
            type=st.sampled_from(
                ["title_played", "reel_progress", "title_rated", "reel_left", "title_viewed"]
            ),
            member_id=st.sampled_from(["", "a", "b"]),
            reel_id=st.sampled_from(["", "reel-1", "reel-2"]),
            time=st.integers(0, 253_402_300_799_999),
            received=st.just(NOW),
            attributes=st.dictionaries(st.sampled_from(["title_id", "device"]), st.text()),
            metrics=st.dictionaries(
                st.sampled_from(["seconds", "cut", "frames", "rating"]), _numbers
            ),
        ),
        max_size=12,
    )
)
def test_any_events_give_viewings_in_order(events: Iterable[Event]) -> None:
    """Whatever numbers a device sends; and in whatever order the events come."""
    found = viewings(*events)
    order = [(each.member_id, each.at) for each in found]
    assert order == sorted(order)
    assert all(each.member_id and each.title_id for each in found)
    least = {"play": 60, "reel": 3}
    assert all((each.seconds or 60) >= least.get(each.action, 0) for each in found)
