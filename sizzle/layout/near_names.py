"""Names that are almost a clip's key, and the key that was meant."""

from __future__ import annotations

import re

from sizzle.clips import ClipKey
from sizzle.layout.timeline import Marker

_LONGEST_NAME = 120  # characters that are looked at
_KEY_INSIDE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*-clip-[1-9]\d{0,5}", re.ASCII)


def meant(marker: Marker, expected: ClipKey | None) -> ClipKey | None:
    """The key that a marker was meant to have, or None where it is about something else.

    Args:
        marker: whose name is not a key.
        expected: the key that its clip should have, where the neighbours show it.
    """
    noted = key_in(marker.comment)
    spelled = _respelled(marker.name)
    if expected and (noted == expected or _is_near(marker.name, expected)):
        return expected
    return noted or spelled


def key_in(comment: str) -> ClipKey | None:
    """The key in a comment, alone or among other words."""
    found = _KEY_INSIDE.search(comment[: 4 * _LONGEST_NAME])
    return ClipKey.parse(found[0]) if found else None


def _respelled(name: str) -> ClipKey | None:
    """The key that a name would be without capitals, other separators and zero padding."""
    return ClipKey.parse(_plain(name))


def _plain(name: str) -> str:
    joined = re.sub(r"[\s_-]+", "-", name.strip()[:_LONGEST_NAME].lower())
    return re.sub(r"-0+(?=\d+$)", "-", joined)


def _is_near(name: str, key: ClipKey) -> bool:
    """Whether a few slips of the keyboard make the one of the other."""
    wanted = _plain(str(key))
    spelled = _plain(name)
    # A bare number, or a title without one, is not a slip.
    return bool(spelled) and edit_distance(spelled, wanted) <= max(2, len(wanted) // 4)


def edit_distance(one: str, other: str) -> int:
    """How many characters must be inserted, left out, changed, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
