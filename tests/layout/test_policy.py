"""Layout policies: the TOML and what is wrong with it."""

from __future__ import annotations

import pytest

from sizzle.errors import PolicyError
from sizzle.layout import DEFAULT, Layout
from sizzle.timecode import FrameRate
from tests.layout.default_policy import POLICY


def test_the_default_layout_as_a_policy_file() -> None:
    """What the file says is what the code ships."""
    assert Layout.parse(POLICY) == DEFAULT
    assert DEFAULT.describe_run() == "2 x 160, 4 x 80, 8 x 40"


def test_a_key_frame_each_common_divisor_serves_all_clips() -> None:
    """160, 80 and 40 have 40 in common."""
    assert DEFAULT.fragment == 40


def test_drop_frame_and_track() -> None:
    """The other fields."""
    policy = POLICY.replace("23.976", "29.97").replace("00:00:00", "00:00;00")
    layout = Layout.parse(policy + "drop_frame = true\ntrack = 2\n")
    assert layout.rate == FrameRate(30000, 1001, drop_frame=True)
    assert (layout.track, layout.start) == (2, 107_892)


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("not toml", "not valid TOML"),
        ("", "name: Field required"),
        (POLICY + "colour = 1", "colour"),
        (POLICY + "track = 0", "track"),
        (POLICY + "track = true", "track"),
        (POLICY.replace('"2x160"', '"160"'), "clips.0"),
        (POLICY.replace('["2x160", "4x80", "8x40"]', "[]"), "clips"),
        (POLICY.replace("23.976", "fast"), "'fast'"),
        (POLICY.replace("01:00:00:00", "1 o'clock"), "not a timecode"),
    ],
)
def test_a_malformed_policy_says_which_field(policy: str, says: str) -> None:
    """And in which file."""
    with pytest.raises(PolicyError, match=says) as caught:
        Layout.parse(policy, "layout.toml")
    assert caught.value.where == "layout.toml"
