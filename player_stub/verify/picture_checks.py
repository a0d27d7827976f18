"""Judges a film's picture: which frames it shows, and when (pure)."""

from __future__ import annotations

from fractions import Fraction

from player_stub.verify.faults import FrameFault, find_faults
from player_stub.verify.film_packets import FilmPicture
from player_stub.verify.match_frames import Sight
from player_stub.verify.report import Check, counted, lines
from sizzle.reel.timecode_list import TimecodeList


def check_pictures(
    reel: TimecodeList, film: FilmPicture, sight: Sight
) -> tuple[list[Check], list[FrameFault]]:
    """Prove that the pictures are those that the timecode list names, each at its time."""
    faults = find_faults(reel, sight.numbers)
    checks = [
        _check_order(faults, sight),
        _check_count(reel, len(film.times)),
        _check_times(reel, film),
        _check_decoding(film),
    ]
    return checks, faults


def _check_order(faults: list[FrameFault], sight: Sight) -> Check:
    how = {
        "exact": "copied bit for bit",
        "matched": "matched",
        "ambiguous": "indistinguishable from a neighbouring frame",
        "unmatched": "not found in the media",
    }
    told = [
        f"{sight.proofs.count(proof)} {words}"
        for proof, words in how.items()
        if proof in sight.proofs
    ]
    return Check(
        "frames",
        passed=not faults,
        measured=f"{counted(len(faults), 'fault')}: {', '.join(told) or 'no frames'}",
        required="0 faults",
        detail=lines([str(fault) for fault in faults]),
    )


def _check_count(reel: TimecodeList, there: int) -> Check:
    wanted = reel.duration.frame
    return Check(
        "frame count",
        passed=there == wanted,
        measured=counted(there, "frame"),
        required=counted(wanted, "frame"),
        detail="" if there == wanted else f"{there - wanted:+} frames.",
    )


def _check_times(reel: TimecodeList, film: FilmPicture) -> Check:
    frame_time = reel.rate.to_frame_rate().seconds(1)
    # Where a frame is no whole count of ticks, its time is rounded to one beside it.
    slack = Fraction(0) if (frame_time / film.tick).denominator == 1 else film.tick
    mistimed = [
        f"Frame {place} is shown at {_seconds(time)}, not at {_seconds(place * frame_time)}."
        for place, time in enumerate(film.times)
        if abs(time - place * frame_time) > slack
    ]
    return Check(
        "frame times",
        passed=not mistimed,
        measured=f"{counted(len(mistimed), 'frame')} mistimed",
        required=f"frame n at exactly n / ({reel.rate.to_frame_rate().fraction}) s",
        detail=lines(mistimed),
    )


def _check_decoding(film: FilmPicture) -> Check:
    return Check(
        "decoding order",
        passed=film.disorder == 0,
        measured=f"{counted(film.disorder, 'packet')} out of order",
        required="increasing decoding time stamps",
    )


def _seconds(time: Fraction) -> str:
    return f"{float(time):.6f} s"
