"""The file that `SIZZLE_VIEWING_POLICY` names."""

from __future__ import annotations

from pathlib import Path

from sizzle.errors import PolicyError
from sizzle.events.viewing_policy import ViewingPolicy


def read_viewing_policy(path: Path | None) -> ViewingPolicy:
    """The policy of a TOML file, or the default one where there is no file.

    Raises:
        PolicyError: the file is absent or malformed.
    """
    if path is None:
        return ViewingPolicy()
    try:
        return ViewingPolicy.parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"The viewing policy cannot be read: {error}.", where=str(path), fix="check the path."
        ) from error
