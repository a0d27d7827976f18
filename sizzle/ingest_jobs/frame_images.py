"""Frames of media as JPEG files, extracted once and kept."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from sizzle import process
from sizzle.errors import BusyError, MediaError, ProcessError
from sizzle.files import replacing
from sizzle.ingest_jobs.limits import JobLimits
from sizzle.ingest_jobs.media_folder import stamp
from sizzle.ingest_jobs.records import MediaFacts
from sizzle.media_input import input_options

Size = Literal["small", "large"]
_WIDTHS: Final[dict[Size, int]] = {"small": 192, "large": 960}
_AT_ONCE = 2
_TIMEOUT = 20.0  # seconds for one frame: a second of decoding is a lot
_PATIENCE = 30.0  # seconds to wait for a turn
_RETRY_AFTER = 5.0  # seconds: the time of some frames


@dataclass(frozen=True)
class FrameImages:
    """Frames of media files as JPEG, kept in a folder."""

    root: Path
    limits: JobLimits
    _turns: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_AT_ONCE)
    )

    def jpeg(self, media: Path, facts: MediaFacts, frame: int, size: Size) -> Path:
        """The file of a frame.

        Args:
            media: a video that was checked.
            facts: of it, as it was checked.
            frame: counted from 0.
            size: the largest width.

        Raises:
            MediaError: it cannot be decoded.
            BusyError: too many frames are wanted at once.
        """
        path = self.root / _folder(media) / f"{frame}-{size}.jpg"
        if not path.exists():
            with self._turn():
                picture = self._extract(media, facts, frame, size)
            path.parent.mkdir(exist_ok=True)
            with replacing(path) as temporary:
                temporary.write_bytes(picture)
        return path

    def _extract(self, media: Path, facts: MediaFacts, frame: int, size: Size) -> bytes:
        command = command_for(media, facts, frame, _WIDTHS[size], self.limits.pixels)
        try:
            picture = process.run(command, timeout=_TIMEOUT)
        except ProcessError as error:
            raise MediaError(
                f"Frame {frame} of {media.name} cannot be decoded.",
                fix="check that the media plays, and export it again.",
            ) from error
        return picture

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=_PATIENCE):
            raise BusyError("Too many frames are requested at once.", retry_after=_RETRY_AFTER)
        try:
            yield
        finally:
            self._turns.release()


def command_for(media: Path, facts: MediaFacts, frame: int, width: int, pixels: int) -> list[str]:
    """The ffmpeg command that prints a frame as JPEG."""
    options = [(f"-{name}", value) for name, value in input_options(media).items()]
    # Half a frame early, since times in files are rounded; earlier frames are dropped.
    seek = max(0.0, facts.lead + (frame - 0.5) * facts.denominator / facts.numerator)
    # JPEG is bt601 in full range; ffmpeg would take what has no tag for bt601, and keep the rest.
    known = f":in_color_matrix={facts.matrix}" if facts.matrix not in ("", "gbr") else ""
    colours = f"in_range=auto:out_range=full{known}:out_color_matrix=bt601"
    return [
        process.ffmpeg(),
        *("-v", "error", "-nostdin"),
        *(part for option in options for part in option),
        *("-max_pixels", str(pixels)),
        *("-threads", "2"),
        *("-ss", f"{seek:.6f}"),
        *("-i", f"file:{media}"),
        *("-map", "0:v:0", "-frames:v", "1"),
        *("-vf", f"scale='min({width},iw)':-2:{colours}"),
        *("-c:v", "mjpeg", "-q:v", "4", "-f", "image2pipe", "pipe:1"),
    ]


def _folder(media: Path) -> str:
    """A folder per file and its stamp, so that a replaced file has a folder of its own."""
    return hashlib.sha256(f"{media.name}/{stamp(media)}".encode()).hexdigest()[:32]
