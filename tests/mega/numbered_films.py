"""Small films whose frames say their own number, and sheets that cut them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from struct import pack_into

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from sizzle import process
from sizzle.layout import Layout
from sizzle.timecode import FrameRate

NTSC = FrameRate(24000, 1001)
BITS = 8
SIZE = (128, 64)

LAYOUT = Layout(
    name="small",
    rate=NTSC,
    start=NTSC.parse_timecode("01:00:00:00"),
    run=(16, 16, 8, 8),
)

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "3", "-g", "30")
TAGGED = ("-vf", "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709")


def numbered(frames: int, size: tuple[int, int] = SIZE) -> Iterator[bytes]:
    """Raw 4:2:0 pictures: a bar for each bit of the frame's number, the first the highest."""
    width, height = size
    chroma = bytes([128]) * (width * height // 2)
    for frame in range(frames):
        bits = [(frame >> bit) & 1 for bit in reversed(range(BITS))]
        line = np.repeat([40 + 160 * bit for bit in bits], width // BITS).astype(np.uint8)
        yield np.tile(line, (height, 1)).tobytes() + chroma


def film(
    path: Path,
    frames: int = 60,
    rate: str = "24",
    size: tuple[int, int] = SIZE,
    coding: Iterable[str] = H264,
) -> Path:
    """Encode numbered pictures."""
    raw = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{size[0]}x{size[1]}", "-r", rate)
    command = [process.ffmpeg(), "-v", "error", "-y", *raw, "-i", "pipe:0", *coding, str(path)]
    process.run(command, stdin=numbered(frames, size), timeout=60)
    return path


def remux(source: Path, path: Path, *before: str, after: Iterable[str] = ()) -> Path:
    """Copy a film's packets to another file."""
    command = [process.ffmpeg(), "-v", "error", "-y", *before, "-i", str(source), "-c", "copy"]
    process.run([*command, *after, str(path)], timeout=60)
    return path


def turned(source: Path, path: Path, degrees: int) -> Path:
    """Copy a film that is to be shown turned by quarters: the matrix in its track header says so.

    Written here, since not every ffmpeg has `-display_rotation`.
    """
    data = bytearray(remux(source, path).read_bytes())
    cosine, sine = {90: (0, 1), 180: (-1, 0), -90: (0, -1)}[degrees]
    matrix = (cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0)
    pack_into(">6i", data, data.index(b"tkhd") + 44, *matrix)
    path.write_bytes(data)
    return path


def luma(picture: VideoFrame) -> npt.NDArray[np.uint8]:
    """Y of a picture in 4:2:0, whatever its depth."""
    small = picture.reformat(format="yuv420p")
    return small.to_ndarray()[: picture.height].astype(np.uint8)


def number_of(plane: npt.NDArray[np.uint8]) -> int:
    """The number that a picture says, read in the middle of its bars."""
    height, width = plane.shape
    bars = plane[height // 4 : -height // 4].reshape(-1, BITS, width // BITS)
    means = bars.mean(axis=(0, 2))
    assert np.abs(means - 120).min() > 40, "the bars are not clear"
    return int(sum(int(mean > 120) << bit for bit, mean in enumerate(reversed(means))))


def decoded(path: Path) -> list[npt.NDArray[np.uint8]]:
    """Y of every picture of a film, in the order of showing."""
    with av.open(str(path)) as container:
        return [luma(picture) for picture in container.decode(video=0)]


def write_sheet(path: Path, *rows: str, header: str = "title_id,source,in,length") -> Path:
    """A sheet of these rows."""
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def a_title(title_id: str, source: str, first: int = 0) -> list[str]:
    """Rows of the small layout, in no order that it would want."""
    lengths = (8, 16, 8, 16)
    starts = [first + sum(lengths[:place]) for place in range(4)]
    return [
        f"{title_id},{source},{start},{length}"
        for start, length in zip(starts, lengths, strict=True)
    ]
