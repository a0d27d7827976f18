"""The file of cadences that `SIZZLE_CADENCES` names."""

from __future__ import annotations

from pathlib import Path

from sizzle.cadence import STANDARD, Cadences
from sizzle.errors import PolicyError


def read_cadences(path: Path | None) -> Cadences:
    """The cadences of a TOML file beside the built-in ones, or those alone where there is no file.

    Raises:
        PolicyError: the file is absent or malformed.
    """
    if path is None:
        return STANDARD
    try:
        return Cadences.parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"The cadences cannot be read: {error}.", where=str(path), fix="check the path."
        ) from error
