"""HLS playlists (RFC 8216) of a reel: text, made from its plan alone.

The video of every rendition is one continuous track of re-timed fragments, so there are no
discontinuities, and the bed is a rendition of its own that nothing cuts.

Addresses are relative to the playlists; `media` is the path from a playlist to the package's media.
The master playlist names the package in the addresses of all others: they never change, and a
player goes on with the package that it began with.
"""

from __future__ import annotations

from functools import lru_cache

from sizzle.hls.plan import ReelPlan
from sizzle.hls.segment_map import Rendition

BED = "bed"
"""Name of the bed's playlist and of its group."""

INIT = "init.mp4"

_END = "#EXT-X-ENDLIST\n"
_VERSION = 7  # fragmented MP4, and an EXT-X-MAP outside of I-frame playlists


def master_playlist(plan: ReelPlan, max_height: int | None = None) -> str:
    """The playlist to give to a player: all renditions, largest first, over the bed.

    Args:
        plan: of the reel.
        max_height: of the renditions to offer, in pixels; None for all.

    Raises:
        NotFoundError: all are higher.
    """
    renditions = plan.segment_map.renditions_to(max_height)
    head = (
        f"#EXTM3U\n#EXT-X-VERSION:{_VERSION}\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{BED}",NAME="Music",DEFAULT=YES,AUTOSELECT=YES,'
        f'CHANNELS="{plan.bed.channels}",URI="{plan.segment_map.package_id}/{BED}.m3u8"\n'
    )
    return head + "".join([_variant(plan, rendition) for rendition in renditions])


def media_playlist(plan: ReelPlan, rendition: Rendition, media: str) -> str:
    """A rendition's playlist: one segment for each slot."""
    target = plan.segment_map.target_duration
    duration = rendition.segment_line(rendition.fragment_ticks)
    lines = _template(f"{media}/{rendition.name}", target, duration, len(plan.fragments))
    return lines % plan.fragments


def bed_playlist(plan: ReelPlan, media: str) -> str:
    """The bed's playlist: as long as the video's, to the sample."""
    bed, track = plan.bed, f"{media}/{plan.bed.name}"
    segments = zip(plan.playing.heard, bed_addresses(plan, track), strict=True)
    return (
        _head(track, plan.segment_map.target_duration)
        + "".join([f"{bed.segment_line(ticks)}\n{address}\n" for ticks, address in segments])
        + _END
    )


def bed_addresses(plan: ReelPlan, track: str) -> list[str]:
    """The address of each segment of the music; the last one's says where it ends.

    It is the same under all reels of a length, as all others are.
    """
    addresses = [
        f"{track}/{fragment}/{slot}.m4s" for slot, fragment in enumerate(plan.bed_fragments)
    ]
    if plan.playing.last_ticks < plan.bed.fragment_ticks:
        whole = addresses[-1].removesuffix(".m4s")
        addresses[-1] = f"{whole}-{plan.playing.last_ticks}.m4s"
    return addresses


def bandwidth(plan: ReelPlan, rendition: Rendition) -> tuple[int, int]:
    """Peak and average bits per second of this reel's fragments in a rendition."""
    return rendition.bandwidth(plan.values_in_order(rendition.sizes))


def _variant(plan: ReelPlan, rendition: Rendition) -> str:
    peak, average = bandwidth(plan, rendition)
    peak, average = peak + plan.playing.peak, average + plan.playing.average
    return (
        f"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},"
        f'CODECS="{rendition.codecs},{plan.bed.codecs}",RESOLUTION={rendition.width}x{rendition.height},'
        f"FRAME-RATE={plan.segment_map.frame_rate},"
        f'AUDIO="{BED}",CLOSED-CAPTIONS=NONE\n'
        f"{plan.segment_map.package_id}/{rendition.name}.m3u8\n"
    )


@lru_cache(maxsize=256)
def _template(track: str, target: int, duration: str, slots: int) -> str:
    """A playlist with `%d` for the fragments: shared by all reels with as many slots."""
    line = f"{duration}\n{track}/%d/"
    segments = "".join([f"{line}{slot}.m4s\n" for slot in range(slots)])
    return _head(track, target) + segments + _END


def _head(track: str, target: int) -> str:
    return (
        f"#EXTM3U\n#EXT-X-VERSION:{_VERSION}\n#EXT-X-TARGETDURATION:{target}\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'#EXT-X-MAP:URI="{track}/{INIT}"\n'
    )
