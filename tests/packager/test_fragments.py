"""What was encoded, read by others' programs: pymp4 for the boxes, PyAV for the frames."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from struct import unpack
from typing import Any

import av
import pytest
from pymp4.parser import Box

from sizzle.hls import Rendition
from tests.packager.packaged_asset import SIZES, Made, shown_by_pyav

A_FRAME = 1001


def boxes_of(made: Made, name: str) -> list[Any]:
    """All boxes of a file, as pymp4 reads them."""
    data = (made.packaged.folder / f"{name}.mp4").read_bytes()
    return list(_boxes(data))


def _boxes(data: bytes) -> Iterator[Any]:
    while data:
        size = int.from_bytes(data[:4])
        yield Box.parse(data[:size])
        data = data[size:]


def inside(box: Any, *path: bytes) -> Any:  # noqa: ANN401
    """The box at the end of a path."""
    for kind in path:
        (box,) = [child for child in box.children if child.type == kind]
    return box


@pytest.fixture(params=SIZES)
def rendition(request: pytest.FixtureRequest, made: Made) -> Rendition:
    """Each rendition."""
    return made.packaged.segment_map.rendition(request.param)


def test_a_file_is_an_init_segment_and_fragments(made: Made, rendition: Rendition) -> None:
    """CMAF: brands, one track, an empty index, then a header and its samples, again and again."""
    first, second, *rest = boxes_of(made, rendition.name)
    assert first.type == b"ftyp"
    assert {b"iso6", b"cmfc"} <= set(first.compatible_brands)
    assert second.type == b"moov"
    assert inside(second, b"mvex", b"trex").track_ID == 1
    assert [box.type for box in rest] == [b"moof", b"mdat"] * len(rendition.sizes)


def test_ticks_are_exact(made: Made, rendition: Rendition) -> None:
    """The timescale is the rate's numerator, and a frame its denominator."""
    moov = boxes_of(made, rendition.name)[1]
    assert inside(moov, b"trak", b"mdia", b"mdhd").timescale == 24000
    kind, _, entries, lasting, skipped, _ = unpack(
        "> 4x 4s 5I", inside(moov, b"trak", b"edts").data
    )
    assert (kind, entries, lasting) == (b"elst", 1, 0)
    assert skipped == rendition.delay == 2 * A_FRAME


def test_fragments_are_where_the_map_says(made: Made, rendition: Rendition) -> None:
    """Offset, size, header, place of the time; and the time is the fragment's first frame."""
    data = (made.packaged.folder / rendition.file).read_bytes()
    assert rendition.file_size == len(data)
    for number, (start, end) in enumerate(pairwise(rendition.offsets)):
        header = data[start : start + rendition.header_sizes[number]]
        moof = Box.parse(header)
        offset = rendition.time_offsets[number]
        time = int.from_bytes(header[offset : offset + 8])
        assert time == made.packaged.segment_map.starts[number] * A_FRAME
        assert inside(moof, b"traf", b"tfdt").baseMediaDecodeTime == time
        assert inside(moof, b"mfhd").sequence_number == number + 1
        assert Box.parse(data[start + len(header) : end]).type == b"mdat"


def test_each_fragment_shows_its_frames_once_after_an_edit(
    made: Made, rendition: Rendition
) -> None:
    """One key frame, first; no negative offset; the edit list brings the first picture to 0."""
    moofs = [box for box in boxes_of(made, rendition.name) if box.type == b"moof"]
    for moof in moofs:
        run = inside(moof, b"traf", b"trun").sample_info
        offsets = [sample.sample_composition_time_offsets for sample in run]
        assert min(offsets) >= 0
        shown = sorted(at * A_FRAME + offset for at, offset in enumerate(offsets))
        assert shown == [rendition.delay + at * A_FRAME for at in range(len(run))]


