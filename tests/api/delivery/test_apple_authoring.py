"""A reel by the rules of Apple's HLS authoring specification, and that broken ones are noticed."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

from sizzle.reel import TimecodeList
from tests.api.delivery_app import MASTER, app_of
from tests.hls.apple_authoring import Segment, Stream, Track, broken_rules, fetch
from tests.packager import packaged_asset


@pytest.fixture(scope="module")
def stream(player: TestClient) -> Stream:
    """The reel, with all of its playlists and segments."""
    return fetched(player, "master.m3u8")


def fetched(player: TestClient, master: str) -> Stream:
    """A reel with all of its playlists and segments."""

    def get(address: str, part: range | None) -> tuple[bytes, str]:
        headers = {"range": f"bytes={part[0]}-{part[-1]}"} if part else {}
        answer = player.get(urljoin(MASTER, address), headers=headers)
        assert answer.status_code == (206 if part else 200)
        return answer.content, answer.headers.get("content-encoding", "")

    return fetch(get, master)


def test_a_reel_keeps_the_rules(stream: Stream) -> None:
    """All of them."""
    assert broken_rules(stream) == []
    assert len(stream.encodings) >= 3


def test_a_reel_in_two_codecs_keeps_the_rules(
    tmp_path_factory: pytest.TempPathFactory, reel: TimecodeList
) -> None:
    """All of them; a device that plays neither is told what there is."""
    root = packaged_asset.shared_in_av1(tmp_path_factory).root
    player = TestClient(app_of(root, reel), raise_server_exceptions=False)
    stream = fetched(player, "master.m3u8?codecs=h264,av1,vp9")
    assert broken_rules(stream) == []
    stated = [variant.attributes["CODECS"][1:5] for variant in stream.master.variants]
    assert stated == ["av01", "avc1"]
    assert "av01" not in player.get(MASTER).text
    refused = player.get(f"{MASTER}?codecs=vp9")
    assert (refused.status_code, refused.json()["fix"]) == (
        404,
        "ask for av1 or h264, or package the asset with `--codecs`.",
    )


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (',LANGUAGE="zxx"', "", "Audio: a rendition has LANGUAGE"),
        (',CHANNELS="2"', "", "Audio: a rendition has CHANNELS"),
        (",VIDEO-RANGE=SDR,F", ",F", "Multivariant playlist: every variant has VIDEO-RANGE"),
        (",FRAME-RATE=23.976", "", "Multivariant playlist: every variant has FRAME-RATE"),
        (",CLOSED-CAPTIONS=NONE", "", "Captions: variants without say NONE"),
        ("mp4a.40.2", "mp4a.40.5", "Audio: CODECS is that of the media"),
        ('CODECS="avc1.4d', 'CODECS="avc1.64', "Video: CODECS is that of the media"),
        (":BANDWIDTH=", ":BANDWIDTH=1", "Bit rates: BANDWIDTH is within 10 %"),
        (
            ",AVERAGE-BANDWIDTH=",
            ",AVERAGE-BANDWIDTH=1",
            "Bit rates: AVERAGE-BANDWIDTH is within 10 %",
        ),
    ],
)
def test_what_a_playlist_lacks_is_noticed(
    before: str, after: str, rule: str, stream: Stream
) -> None:
    """Each by its rule."""
    assert before in stream.text
    broken = broken_rules(replace(stream, text=stream.text.replace(before, after)))
    assert rule in broken


def shortened(track: Track) -> Track:
    """Without its last segment."""
    return replace(track, segments=track.segments[:-1])


def late(track: Track) -> Track:
    """With its first segment twice."""
    return replace(track, segments=[track.segments[0], *track.segments])


def misstated(track: Track) -> Track:
    """With other durations than its media's."""
    segments = [Segment(segment.seconds + 0.01, segment.data) for segment in track.segments]
    return replace(track, segments=segments)


def test_what_media_lacks_is_noticed(stream: Stream) -> None:
    """Audio of another length, gaps, durations that are not true, no key frames, no gzip."""
    name = "Media segmentation: "
    for audio in (shortened(stream.audio), late(stream.audio)):
        assert f"{name}audio lasts as long as video" in broken_rules(replace(stream, audio=audio))
    assert f"{name}each has its decoding time" in broken_rules(
        replace(stream, audio=late(stream.audio))
    )
    wrong = [misstated(track) for track in stream.variants]
    assert f"{name}durations are those of the media" in broken_rules(
        replace(stream, variants=wrong)
    )
    whole = [replace(track, text=track.text) for track in stream.variants]
    assert "Trick play: each is one key frame" in broken_rules(replace(stream, key_frames=whole))
    plain = replace(stream, encodings=[""])
    assert broken_rules(plain) == ["Delivery: playlists are compressed by gzip"]
