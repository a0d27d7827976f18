"""A film says what it was rendered with, and only a whole record is believed."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player_stub import ReelMedia, RenderSettings, read_settings, render_reel
from player_stub.render.recorded_settings import read_record
from tests.player_stub import synthetic

SETTINGS = RenderSettings(fade=Fraction(0.1), loudness=-23.0, audio="bed")
RECORD = {
    "version": 1,
    "reencode": False,
    "size": [320, 200],
    "burn_in": True,
    "title_cards": False,
    "audio": "mix",
    "fade": "1/2",
    "loudness": None,
}


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_a_film_says_its_settings(media: ReelMedia, tmp_path: Path, suffix: str) -> None:
    """Exactly, and still after it was copied into another file."""
    reel = synthetic.reel_of((0, 40))
    film = render_reel(reel, media, tmp_path / f"film{suffix}", SETTINGS).path
    assert read_settings(film) == SETTINGS
    copy = tmp_path / "copy.mp4"
    with av.open(str(film)) as source, av.open(str(copy), "w") as output:
        output.metadata.update(source.metadata)
        tracks = {s.index: output.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.pts is not None:
                packet.stream = tracks[packet.stream.index]
                output.mux(packet)
    assert read_settings(copy) == SETTINGS


def test_a_film_of_others_says_nothing(media: ReelMedia) -> None:
    """Nor does the media."""
    assert read_settings(media.video) is None


def test_reads_a_whole_record() -> None:
    """Each field as it was."""
    assert read_record(f"sizzle render {json.dumps(RECORD)}") == RenderSettings(
        size=(320, 200), burn_in=True, audio="mix", fade=Fraction(1, 2)
    )


@pytest.mark.parametrize(
    "change",
    [
        {"size": [0, 200]},
        {"size": [320, 2**40]},
        {"size": "320x200"},
        {"fade": "1/0"},
        {"fade": "-1"},
        {"fade": "61"},
        {"fade": "9" * 90},
        {"fade": 1},
        {"fade": "٣"},
        {"loudness": 5},
        {"loudness": float("nan")},
        {"audio": "all"},
        {"burn_in": 1},
        {"version": 2},
        {"blur": True},
    ],
    ids=str,
)
def test_believes_no_other(change: dict[str, object]) -> None:
    """A value out of range, of another type, or an option that is not known."""
    assert read_record(f"sizzle render {json.dumps(RECORD | change)}") is None


@given(st.text())
def test_other_comments_are_none(text: str) -> None:
    """Whatever they are."""
    assert read_record(text) is None
    assert read_record(f"sizzle render {text}") is None
