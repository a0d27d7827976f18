"""The ffmpeg commands that encode a ladder and a bed, each option with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ffmpeg

from sizzle import process
from sizzle.hls import Codec
from sizzle.media import filters
from sizzle.media.gate import Normalised
from sizzle.media_input import input_options
from sizzle.packager.key_frames import key_frame_expression
from sizzle.packager.key_plan import KeyPlan
from sizzle.packager.ladder import LadderStep

SAMPLE_RATE: Final = 48_000
PACKET: Final = 1024
"""Samples of one packet of AAC."""
CHANNELS: Final = 2

_MICROSECONDS: Final = 1_000_000
_NEVER: Final = 1 << 30
_X264: Final = "libx264"
_SVT_AV1: Final = "libsvtav1"
_BARE: Final = "f32le"


@dataclass(frozen=True, slots=True)
class Encoding:
    """Quality and effort of the encoder.

    Attributes:
        preset: of x264: slower ones need fewer bits.
        crf: of x264: the constant quality; lower is better.
        audio_bits: per second, for the beds.
        av1_preset: of SVT-AV1, from 0 to 13: lower ones need fewer bits.
        av1_crf: of SVT-AV1, up to 63: the constant quality; lower is better.
    """

    preset: str = "medium"
    crf: int = 21
    audio_bits: int = 192_000
    av1_preset: int = 8
    av1_crf: int = 32


_CMAF: Final = {
    "format": "mp4",
    # cmaf: offsets count from each fragment, so that it can be moved, and no index precedes it.
    # delay_moov: the init segment is written after the first frames, when the delay is known that
    #   its edit list skips, so that frame 0 is shown and sample 0 heard at time 0.
    # skip_trailer: the file ends with its last fragment.
    "movflags": "+cmaf+delay_moov+skip_trailer",
    # Versions before 9 leave the edit list out of CMAF files unless they are told not to.
    "use_editlist": 1,
    "fflags": "+bitexact",  # no version of ffmpeg in the file
    "map_metadata": -1,  # nor anything of the source's
    "map_chapters": -1,
}


def renditions_command(
    media: Path,
    outputs: Mapping[LadderStep, Path],
    pictures: Normalised,
    keys: KeyPlan,
    encoding: Encoding,
    *,
    first: int,
    progress: Path,
) -> list[str]:
    """Encode all renditions in one go, so that the source is decoded once.

    Args:
        media: the asset's video.
        outputs: the file of each step.
        pictures: how the video's are normalised.
        keys: where fragments begin.
        encoding: quality and effort.
        first: the fragment to begin with.
        progress: a file that ffmpeg writes its progress to.
    """
    copies = _pictures(media, pictures, keys, first).split()
    films = [
        ffmpeg.output(
            _scaled(copies[number], pictures, step),
            _file(path),
            **_video(step, keys, encoding, first),
        )
        for number, (step, path) in enumerate(outputs.items())
    ]
    return _compiled(ffmpeg.merge_outputs(*films), "-progress", str(progress.absolute()))


def encoders_of(codecs: Iterable[Codec]) -> list[str]:
    """The names of ffmpeg's encoders for these codecs."""
    return sorted({Codec.H264: _X264, Codec.AV1: _SVT_AV1}[codec] for codec in codecs)


def decode_bed_command(
    media: Path, output: Path, *, mono: bool, lasting: int, samples: int
) -> list[str]:
    """Decode a bed to raw samples, looped where it is too short.

    Args:
        media: the music.
        output: the file: 32-bit floats, both channels interleaved, 48,000 samples per second.
        mono: whether it has one channel, which goes to both sides.
        lasting: samples after which the music begins again, without a gap.
        samples: how many there will be.
    """
    music = (
        ffmpeg.input(_file(media), **input_options(media))
        .audio.filter("aresample", SAMPLE_RATE)
        .filter("aformat", sample_fmts="flt", channel_layouts="stereo")
    )
    if mono:  # which the conversion to stereo lowers by 3 dB; films have it at full level
        music = music.filter("volume", 2**0.5)
    if lasting < samples:
        music = music.filter("atrim", end_sample=lasting).filter("aloop", loop=-1, size=lasting)
    # By count of samples: a time in seconds would be rounded.
    music = music.filter("atrim", end_sample=samples)
    # A bed may be some samples short of its last frame's end.
    music = music.filter("apad", whole_len=samples)
    return _compiled(ffmpeg.output(music, _file(output), format=_BARE, acodec="pcm_f32le"))


