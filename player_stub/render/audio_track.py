"""The sound of a film: the bed's own packets where they can be copied, else one encoded track."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet

from player_stub.media import audio_of, opened, reading
from player_stub.render.bed import SAMPLES_A_PACKET, sample_at, too_short
from player_stub.render.mixing import write_sound
from player_stub.render.settings import ReelMedia, Settings
from sizzle.reel.timecode_list import TimecodeList


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of AAC packets, as a track that starts with the picture.

    Attributes:
        container: where they are.
        stream: the track there.
        start: the stream's sample that plays with the film's first frame.
        samples: how many play.
    """

    container: InputContainer
    stream: AudioStream
    start: int
    samples: int

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.stream.rate

    def add_track(self, film: OutputContainer) -> AudioStream:
        """Describe it to the film."""
        return film.add_stream_from_template(self.stream, opaque=True)

    def packets(self) -> Iterator[Packet[AudioStream]]:
        """The packets with the film's time; what is before zero the film's edit list hides.

        A packet is heard right only behind the one before it, so one more is sent at the front.
        """
        first, end = self.start - SAMPLES_A_PACKET, self.start + self.samples
        with reading(self.container.name):
            self.container.seek(first - SAMPLES_A_PACKET, stream=self.stream)
            for packet in self.container.demux(self.stream):
                if packet.pts is None or packet.pts + SAMPLES_A_PACKET <= first:
                    continue
                if packet.pts >= end:
                    return
                packet.duration = min(SAMPLES_A_PACKET, end - packet.pts)
                packet.pts -= self.start
                packet.dts = packet.pts
                yield packet


@contextmanager
def sound_of(reel: TimecodeList, media: ReelMedia, settings: Settings) -> Iterator[Sound]:
    """The sound that goes with a reel's picture.

    Raises:
        MediaError: audio that cannot be read, is not there, or is over before the reel is.
        ProcessError: ffmpeg could not encode it.
    """
    if settings.keeps_the_bed and reel.bed.is_plain:
        with opened(media.aac or media.bed) as container:
            stream = audio_of(container)
            if _can_be_copied(container, stream):
                yield _copied(reel, container, stream)
                return
    with TemporaryDirectory() as scratch:
        encoded = Path(scratch) / "sound.m4a"
        write_sound(reel, media, settings, encoded)
        with opened(encoded) as container:
            stream = audio_of(container)
            yield Sound(container, stream, 0, _length(stream))


def can_be_copied(bed: Path) -> bool:
    """Whether a bed goes into films as it is. Raises MediaError: it cannot be read as sound."""
    with opened(bed) as container:
        return _can_be_copied(container, audio_of(container))


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


def _copied(reel: TimecodeList, container: InputContainer, stream: AudioStream) -> Sound:
    rate, bed = reel.rate.to_frame_rate(), reel.bed.range
    start, end = (sample_at(each.frame, rate, stream.rate) for each in (bed.start, bed.stop))
    if (there := _length(stream)) < end:
        raise too_short(reel, container.name, Fraction(max(0, there - start), stream.rate))
    return Sound(container, stream, start, end - start)


def _length(stream: AudioStream) -> int:
    """Samples."""
    return stream.duration or 0
