"""Build the index of a checked timeline without errors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from sizzle.clips import Bed, Clip, ClipIndex, MediaDigest, MegaAsset, Title
from sizzle.errors import MediaError, StructureError
from sizzle.layout import Checked, Timeline, failed
from sizzle.media.digest import digest_of
from sizzle.timecode import FrameRate

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_ID = 80


@dataclass(frozen=True, slots=True)
class MediaFiles:
    """The files of a Mega Asset, and how its beds are played.

    Attributes:
        video: its picture.
        beds: the music that reels play over.
        trailer: the plain film.
        bed_loops: whether the beds begin again under reels that are longer; None keeps what the
            published asset has.
        bed_fade: frames over which the beds fade out before a reel's end; None keeps what the
            published asset has.
        digests: of files whose digests are known; others are read.
        lengths: seconds of beds that were checked; others are.
        video_facts: rate and frames of the video, where it was checked.
    """

    video: Path
    beds: tuple[Path, ...] = ()
    trailer: Path | None = None
    bed_loops: bool | None = None
    bed_fade: int | None = None
    digests: Mapping[Path, MediaDigest] = field(default_factory=dict, hash=False)
    lengths: Mapping[Path, Fraction] = field(default_factory=dict, hash=False)
    video_facts: tuple[FrameRate, int] | None = None

    def digest_of(self, path: Path) -> MediaDigest:
        """The digest of one of its files. Raises MediaError: it cannot be read."""
        return self.digests.get(path) or digest_of(path)


def build_index(
    asset_id: str,
    timeline: Timeline,
    checked: Checked,
    media: MediaFiles,
    titles: Mapping[str, Title],
    published: MegaAsset | None = None,
) -> ClipIndex:
    """The index of a timeline without errors, for media that belongs to it.

    A clip's source range is its range in the sequence, since the media is the sequence's export.
    Titles without a name in a sheet are named by their id.

    Args:
        asset_id: of the asset.
        timeline: its sequence.
        checked: the sequence's clips, and what was found.
        media: the sequence's export and what is played with it.
        titles: by title id.
        published: the asset that this replaces, where there is one: its beds say how beds are
            played where `media` does not.

    Raises:
        StructureError: the check found errors.
        MediaError: the media or a bed cannot be used, or has another rate or length than the
            sequence.
    """
    if failed(checked.findings):
        errors = sum(failed([finding]) for finding in checked.findings)
        raise StructureError(
            f"The timeline has {errors} error{'s' if errors > 1 else ''}; nothing was published.",
            fix="correct the findings and export it again.",
        )
    clips = [
        Clip(labelled.key.title_id, labelled.key.number, labelled.item.record)
        for labelled in checked.clips
    ]
    beds = published.beds if published else ()
    asset = _asset(asset_id, timeline, media, beds)
    return ClipIndex(asset, _titles_in_order(clips, titles), clips)


def _titles_in_order(clips: Sequence[Clip], titles: Mapping[str, Title]) -> list[Title]:
    ids = dict.fromkeys(clip.title_id for clip in clips)
    return [titles.get(title_id) or Title(title_id, title_id) for title_id in ids]


def bed_of(path: Path, loops: bool | None, fade: int | None, published: Sequence[Bed]) -> Bed:
    """A bed of a file that is not opened: its id, whether it loops, and how it fades.

    What is None is as the published bed of the same id has it, or else the published default bed,
    which is the first: an asset that is published again keeps what was once chosen for it.
    """
    # File names may hold what addresses may not.
    bed_id = _NOT_IN_IDS.sub("-", path.stem)[:_LONGEST_ID].strip("-._") or "bed"
    same = (bed for bed in published if bed.bed_id == bed_id)
    former = next(same, published[0] if published else Bed(bed_id, "", 0))
    return Bed(
        bed_id,
        media=str(path.resolve()),
        duration=0,
        loops=former.loops if loops is None else loops,
        fade=former.fade if fade is None else fade,
    )


def _asset(
    asset_id: str, timeline: Timeline, media: MediaFiles, published: Sequence[Bed]
) -> MegaAsset:
    # With numpy come threads, and a process with threads does not fork the reader of a timeline.

    rate, frames = media.video_facts or _facts_of(media.video)
    if rate.fraction != timeline.rate.fraction:
        raise MediaError(
            f"The video has {rate} frames a second, the sequence {timeline.rate}.",
            where=str(media.video),
            fix="export the media with Match Sequence Settings.",
        )
    if frames != timeline.duration:
        raise MediaError(
            f"The video has {frames} frames, the sequence {timeline.duration}.",
            where=str(media.video),
            fix="export the entire sequence, and the timeline, from the same state.",
        )
    return MegaAsset(
        asset_id=asset_id,
        rate=timeline.rate,
        start=timeline.start,
        duration=timeline.duration,
        video=str(media.video.resolve()),
        beds=tuple(_bed(path, timeline, media, published) for path in media.beds),
        trailer=str(media.trailer.resolve()) if media.trailer else "",
        digest=media.digest_of(media.video),
    )


def _facts_of(video: Path) -> tuple[FrameRate, int]:
    from sizzle.media.checked import checked_video

    facts = checked_video(video)
    return facts.rate, facts.frames or 0


def _bed(path: Path, timeline: Timeline, media: MediaFiles, published: Sequence[Bed]) -> Bed:
    from sizzle.media.checked import checked_length

    seconds = media.lengths.get(path) or checked_length(path)
    duration = timeline.rate.frames(seconds)
    bed = bed_of(path, media.bed_loops, media.bed_fade, published)
    return replace(bed, duration=duration, digest=media.digest_of(path))
