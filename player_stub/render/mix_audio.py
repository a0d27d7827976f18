"""Cuts, mixes and encodes audio with ffmpeg; the reason for each filter is beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import ffmpeg
from av.audio.stream import AudioStream

from player_stub.media import open_media
from player_stub.render.bed import SAMPLE_RATE, bed_too_short, sample_at
from player_stub.render.clip_audio import clip_audio
from player_stub.render.loudness import normalized
from player_stub.render.settings import ReelMedia, RenderSettings
from sizzle.media.checked import checked_audio
from sizzle.media_input import input_options
from sizzle.process import ffmpeg as ffmpeg_program
from sizzle.process import run
from sizzle.reel.timecode_list import TimecodeList

_TIMEOUT: Final = 1800.0
_Stream = Any  # ffmpeg-python has no types

_AAC: Final = {
    "acodec": "aac",  # ffmpeg's own encoder, in every build
    "aac_coder": "fast",  # half the time of the default, and as close to the bed at this bit rate
    "audio_bitrate": "192k",  # transparent for music in stereo
    "format": "ipod",  # M4A, which records the priming in an edit list,
    "movie_timescale": SAMPLE_RATE,  # and that list in samples: in ms it would cut the end off
    "map_metadata": -1,  # the song's tags are not the film's
    "map_chapters": -1,  # nor are its chapters
    "fflags": "+bitexact",  # the same input gives the same bytes
}
_PCM: Final = {"acodec": "pcm_f32le", "format": "wav", "rf64": "auto"}

_PADDING: Final = SAMPLE_RATE  # samples of silence: far more than filters hold back
_DUCKING: Final = {
    "threshold": 0.02,  # above -34 dB, where clips are audible,
    "ratio": 6,  # the bed is lowered by up to about 12 dB,
    "attack": 15,  # fast enough for speech,
    "release": 400,  # slow enough not to pump
}


def write_audio(
    reel: TimecodeList, media: ReelMedia, settings: RenderSettings, output: Path
) -> None:
    """Encode the audio of a reel as M4A, whose edit list hides the encoder's priming.

    Raises:
        MediaError: it is unreadable, has no audio, or ends before the reel.
        ProcessError: ffmpeg failed.
    """
    _write(reel, media, settings, output, _AAC)
    _check_length(reel, media.bed, output)


def write_expected_audio(
    reel: TimecodeList, media: ReelMedia, settings: RenderSettings, output: Path
) -> None:
    """Write what is encoded for a film as WAV, to compare the film with.

    Raises:
        MediaError: unreadable, or without audio.
        ProcessError: ffmpeg failed.
    """
    _write(reel, media, settings, output, _PCM)


def _write(
    reel: TimecodeList,
    media: ReelMedia,
    settings: RenderSettings,
    output: Path,
    options: Mapping[str, object],
) -> None:
    mono = checked_audio(media.bed).channels == 1
    mixed = _mixed(reel, media, settings, mono=mono)
    clips = clip_audio(reel, media.video) if settings.audio != "bed" else ()
    if settings.loudness is None:
        _run(mixed, output, options, clips)
    else:
        plain = output.with_suffix(".plain.wav")
        _run(mixed, plain, _PCM, clips)
        _run(normalized(plain, settings.loudness), output, options)


def _mixed(
    reel: TimecodeList, media: ReelMedia, settings: RenderSettings, *, mono: bool
) -> _Stream:
    length = sample_at(reel.duration.frame, reel.rate.to_frame_rate())
    if settings.audio == "bed":
        mixed = _bed(reel, media.bed)
    elif settings.audio == "clips":
        mixed = _clips()
    else:
        mixed = _ducked_mix(_bed(reel, media.bed), _clips(), length, mono=mono)
    faded = min(length, round(settings.fade * SAMPLE_RATE))
    if faded:
        mixed = mixed.filter("afade", "out", start_sample=length - faded, nb_samples=faded)
    return mixed


def _bed(reel: TimecodeList, bed: Path) -> _Stream:
    rate = reel.rate.to_frame_rate()
    start, end = (
        sample_at(moment.frame, rate) for moment in (reel.bed.range.start, reel.bed.range.stop)
    )
    music = (
        ffmpeg.input(str(bed.absolute()), **input_options(bed))["a:0"]
        # One sample rate first, so that a frame is the same number of samples in every bed.
        .filter("aresample", SAMPLE_RATE)
        # Mono stays mono; more than two channels are mixed down to two.
        .filter("aformat", channel_layouts="mono|stereo")
    )
    if len(reel.bed.rounds()) > 1:
        assert reel.bed.loop is not None
        whole = sample_at(reel.bed.loop.frame, rate)
        music = music.filter("atrim", end_sample=whole).filter("aloop", loop=-1, size=whole)
    # By samples: times in seconds would be rounded.
    music = music.filter("atrim", start_sample=start, end_sample=end)
    # Time counts from the cut in samples, whatever time stamps the file has.
    music = music.filter("asetpts", "N/SR/TB")
    if reel.bed.fade is None:
        return music
    faded = sample_at(reel.bed.fade.frame, rate)
    # The same curve as in the bed's packaged fades.
    return music.filter(
        "afade", "out", start_sample=end - start - faded, nb_samples=faded, curve="hsin"
    )


def _clips() -> _Stream:
    return ffmpeg.input("pipe:0", format="f32le", ar=SAMPLE_RATE, ac=2).audio


def _ducked_mix(bed: _Stream, clips: _Stream, length: int, *, mono: bool) -> _Stream:
    """The clips over a bed that is ducked under them, so many samples long."""
    # The compressor drops what is left of one input where it first sees the end of the other,
    # which depends on the machine's load. So both go on in silence, which is cut off behind.
    heard = clips.filter("apad", pad_len=_PADDING).filter_multi_output("asplit")
    stereo = bed.filter("apad", pad_len=_PADDING).filter(
        "aformat", sample_fmts="flt", channel_layouts="stereo"
    )
    if mono:  # which the conversion to stereo lowers by 3 dB
        stereo = stereo.filter("volume", 2**0.5)
    ducked = ffmpeg.filter([stereo, heard[0]], "sidechaincompress", **_DUCKING)
    # At full level: by default each input would be halved.
    both = ffmpeg.filter([ducked, heard[1]], "amix", inputs=2, normalize=0)
    # Together they may exceed full scale; `latency` compensates the limiter's delay.
    limited = both.filter("alimiter", limit=0.97, level="disabled", latency=1)
    return limited.filter("atrim", end_sample=length)


def _run(
    sound: _Stream, output: Path, options: Mapping[str, object], stdin: Iterable[bytes] = ()
) -> None:
    encoded = sound.output(str(output), **options)
    command: list[str] = encoded.global_args("-nostdin", "-loglevel", "error").compile(
        cmd=ffmpeg_program(), overwrite_output=True
    )
    run(command, stdin=stdin, timeout=_TIMEOUT)


def _check_length(reel: TimecodeList, bed: Path, encoded: Path) -> None:
    rate, bed_range = reel.rate.to_frame_rate(), reel.bed.range
    wanted = sample_at(bed_range.stop.frame, rate) - sample_at(bed_range.start.frame, rate)
    if (available := _encoded_samples(encoded)) < wanted - 1:  # two roundings may differ by one
        raise bed_too_short(reel, str(bed), Fraction(available, SAMPLE_RATE))


def _encoded_samples(encoded: Path) -> int:
    """The track's length in samples without its priming; 0 where nothing was encoded."""
    with open_media(encoded) as container:
        return sum(_samples_of(track) for track in container.streams.audio)


def _samples_of(track: AudioStream) -> int:
    assert track.time_base is not None
    return int((track.duration or 0) * track.time_base * SAMPLE_RATE)
