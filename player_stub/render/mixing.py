"""Cuts, mixes and encodes sound with ffmpeg, each filter with its reason beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import ffmpeg
from av.audio.stream import AudioStream

from player_stub.media import audio_of, opened
from player_stub.render.bed import SAMPLE_RATE, sample_at, too_short
from player_stub.render.clip_sound import clip_sound
from player_stub.render.loudness import levelled
from player_stub.render.settings import Audio, ReelMedia, Settings
from sizzle.media_input import input_options
from sizzle.process import ffmpeg as ffmpeg_program
from sizzle.process import run
from sizzle.reel.timecode_list import TimecodeList

_TIMEOUT: Final = 1800.0
_Stream = Any  # ffmpeg-python says nothing of its types

_AAC: Final = {
    "acodec": "aac",  # ffmpeg's own encoder: in every build
    "aac_coder": "fast",  # half the time of the default, and as near to the bed at this rate
    "audio_bitrate": "192k",  # transparent for music in stereo
    "format": "ipod",  # M4A, which keeps the priming in an edit list,
    "movie_timescale": SAMPLE_RATE,  # and that list in samples: in ms it would cut the end off
    "map_metadata": -1,  # the film is not the song: neither its tags
    "map_chapters": -1,  # nor its chapters
    "fflags": "+bitexact",  # the same input gives the same bytes
}
_PCM: Final = {"acodec": "pcm_f32le", "format": "wav", "rf64": "auto"}

_DUCKING: Final = {
    "threshold": 0.02,  # where clips are heard at all, -34 dB,
    "ratio": 6,  # the bed goes down by up to some 12 dB,
    "attack": 15,  # fast enough for speech,
    "release": 400,  # and comes back without pumping
}


def write_sound(reel: TimecodeList, media: ReelMedia, settings: Settings, output: Path) -> None:
    """Encode the sound of a reel as an M4A, whose edit list hides encoder priming.

    Raises:
        MediaError: unreadable, without audio, or over before the reel is.
        ProcessError: ffmpeg failed.
    """
    with opened(media.bed) as container:
        mono = audio_of(container).codec_context.channels == 1
    mixed = _mixed(reel, media, settings, mono=mono)
    clips = clip_sound(reel, media.video) if settings.audio != "bed" else ()
    if settings.loudness is None:
        _run(mixed, output, _AAC, clips)
    else:
        plain = output.with_suffix(".wav")
        _run(mixed, plain, _PCM, clips)
        _run(levelled(plain, settings.loudness), output, _AAC)
    _check_length(reel, media.bed, output)


def write_mix(reel: TimecodeList, media: ReelMedia, audio: Audio, output: Path) -> None:
    """Write what a film should sound like as a WAV, not faded and as loud as it is.

    Raises:
        MediaError: unreadable, or without audio.
        ProcessError: ffmpeg failed.
    """
    with opened(media.bed) as container:
        mono = audio_of(container).codec_context.channels == 1
    clips = clip_sound(reel, media.video) if audio != "bed" else ()
    _run(_mixed(reel, media, Settings(audio=audio), mono=mono), output, _PCM, clips)


def _mixed(reel: TimecodeList, media: ReelMedia, settings: Settings, *, mono: bool) -> _Stream:
    if settings.audio == "bed":
        mixed = _bed(reel, media.bed)
    elif settings.audio == "clips":
        mixed = _clips()
    else:
        mixed = _over(_bed(reel, media.bed), _clips(), mono=mono)
    length = sample_at(reel.duration.frame, reel.rate.to_frame_rate())
    faded = min(length, round(settings.fade * SAMPLE_RATE))
    if faded:
        mixed = mixed.filter("afade", "out", start_sample=length - faded, nb_samples=faded)
    return mixed


def _bed(reel: TimecodeList, bed: Path) -> _Stream:
    rate = reel.rate.to_frame_rate()
    start, end = (
        sample_at(each.frame, rate) for each in (reel.bed.range.start, reel.bed.range.stop)
    )
    music = (
        ffmpeg.input(str(bed.absolute()), **input_options(bed))["a:0"]
        # First to one sample rate, so that a frame is the same count of samples in every bed.
        .filter("aresample", SAMPLE_RATE)
        # Mono stays mono; whatever has more channels than two is mixed down to two.
        .filter("aformat", channel_layouts="mono|stereo")
    )
    if len(reel.bed.rounds()) > 1:
        assert reel.bed.loop is not None
        whole = sample_at(reel.bed.loop.frame, rate)
        music = music.filter("atrim", end_sample=whole).filter("aloop", loop=-1, size=whole)
    # By count of samples: a time in seconds would be rounded.
    music = music.filter("atrim", start_sample=start, end_sample=end)
    # Count time from the cut, by samples, whatever time stamps the file carries.
    music = music.filter("asetpts", "N/SR/TB")
    if reel.bed.fade is None:
        return music
    faded = sample_at(reel.bed.fade.frame, rate)
    # The same curve as the bed's packaged endings have.
    return music.filter(
        "afade", "out", start_sample=end - start - faded, nb_samples=faded, curve="hsin"
    )


def _clips() -> _Stream:
    return ffmpeg.input("pipe:0", format="f32le", ar=SAMPLE_RATE, ac=2).audio


def _over(bed: _Stream, clips: _Stream, *, mono: bool) -> _Stream:
    """The clips over a bed that gives way to them."""
    heard = clips.filter_multi_output("asplit")
    stereo = bed.filter("aformat", sample_fmts="flt", channel_layouts="stereo")
    if mono:  # which is made 3 dB lower when it is heard from both sides
        stereo = stereo.filter("volume", 2**0.5)
    ducked = ffmpeg.filter([stereo, heard[0]], "sidechaincompress", **_DUCKING)
    # As loud as both are: by default each input would be halved.
    both = ffmpeg.filter([ducked, heard[1]], "amix", inputs=2, normalize=0)
    # Two loud sounds at once may be more than full scale; `latency` keeps the limiter in step.
    return both.filter("alimiter", limit=0.97, level="disabled", latency=1)


def _run(
    sound: _Stream, output: Path, options: Mapping[str, object], stdin: Iterable[bytes] = ()
) -> None:
    encoded = sound.output(str(output), **options)
    command: list[str] = encoded.global_args("-nostdin", "-loglevel", "error").compile(
        cmd=ffmpeg_program(), overwrite_output=True
    )
    run(command, stdin=stdin, timeout=_TIMEOUT)


def _check_length(reel: TimecodeList, bed: Path, encoded: Path) -> None:
    rate, asked = reel.rate.to_frame_rate(), reel.bed.range
    wanted = sample_at(asked.stop.frame, rate) - sample_at(asked.start.frame, rate)
    if (there := _encoded_samples(encoded)) < wanted - 1:  # two roundings may differ by one
        raise too_short(reel, str(bed), Fraction(there, SAMPLE_RATE))


def _encoded_samples(encoded: Path) -> int:
    """How long the track plays, in samples, without its priming; 0 where nothing was encoded."""
    with opened(encoded) as container:
        return sum(_samples_of(track) for track in container.streams.audio)


def _samples_of(track: AudioStream) -> int:
    assert track.time_base is not None
    return int((track.duration or 0) * track.time_base * SAMPLE_RATE)
