"""Media is what its first bytes say, and is opened as that alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle import process
from sizzle.errors import MediaError
from sizzle.ingest.container import demuxer_of, safe_options
from sizzle.ingest.media import probe_audio_seconds, read_facts, read_packets


@pytest.mark.parametrize(
    ("suffix", "demuxer"),
    [
        ("mp4", "mov"),
        ("mov", "mov"),
        ("mkv", "matroska"),
        ("mxf", "mxf"),
        ("avi", "avi"),
        ("ts", "mpegts"),
        ("wav", "wav"),
        ("aiff", "aiff"),
        ("flac", "flac"),
        ("ogg", "ogg"),
        ("mp3", "mp3"),
    ],
)
def test_what_ffmpeg_writes_is_known(tmp_path: Path, suffix: str, demuxer: str) -> None:
    """Whatever the file is called; and it opens under the options that allow that kind only."""
    path = tmp_path / f"media.{suffix}"
    sound = suffix in ("wav", "aiff", "flac", "ogg", "mp3")
    source = "sine=d=0.1:r=48000" if sound else "color=s=64x64:d=0.2:r=25"
    coded = ["-c:v", "mpeg2video"] if suffix in ("mxf", "avi", "ts", "mkv") else []
    process.run(
        [process.ffmpeg(), "-v", "error", "-f", "lavfi", "-i", source, *coded, str(path)],
        timeout=60,
    )
    named = path.rename(tmp_path / "anything")
    assert demuxer_of(named) == demuxer
    options = [
        part for name, value in safe_options(demuxer).items() for part in (f"-{name}", value)
    ]
    command = [process.ffmpeg(), "-v", "error", "-f", demuxer, *options, "-i", f"file:{named}"]
    process.run([*command, "-f", "null", "-"], timeout=60)


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile '{other}'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{other}\n#EXT-X-ENDLIST\n",
        '<?xml version="1.0"?><MPD/>',
        "v=0\no=- 0 0 IN IP4 127.0.0.1\n",
        "",
    ],
    ids=["ffconcat", "hls", "dash", "sdp", "empty"],
)
@pytest.mark.parametrize("read", [read_facts, read_packets, probe_audio_seconds])
def test_a_text_that_names_other_files_is_not_opened(
    tmp_path: Path, text: str, read: object
) -> None:
    """Although it is called .mp4."""
    path = tmp_path / "mega.mp4"
    path.write_text(text.format(other=tmp_path / "other.mp4"))
    with pytest.raises(MediaError, match="no media file of a kind that we read"):
        read(path)  # type: ignore[operator]
