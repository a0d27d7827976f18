"""Checks a film's audio by what was measured of it (pure)."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from player_stub.render.bed import SAMPLES_PER_PACKET
from player_stub.verify.audio_channels import SILENT_DB
from player_stub.verify.audio_windows import JUMP_MS, FilmAudio, MeasuredWindow
from player_stub.verify.report import AudioWindow, Check, counted, lines
from sizzle.timecode import FrameRate

# Milliseconds per minute. A steady film has under 0.01; a drifting one is off by half a frame
# after minutes.
_MOST_DRIFT = 1.0


LEVEL_DB: Final = 1.0
"""By how much a channel may be too loud or too quiet: less is not heard."""

MOMENT_DB: Final = 3.0
"""The same for a tenth of a second."""

SIDES: Final = 0.5
"""Share of the difference between left and right that has to be left."""

OWN_TOLERANCE_MS: Final = 1.0
"""By how much the audio of a film of ours may be early or late."""

_SIDES: Final = ("left", "right")


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
        _check_dropouts(sound, rate),
        _check_clicks(sound, rate),
        _check_jumps(sound, rate),
        _check_slips(sound, rate),
        _check_levels(sound, rate),
        _check_sides(sound, rate),
        _check_offset(sound, rate, tolerance_ms),
        _check_drift(sound),
    ]


def audio_windows(sound: FilmAudio, rate: FrameRate) -> tuple[AudioWindow, ...]:
    """The windows, for the report."""
    return tuple(
        AudioWindow(
            timecode=_timecode(sound, rate, window.start),
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
        f"At {_timecode(sound, rate, round(at * sound.track.rate))} a packet comes "
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


def _check_dropouts(sound: FilmAudio, rate: FrameRate) -> Check:
    found = _dropouts(sound)
    places = [
        f"At {_timecode(sound, rate, start)} {who} is silent for "
        f"{1000 * (end - start) / sound.track.rate:.0f} ms, and the bed is not."
        for start, end, who in found
    ]
    return Check(
        "audio dropouts",
        passed=not found,
        measured=counted(len(found), "dropout"),
        required="0 dropouts",
        detail=lines(places),
    )


def _dropouts(sound: FilmAudio) -> list[tuple[int, int, str]]:
    """Where which channel is silent; channels that are silent together are the film."""
    channels = max((len(window.dropouts) for window in sound.windows), default=0)
    single = [
        _merged(
            [
                stretch
                for window in sound.windows
                for own in window.dropouts[channel : channel + 1]
                for stretch in own
            ]
        )
        for channel in range(channels)
    ]
    if len({*map(tuple, single)}) == 1:
        return [(start, end, "the film") for start, end in single[0]]
    return sorted(
        (start, end, f"its {_SIDES[channel]} channel")
        for channel, ranges in enumerate(single)
        for start, end in ranges
    )


def _check_slips(sound: FilmAudio, rate: FrameRate) -> Check:
    slips = sound.slips()
    places = [
        f"Near {_timecode(sound, rate, slip.at)} it becomes {abs(slip.samples):.1f} samples "
        f"{'later' if slip.samples > 0 else 'earlier'}."
        for slip in slips
    ]
    return Check(
        "audio slips",
        passed=not slips,
        measured=counted(len(slips), "slip"),
        required="no sample inserted or removed",
        detail=lines(places),
    )


def _check_levels(sound: FilmAudio, rate: FrameRate) -> Check:
    """That no channel is silent, and none too loud or too quiet."""
    off: list[str] = []
    worst = 0.0
    for window in sound.windows:
        if window.channels is None or window.match.samples is None:
            continue
        for channel, pair in enumerate(
            zip(window.channels.levels, window.channels.worst, strict=True)
        ):
            level, moment = (each or 0.0 for each in pair)
            worst = max(worst, level, moment, key=abs)
            if abs(level) > LEVEL_DB or abs(moment) > MOMENT_DB:
                off.append(_level_detail(sound, rate, window, channel, level, moment))
    return Check(
        "audio level",
        passed=not off,
        measured=f"at most {worst:+.1f} dB off",
        required=f"each channel within {LEVEL_DB:g} dB of the bed's over 2 s, "
        f"and {MOMENT_DB:g} dB over 0.1 s",
        detail=lines(off),
    )


def _level_detail(
    sound: FilmAudio,
    rate: FrameRate,
    window: MeasuredWindow,
    channel: int,
    level: float,
    moment: float,
) -> str:
    assert window.channels is not None
    mono = len(window.channels.levels) == 1
    who = "it" if mono else f"the {_SIDES[channel]} channel"
    where = f"From {_timecode(sound, rate, window.start)} on {who} is"
    if level < SILENT_DB:
        return f"{where} silent."
    if abs(level) > LEVEL_DB:
        return f"{where} {abs(level):.1f} dB too {'loud' if level > 0 else 'quiet'}."
    return f"{where} {abs(moment):.1f} dB too {'loud' if moment > 0 else 'quiet'} for a moment."


def _check_sides(sound: FilmAudio, rate: FrameRate) -> Check:
    """That left is left and right is right, where the bed's sides differ."""
    off = [
        f"From {_timecode(sound, rate, window.start)} on left and right "
        f"{'are swapped' if sides < -SIDES else 'sound too much alike'}."
        for window in sound.windows
        if window.channels is not None
        and not window.channels.silent
        and (sides := window.channels.sides) is not None
        and sides < SIDES
    ]
    return Check(
        "audio channels",
        passed=not off,
        measured=f"{counted(len(off), 'window')} with other sides",
        required="left and right as in the bed",
        detail=lines(off),
    )


def _check_clicks(sound: FilmAudio, rate: FrameRate) -> Check:
    places = sorted({at for window in sound.windows for at in window.clicks})
    return Check(
        "audio clicks",
        passed=not places,
        measured=counted(len(places), "click"),
        required="0 clicks",
        detail=lines(
            [
                f"At {_timecode(sound, rate, at)} the film clicks, and the bed does not."
                for at in places
            ]
        ),
    )


def _check_jumps(sound: FilmAudio, rate: FrameRate) -> Check:
    jumps = sound.jumps()
    places = [
        f"The offset jumps by {jump:+.1f} ms between {_timecode(sound, rate, before.start)} "
        f"and {_timecode(sound, rate, behind.start + behind.length)}."
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
        f"From {_timecode(sound, rate, window.start)} on it is {abs(offset):.1f} ms "
        f"{'late' if offset > 0 else 'early'}."
        for window in windows
        if (offset := sound.offset_ms(window)) is not None
    ]


def _unmeasured(sound: FilmAudio, rate: FrameRate, enough: bool) -> list[str]:
    """The windows without an offset, and why, so that they do not pass unnoticed."""
    silent = [window for window in sound.windows if window.match.samples is None]
    unmeasured = [
        f"Not measured in the window at {_timecode(sound, rate, window.start)}: "
        f"{window.match.note}."
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


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of ranges: neighbouring windows find the same dropout."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _timecode(sound: FilmAudio, rate: FrameRate, sample: int) -> str:
    return rate.timecode(rate.frames(Fraction(max(0, sample), sound.track.rate)))


def _rounded(offset: float | None) -> float | None:
    return None if offset is None else round(offset, 4)
