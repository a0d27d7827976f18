"""The file of treatments that `SIZZLE_TREATMENTS` names."""

from __future__ import annotations

from pathlib import Path

from sizzle.errors import PolicyError
from sizzle.reel.treatments import Treatments


def read_treatments(path: Path) -> Treatments:
    """The treatments of a TOML file.

    Raises:
        PolicyError: the file is absent or malformed.
    """
    try:
        return Treatments.parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"The treatments cannot be read: {error}.", where=str(path), fix="check the path."
        ) from error
