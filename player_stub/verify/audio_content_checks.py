"""Checks what a film's audio plays: levels, sides, dropouts, clicks and single samples (pure)."""

from __future__ import annotations

from typing import Final

from player_stub.verify.audio_channels import SIDES, SILENT_DB
from player_stub.verify.audio_windows import FilmAudio, MeasuredWindow
from player_stub.verify.report import Check, counted, lines
from sizzle.timecode import FrameRate

LEVEL_DB: Final = 1.0
"""By how much a channel may be too loud or too quiet: less is not heard."""

MOMENT_DB: Final = 3.0
"""The same for a tenth of a second."""

_SIDES: Final = ("left", "right")


def check_dropouts(sound: FilmAudio, rate: FrameRate) -> Check:
    """Check that no channel is silent where the bed is not."""
    found = _dropouts(sound)
    places = [
        f"At {sound.timecode(rate, start)} {who} is silent for "
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


def check_slips(sound: FilmAudio, rate: FrameRate) -> Check:
    """Check that no sample was inserted or removed."""
    slips = sound.slips()
    places = [
        f"Near {sound.timecode(rate, slip.at)} it becomes {abs(slip.samples):.1f} samples "
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


def check_levels(sound: FilmAudio, rate: FrameRate) -> Check:
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
    where = f"From {sound.timecode(rate, window.start)} on {who} is"
    if level < SILENT_DB:
        return f"{where} silent."
    if abs(level) > LEVEL_DB:
        return f"{where} {abs(level):.1f} dB too {'loud' if level > 0 else 'quiet'}."
    return f"{where} {abs(moment):.1f} dB too {'loud' if moment > 0 else 'quiet'} for a moment."


def check_sides(sound: FilmAudio, rate: FrameRate) -> Check:
    """That left is left and right is right, where the bed's sides differ."""
    off = [
        f"From {sound.timecode(rate, window.start)} on left and right "
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


def check_clicks(sound: FilmAudio, rate: FrameRate) -> Check:
    """Check that there are no steps that the bed does not have."""
    places = sorted({at for window in sound.windows for at in window.clicks})
    return Check(
        "audio clicks",
        passed=not places,
        measured=counted(len(places), "click"),
        required="0 clicks",
        detail=lines(
            [
                f"At {sound.timecode(rate, at)} the film clicks, and the bed does not."
                for at in places
            ]
        ),
    )


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of ranges: neighbouring windows find the same dropout."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
