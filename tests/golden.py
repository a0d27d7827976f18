"""Wire forms compared byte for byte with files in `tests/golden_files`.

After an intended change, write them anew and look at the difference:

    UPDATE_GOLDEN=1 pytest tests/test_wire_forms.py && git diff tests/golden_files
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden_files"
UPDATE = "UPDATE_GOLDEN"


def check_golden(name: str, actual: str | bytes) -> None:
    """Compare with the golden file of that name, or write it where `UPDATE_GOLDEN` is set."""
    data = actual.encode() if isinstance(actual, str) else actual
    path = FOLDER / name
    if os.environ.get(UPDATE):
        path.write_bytes(data)
    assert data.decode() == path.read_text(encoding="utf-8"), (
        f"{path} differs: if that is intended, run with {UPDATE}=1 and commit the file."
    )
