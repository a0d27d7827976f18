"""Many reels at once share what they can, and one that fails stops no other."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest

from player_stub import ReelMedia, verify_film
from player_stub.render.batch import RenderJob, render_batch
from sizzle.errors import SizzleError
from tests.player_stub import synthetic

_RENDER = "from sizzle.cli import main; main()"


def _sound(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [bytes(packet).hex() for packet in container.demux(audio=0) if packet.size]


def test_a_bed_is_encoded_once_for_all_reels(media: ReelMedia, tmp_path: Path) -> None:
    """Wherever in it they start, the shorter one's packets are the longer one's; all is right."""
    reels = [synthetic.reel_of((0, 40), (186, 266)), synthetic.reel_of((106, 146), bed_start=61)]
    jobs = [RenderJob(reel, media, tmp_path / f"{index}.mp4") for index, reel in enumerate(reels)]
    done: list[int] = []
    render_batch(jobs, 1, lambda count, _: done.append(count))
    assert done == [1, 2]
    assert " ".join(_sound(jobs[1].output)[:-1]) in " ".join(_sound(jobs[0].output))
    for job in jobs:
        proof = verify_film(job.reel, job.output, media)
        assert [each for each in proof.checks if not each.passed] == []


def test_workers_end_with_who_started_them(media: ReelMedia, tmp_path: Path) -> None:
    """SIGKILL while two reels are encoded: nothing goes on, and no film is there, not even half."""
    reels, films = [tmp_path / "one.json", tmp_path / "two.json"], tmp_path / "films"
    films.mkdir()
    bed = synthetic.write_wav(tmp_path / "bed.wav", synthetic.music(110))
    for path in reels:
        path.write_text(synthetic.reel_of(*[(0, 320)] * 8).model_dump_json())
    program = subprocess.Popen(
        [
            *(sys.executable, "-c", _RENDER, "render", *map(str, reels), "--out", str(films)),
            *("--jobs", "2", "--reencode", "--video", str(media.video), "--bed", str(bed)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert program.stdout is not None
    with program.stdout:
        while len([part for part in films.glob(".*") if part.stat().st_size]) < 2:
            assert program.poll() is None, program.stdout.read()
            time.sleep(0.02)
        program.send_signal(signal.SIGKILL)
        # Workers and their programs hold the other end: it is closed once the last of them ended.
        program.communicate(timeout=30)
    assert [path for path in films.iterdir() if not path.name.startswith(".")] == []


@pytest.mark.full
def test_one_that_fails_stops_no_other(media: ReelMedia, tmp_path: Path) -> None:
    """Where the shared bed ends before one of the reels, only that one fails."""
    reels = [synthetic.reel_of((0, 40)), synthetic.reel_of((0, 40), bed_start=580)]
    jobs = [RenderJob(reel, media, tmp_path / f"{index}.mp4") for index, reel in enumerate(reels)]
    fine, failed = render_batch(jobs, 1, lambda *_: None)
    assert not isinstance(fine, SizzleError)
    assert isinstance(failed, SizzleError)
    assert str(media.bed) in str(failed)
