"""HLS playlists (RFC 8216) of a reel: text, made from its plan alone.

The video of every rendition is one continuous track of re-timed fragments, so there are no
discontinuities, and the bed is a rendition of its own that nothing cuts.

Addresses are relative to the playlists; `media` is the path from a playlist to the package's media.
The master playlist names the package in the addresses of all others: they never change, and a
player goes on with the package that it began with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from sizzle.hls.plan import ReelPlan
from sizzle.hls.segment_map import BedSegments, Rendition

BED = "bed"
"""Name of the bed's playlist and of its group."""

INIT = "init.mp4"

KEY_FRAMES = "iframes-"
"""What the name of a playlist of key frames begins with; the name of the rendition follows."""

LANGUAGE = "zxx"
"""Of music, in BCP 47: no linguistic content."""

KeyFrames = Callable[[Rendition], Sequence[int]]
"""For a rendition, how many bytes of each slot's fragment its key frame needs."""

_FIRST_BITS = 2_000_000  # what Apple recommends to begin with on Wi-Fi, bits per second
_END = "#EXT-X-ENDLIST\n"
_VERSION = 7  # fragmented MP4, and an EXT-X-MAP outside of I-frame playlists


def master_playlist(plan: ReelPlan, key_frames: KeyFrames, max_height: int | None = None) -> str:
    """The playlist to give to a player: all renditions over the bed, and their key frames alone.

    Players begin with the first: it is the largest that most connections carry. The others follow,
    largest first.

    Args:
        plan: of the reel.
        key_frames: says for a rendition how many bytes of each slot's fragment its key frame needs.
        max_height: of the renditions to offer, in pixels; None for all.

    Raises:
        NotFoundError: all are higher.
    """
    renditions = plan.segment_map.renditions_to(max_height)
    head = (
        f"#EXTM3U\n#EXT-X-VERSION:{_VERSION}\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{BED}",NAME="Music",LANGUAGE="{LANGUAGE}",DEFAULT=YES,'
        f'AUTOSELECT=YES,CHANNELS="{plan.bed.channels}",'
        f'URI="{plan.segment_map.package_id}/{BED}.m3u8"\n'
    )
    variants = _first_to_play([_Variant.of(plan, rendition) for rendition in renditions])
    lines = [_variant(plan, variant) for variant in variants]
    lines += [_key_frame_variant(plan, rendition, key_frames) for rendition in renditions]
    return head + "".join(lines)


def media_playlist(plan: ReelPlan, rendition: Rendition, media: str) -> str:
    """A rendition's playlist: one segment for each slot."""
    target = plan.segment_map.target_duration
    duration = rendition.segment_line
    lines = _template(f"{media}/{rendition.name}", target, duration, len(plan.fragments))
    return lines % plan.fragments


def key_frame_playlist(
    plan: ReelPlan, rendition: Rendition, media: str, key_frames: Sequence[int]
) -> str:
    """A rendition's key frames alone, for scrubbing: the first frame of each slot.

    Args:
        plan: of the reel.
        rendition: of its package.
        media: where the package's media is, relative to the playlist.
        key_frames: how many bytes of each slot's fragment its key frame needs.
    """
    track, duration = f"{media}/{rendition.name}", rendition.segment_line
    segments = zip(plan.fragments, key_frames, strict=True)
    return (
        _head(track, plan.segment_map.target_duration, "#EXT-X-I-FRAMES-ONLY\n")
        + "".join(
            [
                f"{duration}\n#EXT-X-BYTERANGE:{size}@0\n{track}/{fragment}/{slot}.m4s\n"
                for slot, (fragment, size) in enumerate(segments)
            ]
        )
        + _END
    )


def bed_playlist(plan: ReelPlan, media: str) -> str:
    """The bed's playlist: as long as the video's, to the sample."""
    return _bed_text(plan.bed.name, media, plan.segment_map.target_duration, plan.playing)


@lru_cache(maxsize=256)
def _bed_text(name: str, media: str, target: int, playing: BedSegments) -> str:
    """Shared by all reels of a length, whose music is the same."""
    track = f"{media}/{name}"
    lines = (f"#EXTINF:{ticks / playing.timescale:.6f}," for ticks in playing.heard)
    segments = zip(lines, bed_addresses(playing, track), strict=True)
    return _head(track, target) + "".join([f"{a}\n{b}\n" for a, b in segments]) + _END


def bed_addresses(playing: BedSegments, track: str) -> list[str]:
    """The address of each segment of the music; the last one's says where it ends.

    It is the same under all reels of a length, as all others are.
    """
    addresses = [
        f"{track}/{fragment}/{slot}.m4s" for slot, fragment in enumerate(playing.fragments)
    ]
    if playing.end is not None:
        addresses[-1] = f"{addresses[-1].removesuffix('.m4s')}-{playing.end}.m4s"
    return addresses


def bandwidth(plan: ReelPlan, rendition: Rendition) -> tuple[int, int]:
    """Peak and average bits per second of this reel's fragments in a rendition."""
    return rendition.bandwidth(plan.values_in_order(rendition.sizes))


class _Variant(NamedTuple):
    """A rendition with the music: peak and average bits per second."""

    rendition: Rendition
    peak: int
    average: int

    @classmethod
    def of(cls, plan: ReelPlan, rendition: Rendition) -> _Variant:
        peak, average = bandwidth(plan, rendition)
        return cls(rendition, peak + plan.playing.peak, average + plan.playing.average)


def _first_to_play(variants: list[_Variant]) -> list[_Variant]:
    """The variants, largest first, but for the one to begin with."""
    first = next((variant for variant in variants if variant.peak <= _FIRST_BITS), variants[-1])
    return [first, *(variant for variant in variants if variant is not first)]


def _variant(plan: ReelPlan, variant: _Variant) -> str:
    rendition, peak, average = variant
    return (
        f"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},"
        f'CODECS="{rendition.codecs},{plan.bed.codecs}",{_picture(rendition)},'
        f"FRAME-RATE={plan.segment_map.frame_rate},"
        f'AUDIO="{BED}",CLOSED-CAPTIONS=NONE\n'
        f"{plan.segment_map.package_id}/{rendition.name}.m3u8\n"
    )


def _key_frame_variant(plan: ReelPlan, rendition: Rendition, key_frames: KeyFrames) -> str:
    peak, average = rendition.bandwidth(key_frames(rendition))
    return (
        f"#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},"
        f'CODECS="{rendition.codecs}",{_picture(rendition)},'
        f'URI="{plan.segment_map.package_id}/{KEY_FRAMES}{rendition.name}.m3u8"\n'
    )


def _picture(rendition: Rendition) -> str:
    # Media of a higher dynamic range is refused when it is packaged.
    return f"RESOLUTION={rendition.width}x{rendition.height},VIDEO-RANGE=SDR"


@lru_cache(maxsize=256)
def _template(track: str, target: int, duration: str, slots: int) -> str:
    """A playlist with `%d` for the fragments: shared by all reels with as many slots."""
    line = f"{duration}\n{track}/%d/"
    segments = "".join([f"{line}{slot}.m4s\n" for slot in range(slots)])
    return _head(track, target) + segments + _END


def _head(track: str, target: int, more: str = "") -> str:
    return (
        f"#EXTM3U\n#EXT-X-VERSION:{_VERSION}\n#EXT-X-TARGETDURATION:{target}\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'{more}#EXT-X-MAP:URI="{track}/{INIT}"\n'
    )
