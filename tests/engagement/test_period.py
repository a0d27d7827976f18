"""Periods are half-open, and begin at the midnights of a time zone."""

from __future__ import annotations

import pytest

from sizzle.engagement.period import Period
from sizzle.errors import InputError


@pytest.mark.parametrize(
    ("start", "end", "zone", "expected"),
    [
        ("2026-11-30", "2026-12-01", "UTC", ("2026-11-30T00:00", "2026-12-01T00:00")),
        ("2026-03-29", "2026-03-30", "Europe/Paris", ("2026-03-28T23:00", "2026-03-29T22:00")),
        ("2026-10-25", "2026-10-26", "Europe/Paris", ("2026-10-24T22:00", "2026-10-25T23:00")),
        ("2026-11-30", None, "Asia/Kathmandu", ("2026-11-29T18:15", None)),
        # In Cuba clocks are put forward at midnight: the day begins at 1 o'clock.
        ("2026-03-08", "2026-03-09", "America/Havana", ("2026-03-08T05:00", "2026-03-09T04:00")),
        ("2026-11-30T18:00:00Z", "2026-11-30T18:00:00.001Z", "Asia/Tokyo", None),
        ("2026-11-30T18:00:00", None, "Asia/Tokyo", ("2026-11-30T09:00", None)),
        (None, "2026-11-30T18:00:00+05:30", "UTC", (None, "2026-11-30T12:30")),
        (None, None, "Europe/Paris", (None, None)),
    ],
)
def test_periods(
    start: str | None, end: str | None, zone: str, expected: tuple[str | None, str | None] | None
) -> None:
    """In zones of all kinds, over the changes of their clocks."""
    period = Period.parse(start, end, zone)
    if expected is None:
        assert period.start is not None
        assert period.end == period.start + 1
        return
    texts = tuple(each and f"{each}:00.000Z" for each in expected)
    assert (period.start_text, period.end_text) == texts


@pytest.mark.parametrize(
    ("start", "end", "zone", "message"),
    [
        ("2026-12-01", "2026-11-30", "UTC", "not after its start"),
        ("2026-12-01", "2026-12-01", "UTC", "not after its start"),
        ("yesterday", None, "UTC", "neither a date nor a time"),
        ("2026-02-30", None, "UTC", "neither a date nor a time"),
        ("0001-01-01", None, "Asia/Tokyo", "neither a date nor a time"),
        (None, "9999-12-31T23:59:59-23:59", "UTC", "neither a date nor a time"),
        ("2026-11-30", None, "Europe/Pariss", "Europe/Paris"),
        ("2026-11-30", None, "../etc/passwd", "no time zone"),
        ("2026-11-30", None, "Europe", "no time zone"),
        ("2026-11-30", None, "", "no time zone"),
        ("2026-11-30", None, "a\0b", "no time zone"),
    ],
)
def test_what_is_no_period_is_refused(
    start: str | None, end: str | None, zone: str, message: str
) -> None:
    """Dates reversed, days that do not exist, zones that do not, and paths instead of zones."""
    with pytest.raises(InputError) as caught:
        Period.parse(start, end, zone)
    assert message in str(caught.value)
