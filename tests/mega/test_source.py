"""What a source is, read off its head and its tail."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle import process
from sizzle.errors import MediaError
from sizzle.mega.source import probe
from sizzle.timecode import FrameRate
from tests.mega.numbered_films import H264, NTSC, film, turned


def test_its_own_timecode_is_read(footage: Path) -> None:
    """The start that an editor's screen shows, and how a frame is told to people."""
    source = probe(footage)
    assert (source.rate, source.frames, source.start) == (NTSC, 120, 864000)
    assert source.spell(25) == "frame 25 (10:00:01:01)"


def test_drop_frame_timecode_is_read_as_such(tmp_path: Path) -> None:
    """A `;` before the frames says so."""
    coding = (*H264, "-timecode", "00:59:59;29")
    source = probe(film(tmp_path / "df.mov", 10, "30000/1001", coding=coding))
    assert source.rate == FrameRate(30000, 1001, drop_frame=True)
    assert source.spell(1) == "frame 1 (01:00:00;00)"


def test_without_timecode_frames_have_numbers_only(tmp_path: Path) -> None:
    """No start is made up."""
    source = probe(film(tmp_path / "film.mp4", 10))
    assert source.start is None
    assert source.spell(3) == "frame 3"


def test_the_size_is_as_it_is_looked_at(tmp_path: Path) -> None:
    """In square pixels, and upright."""
    wide = film(tmp_path / "wide.mp4", 5, coding=(*H264, "-aspect", "4:1"))
    assert (probe(wide).width, probe(wide).height) == (256, 64)
    made = turned(film(tmp_path / "film.mp4", 5), tmp_path / "t.mp4", 90)
    assert (probe(made).width, probe(made).height) == (64, 128)


def test_pictures_that_cannot_be_used_as_they_are(tmp_path: Path) -> None:
    """High dynamic range, and fields instead of frames."""
    pq = ("-vf", "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc")
    hdr = probe(film(tmp_path / "hdr.mp4", 5, coding=(*H264, *pq)))
    assert [problem.kind for problem in hdr.problems] == ["hdr"]
    fields = ("-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-q:v", "2")
    interlaced = probe(film(tmp_path / "fields.mov", 5, size=(128, 96), coding=fields))
    assert [problem.kind for problem in interlaced.problems] == ["interlaced"]
    assert probe(film(tmp_path / "plain.mp4", 5)).problems == ()


def test_the_address_is_as_premiere_writes_it(tmp_path: Path) -> None:
    """Percent-encoded, whatever the name."""
    folder = tmp_path / "Füße & #1 100%"
    folder.mkdir()
    url = probe(film(folder / "a b?.mp4", 5)).url
    assert url.startswith("file://localhost/")
    assert url.endswith("F%C3%BC%C3%9Fe%20%26%20%231%20100%25/a%20b%3F.mp4")


def test_what_is_no_film_is_said_to_be_none(tmp_path: Path) -> None:
    """Absent, text, sound alone, and a head without frames."""
    (tmp_path / "text.mov").write_text("This is not a film.")
    (tmp_path / "half.mp4").write_bytes(film(tmp_path / "film.mp4", 30).read_bytes()[:700])
    tone = ("-f", "lavfi", "-i", "sine=duration=0.2", str(tmp_path / "tone.wav"))
    process.run([process.ffmpeg(), "-v", "error", *tone], timeout=60)
    for name, says in {
        "absent.mov": "does not exist",
        "text.mov": "cannot be read",
        "half.mp4": "cannot be read",
        "tone.wav": "no video",
        "long" * 100: "File name too long",
        "": "does not exist",
    }.items():
        with pytest.raises(MediaError, match=says) as raised:
            probe(tmp_path / name)
        assert raised.value.fix
