"""Renditions in AV1 beside those in H.264, read back by PyAV."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import pytest

from player_stub import barcode
from sizzle.errors import InputError, NotFoundError
from sizzle.ffmpeg_abilities import FfmpegError
from sizzle.hls import (
    Codec,
    Rendition,
    SegmentMap,
    SegmentMapError,
    from_bytes,
    manifest,
    master_playlist,
    plan_reel,
    ranges_document,
    to_bytes,
)
from sizzle.packager import Encoding, Packaged, package, parse_codecs
from tests.hls.rfc8216 import read_master
from tests.old_ffmpeg import write_without
from tests.packager import packaged_asset
from tests.packager.packaged_asset import IN_AV1, Made, scattered, shown_by_pyav
from tests.player_stub.synthetic import luma

BOTH = frozenset(Codec)


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Packaged:
    """The small asset in one size and two codecs."""
    return packaged_asset.shared_in_av1(tmp_path_factory).packaged


@pytest.fixture
def av1(packaged: Packaged) -> Rendition:
    """The rendition in AV1."""
    return packaged.segment_map.rendition("180p-av1")


def test_each_fragment_is_decoded_alone(packaged: Packaged, av1: Rendition) -> None:
    """It begins with a key frame, and none of its frames refers to another fragment."""
    data = (packaged.folder / av1.file).read_bytes()
    starts = packaged.segment_map.starts
    for number, (start, end) in enumerate(pairwise(av1.offsets)):
        alone = io.BytesIO(data[: av1.init_size] + data[start:end])
        with av.open(alone, mode="r") as container:
            shown = [barcode.read(luma(frame)) for frame in container.decode(video=0)]
        assert shown == list(range(starts[number], starts[number + 1]))


def test_every_frame_is_there_at_its_time(packaged: Packaged, av1: Rendition) -> None:
    """Once each, from time 0, as in H.264."""
    numbers, seconds = shown_by_pyav(str(packaged.folder / av1.file))
    assert numbers == list(range(packaged.segment_map.duration))
    assert (numbers, seconds) == shown_by_pyav(str(packaged.folder / "180p.mp4"))


def test_the_codec_string_is_that_of_the_sequence_header(
    packaged: Packaged, av1: Rendition
) -> None:
    """Main profile, 8 bits, and the level in the stream's first bytes (AV1, section 5.5.1)."""
    with av.open(str(packaged.folder / av1.file)) as container:
        extradata = container.streams.video[0].codec_context.extradata
    assert extradata is not None
    profile, level = extradata[1] >> 5, extradata[1] & 31
    assert av1.codecs == f"av01.{profile}.{level:02}M.08"
    assert from_bytes(to_bytes(packaged.segment_map)).rendition(av1.name).codec == Codec.AV1


def test_a_device_gets_what_it_says_it_plays(made: Made, packaged: Packaged) -> None:
    """In playlists, manifests and byte ranges; one that says nothing gets H.264 alone."""
    segment_map = packaged.segment_map
    reel = scattered(made.index)
    plan = plan_reel(reel, segment_map)
    offers = [
        ([Codec.H264], ["avc1"]),
        ([Codec.AV1], ["av01"]),
        (BOTH, ["av01", "avc1"]),
    ]
    for codecs, expected in offers:
        renditions = segment_map.renditions_to(codecs=codecs)
        master = read_master(master_playlist(plan, lambda _: plan.fragments, renditions))
        assert [variant.attributes["CODECS"][1:5] for variant in master.variants] == expected
        mpd = manifest(plan, "media", renditions)
        assert mpd.count('contentType="video"') == len(expected)
        assert [kind for kind in ("av01", "avc1") if f'codecs="{kind}' in mpd] == expected
        document = ranges_document(reel, plan, "media", renditions=renditions)
        assert [one["type"][19:23] for one in document["renditions"]] == expected
    assert segment_map.renditions_to() == segment_map.renditions_to(codecs=[Codec.H264])
    only_h264 = replace(segment_map, renditions=segment_map.renditions_to())
    with pytest.raises(NotFoundError, match="no rendition in av1"):
        only_h264.renditions_to(codecs=[Codec.AV1])


def test_packages_in_h264_alone_keep_their_names(made: Made) -> None:
    """What was packaged before there was AV1 is not made again, whatever its settings are now."""
    other = replace(made.packaged, unchanged=True)
    changed = replace(IN_AV1, ladder=(1080, 180, 144), codecs=(Codec.H264,))
    again = package(made.index, made.root, replace(changed, encoding=Encoding(preset="ultrafast")))
    assert again.folder == other.folder
    assert again.unchanged


def test_an_encoder_that_is_missing_is_named(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is written."""
    monkeypatch.setenv("SIZZLE_FFMPEG", str(write_without(tmp_path, "libsvtav1")))
    with pytest.raises(FfmpegError, match="encoder libsvtav1"):
        package(made.index, tmp_path / "packages", IN_AV1)
    assert not (tmp_path / "packages").exists()


@pytest.mark.parametrize(
    ("text", "what"),
    [("av1", "Without H.264"), ("h264,vp9", "'vp9' is not a codec"), ("", "'' is not a codec")],
)
def test_codecs_that_cannot_be_are_refused(text: str, what: str) -> None:
    """The message says which can."""
    with pytest.raises(InputError, match=what):
        parse_codecs(text)


def test_a_map_with_an_unknown_codec_is_refused(packaged: Packaged) -> None:
    """Rather than offered to devices."""
    (first, *_) = packaged.segment_map.renditions
    odd: SegmentMap = replace(
        packaged.segment_map, renditions=(replace(first, codecs="hvc1.1.6.L93.B0"),)
    )
    with pytest.raises(SegmentMapError, match=r"neither H\.264 nor AV1"):
        from_bytes(to_bytes(odd))
