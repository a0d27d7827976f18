"""Encoded files as tracks of the segment map, each fragment proved to be what players rely on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

from sizzle.clips import Bed
from sizzle.hls import FragmentError, Rung, Sound, bed_name
from sizzle.packager.endings import Grid
from sizzle.packager.key_plan import KeyPlan
from sizzle.packager.ladder import Step
from sizzle.packager.scan import Found, Scan, read_init

_AAC_LC = "mp4a.40.2"


def rung_of(scan: Scan, step: Step, keys: KeyPlan) -> Rung:
    """A rung, from its file.

    Raises:
        FragmentError: the file is torn; its picture is of another size; a fragment is missing, does
            not start with its only key frame at its planned time, or does not hold exactly its
            frames, once each.
    """
    init = read_init(scan.init)
    if (init.width, init.height) != (step.width, step.height):
        raise FragmentError(f"The picture is {init.width}x{init.height}.", where=step.name)
    if init.timescale != keys.rate.numerator:
        raise FragmentError(f"It counts {init.timescale} ticks a second.", where=step.name)
    _check_count(scan, keys.count, step.name)
    for number, found in enumerate(scan.fragments):
        _check_fragment(found, number, keys, init.delay, step.name)
    return Rung(
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


def sound_of(scan: Scan, bed: Bed, grid: Grid, *, packet: int, channels: int) -> Sound:
    """A bed, from its file.

    Args:
        scan: of the file.
        bed: as the asset names it.
        grid: how it lies in fragments.
        packet: samples of one packet.
        channels: how many.

    Raises:
        FragmentError: the file is torn, too short, or its fragments are not equally long.
    """
    name, init = bed_name(bed.bed_id), read_init(scan.init)
    if init.delay != grid.lead:
        raise FragmentError(f"The encoder's lead is {init.delay} samples.", where=name)
    _check_count(scan, grid.count, name)
    for number, found in enumerate(scan.fragments):
        _check_packets(found, number, packet, grid.fragment // packet, name)
    return Sound(
        name=name,
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
        ending=grid.ending,
    )


def check_alike(rungs: Iterable[Rung]) -> None:
    """Prove that players can go from rung to rung at any fragment.

    Raises:
        FragmentError: rungs differ in the count of their fragments or in the delay of their frames.
    """
    shapes = {(len(rung.sizes), rung.delay, rung.timescale) for rung in rungs}
    if len(shapes) > 1:
        raise FragmentError(f"The rungs are not alike: fragments, delay, timescale are {shapes}.")


def is_planned(found: Found, number: int, keys: KeyPlan) -> bool:
    """Whether a fragment has the frames of this one of the plan: an end by force may leave less."""
    return number < keys.count and len(found.samples.sizes) == keys.frames_of(number)


def _check_count(scan: Scan, count: int, name: str) -> None:
    if scan.torn or len(scan.fragments) != count:
        raise FragmentError(
            f"It has {len(scan.fragments)} fragments of {count}"
            f"{', and ends in the middle of one' if scan.torn else ''}.",
            where=name,
            fix="remove the file and package again.",
        )


def _check_fragment(found: Found, number: int, keys: KeyPlan, delay: int, name: str) -> None:
    samples, a_frame = found.samples, keys.rate.denominator
    start, frames = keys.starts[number] * a_frame, keys.frames_of(number)
    decoded = accumulate(samples.durations[:-1], initial=samples.time)
    shown = sorted(time + offset for time, offset in zip(decoded, samples.offsets, strict=True))
    first, *others = samples.sync
    if (
        samples.time != start
        or set(samples.durations) != {a_frame}
        or shown != [start + delay + place * a_frame for place in range(frames)]
        or not first
        or any(others)
    ):
        raise FragmentError(
            f"Fragment {number} does not hold the frames from {keys.starts[number]} on, once each "
            "behind one key frame.",
            where=name,
            fix="remove the file and package again.",
        )


def _check_packets(found: Found, number: int, packet: int, packets: int, name: str) -> None:
    samples = found.samples
    if samples.time != number * packet * packets or samples.durations != (packet,) * packets:
        raise FragmentError(f"Fragment {number} does not hold its packets at its time.", where=name)


def _tables(fragments: Iterable[Found]) -> dict[str, tuple[int, ...]]:
    found = tuple(fragments)
    return {
        "sizes": tuple(each.end - each.start for each in found),
        "header_sizes": tuple(len(each.header) for each in found),
        "time_places": tuple(each.samples.time_place for each in found),
    }
