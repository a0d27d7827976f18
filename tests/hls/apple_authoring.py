"""A reader of Apple's HLS authoring specification for devices, as far as it concerns reels.

Each rule is named by the section of Apple's document that it stands in, in our words: Apple counts
its rules anew from one revision to the next. Rules that ask for nothing that a reel has (live
streams, captions, encryption, HDR, HEVC, several languages) are left out, and so are two that Apple
only recommends: segments of 6 seconds, as those of a reel are as long as its fragments, and a
variant of sound alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sizzle.hls import read_samples
from sizzle.packager.scan import read_init
from tests.hls.rfc8216 import Master, Variant, read_key_frames, read_master, read_media

_WITHIN = 0.10  # of the measured bit rate, by which the stated one may exceed it


@dataclass(frozen=True)
class Segment:
    """A segment: its stated seconds, and its bytes."""

    seconds: float
    data: bytes


@dataclass(frozen=True)
class Track:
    """A media playlist, with all that it leads to."""

    text: str
    target: int
    init: bytes
    segments: list[Segment]

    @property
    def seconds(self) -> float:
        """How long it lasts, as stated."""
        return sum(segment.seconds for segment in self.segments)

    @property
    def bits(self) -> tuple[float, float]:
        """Peak, over segments of about the target duration, and average bits per second."""
        sizes = [(8 * len(segment.data), segment.seconds) for segment in self.segments]
        peak = max(bits / seconds for bits, seconds in sizes if seconds >= self.target / 2)
        return peak, sum(bits for bits, _ in sizes) / self.seconds


@dataclass(frozen=True)
class Stream:
    """All of a presentation, as a client fetched it.

    Attributes:
        text: of the multivariant playlist.
        variants: its media playlists, in its order.
        audio: that of the music.
        key_frames: its playlists of key frames.
        encodings: `Content-Encoding` of each playlist of at least 1,000 bytes.
    """

    text: str
    variants: list[Track]
    audio: Track
    key_frames: list[Track]
    encodings: list[str]

    @property
    def master(self) -> Master:
        """The multivariant playlist."""
        return read_master(self.text)


def fetch(get: Callable[[str, range | None], tuple[bytes, str]], master: str) -> Stream:
    """Fetch a presentation.

    Args:
        get: content and `Content-Encoding` at an address relative to the multivariant playlist,
            whole or in part.
        master: the address of the multivariant playlist.
    """
    encodings: list[str] = []

    def text_of(address: str) -> str:
        content, encoding = get(address, None)
        if len(content) >= 1000:
            encodings.append(encoding)
        return content.decode()

    def track(address: str) -> Track:
        text = text_of(address)
        only = ("#EXT-X-BYTERANGE", "#EXT-X-I-FRAMES-ONLY")
        whole = "".join(line for line in text.splitlines(True) if not line.startswith(only))
        media, near = read_media(whole), address.rpartition("/")[0]
        parts = [(seconds, uri, None) for seconds, uri in media.segments]
        found = read_key_frames(text) if whole != text else parts
        segments = [Segment(s, get(f"{near}/{uri}", part)[0]) for s, uri, part in found]
        return Track(text, media.target, get(f"{near}/{media.init}", None)[0], segments)

    text = text_of(master)
    read = read_master(text)
    [music] = read.renditions
    return Stream(
        text,
        [track(variant.uri) for variant in read.variants],
        track(music["URI"].strip('"')),
        [track(variant.uri) for variant in read.key_frames],
        encodings,
    )


def broken_rules(stream: Stream) -> list[str]:
    """The rules that a presentation breaks."""
    return [name for name, kept in _rules(stream) if not kept]


def _rules(stream: Stream) -> Iterator[tuple[str, bool]]:
    yield from _multivariant(stream.master)
    yield from _audio(stream)
    yield from _trick_play(stream)
    yield from _video(stream)
    yield from _segmentation(stream)
    yield from _bit_rates(stream)
    yield "Delivery: playlists are compressed by gzip", set(stream.encodings) <= {"gzip"}


def _multivariant(master: Master) -> Iterator[tuple[str, bool]]:
    variants, all_ = master.variants, [*master.variants, *master.key_frames]
    needed = {"CODECS", "RESOLUTION", "FRAME-RATE", "VIDEO-RANGE", "AVERAGE-BANDWIDTH"}
    shared = needed - {"FRAME-RATE"}
    name = "Multivariant playlist: every variant has"
    for attribute in sorted(needed):
        yield f"{name} {attribute}", all(attribute in variant.attributes for variant in variants)
    for attribute in sorted(shared):
        kept = all(attribute in key_frame.attributes for key_frame in master.key_frames)
        yield f"{name} {attribute}, those of key frames too", kept
    yield "Captions: variants without say NONE", _all_have(variants, "CLOSED-CAPTIONS", "NONE")
    yield (
        "Multivariant playlist: several bit rates",
        len({_peak(variant) for variant in variants}) > 1,
    )
    fitting = [variant for variant in variants if _peak(variant) <= 2_000_000]
    first = max(fitting, key=_height) if fitting else min(variants, key=_peak)
    yield "Multivariant playlist: the first is that of 2,000 kb/s", variants[0] is first
    profiles = [variant.attributes.get("CODECS", "")[1:12] for variant in all_]
    yield (
        "Video: of H.264 and AV1 profiles and levels that devices play",
        all(map(_plays, profiles)),
    )
    scored = ["SCORE" in variant.attributes for variant in variants]
    yield "Multivariant playlist: all variants have a SCORE, or none", len(set(scored)) == 1
    codecs = {profile[:4] for profile in profiles}
    yield (
        "Multivariant playlist: of several codecs each has a SCORE",
        len(codecs) == 1 or all(scored),
    )


def _audio(stream: Stream) -> Iterator[tuple[str, bool]]:
    [music] = stream.master.renditions
    for attribute in ("NAME", "LANGUAGE", "CHANNELS", "AUTOSELECT", "DEFAULT"):
        yield f"Audio: a rendition has {attribute}", attribute in music
    yield "Audio: stereo is offered", music.get("CHANNELS") == '"2"'
    codecs = [
        variant.attributes["CODECS"].strip('"').split(",") for variant in stream.master.variants
    ]
    config = _config_of_aac(stream.audio.init)
    yield "Audio: CODECS is that of the media", all(c[1:] == [f"mp4a.40.{config}"] for c in codecs)


def _trick_play(stream: Stream) -> Iterator[tuple[str, bool]]:
    yield "Trick play: there are playlists of key frames", bool(stream.key_frames)
    frames = [segment.data for track in stream.key_frames for segment in track.segments]
    yield "Trick play: each is one key frame", all(_is_one_key_frame(data) for data in frames)
    ends = {round(track.seconds, 3) for track in (*stream.variants, *stream.key_frames)}
    yield "Trick play: they last as long as the variants", len(ends) == 1


def _video(stream: Stream) -> Iterator[tuple[str, bool]]:
    master = stream.master
    pairs = [
        *zip(master.variants, stream.variants, strict=True),
        *zip(master.key_frames, stream.key_frames, strict=True),
    ]
    for variant, track in pairs:
        stated = variant.attributes.get("CODECS", "").strip('"').split(",")[0]
        yield "Video: CODECS is that of the media", stated == _codecs_of(track.init)
    key_frames = [read_samples(s.data).sync[0] for track in stream.variants for s in track.segments]
    yield "Video: every segment starts with an IDR frame", all(key_frames)
    longest = max(segment.seconds for track in stream.variants for segment in track.segments)
    yield "Video: a key frame every two seconds", longest <= 2


def _segmentation(stream: Stream) -> Iterator[tuple[str, bool]]:
    tracks = [*stream.variants, stream.audio]
    texts = [stream.text, *(track.text for track in tracks)]
    name = "Media segmentation: "
    yield f"{name}independent", all("#EXT-X-INDEPENDENT-SEGMENTS" in text for text in texts)
    yield f"{name}one target duration", len({track.target for track in tracks}) == 1
    yield f"{name}each has its decoding time", all(_times_follow(track) for track in tracks)
    lengths = [[segment.seconds for segment in track.segments] for track in stream.variants]
    yield f"{name}variants are cut alike", all(length == lengths[0] for length in lengths)
    seconds = stream.variants[0].seconds
    yield f"{name}audio lasts as long as video", abs(stream.audio.seconds - seconds) < 0.001
    yield f"{name}durations are those of the media", all(map(_lasts_as_stated, tracks))


def _bit_rates(stream: Stream) -> Iterator[tuple[str, bool]]:
    music = stream.audio.bits
    master = stream.master
    for variants, tracks, beside in (
        (master.variants, stream.variants, music),
        (master.key_frames, stream.key_frames, (0, 0)),
    ):
        for variant, track in zip(variants, tracks, strict=True):
            for name, measured, more in zip(
                ("BANDWIDTH", "AVERAGE-BANDWIDTH"), track.bits, beside, strict=True
            ):
                stated = int(variant.attributes.get(name, 0))
                true = measured + more
                yield f"Bit rates: {name} is at least the measured", stated >= true
                yield f"Bit rates: {name} is within 10 %", stated <= (1 + _WITHIN) * true


def _times_follow(track: Track) -> bool:
    at = 0
    for segment in track.segments:
        samples = read_samples(segment.data)
        if samples.time != at:
            return False
        at += sum(samples.durations)
    return True


def _lasts_as_stated(track: Track) -> bool:
    """Each segment, to a millisecond, after the delay that the edit list skips."""
    init, is_music = read_init(track.init), b"soun" in track.init
    for number, segment in enumerate(track.segments):
        ticks = sum(read_samples(segment.data).durations)
        ticks -= init.delay if is_music and number == 0 else 0  # of pictures none are skipped
        if abs(ticks / init.timescale - segment.seconds) > 0.001:
            return False
    return True


def _is_one_key_frame(data: bytes) -> bool:
    samples = read_samples(data)
    header = int.from_bytes(data[:4]) + 8
    return samples.sync[0] and len(data) == header + samples.sizes[0]


def _plays(profile: str) -> bool:
    """H.264 of Main or High profile up to level 5.2; AV1 of Main profile, 8 bits, up to 6.1."""
    if profile.startswith("avc1"):
        return bool(re.match(r"avc1\.(4d|64)", profile)) and int(profile[9:11], 16) <= 0x34
    match = re.match(r"av01\.0\.(\d\d)M", profile)
    return match is not None and int(match[1]) <= 17


def _codecs_of(init: bytes) -> str:
    if b"av1C" in init:
        at = init.index(b"av1C") + 5
        return f"av01.{init[at] >> 5}.{init[at] & 31:02}{'MH'[init[at + 1] >> 7]}.08"
    at = init.index(b"avcC") + 5
    return f"avc1.{init[at : at + 3].hex()}"


def _config_of_aac(init: bytes) -> int:
    """The type of audio object: the first five bits of the decoder's configuration."""
    at = init.index(b"\x05\x80\x80\x80", init.index(b"esds")) + 5
    return init[at] >> 3


def _height(variant: Variant) -> int:
    return int(variant.attributes["RESOLUTION"].partition("x")[2])


def _peak(variant: Variant) -> int:
    return int(variant.attributes["BANDWIDTH"])


def _all_have(variants: list[Variant], attribute: str, value: str) -> bool:
    return all(variant.attributes.get(attribute) == value for variant in variants)
