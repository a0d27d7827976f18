"""Which title is a clip? By sequence marker, by clip name, by a pattern, or by a sheet.

Whatever the source, each clip comes out with a key or with a finding that says why it has none.
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
from sizzle.layout.timeline import Item, Labelled, Timeline

_LONGEST_NAME = 300  # characters that a pattern is tried on


class NamedBy(StrEnum):
    """Where a clip's title is said."""

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
        pattern: for clip names, with a group `title_id` and, if it says them, `number`.
        sheet_file: where the sheet is, beside the policy file.
        sheet: title ids by clip name.
    """

    by: NamedBy = NamedBy.MARKER
    pattern: re.Pattern[str] | None = None
    sheet_file: str = ""
    sheet: Mapping[str, str] = field(default_factory=_nothing)


def label(
    timeline: Timeline, clips: Sequence[Item], naming: Naming
) -> tuple[list[Labelled], list[Finding]]:
    """Give each clip its key, and say of which clips the title is not known."""
    if naming.by is NamedBy.MARKER:
        return label_by_marker(timeline, clips)
    said = _keys(clips, naming)
    keys = _count(_between_neighbours(said))
    labelled = [Labelled(item, key) for item, key in zip(clips, keys, strict=True) if key]
    nameless = [item for item, each in zip(clips, said, strict=True) if each is None]
    if nameless and not labelled:
        return [], [_all_unknown(timeline, clips, naming)]
    return labelled, [_unknown(timeline, item, naming) for item in nameless]


# A title and, where the name says it, the clip's number.
_Said = tuple[str, int | None]


def _keys(clips: Sequence[Item], naming: Naming) -> list[_Said | None]:
    if naming.by is NamedBy.NAME:
        parsed = (ClipKey.parse(item.name) for item in clips)
        return [(key.title_id, key.number) if key else None for key in parsed]
    if naming.by is NamedBy.SHEET:
        titles = (naming.sheet.get(item.name) for item in clips)
        return [(title_id, None) if title_id else None for title_id in titles]
    assert naming.pattern is not None
    return [_match(naming.pattern, item.name[:_LONGEST_NAME]) for item in clips]


def _match(pattern: re.Pattern[str], name: str) -> _Said | None:
    match = pattern.search(name)
    if match is None or not match["title_id"]:
        return None
    number = match.groupdict().get("number") or ""
    said = int(number) if number.isascii() and number.isdigit() else None
    # The key's own grammar decides whether what matched can be a title id.
    return (match["title_id"], said) if ClipKey.parse(f"{match['title_id']}-clip-1") else None


def _between_neighbours(said: Sequence[_Said | None]) -> list[_Said | None]:
    """A clip of no known title, amid one title's clips, is taken for one of them.

    So that it is one finding, and not a missing clip as well.
    """
    filled = list(said)
    for at in range(1, len(filled) - 1):
        before, after = filled[at - 1], filled[at + 1]
        if filled[at] is None and before and after and before[0] == after[0]:
            filled[at] = (before[0], before[1] + 1 if before[1] else None)
    return filled


def _count(said: Sequence[_Said | None]) -> list[ClipKey | None]:
    """Number the clips whose name says no number, in timeline order within their title."""
    counts: Counter[str] = Counter()
    keys: list[ClipKey | None] = []
    for each in said:
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
        return f"a row for it in {naming.sheet_file}"
    assert naming.pattern is not None
    return f"a clip name that matches {naming.pattern.pattern}"


def _unknown(timeline: Timeline, item: Item, naming: Naming) -> Finding:
    return rules.TITLE_UNKNOWN.on(
        timeline,
        item,
        expected=_expected(naming),
        found=item.name or "no name",
        fix="rename the clip, or mend what the layout policy says of names.",
    )


def _all_unknown(timeline: Timeline, clips: Sequence[Item], naming: Naming) -> Finding:
    return rules.TITLE_UNKNOWN.on(
        timeline,
        clips[0],
        expected=_expected(naming),
        found=f"none of {len(clips)} clips is named so",
        fix="check what the layout policy says of names.",
    )
