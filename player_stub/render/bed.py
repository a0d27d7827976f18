"""The music under a reel: its range of a file, cut to the sample and encoded once."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import ffmpeg
from av.audio.stream import AudioStream

from player_stub.media import audio_of, opened
from sizzle.errors import MediaError
from sizzle.process import ffmpeg as ffmpeg_program
from sizzle.process import run
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import FrameRate

SAMPLE_RATE = 48_000
SAMPLES_A_PACKET = 1024
"""How many samples AAC codes at a time: the grain of an AAC track's length."""

_TIMEOUT = 1800.0


def sample_at(frame: int, rate: FrameRate, sample_rate: int = SAMPLE_RATE) -> int:
    """The audio sample nearest to a frame's start."""
    return round(rate.seconds(frame) * sample_rate)


def encode_bed(reel: TimecodeList, bed: Path, output: Path) -> None:
    """Cut the reel's range out of its bed into an M4A, whose edit list hides encoder priming.

    Args:
        reel: says which range.
        bed: any file with audio that ffmpeg reads; its first audio track is used.
        output: the M4A to write.

    Raises:
        MediaError: unreadable, without audio, or over before the reel is.
        ProcessError: ffmpeg failed.
    """
    with opened(bed) as container:
        audio_of(container)
    run(_command(reel, bed, output), timeout=_TIMEOUT)
    _check_length(reel, bed, output)


def _command(reel: TimecodeList, bed: Path, output: Path) -> list[str]:
    start, end = _samples(reel)
    audio = (
        ffmpeg.input(str(bed.absolute()))["a:0"]
        # First to one sample rate, so that a frame is the same count of samples in every bed.
        .filter("aresample", SAMPLE_RATE)
        # Mono stays mono; whatever has more channels than two is mixed down to two.
        .filter("aformat", channel_layouts="mono|stereo")
        # By count of samples: a time in seconds would be rounded.
        .filter("atrim", start_sample=start, end_sample=end)
        # Count time from the cut, by samples, whatever time stamps the file carries.
        .filter("asetpts", "N/SR/TB")
    )
    encoded = audio.output(
        str(output),
        acodec="aac",  # ffmpeg's own encoder: in every build
        aac_coder="fast",  # half the time of the default, and as near to the bed at this rate
        audio_bitrate="192k",  # transparent for music in stereo
        format="ipod",  # M4A, which keeps the priming in an edit list
        map_metadata=-1,  # the film is not the song: neither its tags
        map_chapters=-1,  # nor its chapters
        fflags="+bitexact",  # the same input gives the same bytes
    )
    command: list[str] = encoded.global_args("-nostdin", "-loglevel", "error").compile(
        cmd=ffmpeg_program(), overwrite_output=True
    )
    return command


def _samples(reel: TimecodeList) -> tuple[int, int]:
    rate, bed = reel.rate.to_frame_rate(), reel.bed.range
    return sample_at(bed.start.frame, rate), sample_at(bed.stop.frame, rate)


def _check_length(reel: TimecodeList, bed: Path, encoded: Path) -> None:
    start, end = _samples(reel)
    there = _encoded_samples(encoded)
    if there < end - start:
        frames = reel.rate.to_frame_rate().frames(Fraction(there, SAMPLE_RATE))
        raise MediaError(
            f"The reel plays frames {reel.bed.range.to_time_range()} of bed {reel.bed.bed_id}, "
            f"but the file holds only the first {frames} of them.",
            where=str(bed),
            fix="give the whole bed, or publish the asset with a longer one.",
        )


def _encoded_samples(encoded: Path) -> int:
    """How long the track plays, in samples, without its priming; 0 where nothing was encoded."""
    with opened(encoded) as container:
        return sum(_samples_of(track) for track in container.streams.audio)


def _samples_of(track: AudioStream) -> int:
    assert track.time_base is not None
    return int((track.duration or 0) * track.time_base * SAMPLE_RATE)
