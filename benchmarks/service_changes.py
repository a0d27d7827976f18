"""Two workers under load for a minute, while versions are published and models replaced.

    python -m benchmarks.service_changes

Exits with 1 if an answer is an error, or mixes two versions or models.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tables import Row, print_table
from tests.api.changes_under_load import run

_SECONDS = 60.0


def main() -> None:
    """Measure, print, and exit."""
    with TemporaryDirectory() as name:
        outcome = run(Path(name), _SECONDS)
    rows = [
        Row("answers", [outcome.answers, ""]),
        Row("workers that answered", [len(outcome.workers), ""]),
        Row("asset versions in answers", [len(outcome.versions), ""]),
        Row("models in answers", [len(outcome.models), ""]),
        Row("versions published under load", [outcome.changes, ""]),
        Row("errors", [len(outcome.errors), "0"]),
        Row("answers that mix two", [len(outcome.mixed), "0"]),
    ]
    print_table(("", "measured", "target"), rows)
    sys.stderr.write("\n".join([*outcome.errors, *outcome.mixed][:10]))
    sys.exit(1 if outcome.errors or outcome.mixed else 0)


if __name__ == "__main__":
    main()
