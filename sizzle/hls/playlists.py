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
    lines = _template(
        f"{media}/{rendition.name}", target, rendition.segment_line, len(plan.fragments)
    )
    return lines % plan.fragments


def bed_playlist(plan: ReelPlan, media: str) -> str:
    """The bed's playlist: its fragments up to the one that reaches the video's end."""
    bed, target = plan.bed, plan.segment_map.target_duration
    lines = _template(f"{media}/{bed.name}", target, bed.segment_line, len(plan.bed_fragments))
    return lines % plan.bed_fragments


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
    return (
        f"#EXTM3U\n#EXT-X-VERSION:{_VERSION}\n#EXT-X-TARGETDURATION:{target}\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'#EXT-X-MAP:URI="{track}/{INIT}"\n'
        + "".join([f"{line}{slot}.m4s\n" for slot in range(slots)])
        + "#EXT-X-ENDLIST\n"
    )
