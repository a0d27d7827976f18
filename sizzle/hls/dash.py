"""The DASH manifest (ISO/IEC 23009-1) of a reel: a single period over the same segments as HLS.

Each representation lists its segments one by one: a template could only number the slots, and the
address of a segment also holds the number of its fragment. The music's first segment is shorter by
the encoder's delay, which is not heard, and its last one ends with the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from operator import attrgetter

from sizzle.hls.plan import ReelPlan
from sizzle.hls.playlists import INIT, LANGUAGE, bandwidth, bed_addresses
from sizzle.hls.segment_map import Rendition, Track


def manifest(plan: ReelPlan, media: str, renditions: Sequence[Rendition] | None = None) -> str:
    """The MPD.

    Args:
        plan: of the reel.
        media: where the package's media is, relative to the manifest.
        renditions: to offer, from `SegmentMap.renditions_to`; None for those that all players play.
    """
    if renditions is None:
        renditions = plan.segment_map.renditions_to()
    # Players switch within a set, and so only between renditions of one codec.
    by_codec = groupby(renditions, attrgetter("codec"))
    video = "".join([_video_set(plan, list(alike), media) for _, alike in by_codec])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-main:2011" '
        f'mediaPresentationDuration="{_duration(plan.seconds)}" '
        f'minBufferTime="PT{plan.segment_map.target_duration}S">\n'
        f'<Period id="reel" start="PT0S" duration="{_duration(plan.seconds)}">\n'
        f"{video}"
        f'<AdaptationSet contentType="audio" lang="{LANGUAGE}" mimeType="audio/mp4" '
        f'segmentAlignment="true" startWithSAP="1">\n{_audio(plan, media)}</AdaptationSet>\n'
        "</Period>\n</MPD>\n"
    )


def _video_set(plan: ReelPlan, renditions: Sequence[Rendition], media: str) -> str:
    video = "".join([_video(plan, rendition, media) for rendition in renditions])
    return (
        '<AdaptationSet contentType="video" mimeType="video/mp4" segmentAlignment="true" '
        f'startWithSAP="1">\n{video}</AdaptationSet>\n'
    )


def _video(plan: ReelPlan, rendition: Rendition, media: str) -> str:
    rate = plan.segment_map.rate
    return (
        f'<Representation id="{rendition.name}" codecs="{rendition.codecs}" '
        f'bandwidth="{bandwidth(plan, rendition)[0]}" '
        f'width="{rendition.width}" height="{rendition.height}" '
        f'sar="1:1" frameRate="{rate.numerator}/{rate.denominator}">\n'
        f"{_segments(rendition, plan.fragments, media)}</Representation>\n"
    )


def _audio(plan: ReelPlan, media: str) -> str:
    bed, at = plan.bed, f"{media}/{plan.bed.name}"
    return (
        f'<Representation id="{bed.name}" codecs="{bed.codecs}" '
        f'bandwidth="{plan.playing.peak}" audioSamplingRate="{bed.timescale}">\n'
        '<AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:'
        f'2011" value="{bed.channels}"/>\n'
        f'<SegmentList timescale="{bed.timescale}">\n'
        f"{_initialization(at)}{_timeline(plan.playing.heard)}"
        f"{_listed(bed_addresses(plan.playing, at))}</SegmentList>\n</Representation>\n"
    )


def _segments(track: Track, fragments: tuple[int, ...], media: str) -> str:
    at = f"{media}/{track.name}"
    addresses = [f"{at}/{fragment}/{slot}.m4s" for slot, fragment in enumerate(fragments)]
    return (
        f'<SegmentList timescale="{track.timescale}" duration="{track.fragment_ticks}">\n'
        f"{_initialization(at)}{_listed(addresses)}</SegmentList>\n"
    )


def _timeline(durations: Sequence[int]) -> str:
    """When segments of different durations are heard, equal ones in a row at once."""
    runs = [(ticks, len(list(equal))) for ticks, equal in groupby(durations)]
    lines = [f'<S d="{ticks}" r="{count - 1}"/>\n' for ticks, count in runs]
    return f"<SegmentTimeline>\n{''.join(lines)}</SegmentTimeline>\n"


def _initialization(at: str) -> str:
    return f'<Initialization sourceURL="{at}/{INIT}"/>\n'


def _listed(addresses: Iterable[str]) -> str:
    return "".join([f'<SegmentURL media="{address}"/>\n' for address in addresses])


def _duration(seconds: Fraction) -> str:
    return f"PT{float(seconds):.6f}S"
