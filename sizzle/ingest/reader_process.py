"""The process that reads one untrusted timeline file, under limits.

It prints a line, `reading` or `unreadable`, then JSON. Anything else (a crash, or running out of
memory or time) means a harmful file to its parent.
"""

from __future__ import annotations

import gc
import json
import sys
from pathlib import Path
from typing import Any

from sizzle.errors import SizzleError, UnreadableTimelineError
from sizzle.ingest.read_content import read_content
from sizzle.ingest.reading import encode
from sizzle.ingest.resource_limits import lower_limits
from sizzle.timecode import FrameRate

_MEMORY = 4 * 2**30  # bytes of address space: 256 MiB of XML need about 3.5 GiB
_PROCESSOR_TIME = 120  # seconds
_LONGEST_OUTPUT = 2**30  # bytes


def main() -> None:
    """Read the file that the argument names, and print the result."""
    lower_limits(memory=_MEMORY, processor_time=_PROCESSOR_TIME, file_size=_LONGEST_OUTPUT)
    # A process that ends after one file leaves no garbage worth collecting; looking for it while
    # a tree of a million elements grows takes half of the time.
    gc.disable()
    arguments = json.loads(sys.argv[1])
    try:
        answer = b"reading\n" + _read(arguments)
    except SizzleError as error:
        failure = {"what": error.what, "where": error.where, "fix": error.fix}
        answer = b"unreadable\n" + json.dumps(failure).encode()
    sys.stdout.buffer.write(answer)


def _read(arguments: dict[str, Any]) -> bytes:
    path = Path(arguments["path"])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableTimelineError(
            f"The file cannot be read: {error.strerror}.",
            where=str(path),
            fix="check the path and its permissions.",
        ) from error
    rate = FrameRate(*arguments["rate"]) if arguments["rate"] else None
    return encode(read_content(content, str(path), sequence=arguments["sequence"], rate=rate))


if __name__ == "__main__":
    main()
