"""Tells what a viewer sees of a film's pictures from what encoding does to them (pure).

Bars are in code values of 8 bits (219 from black to white), so that no one is told of what no one
could see. They stand clear of what H.264 at a rate factor of up to 28 was measured to do; where a
film was encoded more roughly, which its chroma shows, they rise with its noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from sizzle.reel.timecode_list import CutEntry, TimecodeList

Kind: TypeAlias = Literal["blended", "blurred", "brightness", "colour", "damaged", "frozen"]

AT_ONCE: Final = 3.0
"""Code values of luma or chroma by which all of a single frame may be off."""

LASTING: Final = 1.0
"""Code values by which `WINDOW` frames of a cut may be off on average, at least ..."""

TIMES_NOISE: Final = 1.6
"""... and times the noise of their chroma."""

LOCAL: Final = 6.0
"""Code values by which 2.5 % of a frame may be off."""

GHOST: Final = 1.0
"""Code values that a blended neighbour may make; twice as much where it is less than 40 %."""

SHARPNESS: Final = 0.63
"""Share of the height of edges that has to be left; less, the more noise there is."""

WINDOW: Final = 8
"""Frames over which a lasting difference is averaged, or all of a shorter cut."""

_TIMES_WHOLE: Final = 3.0  # times what all of the frame is off that a damaged part must be
_CONTRAST: Final = 3.0  # times `LASTING`: encoding lowers peaks, not what lies between
_ROUGH: Final = 1.0  # noise of chroma above which encoding alone may blur a part
_SOFTENING: Final = 0.6  # by which the bar of sharpness falls with noise beyond `_FINE`, ...
_LEAST_SHARPNESS: Final = 0.4  # ... down to this
_TILE_SHARPNESS: Final = 0.3  # where a sixteenth of the picture is blurred or smeared
_BLURRED_FRAMES: Final = 3  # in a row: a key frame alone may be coarse
_EXPLAINED: Final = 0.6  # of a difference, by a neighbour that is mixed in
_GHOSTS: Final = (0.4, 0.85)  # the share of the neighbour: more is that neighbour itself
_FAINT_GHOST: Final = 0.15  # a smaller share, where it explains still more:
_MOSTLY_EXPLAINED: Final = 0.75  # rough encoding mixes in up to 0.36, which explains up to 0.6
_MOVES: Final = 1.0  # code values by which grain or motion changes the picture
_FOLLOWS: Final = 0.001  # share of that which a still does not show: it shows less than 0.0005
_FINE: Final = 0.65  # noise of chroma above which encoding alone may freeze grain
_STILL: Final = 32  # frames over which a still is told from grain that is encoded sparsely

_Rows: TypeAlias = NDArray[np.void]
_Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PictureFault:
    """A run of frames whose picture is not that of the media.

    Attributes:
        kind: its name.
        record_frame: the reel's frame where it begins.
        timecode: of that frame, in the reel.
        clip_key: of the cut that plays there.
        frames: how many are affected.
        found: what was measured, on average.
    """

    kind: Kind
    record_frame: int
    timecode: str
    clip_key: str
    frames: int
    found: str

    def __str__(self) -> str:
        frames = "1 frame" if self.frames == 1 else f"{self.frames} frames"
        return (
            f"{self.kind} at record frame {self.record_frame} ({self.timecode}, {self.clip_key}), "
            f"{frames}: {self.found}"
        )


def find_picture_faults(reel: TimecodeList, pictures: _Rows) -> list[PictureFault]:
    """All faults of the pictures, in the order of the reel.

    Args:
        reel: what the film should be.
        pictures: how each of its frames differs; NaN where one was not measured.
    """
    faults: list[PictureFault] = []
    for cut in reel.cuts:
        start, stop = cut.record.start.frame, cut.record.stop.frame
        rows = pictures[start:stop]
        kinds = _kinds(rows)
        faults += [_fault(reel, cut, kind, run, rows) for kind, run in _runs(kinds)]
    return sorted(faults, key=lambda fault: fault.record_frame)


def _kinds(rows: _Rows) -> list[Kind | None]:
    """What is wrong with each frame: the first of these that is, since one brings on others."""
    found: list[Kind | None] = [None] * len(rows)
    for kind, flags in _at_once(rows):
        found = _first(found, kind, flags)
    # One frame that is far off would put off the average of those around it.
    rest = rows.copy()
    rest[[kind is not None for kind in found]] = np.nan
    for kind, flags in (*_lasting(rest), ("frozen", _is_frozen(rows))):
        found = _first(found, kind, flags)
    return found


def _first(found: Sequence[Kind | None], kind: Kind, flags: _Flags) -> list[Kind | None]:
    return [own or (kind if flag else None) for own, flag in zip(found, flags, strict=True)]


def _at_once(rows: _Rows) -> Iterator[tuple[Kind, _Flags]]:
    colour = np.maximum(rows["tint"], rows["colour"])
    yield "blended", _is_blended(rows)
    yield "damaged", _is_local(rows["local_luma"], rows["brightness"])
    yield "damaged", _is_local(rows["local_chroma"], colour)
    yield "colour", colour > AT_ONCE
    yield "brightness", np.abs(rows["brightness"]) > AT_ONCE
    softened = SHARPNESS - _SOFTENING * np.maximum(rows["noise"] - _FINE, 0)
    blurred = rows["sharpness"] < np.maximum(softened, _LEAST_SHARPNESS)
    yield "blurred", _in_a_row(blurred, _BLURRED_FRAMES)
    smeared = (rows["least_sharpness"] < _TILE_SHARPNESS) & (rows["noise"] < _ROUGH)
    yield "damaged", _in_a_row(smeared, _BLURRED_FRAMES)


def _lasting(rows: _Rows) -> Iterator[tuple[Kind, _Flags]]:
    own, noise = rows["colour_noise"], rows["noise"]
    yield "colour", _lasts(rows["tint"], own) | _lasts(rows["colour"], own)
    light, contrast = _lasts(rows["brightness"], noise), rows["contrast"] / _CONTRAST
    yield "brightness", light | _lasts(contrast, noise)


def _is_local(part: NDArray[np.floating], whole: NDArray[np.floating]) -> _Flags:
    return np.asarray((part > LOCAL) & (part > _TIMES_WHOLE * np.abs(whole)))


def _is_blended(rows: _Rows) -> _Flags:
    least, most = _GHOSTS
    share, seen, explained = rows["ghost"], rows["ghosting"], rows["explained"]
    half = (share > least) & (seen > GHOST) & (explained > _EXPLAINED)
    faint = (share > _FAINT_GHOST) & (seen > 2 * GHOST) & (explained > _MOSTLY_EXPLAINED)
    return np.asarray((half | faint) & (share < most))


def _lasts(values: NDArray[np.floating], noise: NDArray[np.floating]) -> _Flags:
    """The frames of those windows that are off on average."""
    bar = np.maximum(LASTING, TIMES_NOISE * _windows(noise, WINDOW))
    return _spread(np.abs(_windows(values, WINDOW)) > bar, len(values))


def _is_frozen(rows: _Rows) -> _Flags:
    """The frames of those windows in which grain or motion is expected, and none is shown."""
    if len(rows) < _STILL:
        return np.zeros(len(rows), np.bool_)
    energy = np.square(rows["motion"].astype(np.float64))
    energy[~(energy >= _MOVES**2)] = 0  # what does not move does not count
    shown = _windows(np.where(energy > 0, rows["follows"], 0) * energy, _STILL)
    expected = _windows(energy, _STILL)
    fine = _windows(rows["noise"], _STILL) < _FINE
    moving = expected >= _MOVES**2 / 2
    return _spread(moving & fine & (shown < _FOLLOWS * expected), len(rows)) & (energy > 0)


def _windows(values: NDArray[np.floating], frames: int) -> NDArray[np.float64]:
    """Means of all windows of so many frames; NaN where one was not measured."""
    size = min(frames, len(values))
    total = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values.astype(np.float64)))])
    unknown = np.concatenate([[0], np.cumsum(np.isnan(values))])
    means = (total[size:] - total[:-size]) / size
    return np.where(unknown[size:] > unknown[:-size], np.nan, means)


def _spread(windows: _Flags, frames: int) -> _Flags:
    """The frames in any of some windows."""
    size = frames - len(windows) + 1
    flags = np.zeros(frames, np.bool_)
    for start in np.flatnonzero(windows):
        flags[start : start + size] = True
    return flags


def _in_a_row(flags: _Flags, least: int) -> _Flags:
    """Those flags that are set in runs of at least so many, or in all of a shorter cut."""
    least = min(least, len(flags))
    kept = np.zeros(len(flags), np.bool_)
    at = 0
    for value, run in groupby(flags.tolist()):
        length = len(list(run))
        kept[at : at + length] = value and length >= least
        at += length
    return kept


def _runs(kinds: Sequence[Kind | None]) -> Iterator[tuple[Kind, range]]:
    at = 0
    for kind, run in groupby(kinds):
        length = len(list(run))
        if kind is not None:
            yield kind, range(at, at + length)
        at += length


def _fault(reel: TimecodeList, cut: CutEntry, kind: Kind, run: range, rows: _Rows) -> PictureFault:
    record = cut.record.start.frame + run.start
    return PictureFault(
        kind=kind,
        record_frame=record,
        timecode=reel.rate.to_frame_rate().timecode(record),
        clip_key=cut.clip_key,
        frames=len(run),
        found=_found(kind, rows[run.start : run.stop]),
    )


def _found(kind: Kind, rows: _Rows) -> str:
    mean = {name: float(np.nanmean(rows[name])) for name in rows.dtype.names or ()}
    if kind == "blended":
        return f"{mean['ghost']:.0%} of a neighbouring frame is mixed in"
    if kind == "blurred":
        return f"edges are at {mean['sharpness']:.0%} of their height"
    if kind == "brightness":
        return f"luma is off by {mean['brightness']:+.1f}, contrast by {mean['contrast']:+.1f}"
    if kind == "colour":
        return (
            f"saturation is at {mean['saturation']:.0%}, hue turned by {mean['hue']:+.0f} degrees, "
            f"chroma off by {mean['tint']:.1f}"
        )
    if kind == "damaged":
        return (
            f"a part is off by {mean['local_luma']:.1f} in luma and {mean['local_chroma']:.1f} in "
            f"chroma, its edges at {mean['least_sharpness']:.0%}"
        )
    return f"grain or motion of {mean['motion']:.1f} is not shown"
