"""HLS playlists (RFC 8216) of a reel: text, made from its plan alone.

The video of every rung is one continuous track of moved fragments, so there are no discontinuities,
and the bed is a rendition of its own that nothing cuts.

Addresses are relative to the playlists: `media` is where the package's media lies from there.
"""

from __future__ import annotations

from functools import lru_cache

from sizzle.hls.plan import Plan
from sizzle.hls.segment_map import Rung

BED = "bed"
"""The bed's playlist, and the group that it is in, are called so."""

INIT = "init.mp4"

_VERSION = 7  # fragmented MP4, and an EXT-X-MAP outside of I-frame playlists


def master_playlist(plan: Plan, max_height: int | None = None) -> str:
    """The playlist that players are given: all rungs, largest first, over the bed.

    Args:
        plan: of the reel.
        max_height: if given, only rungs that are no higher, in pixels.

    Raises:
        NotFoundError: all are higher.
    """
    rungs = plan.segment_map.rungs_to(max_height)
    head = (
        f"#EXTM3U\n#EXT-X-VERSION:{_VERSION}\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{BED}",NAME="Music",DEFAULT=YES,AUTOSELECT=YES,'
        f'CHANNELS="{plan.bed.channels}",URI="{BED}.m3u8"\n'
    )
    return head + "".join([_variant(plan, rung) for rung in rungs])


def media_playlist(plan: Plan, rung: Rung, media: str) -> str:
    """A rung's playlist: one segment a fragment, each at the slot it plays in."""
    target = plan.segment_map.target_duration
    lines = _template(f"{media}/{rung.name}", target, rung.segment_line, len(plan.fragments))
    return lines % plan.fragments


def bed_playlist(plan: Plan, media: str) -> str:
    """The bed's playlist: its fragments to the first past the video's end."""
    bed, target = plan.bed, plan.segment_map.target_duration
    lines = _template(f"{media}/{bed.name}", target, bed.segment_line, len(plan.bed_fragments))
    return lines % plan.bed_fragments


def bandwidth(plan: Plan, rung: Rung) -> tuple[int, int]:
    """Bits a second of this reel's fragments in a rung: at the most, and on average."""
    return rung.bandwidth(plan.of_each(rung.sizes))


def _variant(plan: Plan, rung: Rung) -> str:
    peak, average = bandwidth(plan, rung)
    peak, average = peak + plan.playing.peak, average + plan.playing.average
    return (
        f"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},"
        f'CODECS="{rung.codecs},{plan.bed.codecs}",RESOLUTION={rung.width}x{rung.height},'
        f"FRAME-RATE={plan.segment_map.frame_rate},"
        f'AUDIO="{BED}",CLOSED-CAPTIONS=NONE\n{rung.name}.m3u8\n'
    )


@lru_cache(maxsize=256)
def _template(track: str, target: int, duration: str, slots: int) -> str:
    """A playlist of so many slots but for its fragments: the same for all reels of a length."""
    line = f"{duration}\n{track}/%d/"
    return (
        f"#EXTM3U\n#EXT-X-VERSION:{_VERSION}\n#EXT-X-TARGETDURATION:{target}\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'#EXT-X-MAP:URI="{track}/{INIT}"\n'
        + "".join([f"{line}{slot}.m4s\n" for slot in range(slots)])
        + "#EXT-X-ENDLIST\n"
    )
