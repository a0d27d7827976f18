"""The audio track of a film: the bed's packets where they can be copied, or an encoded mix."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from player_stub.media import audio_stream, media_errors, open_media
from player_stub.render.bed import SAMPLES_PER_PACKET, bed_too_short, sample_at
from player_stub.render.mix_audio import write_audio
from player_stub.render.settings import ReelMedia, RenderSettings
from sizzle.files import scratch_folder
from sizzle.media.checked import refuse
from sizzle.media.gate import audio_problems
from sizzle.media.probe import audio_facts
from sizzle.reel.timecode_list import TimecodeList


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """A run of AAC packets, as a track that starts with the video.

    Attributes:
        container: the file that holds them.
        stream: their track in it.
        start: the stream's sample that plays with the film's first frame.
        samples: how many play.
    """

    container: InputContainer
    stream: AudioStream
    start: int
    samples: int

    @property
    def rate(self) -> int:
        """Samples per second."""
        return self.stream.rate

    def add_track(self, film: OutputContainer) -> AudioStream:
        """Add the track to a film."""
        return film.add_stream_from_template(self.stream, opaque=True)

    def packets(self) -> Iterator[Packet[AudioStream]]:
        """The packets at the film's time; what is before zero is hidden by the film's edit list.

        A packet decodes correctly only after the one before it, so one more is included.
        """
        first, end = self.start - SAMPLES_PER_PACKET, self.start + self.samples
        with media_errors(self.container.name):
            self.container.seek(first - SAMPLES_PER_PACKET, stream=self.stream)
            for packet in self.container.demux(self.stream):
                if packet.pts is None or packet.pts + SAMPLES_PER_PACKET <= first:
                    continue
                if packet.pts >= end:
                    return
                packet.duration = min(SAMPLES_PER_PACKET, end - packet.pts)
                packet.pts -= self.start
                packet.dts = packet.pts
                yield packet


@contextmanager
def open_audio_track(
    reel: TimecodeList, media: ReelMedia, settings: RenderSettings
) -> Iterator[AudioTrack]:
    """The audio of a film of a reel.

    Raises:
        MediaError: audio that cannot be read or used, is missing, or ends before the reel.
        ProcessError: ffmpeg could not encode it.
    """
    if settings.bed_unchanged and reel.bed.is_plain:
        with open_media(media.aac or media.bed) as container:
            stream = audio_stream(container)
            refuse(media.bed, audio_problems(audio_facts(media.bed, container)))
            if _can_be_copied(container, stream):
                yield _copied(reel, container, stream)
                return
    with scratch_folder() as scratch:
        encoded = scratch / "audio.m4a"
        write_audio(reel, media, settings, encoded)
        with open_media(encoded) as container:
            stream = audio_stream(container)
            yield AudioTrack(container, stream, 0, _length(stream))


def can_be_copied(bed: Path) -> bool:
    """Whether a bed can be copied into films. Raises MediaError: it cannot be read."""
    with open_media(bed) as container:
        return _can_be_copied(container, audio_stream(container))


def _can_be_copied(container: InputContainer, stream: AudioStream) -> bool:
    """Whether a track is AAC whose time stamps count samples, the first of them heard at zero."""
    return (
        "mov" in container.format.name  # MP4 and M4A alike
        and stream.codec_context.name == "aac"
        and stream.profile == "LC"
        and stream.start_time == 0
        and stream.time_base == Fraction(1, stream.rate)
        and stream.codec_context.channels <= 2  # more are mixed down
    )


def _copied(reel: TimecodeList, container: InputContainer, stream: AudioStream) -> AudioTrack:
    rate, bed = reel.rate.to_frame_rate(), reel.bed.range
    start, end = (sample_at(moment.frame, rate, stream.rate) for moment in (bed.start, bed.stop))
    if (available := _length(stream)) < end:
        raise bed_too_short(reel, container.name, Fraction(max(0, available - start), stream.rate))
    return AudioTrack(container, stream, start, end - start)


def _length(stream: AudioStream) -> int:
    """Samples."""
    return stream.duration or 0
