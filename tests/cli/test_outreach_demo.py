"""The demo of outreach runs as it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.full
def test_the_demo_of_outreach(tmp_path: Path) -> None:
    """In one command, with real parts, and nobody is sent anything twice.

    A push is decrypted, an app and a browser open, and what is akin to the title rises for who
    watched it.
    """
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "NOT SHOWN" not in done.stderr
    for said in (
        "62}; the campaigns are finished, finished; sent again: {}",
        "member-cleo's browser decrypts: Nocturne City",
        "reports that the notification was opened",
        "plays 3.",
        "1 opened_notification",
        "rose: saffron from",
    ):
        assert said in done.stderr
    assert "error" not in done.stderr
    assert len(list((tmp_path / "mails").glob("*.eml"))) == 61


def run(out: Path) -> subprocess.CompletedProcess[str]:
    """Run the demo in a process of its own."""
    start = "from sizzle.cli import main; main()"
    command = [sys.executable, "-c", start, "outreach", "demo", "--out", str(out)]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
