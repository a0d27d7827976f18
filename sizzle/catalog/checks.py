"""The checks that can refuse a publication."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from sizzle.catalog.errors import ConflictError
from sizzle.catalog.mapped import MappedIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


LARGE_CHANGE: Final = 0.5
"""The share by which the number of an asset's clips may change without confirmation."""


class Objection(NamedTuple):
    """One reason against a publication."""

    rule: str
    asset_id: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks that a publication must pass.

    Attributes:
        max_change: the share by which the number of clips may change; `math.inf` allows
            any change.
        replaces: the version of the asset that must be the one replaced; empty for an asset that
            must be new, None where it does not matter.
        titles_in_use: ids of titles that cadences or live campaigns show, which may not vanish.
        findings: what the validation of the layout has against the timeline; any stops it.
    """

    max_change: float = LARGE_CHANGE
    replaces: str | None = None
    titles_in_use: Collection[str] = field(default=frozenset())
    findings: Collection[object] = ()

    def objections(self, new: MappedIndex | None, old: MappedIndex | None) -> Iterator[Objection]:
        """All that is wrong with replacing `old` by `new`; None is an asset that is not there.

        Raises:
            ConflictError: `old` is not what is to be replaced.
        """
        self._check_replaced(new, old)
        if new is not None:
            yield from self._broken_layout(new)
            yield from _misshapen_titles(new)
            yield from _misplaced_clips(new)
        if old is not None:
            yield from self._vanished_titles(new, old)
        if new is not None and old is not None:
            yield from self._changed_count(new, old)

    def _broken_layout(self, new: MappedIndex) -> Iterator[Objection]:
        for finding in self.findings:
            yield Objection(
                "layout-broken",
                new.asset.asset_id,
                f"The timeline breaks its layout: {finding}",
                "correct the timeline and ingest it again; `sizzle validate` lists all findings.",
            )

    def _check_replaced(self, new: MappedIndex | None, old: MappedIndex | None) -> None:
        """Raise where another producer was first, unless with the same content."""
        now = old.version if old else ""
        if self.replaces is None or now in (self.replaces, new.version if new else ""):
            return
        asset_id = (new or old).asset.asset_id  # type: ignore[union-attr]
        raise ConflictError(
            f"Another producer published asset {asset_id} meanwhile: it is now "
            f"{now[:12] or 'withdrawn'}, not {self.replaces[:12] or 'new'}.",
            where=f"asset {asset_id}",
            fix="compare with what is published now, then publish over that if yours is right.",
        )

    def _changed_count(self, new: MappedIndex, old: MappedIndex) -> Iterator[Objection]:
        before, after = old.clip_count, new.clip_count
        if is_large_change(before, after, self.max_change):
            yield Objection(
                "count-changed",
                new.asset.asset_id,
                f"The number of clips would change from {before} to {after}, by more than "
                f"{self.max_change:.0%}.",
                "check that the whole sequence was exported, or allow a larger change.",
            )

    def _vanished_titles(self, new: MappedIndex | None, old: MappedIndex) -> Iterator[Objection]:
        for title_id in sorted(self.titles_in_use):
            if old.has_title(title_id) and not (new and new.has_title(title_id)):
                yield Objection(
                    "title-vanished",
                    old.asset.asset_id,
                    f"Title {title_id} would be removed, but it is in use.",
                    "keep the title, or end the cadences and campaigns that show it.",
                )


def is_large_change(before: int, after: int, share: float = LARGE_CHANGE) -> bool:
    """Whether a number of clips grows or falls by more than a share of it."""
    return abs(after - before) > share * before


def _misshapen_titles(new: MappedIndex) -> Iterator[Objection]:
    seen: set[str] = set()
    for title_id, clips in new.title_sizes():
        if title_id in seen:
            yield Objection(
                "duplicate-key",
                new.asset.asset_id,
                f"Title {title_id} is listed twice, so each of its keys names two clips.",
                "list each title once, with all of its clips.",
            )
        if not clips:
            yield Objection(
                "title-empty",
                new.asset.asset_id,
                f"Title {title_id} has no clips.",
                "leave the title out.",
            )
        seen.add(title_id)


def _misplaced_clips(new: MappedIndex) -> Iterator[Objection]:
    """The first clip, by place in the segment, that breaks each rule of `_misplaced`."""
    for rule, wrong, what in _misplaced(new):
        offenders = wrong.nonzero()[0]
        if offenders.size:
            more = f" So do {offenders.size - 1} more." if offenders.size > 1 else ""
            yield Objection(
                rule,
                new.asset.asset_id,
                f"Clip {new.key_of(int(offenders.min()))} {what}.{more}",
                "export the whole sequence again, or check that the media belongs to it.",
            )


def _misplaced(new: MappedIndex) -> Iterator[tuple[str, NDArray[np.bool_], str]]:
    """A rule, which clips break it, and how to say so."""
    import numpy as np  # takes 70 ms to load, which only producers should wait for

    frames = np.frombuffer(new.pairs, dtype="<u4")
    starts, ends = frames.reshape(-1, 2).T
    yield "clip-empty", ends <= starts, "ends before it starts or has no frames"
    yield "clip-outside", ends > new.asset.duration, "ends after the media does"
    if (frames[1:] < frames[:-1]).any():  # else each clip starts where the last ended, or later
        times = np.argsort(starts, kind="stable")
        shares = np.zeros(len(starts), dtype=np.bool_)
        shares[times[1:]] = starts[times[1:]] < ends[times[:-1]]
        yield "clips-overlap", shares, "starts before the clip before it ends"
