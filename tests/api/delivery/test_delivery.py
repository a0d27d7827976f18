"""Reels over HTTP as ordinary players play them, read back frame by frame."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

import av
import httpx2
import pytest
from fastapi.testclient import TestClient
from pymp4.parser import Box

from sizzle import process
from sizzle.hls import read_samples
from sizzle.links.addresses import address_of
from sizzle.links.signing import Signing
from sizzle.packager.encode import PACKET
from sizzle.reel import TimecodeList
from tests.api.delivery_app import KEY, MASTER, app_of, package_path
from tests.hls.rfc8216 import read_key_frames, read_master, read_media
from tests.packager import packaged_asset
from tests.packager.packaged_asset import SIZES, Made


@pytest.fixture(scope="module")
def address(made: Made, reel: TimecodeList) -> Iterator[str]:
    """The service at a real socket."""
    with packaged_asset.serving(app_of(made.root, reel)) as address:
        yield address


@pytest.fixture(scope="module")
def signed_address(made: Made, reel: TimecodeList) -> Iterator[str]:
    """The master playlist's address at a service that requires signatures."""
    signing = Signing(KEY, time.time)
    with packaged_asset.serving(app_of(made.root, reel, signing=signing)) as address:
        yield address + address_of("reel-1", signing=signing)


@pytest.mark.parametrize("stream", range(2))
def test_ffmpeg_shows_exactly_the_reel(stream: int, address: str, reel: TimecodeList) -> None:
    """From the master playlist, each rendition: every frame once, in order, of the right clip."""
    size = list(SIZES.values())[stream]
    assert packaged_asset.shown_by_ffmpeg(address + MASTER, size, stream) == reel.source_frames()


@pytest.mark.parametrize("rendition", SIZES)
def test_pyav_shows_each_frame_at_its_time(
    rendition: str, address: str, reel: TimecodeList
) -> None:
    """From a rendition's playlist: the first at 0 s, no gap and no overlap at the joins."""
    master = read_master(httpx2.get(address + MASTER).text)
    uri = master.variants[list(SIZES).index(rendition)].uri
    numbers, seconds = packaged_asset.shown_by_pyav(urljoin(address + MASTER, uri))
    assert numbers == reel.source_frames()
    assert seconds == [pytest.approx(at * 1001 / 24000) for at in range(len(numbers))]


def test_signed_addresses_lead_players_on(signed_address: str, reel: TimecodeList) -> None:
    """From the signed address to all others, through the playlists alone."""
    assert packaged_asset.shown_by_ffmpeg(signed_address, SIZES["180p"]) == reel.source_frames()


@cache
def ffmpeg_reads_dash() -> bool:
    """Whether this ffmpeg can read DASH."""
    said = process.run([process.ffmpeg(), "-hide_banner", "-demuxers"], timeout=20)
    return b" dash " in said


def test_ffmpeg_shows_the_reel_from_dash(address: str, reel: TimecodeList) -> None:
    """One period, the same segments."""
    if not ffmpeg_reads_dash():
        pytest.skip("this ffmpeg reads no DASH: DASH playback is not proved here")
    manifest = f"{address}/v1/reels/reel-1/manifest.mpd"
    assert packaged_asset.shown_by_ffmpeg(manifest, SIZES["180p"]) == reel.source_frames()


@pytest.mark.parametrize("rendition", SIZES)
def test_the_film_is_the_reel(
    rendition: str, player: TestClient, reel: TimecodeList, tmp_path: Path
) -> None:
    """One MP4 that other programs read: its frames at their times, the music equally long."""
    film = tmp_path / "film.mp4"
    film.write_bytes(player.get("/v1/reels/reel-1.mp4", params={"rendition": rendition}).content)
    numbers, seconds = packaged_asset.shown_by_pyav(str(film))
    assert (
        numbers
        == reel.source_frames()
        == packaged_asset.shown_by_ffmpeg(str(film), SIZES[rendition])
    )
    assert seconds == [pytest.approx(at * 1001 / 24000) for at in range(len(numbers))]
    with av.open(str(film)) as container:
        sound, video = container.streams.audio[0], container.streams.video[0]
        for stream in (sound, video):
            assert stream.duration is not None
            assert stream.time_base is not None
        samples = sum(frame.samples for frame in container.decode(sound))
    # Its edit list ends it to the sample; what decodes a whole packet more is told to leave it.
    assert 0 <= samples - len(numbers) * 2002 < 1024
    assert _heard(film) == len(numbers) * 2002 / 48_000
    assert [Box.parse(film.read_bytes()[:32]).type] == [b"ftyp"]


def _heard(film: Path) -> float:
    """Seconds of the music, as the film's index says: its duration in the header of its track."""
    data = film.read_bytes()
    at = data.rindex(b"tkhd", 0, data.index(b"mdat"))
    movie = data.index(b"mvhd")
    timescale = int.from_bytes(data[movie + 16 : movie + 20])
    return int.from_bytes(data[at + 24 : at + 28]) / timescale


