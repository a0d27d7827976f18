"""Events in the log of an installation, for tests of its exports."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from sizzle.cli.app import app
from sizzle.cli.options import open_event_log
from sizzle.events import Event

DAY = 86_400_000


def run(folder: Path, *arguments: object) -> Result:
    """Run `sizzle` with a state of its own, in this process."""
    state = ["--state", str(folder / "state")]
    return CliRunner().invoke(app, [*map(str, arguments), *state])


def record(folder: Path, *events: Event) -> None:
    """Append events to the log of a folder."""
    log = open_event_log(None, folder / "state")
    log.append(events)
    log.close()
