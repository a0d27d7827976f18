"""Encoding the renditions, and continuing where an interrupted run stopped.

ffmpeg writes each rendition into a part. An interrupted run leaves parts with some whole fragments;
the next run encodes the missing ones into parts that begin there, and all are joined. Fragments can
be re-timed and refer to no other fragment, so a joined file is as good as one of a single run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from sizzle import process
from sizzle.files import replacing, scratch_folder
from sizzle.hls import FragmentError, retime
from sizzle.media.gate import Normalised
from sizzle.packager.encode import Encoding, renditions_command
from sizzle.packager.errors import PackageError
from sizzle.packager.key_plan import KeyPlan
from sizzle.packager.ladder import LadderStep
from sizzle.packager.progress import Progress, reporting_progress
from sizzle.packager.scan import UPRIGHT_MATRIX, Scan, ScannedFragment, matrix_at, scan
from sizzle.packager.tracks import check_fragment, check_init, check_video

_TIMEOUT: Final = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class _PartialFile:
    """A file of fragments from number `first` on, the first `whole` of which are as planned."""

    path: Path
    first: int
    scan: Scan
    whole: int

    @property
    def end(self) -> int:
        """The number of the first fragment that it lacks."""
        return self.first + self.whole


def encode_renditions(
    folder: Path,
    media: Path,
    steps: Sequence[LadderStep],
    pictures: Normalised,
    keys: KeyPlan,
    encoding: Encoding,
    on_progress: Progress | None = None,
) -> None:
    """Encode the renditions that a folder lacks, in one run that decodes the source once.

    Files and parts of earlier runs that are not as planned are discarded first.

    Args:
        folder: of the files, `<step>.mp4` for each step.
        media: the asset's video.
        steps: of the ladder.
        pictures: how the video's are normalised.
        keys: where fragments begin.
        encoding: quality and effort.
        on_progress: called with the frames done.

    Raises:
        ProcessError: ffmpeg failed.
        FragmentError: what it made is not what was planned; it is removed.
        PackageError: an earlier run's parts were encoded differently; they are removed.
    """
    lacking = [step for step in steps if not _fits(_file(folder, step), step, keys)]
    if not lacking:
        return
    first = min(_reached(_parts(folder, step, keys)) for step in lacking)
    if first < keys.count:
        outputs = {step: _new_part(folder, step, first) for step in lacking}
        with scratch_folder() as scratch:
            report = scratch / "progress"
            command = renditions_command(
                media, outputs, pictures, keys, encoding, first=first, progress=report
            )
            with reporting_progress(report, keys.starts[first], keys.frames, on_progress):
                process.run(command, timeout=_TIMEOUT)
        for step, part in outputs.items():
            _check_made(part, step, keys, first, _file(folder, step))
    for step in lacking:
        _join(_parts(folder, step, keys), _file(folder, step), keys)


def _file(folder: Path, step: LadderStep) -> Path:
    return folder / f"{step.name}.mp4"


def _fits(path: Path, step: LadderStep, keys: KeyPlan) -> bool:
    """Whether a rendition exists and is as planned; if it is not as planned, it is removed."""
    try:
        check_video(scan(path), step, keys, path)
    except FileNotFoundError:
        return False
    except FragmentError:
        path.unlink()
        return False
    return True


def _check_made(part: Path, step: LadderStep, keys: KeyPlan, first: int, path: Path) -> None:
    """Check what was just encoded, before it becomes part of a rendition. Raises FragmentError."""
    try:
        check_video(scan(part), step, keys, path, first=first)
    except FragmentError:
        part.unlink()
        raise


def _new_part(folder: Path, step: LadderStep, first: int) -> Path:
    """The path of a part; no other run writes to it, as its ffmpeg may still be running."""
    return folder / f".{step.name}.{first:08}-{os.getpid()}.part"


def _parts(folder: Path, step: LadderStep, keys: KeyPlan) -> list[_PartialFile]:
    """The parts of a rendition that follow one another without gaps; others are removed."""
    parts: list[_PartialFile] = []
    for path in sorted(folder.glob(f".{step.name}.*.part")):
        part = _part(path, step, keys)
        if part is not None and part.first <= _reached(parts) < part.end:
            parts.append(part)
        else:
            path.unlink()
    return parts


def _part(path: Path, step: LadderStep, keys: KeyPlan) -> _PartialFile | None:
    first = int(path.suffixes[-2][1:].split("-")[0])
    try:
        found = scan(path)
        delay = check_init(found.init, step, keys).delay
    except FragmentError:
        return None
    return _PartialFile(path, first, found, _whole(found, first, keys, delay))


def _whole(found: Scan, first: int, keys: KeyPlan, delay: int) -> int:
    """How many fragments are as planned; an interrupted ffmpeg leaves a last one too short."""
    planned = range(first, keys.count)
    for count, (number, fragment) in enumerate(zip(planned, found.fragments, strict=False)):
        try:
            check_fragment(fragment, number, keys, delay, first)
        except FragmentError:
            return count
    return min(len(planned), len(found.fragments))


def _reached(parts: Sequence[_PartialFile]) -> int:
    """The number of the first missing fragment."""
    return parts[-1].end if parts else 0


def _join(parts: Sequence[_PartialFile], path: Path, keys: KeyPlan) -> None:
    """Join the parts to the rendition's file, and remove them."""
    if len({part.scan.init for part in parts}) > 1:
        _remove(parts)
        raise PackageError(
            "Parts from different encoders do not fit together; they were removed.",
            where=str(path),
            fix="package again: it starts from the beginning.",
        )
    with replacing(path) as temporary:
        if len(parts) == 1:
            parts[0].path.replace(temporary)
        else:
            with temporary.open("wb") as file:
                file.writelines(_joined(parts, keys))
        _write_upright(temporary)
    _remove(parts)


def _write_upright(path: Path) -> None:
    """Let no header turn the pictures: ffmpeg copies what its source says, and they are upright."""
    with path.open("r+b") as file:
        init = scan(path).init
        file.seek(matrix_at(init))
        file.write(UPRIGHT_MATRIX)


def _joined(parts: Sequence[_PartialFile], keys: KeyPlan) -> Iterator[bytes]:
    yield parts[0].scan.init
    ends = [later.first for _, later in pairwise(parts)] + [keys.count]
    for part, end in zip(parts, ends, strict=True):
        with part.path.open("rb") as file:
            taken = enumerate(part.scan.fragments[: end - part.first], part.first)
            for number, found in taken:
                file.seek(found.start)
                yield _moved(file.read(found.end - found.start), number, found, keys)


def _moved(data: bytes, number: int, found: ScannedFragment, keys: KeyPlan) -> bytes:
    fragment = bytearray(data)
    time = keys.starts[number] * keys.rate.denominator
    retime(fragment, number, time, found.samples.time_offset)
    return bytes(fragment)


def _remove(parts: Sequence[_PartialFile]) -> None:
    for part in parts:
        part.path.unlink(missing_ok=True)
