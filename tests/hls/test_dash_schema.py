"""A reel's manifest against the schema of MPDs, and the reader against broken ones."""

from __future__ import annotations

import pytest

from sizzle.hls import manifest, plan_reel
from sizzle.timecode import FrameRate
from tests.hls.dash_schema import read_mpd
from tests.hls.sample_segment_map import reel_of, segment_map

RATES = [FrameRate(24000, 1001), FrameRate(25), FrameRate(30000, 1001, True), FrameRate(60)]


def mpd(rate: FrameRate = RATES[0]) -> str:
    """That of a reel of three cuts."""
    reel = reel_of((80, 160), (0, 40), (200, 360), rate=rate)
    return manifest(plan_reel(reel, segment_map(rate=rate)), "../../media/1-abc")


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_manifests_are_valid(rate: FrameRate) -> None:
    """At every rate, and the music lasts as long as each rendition, to the sample."""
    lengths = read_mpd(mpd(rate))
    assert list(lengths) == ["720p", "240p", "bed-main"]
    seconds = rate.seconds(280)
    assert lengths["720p"] == lengths["240p"] == seconds
    assert 0 <= (lengths["bed-main"] - seconds) * 48_000 < 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (' minBufferTime="PT2S"', ""),
        ('minBufferTime="PT2S"', 'minBufferTime="2"'),
        (' lang="zxx"', ' language="zxx"'),
        ('lang="zxx"', 'lang="no language"'),
        ('id="240p"', 'id="720p"'),
        ('id="240p"', ""),
        ("<SegmentTimeline>", '<SegmentTimeline t="0">'),
        ('r="0"', 'r="1"'),
        ('<S d="', '<S x="'),
        ('frameRate="24000/1001"', 'frameRate="23.976"'),
        ('timescale="48000"', 'timescale="48000" duration="79872"'),
        (' duration="40040"', ""),
        ("<Period ", "<Role/><Period "),
        ('sar="1:1"', 'sar="1"'),
        ("</Period>", "text</Period>"),
        ('mediaPresentationDuration="PT11', 'mediaPresentationDuration="PT12'),
    ],
)
def test_what_the_schema_forbids_is_found(before: str, after: str) -> None:
    """So that a manifest that passes means something."""
    text = mpd()
    assert before in text
    broken = text.replace(before, after, 1)
    with pytest.raises(AssertionError):
        read_mpd(broken)
