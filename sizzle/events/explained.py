"""What is wrong with a value that was read, as a sentence."""

from __future__ import annotations

_PATTERN = " matching regex "


def explained(error: Exception) -> str:
    """From msgspec's "Expected `int`, got `str` - at `$.seed`": "seed: Expected `int`, ..."."""
    what, _, path = str(error).partition(" - at `$")
    if _PATTERN in what:
        # The only pattern of ours, which would say less than this.
        what = "Control characters and marks of direction are not allowed"
    return f"{path.strip('.`')}: {what}".removeprefix(": ") + "."