def test_playlists_keep_the_rules_and_lead_to_what_they_say(player: TestClient) -> None:
    """RFC 8216, from the master playlist to each segment; bandwidths are upper bounds."""
    master = read_master(player.get(MASTER).text)
    bed_path = urljoin(MASTER, master.renditions[0]["URI"].strip('"'))
    bed = read_media(player.get(bed_path).text)
    music = [len(player.get(urljoin(bed_path, uri)).content) for _, uri in bed.segments]
    for variant in master.variants:
        path = urljoin(MASTER, variant.uri)
        playlist = read_media(player.get(path).text)
        assert playlist.target == bed.target
        init = player.get(urljoin(path, playlist.init))
        assert init.headers["content-type"] == "video/mp4"
        sizes = []
        for slot, (_, uri) in enumerate(playlist.segments):
            segment = player.get(urljoin(path, uri)).content
            moof = Box.parse(segment[: int.from_bytes(segment[:4])])
            (track,) = [box for box in moof.children if box.type == b"traf"]
            (time,) = [box for box in track.children if box.type == b"tfdt"]
            assert time.baseMediaDecodeTime == slot * 40 * 1001
            assert moof.children[0].sequence_number == slot + 1
            sizes.append(len(segment))
        peak = max(sizes) * 8 / (40 * 1001 / 24000) + max(music) * 8 / 1.664
        assert peak <= int(variant.attributes["BANDWIDTH"]) <= peak + 2


@pytest.mark.parametrize("rendition", SIZES)
def test_key_frames_are_the_first_of_each_slot(
    rendition: str, player: TestClient, reel: TimecodeList, tmp_path: Path
) -> None:
    """Their bytes alone show the right frame; bandwidths are those of these bytes."""
    master = read_master(player.get(MASTER).text)
    variant = master.key_frames[list(SIZES).index(rendition)]
    path = urljoin(MASTER, variant.uri)
    text = player.get(path).text
    frames = read_key_frames(text)
    init = player.get(urljoin(path, read_media(_whole(text)).init)).content
    wanted, film = reel.source_frames()[::40], tmp_path / "frame.mp4"
    assert len(frames) == len(wanted)
    rates = []
    for (seconds, uri, part), number in zip(frames, wanted, strict=True):
        asked = {"range": f"bytes={part[0]}-{part[-1]}"}
        got = player.get(urljoin(path, uri), headers=asked)
        assert (got.status_code, len(got.content)) == (206, len(part))
        film.write_bytes(init + got.content)
        assert packaged_asset.shown_by_pyav(str(film))[0] == [number]
        rates.append(len(part) * 8 / seconds)
    assert max(rates) <= int(variant.attributes["BANDWIDTH"]) <= max(rates) * 1.01


def _whole(text: str) -> str:
    """A playlist of key frames as one of whole fragments."""
    only = ("#EXT-X-BYTERANGE", "#EXT-X-I-FRAMES-ONLY")
    return "".join(line for line in text.splitlines(True) if not line.startswith(only))


def test_the_music_ends_with_the_picture(address: str, reel: TimecodeList) -> None:
    """To the sample in its segments' headers, and to a packet in what is decoded from HLS."""
    master = read_master(httpx2.get(address + MASTER).text)
    bed = urljoin(address + MASTER, master.renditions[0]["URI"].strip('"'))
    playlist = read_media(httpx2.get(bed).text)
    frames = len(reel.source_frames())
    assert sum(length for length, _ in playlist.segments) == pytest.approx(frames * 1001 / 24000)
    segments = [httpx2.get(urljoin(bed, uri)).content for _, uri in playlist.segments]
    headers = [read_samples(segment) for segment in segments]
    assert [header.time for header in headers] == [slot * 79_872 for slot in range(len(headers))]
    ends = headers[-1].time + sum(headers[-1].durations)
    assert ends - PACKET == frames * 2002
    assert sum(headers[-1].sizes) == len(segments[-1]) - segments[-1].index(b"mdat") - 4
    with av.open(bed) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert 0 <= samples - frames * 2002 <= 2 * PACKET  # it may keep the encoder's delay


def test_members_share_the_end_of_the_music(made: Made, reel: TimecodeList) -> None:
    """Reels of a length list the same segments of music; a longer one shares all but the last."""
    same = reel.model_copy(update={"reel_id": "reel-2", "cuts": tuple(reversed(reel.cuts))})
    keys = [cut.clip_key for cut in reel.cuts][:-1]
    short = packaged_asset.reel_of(made.index, *keys, reel_id="reel-3")
    player = TestClient(app_of(made.root, reel, same, short))
    first, second, third = (
        [
            uri
            for _, uri in read_media(
                player.get(package_path(player, "bed.m3u8", name)).text
            ).segments
        ]
        for name in ("reel-1", "reel-2", "reel-3")
    )
    assert first == second != third
    assert third[:-1] == first[: len(third) - 1]


def test_byte_ranges_are_the_segments_but_for_twelve_bytes(player: TestClient) -> None:
    """Static bytes, to be retimed by the player; the bed's are those of its segments."""
    where = "/v1/reels/reel-1/ranges.json"
    document = player.get(where).json()
    assert [rendition["name"] for rendition in document["renditions"]] == list(SIZES)
    for track in (*document["renditions"], document["bed"]):
        file = urljoin(where, track["address"])
        init = player.get(file, headers={"range": f"bytes=0-{track['init'][1] - 1}"}).content
        assert init == player.get(file.replace(".mp4", "/init.mp4")).content
        start, end, header, place = track["ranges"][3]
        raw = player.get(file, headers={"range": f"bytes={start}-{end - 1}"})
        assert (raw.status_code, len(raw.content)) == (206, end - start)
        moved = bytearray(raw.content)
        moved[20:24] = (4).to_bytes(4)
        moved[place : place + 8] = (3 * track["ticks"]).to_bytes(8)
        assert header < len(moved)
        name = "bed.m3u8" if track is document["bed"] else f"{track['name']}.m3u8"
        playlist = package_path(player, name)
        segments = read_media(player.get(playlist).text).segments
        assert moved == player.get(urljoin(playlist, segments[3][1])).content
