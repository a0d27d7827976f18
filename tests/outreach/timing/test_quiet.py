"""No message goes out in anybody's quiet hours, whatever clocks do."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import InputError
from sizzle.outreach.timing import QuietHours, next_awake, possible_zones
from sizzle.outreach.timing.gate import MARGIN

NIGHT = QuietHours.parse("21:00-08:00")
MINUTE = 60_000
# One for each hour of the day, with halves and quarters, and changes of clocks on both halves of
# the globe, of half an hour too, and at midnight.
ZONES = (
    "Pacific/Honolulu", "Pacific/Marquesas", "America/Anchorage", "America/Los_Angeles",
    "America/Phoenix", "America/Chicago", "America/New_York", "America/Halifax",
    "America/St_Johns", "America/Sao_Paulo", "Atlantic/Azores", "Europe/London", "Europe/Paris",
    "Europe/Athens", "Africa/Cairo", "Asia/Beirut", "Asia/Kolkata", "Asia/Kathmandu",
    "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Auckland",
    "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip


def wall(at: int, zone: str) -> time:
    """What a clock on a wall shows, computed apart from the code under test."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).time()


def ms(text: str, zone: str = "UTC", fold: int = 0) -> int:
    """A wall clock's time in milliseconds since 1970."""
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(at.timestamp() * 1000)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("quiet", ["21:00-08:00", "00:30-02:30", "02:15-03:00", "23:00-00:00"])
def test_nobody_is_woken_over_both_changes_of_clocks(zone: str, quiet: str) -> None:
    """A fake clock runs through both changes of 2026: what passes is awake, and nothing waits on.

    The moment before one that is chosen is quiet, so that no message is held for longer than it
    must be, but for the hour that clocks skip.
    """
    hours = QuietHours.parse(quiet)
    changes = [
        day for day in range(ms("2026-01-01"), ms("2027-01-01"), 24 * 60 * MINUTE)
        if ZoneInfo(zone).utcoffset(datetime.fromtimestamp(day / 1000))
        != ZoneInfo(zone).utcoffset(datetime.fromtimestamp(day / 1000 + 24 * 3600))
    ]  # fmt: skip
    for change in changes[:2] or [ms("2026-03-29")]:
        for now in range(change - 12 * 60 * MINUTE, change + 48 * 60 * MINUTE, 37 * MINUTE):
            at = next_awake(now, (zone,), hours)
            assert at is not None
            assert not hours.cover(wall(at, zone))
            before = range(at - 1 - 60 * MINUTE, at, 15 * MINUTE)
            assert at == now or any(hours.cover(wall(each, zone)) for each in before)
            assert at - now <= 13 * 60 * MINUTE


@given(
    st.integers(ms("2026-01-01"), ms("2027-01-01")),
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    st.builds(QuietHours, *[st.times().map(lambda t: t.replace(second=0, microsecond=0))] * 2),
)
def test_all_zones_are_awake_for_as_long_as_handing_over_takes(
    now: int, zones: list[str], quiet: QuietHours
) -> None:
    """Whatever the hours; none is found only where none of the next days has one."""
    at = next_awake(now, tuple(zones), quiet, MARGIN)
    if at is None:
        hour = range(now, now + 48 * 60 * MINUTE, 20 * MINUTE)
        both = [any(quiet.cover(wall(t + d, z)) for z in zones for d in (0, MARGIN)) for t in hour]
        assert all(both)
        return
    assert at >= now
    for moment in (at, at + MARGIN // 2, at + MARGIN):
        assert not any(quiet.cover(wall(moment, zone)) for zone in zones)


def test_hours_that_do_not_exist_or_exist_twice() -> None:
    """Quiet until 02:30 ends with the hour that clocks skip; what comes twice is judged twice."""
    until = QuietHours.parse("21:00-02:30")
    spring = next_awake(ms("2026-03-29T01:59", "Europe/Paris"), ("Europe/Paris",), until)
    assert spring is not None
    assert (
        ms("2026-03-29T03:00", "Europe/Paris") <= spring <= ms("2026-03-29T03:30", "Europe/Paris")
    )
    first = ms("2026-10-25T02:30", "Europe/Paris")
    assert next_awake(first - MINUTE, ("Europe/Paris",), until) == first
    again = ms("2026-10-25T02:10", "Europe/Paris", fold=1)
    assert next_awake(again, ("Europe/Paris",), until) == again + 20 * MINUTE


def test_no_hours_are_never_quiet_and_all_hours_always() -> None:
    """And where no hour suits all of a country's zones, that is said."""
    assert next_awake(7, ("UTC",), QuietHours.parse("")) == 7
    assert next_awake(7, ("UTC",), QuietHours(time(0, 0), time(23, 59, 59, 999_999))) is None
    assert next_awake(7, possible_zones("", "", "", "AQ", "UTC"), NIGHT) is None


@pytest.mark.parametrize(
    ("given_zone", "member", "phone", "country", "zones"),
    [
        ("Asia/Tokyo", "Europe/Paris", "+14155550123", "US", {"Asia/Tokyo"}),
        ("Mars/Phobos", "Europe/Paris", "+14155550123", "US", {"Europe/Paris"}),
        ("../../etc/passwd", "/UTC", "+14155550123", "", {"America/Los_Angeles"}),
        ("America", "", "", "FR", {"Europe/Paris"}),
        ("", "", "no number", "xx", {"Etc/UTC"}),
        ("x" * 5000, "\0", "+", "", {"Etc/UTC"}),
    ],
)
def test_the_best_that_is_known_of_a_zone_is_taken(
    given_zone: str, member: str, phone: str, country: str, zones: set[str]
) -> None:
    """The device's, else the member's, the phone's, the country's; text that is no zone is none."""
    assert set(possible_zones(given_zone, member, phone, country, "Etc/UTC")) == zones


def test_who_may_be_in_several_zones_is_held_until_all_are_awake() -> None:
    """An American without a zone gets a mail when it is 8 in Honolulu, not before."""
    zones = possible_zones("", "", "", "us", "UTC")
    assert {"America/New_York", "Pacific/Honolulu"} <= set(zones)
    at = next_awake(ms("2026-06-01T08:00", "America/New_York"), zones, NIGHT)
    assert at == ms("2026-06-01T08:00", "Pacific/Honolulu")


@pytest.mark.parametrize("text", ["21-8", "21:00-24:00", "9:00-10:00", "21:00 08:00", "x", " "])
def test_text_that_is_no_hours_is_refused(text: str) -> None:
    """With how to write it."""
    with pytest.raises(InputError, match="21:00-08:00"):
        QuietHours.parse(text)
