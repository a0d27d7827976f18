"""HLS, DASH and byte ranges of a reel, from a made-up map."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from xml.etree import ElementTree as Xml

import pytest

from sizzle.hls import (
    ReelPlan,
    Rendition,
    bandwidth,
    bed_playlist,
    byte_ranges,
    key_frame_playlist,
    manifest,
    master_playlist,
    media_playlist,
    plan_reel,
)
from sizzle.hls.playlists import bed_addresses
from sizzle.timecode import FrameRate
from tests.hls.rfc8216 import read_key_frames, read_master, read_media
from tests.hls.sample_segment_map import reel_of, segment_map, sixty_cuts

MEDIA = "../../media/1-abc"
DASH = {"mpd": "urn:mpeg:dash:schema:mpd:2011"}
RATES = [FrameRate(24000, 1001), FrameRate(25), FrameRate(30000, 1001, True), FrameRate(60)]


@pytest.fixture(scope="module")
def plan() -> ReelPlan:
    """A reel of 60 cuts."""
    return plan_reel(*sixty_cuts())


def master_of(plan: ReelPlan) -> str:
    """The master playlist, if each key frame were a third of its fragment."""
    return master_playlist(plan, partial(key_frames, plan))


def key_frames(plan: ReelPlan, rendition: Rendition) -> list[int]:
    """Bytes of each slot's key frame."""
    return [size // 3 for size in plan.values_in_order(rendition.sizes)]


def test_the_master_playlist_keeps_the_rules(plan: ReelPlan) -> None:
    """Every rendition, its codecs with the music's, its size and rate, over one group of audio."""
    master = read_master(master_of(plan))
    assert [variant.uri for variant in master.variants] == [
        f"{plan.segment_map.package_id}/{name}.m3u8" for name in ("720p", "1080p", "480p", "240p")
    ]
    first = master.variants[1].attributes
    assert first["VIDEO-RANGE"] == "SDR"
    assert first["CODECS"] == '"avc1.640028,mp4a.40.2"'
    assert (first["RESOLUTION"], first["FRAME-RATE"]) == ("1920x1080", "23.976")
    assert [rendition["URI"] for rendition in master.renditions] == [
        f'"{plan.segment_map.package_id}/bed.m3u8"'
    ]


def test_players_begin_with_the_largest_of_two_megabits(plan: ReelPlan) -> None:
    """Or with the smallest where all need more; the others follow, largest first."""
    for largest, expected in ((1.0, 720), (1.5, 480), (100.0, 240), (0.01, 1080)):
        segment_map = plan.segment_map
        renditions = tuple(
            replace(rendition, sizes=tuple(int(size * largest) for size in rendition.sizes))
            for rendition in segment_map.renditions
        )
        scaled = replace(plan, segment_map=replace(segment_map, renditions=renditions))
        heights = [
            int(variant.uri.rpartition("/")[2].removesuffix("p.m3u8"))
            for variant in read_master(master_of(scaled)).variants
        ]
        assert heights[0] == expected
        assert heights[1:] == [each for each in (1080, 720, 480, 240) if each != expected]


def test_key_frames_have_playlists_of_their_own(plan: ReelPlan) -> None:
    """One of each rendition, with as many bytes of each fragment as its key frame needs."""
    master = read_master(master_of(plan))
    assert len(master.key_frames) == 4
    for rendition, variant in zip(plan.segment_map.renditions, master.key_frames, strict=True):
        assert variant.uri == f"{plan.segment_map.package_id}/iframes-{rendition.name}.m3u8"
        sizes = key_frames(plan, rendition)
        frames = read_key_frames(key_frame_playlist(plan, rendition, MEDIA, sizes))
        whole = read_media(media_playlist(plan, rendition, MEDIA)).segments
        assert [(length, uri) for length, uri, _ in frames] == whole
        assert [bytes_ for *_, bytes_ in frames] == [range(size) for size in sizes]
        peak = 8 * max(sizes) / rendition.fragment_seconds
        assert 0 <= int(variant.attributes["BANDWIDTH"]) - peak < 1


def test_bandwidth_is_that_of_this_reel(plan: ReelPlan) -> None:
    """Peak and average of its own segments and its own music, never less than what is sent."""
    master = read_master(master_of(plan))
    fragment, whole = plan.bed.fragment_seconds, len(plan.bed_fragments) - 1
    sizes = [plan.bed.sizes[number] for number in plan.bed_fragments]
    end = plan.playing.end or 0
    packets, all_packets = -(-end // plan.bed.packet), plan.bed.fragment_ticks // plan.bed.packet
    last = 416 + (sizes[-1] - 416) * Fraction(packets, all_packets)
    # The encoder's delay is not heard.
    lead = Fraction(plan.bed.delay, 48_000)
    peak_music = max(8 * max(sizes) / fragment, 8 * sizes[0] / (fragment - lead))
    music = 8 * (sum(sizes[:whole]) + last) / (whole * fragment + Fraction(end, 48_000) - lead)
    variants = sorted(master.variants, key=lambda variant: -int(variant.attributes["BANDWIDTH"]))
    for rendition, variant in zip(plan.segment_map.renditions, variants, strict=True):
        rates = [
            8 * rendition.sizes[fragment] / rendition.fragment_seconds
            for fragment in plan.fragments
        ]
        peak = max(rates) + peak_music
        average = sum(rates) / len(rates) + music
        assert 0 <= int(variant.attributes["BANDWIDTH"]) - peak < 2
        assert 0 <= int(variant.attributes["AVERAGE-BANDWIDTH"]) - average < 2
    everything = plan_reel(reel_of((0, 4_000)), plan.segment_map)
    smallest = plan.segment_map.rendition("240p")
    assert bandwidth(plan, smallest) != bandwidth(everything, smallest)


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_media_playlists_keep_the_rules(rate: FrameRate) -> None:
    """At every rate: one map, a segment a fragment, the same target duration everywhere."""
    reel = reel_of((80, 160), (0, 40), (200, 360), rate=rate)
    plan = plan_reel(reel, segment_map(rate=rate))
    bed = read_media(bed_playlist(plan, MEDIA))
    renditions = [
        read_media(media_playlist(plan, rendition, MEDIA))
        for rendition in plan.segment_map.renditions
    ]
    assert {playlist.target for playlist in (bed, *renditions)} == {
        plan.segment_map.target_duration
    }
    for name, playlist in zip(("720p", "240p"), renditions, strict=True):
        assert playlist.init == f"{MEDIA}/{name}/init.mp4"
        addresses = [
            f"{MEDIA}/{name}/{each}/{slot}.m4s" for slot, each in enumerate(plan.fragments)
        ]
        assert [uri for _, uri in playlist.segments] == addresses
        seconds = sum(length for length, _ in playlist.segments)
        assert seconds == pytest.approx(float(rate.seconds(reel.duration.frame)), abs=1e-5)
    heard = sum(length for length, _ in bed.segments)
    assert heard == pytest.approx(float(plan.seconds), abs=1e-5 + 1 / 48_000)
    last = len(plan.bed_fragments) - 1
    end = plan.playing.end
    assert [uri for _, uri in bed.segments][-1].endswith(f"/{last}/{last}-{end}.m4s")


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_the_music_is_as_long_as_the_picture(rate: FrameRate) -> None:
    """Whatever the length: to the sample, in HLS and in DASH, after the encoder's delay."""
    segments = segment_map(range(0, 3241, 40), rate=rate, bed_samples=7_000_000)
    for slots in range(1, 81):
        plan = plan_reel(reel_of((0, slots * 40), rate=rate), segments)
        samples = rate.seconds(slots * 40) * 48_000
        assert 0 <= sum(plan.playing.heard) - samples < 1
        assert all(0 < ticks <= plan.bed.fragment_ticks for ticks in plan.playing.heard)
    runs = Xml.fromstring(manifest(plan, MEDIA)).findall(".//mpd:S", DASH)
    heard = [int(run.get("d", "")) for run in runs for _ in range(int(run.get("r", "")) + 1)]
    assert tuple(heard) == plan.playing.heard


def test_music_that_ends_with_a_fragment_is_not_trimmed() -> None:
    """Its last segment has the address that longer reels use too."""
    segments = segment_map(rate=FrameRate(25), bed_samples=78 * 1024 * 3)
    bed = segments.beds[0]
    music = bed.playing(3 * bed.fragment_ticks - bed.delay, 2)
    assert (music.end, len(music.fragments)) == (None, 3)
    assert bed_addresses(music, "bed")[-1] == "bed/2/2.m4s"


def test_the_manifest_has_the_same_segments_in_one_period(plan: ReelPlan) -> None:
    """Each representation lists what the playlist of its rendition lists."""
    root = Xml.fromstring(manifest(plan, MEDIA))
    space = {"": "urn:mpeg:dash:schema:mpd:2011"}
    assert root.get("type") == "static"
    assert len(root.findall("Period", space)) == 1
    assert root.get("mediaPresentationDuration") == f"PT{float(plan.seconds):.6f}S"
    representations = {
        element.get("id"): element for element in root.iterfind(".//Representation", space)
    }
    assert list(representations) == ["1080p", "720p", "480p", "240p", "bed-main"]
    for rendition in plan.segment_map.renditions:
        playlist = read_media(media_playlist(plan, rendition, MEDIA))
        listed = representations[rendition.name].iterfind(".//SegmentURL", space)
        assert [element.get("media") for element in listed] == [uri for _, uri in playlist.segments]
        segments = representations[rendition.name].find("SegmentList", space)
        assert segments is not None
        assert (segments.get("timescale"), segments.get("duration")) == ("24000", "40040")


def test_byte_ranges_lead_to_the_same_fragments(plan: ReelPlan) -> None:
    """Each segment's bytes, and the offset from its own time to its time in the reel."""
    reel, segment_map = sixty_cuts()
    document = byte_ranges(reel, plan, MEDIA)
    rendition, first = segment_map.renditions[0], document["renditions"][0]
    assert first["address"] == f"{MEDIA}/1080p.mp4"
    assert first["type"] == 'video/mp4; codecs="avc1.640028"'
    for slot, (fragment, (start, end, header, time_offset)) in enumerate(
        zip(plan.fragments, first["ranges"], strict=True)
    ):
        assert end - start == rendition.sizes[fragment]
        assert start == rendition.init_size + sum(rendition.sizes[:fragment])
        assert (header, time_offset) == (428, 76)
        cut, offset = document["segments"][slot]
        own = segment_map.rate.seconds(segment_map.starts[fragment])
        assert float(own) + offset == pytest.approx(slot * float(rendition.fragment_seconds))
        assert reel.cuts[cut].source.start.frame <= segment_map.starts[fragment]
        assert segment_map.starts[fragment] < reel.cuts[cut].source.stop.frame
    assert len(document["bed"]["ranges"]) == len(plan.bed_fragments)
    assert document["bed"]["offsets"] == [0.0] * len(plan.bed_fragments)
    assert all(before[1] == after[0] for before, after in pairwise(document["bed"]["ranges"]))
