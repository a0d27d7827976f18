"""Programs are run to their end, and never outlive who started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sizzle.errors import ProcessError
from sizzle.process import LineProgram, run

_CHILD = """
import sys, time
with open(sys.argv[1], "w") as out:
    print("started", file=out, flush=True)
    time.sleep(20)
    print("outlived", file=out)
"""
_PARENTS = {
    "program": """
import sys
from sizzle.process import run
run([sys.executable, "-c", sys.argv[1], sys.argv[2]], timeout=60)
""",
    "fork": """
import sys
from types import ModuleType
from sizzle import process
child = sys.modules["child"] = ModuleType("child")
child.main = lambda: exec(program)
program = sys.argv[1]
process.run_module("child", sys.argv[2], timeout=60)
""",
}


@pytest.mark.parametrize("parent", _PARENTS.values(), ids=_PARENTS)
def test_what_was_started_ends_with_a_parent_that_is_killed(tmp_path: Path, parent: str) -> None:
    """A pipe that the child holds open is closed without another word of it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen([sys.executable, "-c", parent, _CHILD, str(pipe)])
    with pipe.open() as words:
        assert words.readline() == "started\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert words.read() == ""


def test_what_it_prints_and_is_fed() -> None:
    """Standard input comes in pieces, and more is printed than a pipe holds."""
    assert run(["cat"], stdin=[b"a", b"b" * 100_000], timeout=60) == b"a" + b"b" * 100_000


@pytest.mark.parametrize(
    ("command", "timeout", "words"),
    [
        (["sh", "-c", "echo why >&2; exit 3"], 60, "why: sh exited with 3"),
        (["sleep", "20"], 0.1, "took over 0.1 s"),
        (["no-such-program"], 60, "cannot be started"),
    ],
    ids=["failed", "late", "absent"],
)
def test_what_goes_wrong_is_told(command: list[str], timeout: float, words: str) -> None:
    """The status and the last words, the time that ran out, or that it is not there."""
    with pytest.raises(ProcessError, match=words):
        run(command, timeout=timeout)


def test_a_program_answers_line_by_line() -> None:
    """One that ends instead is an error with its last words, and is started again."""
    shout = """
import sys
for line in sys.stdin:
    if line == "end\\n":
        sys.exit("why")
    print(line.strip().upper(), flush=True)
"""
    shout = shout.replace("print", "print(line, file=sys.stderr, end='', flush=True); print")
    with LineProgram([sys.executable, "-c", shout]) as program:
        assert [program.answer(line) for line in ("a", "b")] == ["A", "B"]
        assert program.complaints() == "b"
        with pytest.raises(ProcessError, match=r"why: .* exited with 1"):
            program.answer("end")
        assert program.answer("c") == "C"
