"""Edit lists that players disagree on are found, those that hide priming are not."""

from __future__ import annotations

from pathlib import Path

from player_stub import ReelMedia, verify_film
from player_stub.verify.edit_lists import Edit, read_edit_lists
from sizzle.process import ffmpeg, run
from sizzle.reel.timecode_list import TimecodeList
from tests.player_stub.verify.checks import check_named


def test_reads_our_own(film: Path) -> None:
    """One edit a track: the sound's hides what the encoder primed itself with."""
    video, sound = read_edit_lists(film) or []
    assert (video.kind, sound.kind) == ("video", "audio")
    assert sound.entries == (Edit(240 * 2002, 1024, 0x10000),)
    assert [*video.problems(), *sound.problems()] == []


def test_a_late_track_is_a_surprise(
    film: Path, reel: TimecodeList, media: ReelMedia, tmp_path: Path
) -> None:
    """A film whose picture starts with an empty edit fails, with the reason."""
    late = tmp_path / "late.mp4"
    inputs = ["-itsoffset", "0.5", "-i", str(film), "-i", str(film)]
    maps = ["-map", "0:v", "-map", "1:a", "-c", "copy"]
    run([ffmpeg(), *inputs, *maps, str(late)], timeout=60)
    check = check_named(verify_film(reel, late, media), "edit lists")
    assert not check.passed
    assert "video: an empty edit, which delays the track." in check.detail


def test_other_containers_have_no_edit_lists(tmp_path: Path) -> None:
    """Files without such boxes, or with broken ones, have no edit lists."""
    path = tmp_path / "film.mkv"
    for content in (
        b"",
        b"\x1aE\xdf\xa3" * 20,
        b"\0\0\0\x08moov",
        b"\0\0\0\x20moov\xff\xff\xff\xff",
    ):
        path.write_bytes(content)
        assert not read_edit_lists(path)
