"""Checks a film's picture: which frames it shows, and when (pure)."""

from __future__ import annotations

from fractions import Fraction

from player_stub.verify.faults import FrameFault, find_faults
from player_stub.verify.film_packets import FilmVideo
from player_stub.verify.match_frames import FrameMatches
from player_stub.verify.picture_faults import PictureFault, find_picture_faults
from player_stub.verify.report import Check, counted, lines
from sizzle.reel.timecode_list import TimecodeList


def check_pictures(
    reel: TimecodeList, film: FilmVideo, matches: FrameMatches
) -> tuple[list[Check], list[FrameFault], list[PictureFault]]:
    """Check that the film shows the frames that the timecode list names, each at its time."""
    faults = find_faults(reel, matches.frames)
    picture_faults = find_picture_faults(reel, matches.pictures)
    checks = [
        _check_order(faults, matches),
        _check_look(picture_faults),
        _check_count(reel, len(film.times)),
        _check_times(reel, film),
        _check_decoding(film),
    ]
    return checks, faults, picture_faults


def _check_order(faults: list[FrameFault], matches: FrameMatches) -> Check:
    how = {
        "exact": "copied bit for bit",
        "matched": "matched",
        "ambiguous": "indistinguishable from a neighbouring frame",
        "unmatched": "not found in the media",
    }
    counts = [
        f"{matches.proofs.count(proof)} {words}"
        for proof, words in how.items()
        if proof in matches.proofs
    ]
    return Check(
        "frames",
        passed=not faults,
        measured=f"{counted(len(faults), 'fault')}: {', '.join(counts) or 'no frames'}",
        required="0 faults",
        detail=lines([str(fault) for fault in faults]),
    )


def _check_look(faults: list[PictureFault]) -> Check:
    return Check(
        "pictures",
        passed=not faults,
        measured=counted(len(faults), "fault"),
        required="what the media shows, within what encoding changes",
        detail=lines([str(fault) for fault in faults]),
    )


def _check_count(reel: TimecodeList, found: int) -> Check:
    expected = reel.duration.frame
    return Check(
        "frame count",
        passed=found == expected,
        measured=counted(found, "frame"),
        required=counted(expected, "frame"),
        detail="" if found == expected else f"{found - expected:+} frames.",
    )


def _check_times(reel: TimecodeList, film: FilmVideo) -> Check:
    frame_time = reel.rate.to_frame_rate().seconds(1)
    # Where a frame is not a whole number of ticks, its time is rounded to a neighbouring tick.
    slack = Fraction(0) if (frame_time / film.tick).denominator == 1 else film.tick
    mistimed = [
        f"Frame {index} is shown at {_seconds(time)}, not at {_seconds(index * frame_time)}."
        for index, time in enumerate(film.times)
        if abs(time - index * frame_time) > slack
    ]
    return Check(
        "frame times",
        passed=not mistimed,
        measured=f"{counted(len(mistimed), 'frame')} mistimed",
        required=f"frame n at exactly n / ({reel.rate.to_frame_rate().fraction}) s",
        detail=lines(mistimed),
    )


def _check_decoding(film: FilmVideo) -> Check:
    return Check(
        "decoding order",
        passed=film.disorder == 0,
        measured=f"{counted(film.disorder, 'packet')} out of order",
        required="increasing decoding time stamps",
    )


def _seconds(time: Fraction) -> str:
    return f"{float(time):.6f} s"
