"""Assign each clip to its title: by sequence marker, clip name, pattern or sheet.

Each clip gets a key, or a finding with the reason why it has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.edits import Operation, on_item
from sizzle.layout.findings import Finding
from sizzle.layout.marker_findings import no_markers
from sizzle.layout.naming_marker import NamingMarker, naming_markers
from sizzle.layout.pairing import pair
from sizzle.layout.timeline import Item, Timeline
from sizzle.layout.units import Label

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

    @property
    def by_marker(self) -> bool:
        """Whether sequence markers name the clips."""
        return self.by is NamedBy.MARKER


@dataclass(frozen=True, slots=True)
class Labels:
    """What names the clips of a track.

    Attributes:
        of_clips: one for each, in timeline order.
        strays: markers that name none of them.
        findings: of clips that nothing names.
        nothing: whether nothing names any of them.
    """

    of_clips: tuple[Label, ...]
    strays: tuple[NamingMarker, ...] = ()
    findings: tuple[Finding, ...] = ()
    nothing: bool = False


def label(timeline: Timeline, clips: Sequence[Item], naming: Naming, run: Sequence[int]) -> Labels:
    """Find what names each clip, and report the clips whose title is unknown.

    Args:
        timeline: with its markers.
        clips: of the track, by start.
        naming: how clips get their keys.
        run: the lengths of a title's clips, or empty where titles may differ.
    """
    if naming.by_marker:
        return _by_marker(timeline, clips, run)
    names = _names(clips, naming)
    labels = tuple(Label(*name) if name else Label() for name in _with_neighbours(names))
    nameless = [item for item, name in zip(clips, names, strict=True) if name is None]
    nothing = len(nameless) == len(clips)
    if nameless and nothing:
        return Labels(labels, (), (_all_unknown(timeline, clips, naming),), nothing=True)
    unknown = tuple(_unknown(timeline, item, naming) for item in nameless)
    return Labels(labels, (), unknown)


def _by_marker(timeline: Timeline, clips: Sequence[Item], run: Sequence[int]) -> Labels:
    names = naming_markers(timeline.markers)
    if clips and not names:
        unnamed = (Label(),) * len(clips)
        return Labels(unnamed, (), (no_markers(timeline, clips),), nothing=True)
    pairing = pair(names, clips, run)
    labels = (
        Label(name.key.title_id, name.key.number, name) if name else Label()
        for name in pairing.markers
    )
    return Labels(tuple(labels), pairing.strays)


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
        edits=(on_item(Operation.RENAME_CLIP, item, item.name),),
    )


def _all_unknown(timeline: Timeline, clips: Sequence[Item], naming: Naming) -> Finding:
    return rules.TITLE_UNKNOWN.on(
        timeline,
        clips[0],
        expected=_expected(naming),
        found=f"no such clip among {len(clips)}",
        fix="check [titles] in the layout.",
        edits=[on_item(Operation.RENAME_CLIP, item, item.name) for item in clips],
    )
