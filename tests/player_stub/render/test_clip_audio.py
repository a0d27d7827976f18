"""The clips' own sound is that of their frames, wherever the file's times start."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from player_stub.render.bed import SAMPLE_RATE
from player_stub.render.clip_audio import clip_audio
from sizzle import process
from sizzle.timecode import FrameRate
from tests.player_stub import synthetic

RATE = FrameRate(25)
CLICK = 1.0  # seconds after the first frame


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of pictures, and a sound that is silent but for a click."""
    path = tmp_path_factory.mktemp("clicks") / "film.mp4"
    sound = f"aevalsrc=if(between(t\\,{CLICK}\\,{CLICK + 0.01})\\,0.5\\,0):s=48000:d=2"
    source = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=2", "-f", "lavfi", "-i", sound)
    coding = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-c:a", "aac", "-b:a", "128k")
    command = [process.ffmpeg(), "-v", "error", "-y", *source, *coding, str(path)]
    process.run(command, timeout=60)
    return path


REMUXED = {
    "as it is": ("film.mp4", ()),
    "a transport stream, which starts late": ("film.ts", ()),
    "all of it two seconds late": ("late.mp4", ("-output_ts_offset", "2")),
    "Matroska with milliseconds": ("film.mkv", ()),
}


@pytest.mark.parametrize("how", REMUXED)
def test_a_click_is_heard_where_its_frame_is_shown(how: str, film: Path, tmp_path: Path) -> None:
    """Frame 20 is shown 0.2 s before the click."""
    name, options = REMUXED[how]
    path = tmp_path / name
    command = [process.ffmpeg(), "-v", "error", "-y", "-i", str(film), "-c", "copy", *options]
    process.run([*command, str(path)], timeout=60)
    reel = synthetic.reel_of((20, 40), rate=RATE)
    samples = np.frombuffer(b"".join(clip_audio(reel, path)), np.float32).reshape(-1, 2)
    heard = float(np.abs(samples[:, 0]).argmax() / SAMPLE_RATE)
    assert 0.2 - 0.005 <= heard <= 0.2 + 0.015


def test_a_picture_that_starts_after_its_sound(film: Path, tmp_path: Path) -> None:
    """Half a second of sound before the first frame is no frame's sound."""
    path = tmp_path / "late-picture.mkv"
    inputs = ("-itsoffset", "0.5", "-i", str(film), "-i", str(film))
    command = [process.ffmpeg(), "-v", "error", "-y", *inputs, "-map", "0:v", "-map", "1:a"]
    process.run([*command, "-c", "copy", str(path)], timeout=60)
    reel = synthetic.reel_of((10, 30), rate=RATE)
    samples = np.frombuffer(b"".join(clip_audio(reel, path)), np.float32).reshape(-1, 2)
    heard = float(np.abs(samples[:, 0]).argmax() / SAMPLE_RATE)
    # The click is a second after the file's start, and frame 10 is shown at 0.9 s.
    assert 0.1 - 0.005 <= heard <= 0.1 + 0.015