def test_key_frames_are_idr_and_planned(made: Made, rendition: Rendition) -> None:
    """PyAV finds them at each start and nowhere else, and each begins with an IDR picture."""
    starts = made.packaged.segment_map.starts[:-1]
    with av.open(str(made.packaged.folder / rendition.file)) as film:
        packets = [packet for packet in film.demux(video=0) if packet.pts is not None]
    keys = [packet for packet in packets if packet.is_keyframe]
    assert [packet.pts for packet in keys] == [start * A_FRAME for start in starts]
    assert all(5 in _slices(bytes(packet)) for packet in keys)
    assert not [5 for packet in packets if not packet.is_keyframe and 5 in _slices(bytes(packet))]


def _slices(data: bytes) -> list[int]:
    """The kinds of NAL units in a packet."""
    kinds = []
    while data:
        size = int.from_bytes(data[:4])
        kinds.append(data[4] & 31)
        data = data[4 + size :]
    return kinds


def test_every_frame_is_there_at_its_time(made: Made, rendition: Rendition) -> None:
    """Decoded by PyAV: the media's numbers from 0, the first at 0 s."""
    numbers, seconds = shown_by_pyav(str(made.packaged.folder / rendition.file))
    assert numbers == list(range(made.index.asset.duration))
    assert seconds == [pytest.approx(at * A_FRAME / 24000) for at in range(len(numbers))]


def test_renditions_are_alike(made: Made) -> None:
    """As many fragments, of the same frames, shown with the same delay; none above the source."""
    high, low = made.packaged.segment_map.renditions
    assert (high.name, low.name) == ("180p", "144p")
    assert len(high.sizes) == len(low.sizes) == 12
    assert (high.delay, high.fragment_ticks) == (low.delay, low.fragment_ticks)
    times = [
        [inside(box, b"traf", b"tfdt").baseMediaDecodeTime for box in boxes if box.type == b"moof"]
        for boxes in (boxes_of(made, "180p"), boxes_of(made, "144p"))
    ]
    assert times[0] == times[1]


def test_the_stream_promises_no_buffer(made: Made, rendition: Rendition) -> None:
    """No HRD in its parameters: pieces joined in any order could not keep it."""
    with av.open(str(made.packaged.folder / rendition.file)) as film:
        configuration = film.streams.video[0].codec_context.extradata
    assert configuration is not None
    size = int.from_bytes(configuration[6:8])
    assert not _has_hrd(configuration[8 : 8 + size])


def _has_hrd(parameters: bytes) -> bool:
    """Whether a sequence parameter set has `nal_hrd_parameters`, read to that flag (7.3.2.1)."""
    bits = _Bits(parameters.replace(b"\x00\x00\x03", b"\x00\x00"))
    profile = bits.take(8 + 8) & 255
    bits.take(16)
    bits.golomb()
    if profile >= 100:
        assert bits.golomb() == 1  # 4:2:0
        bits.golomb(2)
        assert bits.take(2) == 0
    bits.golomb()
    if bits.golomb() == 0:
        bits.golomb()
    bits.golomb()
    bits.take(1)
    bits.golomb(2)
    if not bits.take(1):
        bits.take(1)
    bits.take(1)
    if bits.take(1):
        bits.golomb(4)
    return bool(bits.take(1) and _hrd_flag(bits))


def _hrd_flag(bits: _Bits) -> int:
    if bits.take(1) and bits.take(8) == 255:
        bits.take(32)
    if bits.take(1):
        bits.take(1)
    if bits.take(1):
        bits.take(4)
        if bits.take(1):
            bits.take(24)
    if bits.take(1):
        bits.golomb(2)
    if bits.take(1):
        bits.take(65)
    return bits.take(1)


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._bits = "".join(f"{byte:08b}" for byte in data)
        self._at = 0

    def take(self, count: int) -> int:
        """An unsigned number of so many bits."""
        self._at += count
        return int(self._bits[self._at - count : self._at], 2)

    def golomb(self, count: int = 1) -> int:
        """Exp-Golomb numbers, and the last of them."""
        number = 0
        for _ in range(count):
            zeros = self._bits.index("1", self._at) - self._at
            self._at += zeros
            number = self.take(zeros + 1) - 1
        return number
