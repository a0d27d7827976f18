"""Read a timeline file in a process of its own, since files cannot be trusted.

A file can make the libraries that parse it crash, or use all memory and time. In a child process
with limits that is an error message, and not the end of the service.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

from sizzle import process
from sizzle.errors import ProcessError, UnreadableTimelineError
from sizzle.ingest.reading import Reading, decode
from sizzle.ingest.unsupported import recognise_folder
from sizzle.timecode import FrameRate

_READER = "sizzle.ingest.reader_process"
_MAXIMUM_BYTES = 256 * 2**20
_TIMEOUT = 180.0  # seconds; the child's own limit on processor time ends it before


def read_timeline(
    path: Path, *, sequence: str | None = None, rate: FrameRate | None = None
) -> Reading:
    """Read one sequence of an FCP7 XML, an OTIO file or bundle, or an EDL.

    Positions, enabling and speed are taken from the document itself, since OpenTimelineIO loses
    them; where the two differ is a finding.

    Args:
        path: the file; its content decides the format, not its name.
        sequence: which sequence, by name, number or id, where the file holds several.
        rate: of an EDL, which does not hold its own.

    Raises:
        UnreadableTimelineError: the file is absent, not a timeline, harmful, or has no such
            sequence.
    """
    where = str(path)
    _check_size(path)
    try:
        answer = process.run_module(_READER, _argument(where, sequence, rate), timeout=_TIMEOUT)
    except ProcessError as error:
        raise UnreadableTimelineError(
            f"The process that read the file failed ({error.what}).",
            where=where,
            fix="the file is damaged or malicious: export it again.",
        ) from error
    kind, _, body = answer.partition(b"\n")
    if kind == b"unreadable":
        raise UnreadableTimelineError(**json.loads(body))
    return decode(body)


def _argument(where: str, sequence: str | None, rate: FrameRate | None) -> str:
    arguments = {
        "path": where,
        "sequence": sequence,
        "rate": [rate.numerator, rate.denominator, rate.drop_frame] if rate else None,
    }
    return json.dumps(arguments)


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableTimelineError(
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            fix="check the path and its permissions.",
        ) from error
    if path.is_dir():
        # Final Cut Pro's current XML version is a folder that Finder shows as one file.
        kind = recognise_folder([each.name for each in islice(path.iterdir(), 100)])
        raise UnreadableTimelineError(
            f"The file is {kind.what}, which is not read.", where=str(path), fix=kind.fix
        )
    if size > _MAXIMUM_BYTES:
        raise UnreadableTimelineError(
            f"The file is over {_MAXIMUM_BYTES >> 20} MiB.",
            where=str(path),
            fix="export the one sequence, not the whole project.",
        )
