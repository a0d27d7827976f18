"""Assign each clip to its title: by sequence marker, clip name, pattern or sheet.

Each clip gets a key, or a finding with the reason why it has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.findings import Finding
from sizzle.layout.markers import label_by_marker
from sizzle.layout.timeline import Item, LabelledClip, Timeline

_LONGEST_NAME = 300  # characters that a pattern is tried on


class NamedBy(StrEnum):
    """What identifies a clip's title."""

    MARKER = "marker"
    NAME = "name"
    PATTERN = "pattern"
    SHEET = "sheet"


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Naming:
    """How clips get their keys.

    Attributes:
        by: sequence marker, clip name (`<title_id>-clip-<n>`), pattern or sheet.
        pattern: for clip names, with a group `title_id` and, optionally, `number`.
        sheet_file: the sheet's path, relative to the policy file.
        sheet: title ids by clip name.
    """

    by: NamedBy = NamedBy.MARKER
    pattern: re.Pattern[str] | None = None
    sheet_file: str = ""
    sheet: Mapping[str, str] = field(default_factory=_nothing)


def label(
    timeline: Timeline, clips: Sequence[Item], naming: Naming
) -> tuple[list[LabelledClip], list[Finding]]:
    """Give each clip its key, and report the clips whose title is unknown."""
    if naming.by is NamedBy.MARKER:
        return label_by_marker(timeline, clips)
    names = _names(clips, naming)
    keys = _number(_with_neighbours(names))
    labelled = [LabelledClip(item, key) for item, key in zip(clips, keys, strict=True) if key]
    nameless = [item for item, name in zip(clips, names, strict=True) if name is None]
    if nameless and not labelled:
        return [], [_all_unknown(timeline, clips, naming)]
    return labelled, [_unknown(timeline, item, naming) for item in nameless]


# A title and, where the name has it, the clip's number.
_Name = tuple[str, int | None]


def _names(clips: Sequence[Item], naming: Naming) -> list[_Name | None]:
    if naming.by is NamedBy.NAME:
        parsed = (ClipKey.parse(item.name) for item in clips)
        return [(key.title_id, key.number) if key else None for key in parsed]
    if naming.by is NamedBy.SHEET:
        titles = (naming.sheet.get(item.name) for item in clips)
        return [(title_id, None) if title_id else None for title_id in titles]
    assert naming.pattern is not None
    return [_match(naming.pattern, item.name[:_LONGEST_NAME]) for item in clips]


def _match(pattern: re.Pattern[str], name: str) -> _Name | None:
    match = pattern.search(name)
    if match is None or not match["title_id"]:
        return None
    number = match.groupdict().get("number") or ""
    counted = int(number) if number.isascii() and number.isdigit() else None
    # The key's own grammar decides whether what matched can be a title id.
    return (match["title_id"], counted) if ClipKey.parse(f"{match['title_id']}-clip-1") else None


def _with_neighbours(names: Sequence[_Name | None]) -> list[_Name | None]:
    """Take a clip of unknown title between two clips of one title for one of theirs.

    Otherwise it would be reported as a missing clip as well.
    """
    filled = list(names)
    for at in range(1, len(filled) - 1):
        before, after = filled[at - 1], filled[at + 1]
        if filled[at] is None and before and after and before[0] == after[0]:
            filled[at] = (before[0], before[1] + 1 if before[1] else None)
    return filled


def _number(names: Sequence[_Name | None]) -> list[ClipKey | None]:
    """Number the clips whose name has no number, in timeline order within their title."""
    counts: Counter[str] = Counter()
    keys: list[ClipKey | None] = []
    for each in names:
        if each is None:
            keys.append(None)
            continue
        title_id, number = each
        counts[title_id] += 1
        keys.append(ClipKey(title_id, number or counts[title_id]))
    return keys


def _expected(naming: Naming) -> str:
    if naming.by is NamedBy.NAME:
        return "a clip name <title_id>-clip-<n>"
    if naming.by is NamedBy.SHEET:
        return f"a row for the clip in {naming.sheet_file}"
    assert naming.pattern is not None
    return f"a clip name matching {naming.pattern.pattern}"


def _unknown(timeline: Timeline, item: Item, naming: Naming) -> Finding:
    return rules.TITLE_UNKNOWN.on(
        timeline,
        item,
        expected=_expected(naming),
        found=item.name or "no name",
        fix="rename the clip, or correct [titles] in the layout.",
    )


def _all_unknown(timeline: Timeline, clips: Sequence[Item], naming: Naming) -> Finding:
    return rules.TITLE_UNKNOWN.on(
        timeline,
        clips[0],
        expected=_expected(naming),
        found=f"no such clip among {len(clips)}",
        fix="check [titles] in the layout.",
    )
