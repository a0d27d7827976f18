"""Reading in a process of its own: what comes back, and what a harmful file can do."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.defects import TITLES, clean_xml
from fixtures.timeline import demo_timeline
from fixtures.titles import demo_clips
from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import Reading, read_timeline
from sizzle.ingest import read as parent
from sizzle.ingest.reading import decode, encode
from sizzle.timecode import FrameRate

ROOT = Path(__file__).parents[2]
FAILING = {
    "crash": f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})",
    "memory": "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**28,) * 2); b'x' * 2**29",
    "time": "import time; time.sleep(60)",
    "bug": "raise RecursionError",
}
"""Programs that end their process."""

CLEAN = Reading(demo_timeline(TITLES, demo_clips(TITLES)), ())


def test_a_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    """The content says what it is."""
    path = tmp_path / "holiday.jpg"
    path.write_text(clean_xml())
    assert read_timeline(path) == CLEAN


def test_an_error_of_the_child_is_an_error_of_the_parent(tmp_path: Path) -> None:
    """With the same words."""
    path = tmp_path / "page.html"
    path.write_text("<html/>")
    with pytest.raises(UnreadableTimelineError, match="a web page") as caught:
        read_timeline(path)
    assert caught.value.where == str(path)
    assert "Final Cut Pro XML" in caught.value.fix


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Is said so, and a folder is no file."""
    for path in (tmp_path / "nowhere.xml", tmp_path):
        with pytest.raises(UnreadableTimelineError, match=r"cannot be read|is a folder"):
            read_timeline(path)


@pytest.mark.parametrize("program", FAILING.values(), ids=FAILING)
def test_a_child_that_dies_is_an_error_message(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ended it: the parent lives on, with a message that its reader failed."""
    path = tmp_path / "bad.xml"
    path.write_text(clean_xml())
    monkeypatch.setattr(parent, "_TIMEOUT", 1.0)
    monkeypatch.setattr(parent, "_READER", "tests.ingest.failing_reader")
    with pytest.raises(UnreadableTimelineError, match="process that read the file failed"):
        read_timeline(path, sequence=program)


_FORKING = """
import sys
from pathlib import Path
from sizzle import process
from sizzle.errors import SizzleError
from sizzle.ingest import read

def may_fork():
    assert real()
    return True

real, process._may_fork = process._may_fork, may_fork
good = Path(sys.argv[1])
read._READER = "tests.ingest.failing_reader"
read._TIMEOUT = 1.0
for program in sys.argv[2:]:
    try:
        read.read_timeline(good, sequence=program)
    except SizzleError as error:
        print(error.what)
read._READER, read._TIMEOUT = "sizzle.ingest.reader_process", 60
print(len(read.read_timeline(good).timeline.items))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_a_process_without_threads_forks_its_reader(tmp_path: Path) -> None:
    """Nothing is loaded twice; failures are messages as before, and the next file is read."""
    path = tmp_path / "good.xml"
    path.write_text(clean_xml())
    answer = subprocess.run(
        [sys.executable, "-c", _FORKING, path, *FAILING.values()],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    *failures, items = answer.stdout.splitlines()
    ended = ("exited with -11", "exited with 1", "took over 1 s", "exited with 1")
    assert len(failures) == len(ended)
    for failure, end in zip(failures, ended, strict=True):
        assert end in failure
    assert int(items) == len(CLEAN.timeline.items)


def nested_tags(depth: int) -> bytes:
    """35 KB of tags in each other."""
    return b"<xmeml>" + b"<a>" * depth + b"</a>" * depth + b"</xmeml>"


def nested_lists(depth: int) -> bytes:
    """120 KB of lists in each other crash OpenTimelineIO's own reader."""
    return b'{"OTIO_SCHEMA":"Timeline.1","tracks":' + b"[" * depth + b"]" * depth + b"}"


def amplified(length: int) -> bytes:
    """An entity repeated just below the parser's own guard."""
    head = b'<!DOCTYPE xmeml [<!ENTITY e "' + b"x" * length + b'">]><xmeml>'
    return head + b"&e;" * 1000 + b"</xmeml>"


@pytest.mark.parametrize(
    "content",
    [
        nested_tags(5_000),
        nested_lists(60_000),
        b"{" * 60_000,
        amplified(20_000),
        b'{"OTIO_SCHEMA":"Timeline.1","tracks":null}',
        b'{"OTIO_SCHEMA":"Timeline.1"}',
        b'{"OTIO_SCHEMA":"Timeline.1","tracks":{"OTIO_SCHEMA":"Stack.1","children":[null]}}',
    ],
    ids=["tags", "lists", "braces", "entities", "null tracks", "no tracks", "null child"],
)
def test_known_killers_are_refused(content: bytes, tmp_path: Path) -> None:
    """Each has crashed a parser or taken gigabytes; here each is a message."""
    path = tmp_path / "killer"
    path.write_bytes(content)
    with pytest.raises(UnreadableTimelineError) as caught:
        read_timeline(path)
    assert caught.value.fix


def test_a_file_that_is_too_large_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is a size on disk, so nothing is read."""
    path = tmp_path / "large.xml"
    path.write_text(clean_xml())
    monkeypatch.setattr(parent, "_MAXIMUM_BYTES", 1000)
    with pytest.raises(UnreadableTimelineError, match="The file is over"):
        read_timeline(path)


def test_a_reading_survives_the_way_between_processes() -> None:
    """Every field of items, markers and findings."""
    from dataclasses import replace
    from fractions import Fraction

    from sizzle.layout import RULES

    timeline = CLEAN.timeline
    odd = replace(
        timeline.items[0],
        speed=Fraction(-3, 7),
        variable_speed=True,
        rate=FrameRate(25),
        media=None,
        source_in=None,
    )
    finding = RULES["gap"].on(timeline, odd, expected="é", found='"', fix="\n")
    reading = Reading(replace(timeline, items=(odd, *timeline.items[1:])), (finding,))
    assert decode(encode(reading)) == reading
