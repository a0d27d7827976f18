"""Media from others: it is what its bytes say or nothing, opens no other file, keeps limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.titles import DEMO_TITLES, demo_clips
from sizzle import process
from sizzle.errors import MediaError, ProcessError
from sizzle.ingest.media import read_packets
from sizzle.media.probe import probe_video
from sizzle.media_input import MediaLimits, demuxer_of, input_options, opened
from tests.player_stub.synthetic import write_asset


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 40 frames."""
    path = tmp_path_factory.mktemp("media") / "secret.mp4"
    write_asset(path, demo_clips(DEMO_TITLES[:1], (40,)), size=(64, 36))
    return path


def disguised(film: Path, folder: Path) -> list[Path]:
    """Texts called like films, which have ffmpeg open another file."""
    texts = {
        "concat.mp4": f"ffconcat version 1.0\nfile {film}\n",
        "list.mov": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{film}\n#EXT-X-ENDLIST\n",
        "scene.mkv": f'<?xml version="1.0"?><MPD><Period><BaseURL>{film}</BaseURL></Period></MPD>',
        "bed.wav": f"ffconcat version 1.0\nfile file:{film}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [folder / name for name in texts]


def test_a_list_of_files_is_no_media(film: Path, tmp_path: Path) -> None:
    """Whatever it is called; ffmpeg alone opens the file that such a text names."""
    concat, *others = disguised(film, tmp_path)
    open_to_all = [process.ffmpeg(), "-v", "error", "-protocol_whitelist", "file,crypto,data"]
    process.run([*open_to_all, "-safe", "0", "-i", str(concat), "-f", "null", "-"], timeout=60)
    for path in (concat, *others):
        with pytest.raises(MediaError, match="in no supported media format"), opened(path):
            pass
        with pytest.raises(MediaError, match="in no supported media format"):
            probe_video(path)
        with pytest.raises(MediaError, match="in no supported media format"):
            input_options(path)


def test_a_list_is_not_read_as_media_behind_the_first_bytes_of_a_film(
    film: Path, tmp_path: Path
) -> None:
    """What is told to be a film is read as one: it opens nothing else."""
    path = tmp_path / "both.mp4"
    path.write_bytes(b"\0\0\0\x08free" + f"\nffconcat version 1.0\nfile {film}\n".encode())
    with pytest.raises(MediaError), opened(path) as container:
        list(container.demux())
    given = [word for name, value in input_options(path).items() for word in (f"-{name}", value)]
    with pytest.raises(ProcessError):
        process.run(
            [process.ffmpeg(), "-v", "error", *given, "-i", str(path), "-f", "null", "-"],
            timeout=60,
        )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mov", []),
        ("a.mkv", []),
        ("a.ts", []),
        ("a.avi", []),
        ("a.mxf", ["-c:v", "mpeg2video", "-r", "25"]),
        ("a.mpg", ["-c:v", "mpeg2video", "-r", "25"]),
    ],
)
def test_what_editors_export_is_taken(
    name: str, options: list[str], film: Path, tmp_path: Path
) -> None:
    """By what it is, not by what it is called."""
    made = tmp_path / name
    command = [process.ffmpeg(), "-v", "error", "-i", str(film), "-an"]
    process.run([*command, *options, str(made)], timeout=60)
    renamed = made.rename(tmp_path / "film.bin")
    with opened(renamed) as container:
        assert sum(1 for packet in container.demux(video=0) if packet.size) >= 40
    assert demuxer_of(renamed)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.wav", []),
        ("a.aiff", []),
        ("a.flac", []),
        ("a.m4a", ["-c:a", "aac"]),
        ("a.aac", ["-c:a", "aac"]),
        ("a.w64", []),
        ("a.caf", []),
    ],
)
def test_so_is_music(name: str, options: list[str], tmp_path: Path) -> None:
    """In the forms that it comes in."""
    tone = [process.ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "sine=duration=1"]
    process.run([*tone, *options, str(tmp_path / name)], timeout=60)
    with opened(tmp_path / name) as container:
        assert len(container.streams.audio) == 1


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        (MediaLimits(pixels=64 * 36 - 1), "64 by 36 pixels"),
        (MediaLimits(seconds=1), "lasts 2 s"),
        (MediaLimits(streams=0), "1 streams"),
    ],
    ids=["pixels", "seconds", "streams"],
)
def test_what_is_beyond_a_limit_is_not_decoded(limits: MediaLimits, says: str, film: Path) -> None:
    """By what it says of itself."""
    with pytest.raises(MediaError, match=says), opened(film, limits):
        pytest.fail("it was opened")


def test_a_film_is_read_as_before(film: Path) -> None:
    """Through ingest's own functions."""
    assert probe_video(film).frames == 40
    assert len(read_packets(film).shown) == 40