def encode_bed_command(output: Path, encoding: Encoding, packets: int) -> list[str]:
    """Encode raw samples from standard input, in fragments of so many packets."""
    music = ffmpeg.input("pipe:0", format=_BARE, ar=SAMPLE_RATE, ac=CHANNELS)
    return _compiled(ffmpeg.output(music, _file(output), **_aac(encoding, packets)))


def _pictures(media: Path, normal: Normalised, keys: KeyPlan, first: int) -> Any:  # noqa: ANN401
    """The frames to encode, each one tick after the one before, whatever their times were."""
    # Versions of ffmpeg differ in what they turn and mirror by themselves.
    options = {**input_options(media), "noautorotate": None}
    pictures = ffmpeg.input(_file(media), **options).video
    if first:
        pictures = pictures.filter("trim", start_frame=keys.starts[first])
    pictures = pictures.filter("settb", str(1 / keys.rate.fraction)).filter("setpts", "N")
    return _filtered(pictures, filters.prepared(normal))


def _scaled(pictures: Any, normal: Normalised, step: LadderStep) -> Any:  # noqa: ANN401
    # What every player decodes, in square pixels.
    scaled = _filtered(pictures, filters.scaled(normal, step.width, step.height))
    return scaled.filter("setsar", "1")


def _filtered(pictures: Any, chain: Iterable[filters.Filter]) -> Any:  # noqa: ANN401
    for name, options in chain:
        pictures = pictures.filter(name, **options)
    return pictures


def _video(step: LadderStep, keys: KeyPlan, encoding: Encoding, first: int) -> dict[str, Any]:
    codec = _av1(encoding) if step.codec == Codec.AV1 else _h264(encoding)
    return {
        **_CMAF,
        "movflags": f"{_CMAF['movflags']}+frag_keyframe",  # a fragment for each key frame
        **codec,
        "maxrate": step.bits,
        "bufsize": step.bits,  # one second: pieces joined in any order have no more to rely on
        "g": _NEVER,  # key frames only where they are planned: not after so many frames
        "force_key_frames": _key_frames(keys, first),
        "fps_mode": "passthrough",  # each frame once: ffmpeg must not repeat or drop any
        # A frame is then exactly the rate's denominator of ticks, in the track and in its edits.
        "video_track_timescale": keys.rate.numerator,
        "movie_timescale": keys.rate.numerator,
    }


def _h264(encoding: Encoding) -> dict[str, Any]:
    return {
        "vcodec": _X264,
        "preset": encoding.preset,
        "crf": encoding.crf,
        "nal-hrd": "none",  # pieces in any order could not keep to a signalled buffer model
        "sc_threshold": 0,  # no key frames at scene changes
        "forced-idr": 1,  # decoding can start there, unlike at mere I pictures
        "flags": "+cgop",  # closed GOPs: no frame refers to one of another fragment
        "bf": 3,  # in all renditions whatever the preset: it sets how late frames are shown
    }


def _av1(encoding: Encoding) -> dict[str, Any]:
    return {
        "vcodec": _SVT_AV1,
        "preset": encoding.av1_preset,
        "crf": encoding.av1_crf,
        # A forced key frame of AV1 resets all that later frames could refer to, so that fragments
        # are closed; and frames that are shown later travel with those shown before, so that none
        # is late.
        "svtav1-params": "scd=0",  # no key frames at scene changes
    }


def _aac(encoding: Encoding, packets: int) -> dict[str, Any]:
    # A fragment ends before the first packet that starts at least this late: halfway between two
    # packets, so that rounding changes nothing.
    late = (2 * packets - 1) * PACKET * _MICROSECONDS // (2 * SAMPLE_RATE)
    return {
        **_CMAF,
        "frag_duration": late,
        "acodec": "aac",
        "profile:a": "aac_low",
        "audio_bitrate": encoding.audio_bits,
        "movie_timescale": SAMPLE_RATE,
    }


def _key_frames(keys: KeyPlan, first: int) -> str:
    """Where fragments begin, counted from the first frame that is encoded."""
    origin = keys.starts[first]
    return key_frame_expression([start - origin for start in keys.starts[first:-1]], keys.fragment)


def _compiled(films: Any, *arguments: str) -> list[str]:  # noqa: ANN401
    command: Sequence[str] = films.global_args(
        "-nostdin", "-loglevel", "error", *arguments
    ).compile(cmd=process.ffmpeg(), overwrite_output=True)
    return list(command)


def _file(path: Path) -> str:
    """A path that cannot be taken for an option or an address."""
    return str(path.absolute())
