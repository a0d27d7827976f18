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

from sizzle.hls.codecs import Codec
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


def master_playlist(
    plan: ReelPlan, key_frames: KeyFrames, renditions: Sequence[Rendition] | None = None
) -> str:
    """The playlist to give to a player: some renditions over the bed, and their key frames alone.

    Players begin with the first: it is the largest that most connections carry. The others follow,
    largest first. Of two codecs each variant has a score too, as players could not tell otherwise
    that fewer bits are not a worse picture.

    Args:
        plan: of the reel.
        key_frames: says for a rendition how many bytes of each slot's fragment its key frame needs.
        renditions: to offer, from `SegmentMap.renditions_to`; None for those that all players play.
    """
    if renditions is None:
        renditions = plan.segment_map.renditions_to()
    head = (
        f"#EXTM3U\n#EXT-X-VERSION:{_VERSION}\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{BED}",NAME="Music",LANGUAGE="{LANGUAGE}",DEFAULT=YES,'
        f'AUTOSELECT=YES,CHANNELS="{plan.bed.channels}",'
        f'URI="{plan.segment_map.package_id}/{BED}.m3u8"\n'
    )
    scores = _scores(renditions)
    variants = _first_to_play([_Variant.of(plan, one, scores.get(one.name)) for one in renditions])
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
    """A rendition with the music: peak and average bits per second, and its rank by quality."""

    rendition: Rendition
    peak: int
    average: int
    score: int | None

    @classmethod
    def of(cls, plan: ReelPlan, rendition: Rendition, score: int | None) -> _Variant:
        peak, average = bandwidth(plan, rendition)
        return cls(rendition, peak + plan.playing.peak, average + plan.playing.average, score)


def _scores(renditions: Sequence[Rendition]) -> dict[str, int]:
    """By name the rank by quality, from 1, where there are several codecs; else none is needed.

    Of two renditions of one size that in AV1 is preferred, since it needs fewer bits.
    """
    if len({rendition.codec for rendition in renditions}) < 2:
        return {}
    ranked = sorted(renditions, key=lambda one: (one.height, one.codec == Codec.AV1))
    return {rendition.name: score for score, rendition in enumerate(ranked, 1)}


def _first_to_play(variants: list[_Variant]) -> list[_Variant]:
    """The variants, largest first, but for the one to begin with: of the first codec."""
    of_codec = [one for one in variants if one.rendition.codec == variants[0].rendition.codec]
    first = next((variant for variant in of_codec if variant.peak <= _FIRST_BITS), of_codec[-1])
    return [first, *(variant for variant in variants if variant is not first)]


def _variant(plan: ReelPlan, variant: _Variant) -> str:
    rendition, peak, average, score = variant
    ranked = "" if score is None else f"SCORE={score}.0,"
    return (
        f"#EXT-X-STREAM-INF:BANDWIDTH={peak},AVERAGE-BANDWIDTH={average},{ranked}"
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
