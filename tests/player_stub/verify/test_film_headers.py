"""A film is shown as its headers say, whatever its packets are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from struct import pack_into
from typing import Any

import av
import pytest

from player_stub import ReelMedia, RenderSettings
from player_stub.verify.film_headers import FilmHeaders, check_headers, read_film_headers
from sizzle.media.facts import Colours, VideoFacts
from sizzle.media.probe import probe_video

Change = Callable[[FilmHeaders], FilmHeaders]


@pytest.fixture(scope="module")
def source(media: ReelMedia) -> VideoFacts:
    """What the media's headers say."""
    return probe_video(media.video)


@pytest.fixture(scope="module")
def headers(film: Path) -> FilmHeaders:
    """What the film's headers say."""
    return read_film_headers(film)


def failed(
    film: FilmHeaders, source: VideoFacts, settings: RenderSettings | None = None
) -> set[str]:
    """The names of the checks that failed."""
    return {check.name for check in check_headers(film, source, settings) if not check.passed}


def test_our_film_is_shown_as_the_media(headers: FilmHeaders, source: VideoFacts) -> None:
    """It says what it was rendered with."""
    assert headers.settings == RenderSettings()
    assert headers.tracks == {"video": 1, "audio": 1, "subtitle": 0}
    assert failed(headers, source, headers.settings) == set()
    assert failed(headers, source) == set()


def test_a_rotation_flag_is_seen(film: Path, source: VideoFacts, tmp_path: Path) -> None:
    """The matrix of the track's header, which players follow."""
    data = bytearray(film.read_bytes())
    pack_into(">6i", data, data.index(b"tkhd") + 44, 0, 1 << 16, 0, -1 << 16, 0, 0)
    turned = tmp_path / "turned.mp4"
    turned.write_bytes(data)
    assert failed(read_film_headers(turned), source) == {"picture shape"}


def test_more_tracks_are_seen(film: Path, source: VideoFacts, tmp_path: Path) -> None:
    """A second video track may be the one that plays."""
    more = tmp_path / "more.mp4"
    with av.open(str(film)) as own, av.open(str(more), "w") as output:
        video, audio = own.streams.video[0], own.streams.audio[0]
        copies = [output.add_stream_from_template(each) for each in (video, video, audio, audio)]
        for packet in own.demux():
            if packet.pts is None:
                continue
            for copy in copies[:2] if packet.stream is video else copies[2:]:
                packet.stream = copy
                output.mux(packet)
    read = read_film_headers(more)
    assert read.tracks["audio"] == 2
    assert failed(read, source) == {"video track"}


def _video(changes: dict[str, Any]) -> Change:
    return lambda film: replace(film, video=replace(film.video, **changes))


@pytest.mark.parametrize(
    ("change", "fails"),
    [
        (_video({"pixel_aspect": Fraction(4, 3)}), {"picture shape"}),
        (_video({"cropped": True}), {"picture shape"}),
        (_video({"colours": Colours(9, 9, 14)}), {"colour tags"}),
        (_video({"colours": Colours(full_range=True)}), {"colour tags"}),
        (lambda film: replace(film, decoded=Colours(1, 1, 1)), {"colour tags"}),
        (_video({"colours": Colours(6, 6, 6)}), set()),
        (_video({"colours": Colours(6, 6, 1)}), set()),
    ],
    ids=[
        "pixels",
        "cropped",
        "bt2020",
        "full range",
        "the codec",
        "the same, said",
        "the same curve",
    ],
)
def test_names_what_differs(
    headers: FilmHeaders, source: VideoFacts, change: Change, fails: set[str]
) -> None:
    """Colours are bt601 by the media's size, where nothing says so."""
    assert failed(change(headers), source) == fails


@pytest.mark.parametrize(
    ("stored", "aspect", "size", "fails"),
    [
        ((128, 72), Fraction(1), None, False),  # another program made it smaller
        ((96, 72), Fraction(4, 3), None, False),  # and shows it in the same shape
        ((128, 72), Fraction(4, 3), None, True),
        ((128, 72), Fraction(1), (128, 72), False),
        ((128, 72), Fraction(1), (128, 128), True),
    ],
)
def test_judges_the_shape_by_what_is_known(
    headers: FilmHeaders,
    source: VideoFacts,
    stored: tuple[int, int],
    aspect: Fraction,
    size: tuple[int, int] | None,
    fails: bool,
) -> None:
    """A film may have any size unless it says which; stretched it may never be."""
    other = _video({"stored": stored, "pixel_aspect": aspect})(headers)
    settings = None if size is None else RenderSettings(size=size)
    assert ("picture shape" in failed(other, source, settings)) == fails
