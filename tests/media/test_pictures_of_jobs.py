"""The editor's pictures of frames have the colours of the video."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from fixtures.media_kinds import FILM_KINDS, pictures_of
from sizzle import process
from sizzle.ingest_jobs.frame_images import command_for
from sizzle.ingest_jobs.records import MediaFacts


def test_a_jpeg_has_the_colours_of_the_frame(tmp_path: Path) -> None:
    """JPEG is bt601, which video in bt709 without tags is not."""
    kind = next(kind for kind in FILM_KINDS if kind.name == "tall.mp4")
    facts = MediaFacts(numerator=24, denominator=1, frames=48, matrix="bt709")
    command = command_for(kind.make(tmp_path), facts, 7, 192, 1 << 20)
    picture = np.asarray(Image.open(io.BytesIO(process.run(command, timeout=60))), np.float64)
    expected = list(pictures_of(kind.size))[7]
    assert picture.shape == expected.shape
    for rows in (slice(200, 280), slice(400, 580)):
        assert (
            np.abs(picture[rows, 4:28].mean((0, 1)) - expected[rows, 4:28].mean((0, 1))).max() < 4
        )
