"""What a verification has to say, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from player_stub.verify.faults import FrameFault
from player_stub.verify.frame_path import Proof

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a film has to keep.

    Attributes:
        name: short, the same in every report.
        passed: whether it does.
        measured: what was found, with its unit.
        required: what it has to be.
        detail: where it fails and how, a line each; or what could not be measured.
    """

    name: str
    passed: bool
    measured: str
    required: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AudioWindow:
    """The audio of a stretch of the reel beside the bed.

    Attributes:
        timecode: of the reel, where the window starts.
        start: seconds from the reel's first frame.
        duration: seconds.
        offset_ms: by how much the film's audio is late; below zero it is early. None where it
            cannot be measured.
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
    """The proof of a film, or of what is wrong with it.

    Attributes:
        reel_id: the reel that it should be.
        film: the file.
        frames: how many the film shows.
        audio_seconds: how long its audio plays.
        checks: all that was checked; those that failed say why.
        faults: each thing wrong with the picture.
        proofs: how many frames are proved in which way: `exact` copies, `matched` by comparing,
            `ambiguous` where a near frame fits as well, `unmatched` where none in the media does.
        windows: the audio's offset along the reel.
        max_offset_ms: the largest offset, early or late; None where none could be measured.
        drift_ms_per_minute: how fast the offset grows; None where it cannot be told.
    """

    reel_id: str
    film: str
    frames: int
    audio_seconds: float
    checks: tuple[Check, ...]
    faults: tuple[FrameFault, ...]
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
