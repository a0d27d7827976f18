"""The result of a verification, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from player_stub.verify.faults import FrameFault
from player_stub.verify.frame_path import Proof
from player_stub.verify.picture_faults import PictureFault

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement of a film.

    Attributes:
        name: short, the same in every report.
        passed: whether the film meets it.
        measured: what was found, with its unit.
        required: what it has to be.
        detail: where and how it fails, a line each; or what could not be measured.
    """

    name: str
    passed: bool
    measured: str
    required: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AudioWindow:
    """A window of the audio, compared with the bed.

    Attributes:
        timecode: of the reel, where the window starts.
        start: seconds from the reel's first frame.
        duration: seconds.
        offset_ms: how late the film's audio is; below zero it is early. None where that cannot be
            measured.
        correlation: of film and bed at that offset, normalized: 1 where they are the same.
        note: why it could not be measured.
    """

    timecode: str
    start: float
    duration: float
    offset_ms: float | None
    correlation: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """The proof that a film is its reel, or what is wrong with it.

    Attributes:
        reel_id: the reel that it should be.
        film: the file.
        frames: how many the film shows.
        audio_seconds: how long its audio plays.
        checks: all of them, passed or not.
        faults: everything wrong with the order of the frames.
        picture_faults: everything wrong with what they look like.
        proofs: how many frames are proved in which way: `exact` copies, `matched` by comparing,
            `ambiguous` where a near frame fits as well, `unmatched` where none in the media does.
        windows: the audio offset along the reel.
        max_offset_ms: the largest offset, early or late; None where none could be measured.
        drift_ms_per_minute: how fast the offset grows; None where that cannot be measured.
    """

    reel_id: str
    film: str
    frames: int
    audio_seconds: float
    checks: tuple[Check, ...]
    faults: tuple[FrameFault, ...]
    picture_faults: tuple[PictureFault, ...]
    proofs: dict[Proof, int]
    windows: tuple[AudioWindow, ...]
    max_offset_ms: float | None
    drift_ms_per_minute: float | None

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    def to_json(self) -> dict[str, object]:
        """All of it as JSON values, with `passed` first."""
        return {"passed": self.passed, **asdict(self)}


def lines(details: Sequence[str]) -> str:
    """The first few details, a line each, and how many more there are."""
    more = len(details) - _LISTED
    return "\n".join([*details[:_LISTED], *([f"... and {more} more."] if more > 0 else [])])


def counted(number: int, thing: str) -> str:
    """`1 gap`, `2 gaps`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
