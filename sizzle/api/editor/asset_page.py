"""The page of an asset: its titles with stills, its clips, its versions, figures, and a reel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ranker import RankerError
from sizzle.api.design import Slice
from sizzle.api.outreach_service.reels import AssetSources, MemberReels, ReelView
from sizzle.catalog import Catalog
from sizzle.catalog.diff import AssetDiff
from sizzle.clips import Clip, Index, Title
from sizzle.errors import SizzleError
from sizzle.ingest_jobs.asset_history import AssetHistory
from sizzle.links.addresses import still_address
from sizzle.packager import Package, Packages

_TITLES: Final = 48  # on a page
_CLIPS: Final = 60  # of a title; others are counted
_STILL: Final = 320
_MOST_CHANGES: Final = 200


@dataclass(frozen=True, slots=True)
class ShownClip:
    """A clip, by the timecode at which it begins."""

    number: int
    timecode: str
    frames: int


@dataclass(frozen=True, slots=True)
class ShownTitle:
    """A title with its clips; `left_out` are not listed."""

    title: Title
    still: str
    clips: tuple[ShownClip, ...]
    left_out: int
    frames: int


@dataclass(frozen=True, slots=True)
class TitleRow:
    """Figures of a title."""

    title_id: str
    name: str
    shown: int
    seen: int
    started: int
    seconds: float


@dataclass(frozen=True, slots=True)
class AssetFigures:
    """Figures of an asset's reels, and of its titles, those seen longest first."""

    shown: int
    started: int
    completed: int
    hours: float
    titles: tuple[TitleRow, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What changed from one version of the catalog to the next that has the asset.

    Attributes:
        before: the earlier version.
        after: the later one.
        diff: the changes; None where a version can no longer be read.
        clips: how many clips were added, removed and moved.
        listed: texts of the first of them.
    """

    before: int
    after: int
    diff: AssetDiff | None
    clips: Mapping[str, int] = field(default_factory=dict)
    listed: tuple[tuple[str, str], ...] = ()


def shown_titles(index: Index, packages: Packages | None, after: str) -> Slice[ShownTitle]:
    """A page of an asset's titles, in timeline order, after so many."""
    start = int(after or 0)
    package = _package(index, packages)
    found = index.titles[start : start + _TITLES + 1]
    titles = [_title(index, title, package) for title in found]
    return Slice(titles[:_TITLES], after, str(start + _TITLES) if len(found) > _TITLES else "", 0)


def figures_of(index: Index, sources: AssetSources) -> AssetFigures | None:
    """The figures of an asset; None where no reel of it was shown."""
    if sources.tally is None:
        return None
    try:
        tally = sources.tally(index.asset.asset_id)
    except SizzleError:
        return None
    names = {title.title_id: title.name for title in index.titles}
    rows = [
        TitleRow(
            one, names.get(one, one), figures.shown, figures.seen, figures.started, figures.seconds
        )
        for (_, one), figures in tally.titles.items()
    ]
    rows.sort(key=lambda row: (-row.seconds, row.title_id))
    total = tally.total
    hours = total.seconds / 3600
    return AssetFigures(total.shown, total.started, total.completed, hours, tuple(rows[:_TITLES]))


def changes_between(catalog: Catalog, history: AssetHistory, chosen: int | None) -> Change | None:
    """What a version changed in the asset; by default its newest. None for its first."""
    numbers = [version.catalog_version for version in history.versions]
    after = chosen if chosen in numbers else numbers[0]
    earlier = numbers[numbers.index(after) + 1 :]
    if not earlier:
        return None
    try:
        found = catalog.diff(earlier[0], after)
    except SizzleError:
        return Change(earlier[0], after, None)
    diff = next((diff for diff in found if diff.asset_id == history.asset_id), None)
    if diff is None:
        return Change(earlier[0], after, None)
    counts = Counter(change.kind for change in diff.clips)
    listed = tuple((change.key, change.kind) for change in diff.clips[:_MOST_CHANGES])
    return Change(earlier[0], after, diff, counts, listed)


def reel_of(
    asset_id: str, member_id: str, reels: MemberReels | None
) -> tuple[ReelView | None, str]:
    """A member's reel of the asset, or why there is none."""
    if not member_id:
        return None, ""
    if reels is None:
        return None, "This service composes no reels."
    try:
        return reels.of(member_id, asset_id), ""
    except (SizzleError, RankerError) as error:
        return None, f"{error.what} {error.fix}"


def _package(index: Index, packages: Packages | None) -> Package | None:
    if packages is None:
        return None
    try:
        return packages.of_version(index.asset.asset_id, index.version)
    except SizzleError:
        return None


def _title(index: Index, title: Title, package: Package | None) -> ShownTitle:
    clips = index.clips_of(title.title_id)
    return ShownTitle(
        title,
        _still(clips[0], package),
        tuple(
            ShownClip(clip.number, index.asset.timecode(clip.source.start), clip.length)
            for clip in clips[:_CLIPS]
        ),
        max(0, len(clips) - _CLIPS),
        sum(clip.length for clip in clips),
    )


def _still(clip: Clip, package: Package | None) -> str:
    if package is None or package.stills is None:
        return ""
    name = package.stills.name(clip.key, _STILL)
    return still_address(name) if name else ""
