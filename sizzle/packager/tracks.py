"""Encoded files as tracks of the segment map, after checking what players rely on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Final

from sizzle.clips import Bed
from sizzle.hls import BedTrack, FragmentError, Rendition, bed_name, codec_of
from sizzle.packager.bed_fades import BedGrid
from sizzle.packager.key_plan import KeyPlan
from sizzle.packager.ladder import LadderStep
from sizzle.packager.scan import InitSegment, Scan, ScannedFragment, read_init

_AAC_LC: Final = "mp4a.40.2"
_FIX: Final = (
    "package again, with another ffmpeg if it was made just now; files that do not fit go."
)


def rendition_of(scan: Scan, step: LadderStep, keys: KeyPlan, path: Path) -> Rendition:
    """A rendition, from its file.

    Args:
        scan: of the file.
        step: of the ladder.
        keys: where fragments begin.
        path: of the file; named in errors.

    Raises:
        FragmentError: as `check_video`.
    """
    init = check_video(scan, step, keys, path)
    return Rendition(
        name=step.name,
        codecs=init.codecs,
        timescale=init.timescale,
        fragment_ticks=keys.fragment * keys.rate.denominator,
        delay=init.delay,
        init_size=len(scan.init),
        **_tables(scan.fragments),
        width=step.width,
        height=step.height,
    )


def check_video(
    scan: Scan, step: LadderStep, keys: KeyPlan, path: Path, *, first: int = 0
) -> InitSegment:
    """Check that a file holds all planned fragments of a step from one on.

    Args:
        scan: of the file.
        step: of the ladder.
        keys: where fragments begin.
        path: named in errors.
        first: the fragment that the file begins with, at time 0.

    Raises:
        FragmentError: the file is torn; its picture is of another size; a fragment is missing, does
            not start with its only key frame at its planned time, or does not hold exactly its
            frames, once each.
    """
    with _naming(path):
        init = check_init(scan.init, step, keys)
        for number, found in enumerate(scan.fragments[: keys.count - first], first):
            check_fragment(found, number, keys, init.delay, first)
        _check_count(scan, keys.count - first)
    return init


def check_init(init: bytes, step: LadderStep, keys: KeyPlan) -> InitSegment:
    """Check that an init segment is that of a step of the ladder. Raises FragmentError."""
    facts = read_init(init)
    if (facts.width, facts.height) != (step.width, step.height):
        raise FragmentError(
            f"Expected a picture of {step.width}x{step.height}, "
            f"found one of {facts.width}x{facts.height}."
        )
    if codec_of(facts.codecs) != step.codec:
        raise FragmentError(f"Expected a video in {step.codec}, found {facts.codecs}.")
    if facts.timescale != keys.rate.numerator:
        raise FragmentError(
            f"Expected {keys.rate.numerator} ticks a second, found {facts.timescale}."
        )
    return facts


def check_fragment(
    found: ScannedFragment, number: int, keys: KeyPlan, delay: int, first: int = 0
) -> None:
    """Check that a fragment has its frames, once each, behind one key frame.

    Args:
        found: the fragment.
        number: which it is of the plan.
        keys: the plan.
        delay: ticks that the file's edit list skips.
        first: the fragment that its file begins with, at time 0.

    Raises:
        FragmentError: it does not.
    """
    samples, a_frame = found.samples, keys.rate.denominator
    origin, start, frames = keys.starts[first], keys.starts[number], keys.frames_of(number)
    time = (start - origin) * a_frame
    decoded = accumulate(samples.durations[:-1], initial=samples.time)
    shown = sorted(time + offset for time, offset in zip(decoded, samples.offsets, strict=True))
    if (
        samples.time != time
        or set(samples.durations) != {a_frame}
        or shown != [time + delay + index * a_frame for index in range(frames)]
        or samples.sync != tuple(index == 0 for index in range(frames))
    ):
        raise FragmentError(
            f"Fragment {number}: expected {frames} frames from frame {start} on, the first of them "
            f"the only key frame, found {_described(found, origin, a_frame)}."
        )


def bed_track_of(
    scan: Scan, bed: Bed, grid: BedGrid, path: Path, *, packet: int, channels: int
) -> BedTrack:
    """A bed, from its file.

    Args:
        scan: of the file.
        bed: as the asset names it.
        grid: how it lies in fragments.
        path: of the file; named in errors.
        packet: samples of one packet.
        channels: how many.

    Raises:
        FragmentError: the file is torn, too short, or its fragments are not equally long.
    """
    with _naming(path):
        init = read_init(scan.init)
        if init.delay != grid.lead:
            raise FragmentError(
                f"Expected an edit list that skips the encoder's lead of {grid.lead} samples, "
                f"found one that skips {init.delay}."
            )
        for number, found in enumerate(scan.fragments[: grid.count]):
            _check_packets(found, number, packet, grid.fragment // packet)
        _check_count(scan, grid.count)
    return BedTrack(
        name=bed_name(bed.bed_id),
        codecs=_AAC_LC,
        timescale=init.timescale,
        fragment_ticks=grid.fragment,
        delay=init.delay,
        init_size=len(scan.init),
        **_tables(scan.fragments),
        bed_id=bed.bed_id,
        samples=grid.samples,
        packet=packet,
        channels=channels,
        fade_fragments=grid.fade_fragments,
    )


def check_alike(renditions: Iterable[Rendition]) -> None:
    """Check that players can switch renditions of a codec at any fragment.

    Raises:
        FragmentError: they differ in the count of their fragments or the delay of their frames.
    """
    shapes = {
        (rendition.codec, len(rendition.sizes), rendition.delay, rendition.timescale)
        for rendition in renditions
    }
    if len(shapes) > len({rendition.codec for rendition in renditions}):
        raise FragmentError(
            f"The renditions are not alike: codec, fragments, delay, timescale are {shapes}."
        )


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Add the file to errors of its fragments."""
    try:
        yield
    except FragmentError as error:
        raise FragmentError(error.what, where=str(path), fix=_FIX) from error


def _check_count(scan: Scan, count: int) -> None:
    if scan.torn or len(scan.fragments) != count:
        raise FragmentError(
            f"Expected {count} fragments, found {len(scan.fragments)}"
            f"{' and the beginning of another' if scan.torn else ''}."
        )


def _described(found: ScannedFragment, origin: int, a_frame: int) -> str:
    """What a fragment holds, counted as the plan counts."""
    samples = found.samples
    start = origin + samples.time / a_frame
    keys = [f"{start + index:g}" for index, is_key in enumerate(samples.sync) if is_key]
    # Only the times of single frames may be wrong.
    even = "" if set(samples.durations) == {a_frame} else ", not a frame's length apart"
    return (
        f"{len(samples.sizes)} from frame {start:g} on{even}, with key frames at "
        f"{', '.join(keys) or 'none'}"
    )


def _check_packets(found: ScannedFragment, number: int, packet: int, packets: int) -> None:
    samples = found.samples
    time = number * packet * packets
    if samples.time != time or samples.durations != (packet,) * packets:
        raise FragmentError(
            f"Fragment {number}: expected {packets} packets of {packet} samples from sample {time} "
            f"on, found {len(samples.durations)} from sample {samples.time} on."
        )


def _tables(fragments: Sequence[ScannedFragment]) -> dict[str, tuple[int, ...]]:
    return {
        "sizes": tuple(fragment.end - fragment.start for fragment in fragments),
        "header_sizes": tuple(len(fragment.header) for fragment in fragments),
        "time_offsets": tuple(fragment.samples.time_offset for fragment in fragments),
    }
