"""The demo of outreach runs as it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.full
def test_the_demo_of_outreach(tmp_path: Path) -> None:
    """In one command: each step is done, nobody is mailed twice, and the next reel has moved."""
    start = "from sizzle.cli import main; main()"
    command = [sys.executable, "-c", start, "outreach", "demo", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    for said in ("[10/10]", "61}; the campaigns are finished, finished; sent again: {}"):
        assert said in done.stderr
    assert "NOT SHOWN" not in done.stderr
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 61
