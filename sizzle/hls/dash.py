"""The DASH manifest (ISO/IEC 23009-1) of a reel: a single period over the same segments as HLS.

Each representation lists its segments: what a template could number is where they play, and a
segment is also named for what it shows.
"""

from __future__ import annotations

from fractions import Fraction

from sizzle.hls.plan import Plan
from sizzle.hls.playlists import INIT, bandwidth
from sizzle.hls.segment_map import Rung, Track


def manifest(plan: Plan, media: str) -> str:
    """The MPD.

    Args:
        plan: of the reel.
        media: where the package's media lies, relative to the manifest.
    """
    video = "".join([_video(plan, rung, media) for rung in plan.segment_map.rungs])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-main:2011" '
        f'mediaPresentationDuration="{_duration(plan.seconds)}" '
        f'minBufferTime="PT{plan.segment_map.target_duration}S">\n'
        f'<Period id="reel" start="PT0S" duration="{_duration(plan.seconds)}">\n'
        '<AdaptationSet contentType="video" mimeType="video/mp4" segmentAlignment="true" '
        f'startWithSAP="1">\n{video}</AdaptationSet>\n'
        '<AdaptationSet contentType="audio" mimeType="audio/mp4" segmentAlignment="true" '
        f'startWithSAP="1">\n{_audio(plan, media)}</AdaptationSet>\n'
        "</Period>\n</MPD>\n"
    )


def _video(plan: Plan, rung: Rung, media: str) -> str:
    rate = plan.segment_map.rate
    return (
        f'<Representation id="{rung.name}" codecs="{rung.codecs}" '
        f'bandwidth="{bandwidth(plan, rung)[0]}" width="{rung.width}" height="{rung.height}" '
        f'sar="1:1" frameRate="{rate.numerator}/{rate.denominator}">\n'
        f"{_segments(rung, plan.fragments, media)}</Representation>\n"
    )


def _audio(plan: Plan, media: str) -> str:
    bed = plan.bed
    return (
        f'<Representation id="{bed.name}" codecs="{bed.codecs}" '
        f'bandwidth="{plan.playing.peak}" audioSamplingRate="{bed.timescale}">\n'
        '<AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:'
        f'2011" value="{bed.channels}"/>\n'
        f"{_segments(bed, plan.bed_fragments, media)}</Representation>\n"
    )


def _segments(track: Track, fragments: tuple[int, ...], media: str) -> str:
    at = f"{media}/{track.name}"
    listed = [
        f'<SegmentURL media="{at}/{fragment}/{slot}.m4s"/>\n'
        for slot, fragment in enumerate(fragments)
    ]
    return (
        f'<SegmentList timescale="{track.timescale}" duration="{track.fragment_ticks}">\n'
        f'<Initialization sourceURL="{at}/{INIT}"/>\n{"".join(listed)}</SegmentList>\n'
    )


def _duration(seconds: Fraction) -> str:
    return f"PT{float(seconds):.6f}S"
