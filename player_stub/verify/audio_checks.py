"""Checks a film's audio by what was measured of it (pure)."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from player_stub.render.bed import SAMPLES_PER_PACKET
from player_stub.verify.audio_content_checks import (
    check_clicks,
    check_dropouts,
    check_levels,
    check_sides,
    check_slips,
)
from player_stub.verify.audio_windows import JUMP_MS, FilmAudio, MeasuredWindow
from player_stub.verify.report import AudioWindow, Check, counted, lines
from sizzle.timecode import FrameRate

# Milliseconds per minute. A steady film has under 0.01; a drifting one is off by half a frame
# after minutes.
_MOST_DRIFT = 1.0


OWN_TOLERANCE_MS: Final = 1.0
"""By how much the audio of a film of ours may be early or late."""


def max_offset_ms(rate: FrameRate) -> float:
    """By how much that of another program's may be: half a frame."""
    return float(500 * rate.seconds(1))


def check_audio(sound: FilmAudio, rate: FrameRate, frames: int, tolerance_ms: float) -> list[Check]:
    """Check that the audio is the bed, complete and in sync with the picture.

    Args:
        sound: the film's audio, measured.
        rate: the reel's.
        frames: of the reel.
        tolerance_ms: by how much it may be early or late.
    """
    return [
        _check_start(sound),
        _check_length(sound, rate.seconds(frames)),
        _check_packets(sound, rate),
        check_dropouts(sound, rate),
        check_clicks(sound, rate),
        _check_jumps(sound, rate),
        check_slips(sound, rate),
        check_levels(sound, rate),
        check_sides(sound, rate),
        _check_offset(sound, rate, tolerance_ms),
        _check_drift(sound),
    ]


def audio_windows(sound: FilmAudio, rate: FrameRate) -> tuple[AudioWindow, ...]:
    """The windows, for the report."""
    return tuple(
        AudioWindow(
            timecode=sound.timecode(rate, window.start),
            start=round(window.start / sound.track.rate, 6),
            duration=round(window.length / sound.track.rate, 6),
            offset_ms=_rounded(sound.offset_ms(window)),
            correlation=round(window.match.correlation, 6),
            note=window.match.note,
        )
        for window in sound.windows
    )


def _check_start(sound: FilmAudio) -> Check:
    start = sound.track.start
    return Check(
        "audio start",
        passed=start == 0,
        measured="no packets" if start is None else f"{float(1000 * start):.3f} ms",
        required="0 ms, with the first frame",
    )


def _check_length(sound: FilmAudio, expected: Fraction) -> Check:
    most = Fraction(SAMPLES_PER_PACKET, sound.track.rate)
    off = sound.track.end - expected
    return Check(
        "audio length",
        passed=abs(off) <= most,
        measured=f"{float(sound.track.end):.3f} s",
        required=f"{float(expected):.3f} s within {float(1000 * most):.1f} ms, an AAC packet",
        detail="" if abs(off) <= most else f"{float(1000 * off):+.1f} ms.",
    )


def _check_packets(sound: FilmAudio, rate: FrameRate) -> Check:
    breaks = sound.track.breaks
    places = [
        f"At {sound.timecode(rate, round(at * sound.track.rate))} a packet comes "
        f"{float(1000 * abs(gap)):.1f} ms {'after' if gap > 0 else 'before'} the last one ends."
        for at, gap in breaks
    ]
    return Check(
        "audio packets",
        passed=not breaks,
        measured=counted(len(breaks), "gap"),
        required="0 gaps",
        detail=lines(places),
    )


def _check_jumps(sound: FilmAudio, rate: FrameRate) -> Check:
    jumps = sound.jumps()
    places = [
        f"The offset jumps by {jump:+.1f} ms between {sound.timecode(rate, before.start)} "
        f"and {sound.timecode(rate, behind.start + behind.length)}."
        for before, behind, jump in jumps
    ]
    return Check(
        "audio jumps",
        passed=not jumps,
        measured=counted(len(jumps), "jump"),
        required=f"none over {JUMP_MS:g} ms",
        detail=lines(places),
    )


def _check_offset(sound: FilmAudio, rate: FrameRate, limit: float) -> Check:
    offsets = sound.offsets()
    worst = max((abs(offset) for _, offset in offsets), default=None)
    wrong = [window for window in sound.windows if window.match.wrong]
    enough = 2 * len(offsets) >= len(sound.windows)
    late = [window for window, offset in offsets if abs(offset) > limit]
    return Check(
        "audio offset",
        passed=enough and not wrong and not late,
        measured="not measured" if worst is None else f"at most {worst:.3f} ms",
        required=f"at most {limit:.2f} ms in every window",
        detail=lines([*_late(sound, rate, late), *_unmeasured(sound, rate, enough)]),
    )


def _late(sound: FilmAudio, rate: FrameRate, windows: list[MeasuredWindow]) -> list[str]:
    return [
        f"From {sound.timecode(rate, window.start)} on it is {abs(offset):.1f} ms "
        f"{'late' if offset > 0 else 'early'}."
        for window in windows
        if (offset := sound.offset_ms(window)) is not None
    ]


def _unmeasured(sound: FilmAudio, rate: FrameRate, enough: bool) -> list[str]:
    """The windows without an offset, and why, so that they do not pass unnoticed."""
    silent = [window for window in sound.windows if window.match.samples is None]
    unmeasured = [
        f"Not measured in the window at {sound.timecode(rate, window.start)}: {window.match.note}."
        for window in silent
    ]
    return (
        unmeasured if enough else ["Fewer than half of the windows can be measured.", *unmeasured]
    )


def _check_drift(sound: FilmAudio) -> Check:
    drift = sound.drift()
    return Check(
        "audio drift",
        passed=drift is not None and (abs(drift) <= _MOST_DRIFT or _is_noise(drift, sound)),
        measured="not measured" if drift is None else f"{drift:+.3f} ms a minute",
        required=f"at most {_MOST_DRIFT:g} ms a minute, or one sample in all",
        detail="Fewer than two windows can be measured." if drift is None else "",
    )


def _is_noise(drift: float, sound: FilmAudio) -> bool:
    """Whether it is less than a sample over the whole reel, which is too short to tell more."""
    rate = sound.track.rate
    minutes = sound.windows[-1].start / rate / 60
    return abs(drift) * minutes < 1000 / rate


def _rounded(offset: float | None) -> float | None:
    return None if offset is None else round(offset, 4)
