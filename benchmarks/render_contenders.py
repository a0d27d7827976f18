"""Ways to make a film of a reel, as their users would."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from fractions import Fraction
from math import ceil
from pathlib import Path

import av

from player_stub import ReelMedia, RenderSettings, render_reel
from sizzle.process import ffmpeg, run
from sizzle.reel.timecode_list import TimecodeList

Contender = Callable[[TimecodeList, ReelMedia, Path], None]

_TIMEOUT = 7200.0


def ours(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """`sizzle render`."""
    render_reel(reel, media, film)


def ours_reencoded(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """`sizzle render --reencode`."""
    render_reel(reel, media, film, RenderSettings(reencode=True))


def bare_pyav(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """Packets copied with PyAV and no check of anything."""
    tick, a_frame = Fraction(1, reel.rate.numerator), reel.rate.denominator
    with (
        av.open(str(media.video)) as source,
        av.open(str(media.bed)) as bed,
        av.open(str(film), "w", options={"movflags": "+faststart"}) as out,
    ):
        picture, music = source.streams.video[0], bed.streams.audio[0]
        video = out.add_stream_from_template(picture, opaque=True)
        audio = out.add_stream_from_template(music, opaque=True)
        assert picture.time_base
        assert music.time_base
        decoded = -2
        sound = (packet for packet in bed.demux(music) if packet.pts is not None)
        for cut in reel.cuts:
            first = cut.source.start.frame
            source.seek(int(cut.source.start.seconds / picture.time_base) + 1, stream=picture)
            for count, packet in enumerate(source.demux(picture)):
                if count == cut.source.stop.frame - first or packet.pts is None:
                    break
                index = round(packet.pts * picture.time_base / tick / a_frame) - first
                packet.time_base = tick
                packet.pts = (cut.record.start.frame + index) * a_frame
                packet.dts, packet.stream = decoded * a_frame, video
                out.mux_one(packet)
                decoded += 1
            for note in sound:
                note.stream = audio
                out.mux_one(note)
                if note.pts and note.pts * music.time_base > cut.record.stop.seconds:
                    break


def concat_demuxer(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """Ffmpeg's concat demuxer with the cuts' seconds, as in its manual."""
    _concat(reel, media, film, early=Fraction(0))


def concat_demuxer_mended(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """The same, mended by hand for this media: it ends cuts by decoding time, so B-frames count.

    Each cut ends as much earlier as decoding runs ahead, and half a frame, and is given its length.
    """
    ahead = Fraction(2) + Fraction(1, 2)
    _concat(reel, media, film, early=ahead / reel.rate.to_frame_rate().fraction)


def _concat(reel: TimecodeList, media: ReelMedia, film: Path, early: Fraction) -> None:
    rate, listed = reel.rate.to_frame_rate(), film.with_suffix(".txt")
    lines = ["ffconcat version 1.0"]
    for cut in reel.cuts:
        start, stop = (rate.seconds(moment.frame) for moment in (cut.source.start, cut.source.stop))
        # Rounded up: a hair before a key frame the demuxer would start at the one before.
        lines += [f"file '{media.video}'", f"inpoint {ceil(start * 10**6) / 10**6:.6f}"]
        lines.append(f"outpoint {float(stop - early):.6f}")
        if early:
            lines.append(f"duration {float(stop - start):.6f}")
    listed.write_text("\n".join(lines))
    inputs = ["-f", "concat", "-safe", "0", "-i", str(listed), "-i", str(media.bed)]
    ticks = ["-video_track_timescale", str(reel.rate.numerator), "-shortest"]
    maps = ["-map", "0:v", "-map", "1:a", "-c", "copy", *ticks]
    run([ffmpeg(), "-y", *inputs, *maps, str(film)], timeout=_TIMEOUT)


def concat_filter(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """Ffmpeg's concat filter over an input a cut, as in its manual."""
    inputs: list[str] = []
    for cut in reel.cuts:
        length = cut.record.stop.seconds - cut.record.start.seconds
        seek = ["-ss", f"{cut.source.start.seconds:.6f}", "-t", f"{length:.6f}"]
        inputs += [*seek, "-i", str(media.video)]
    count = len(reel.cuts)
    graph = "".join(f"[{index}:v]" for index in range(count)) + f"concat=n={count}:v=1:a=0[v]"
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-c:a", "aac", "-shortest"]
    maps = ["-filter_complex", graph, "-map", "[v]", "-map", f"{count}:a", *encode]
    run([ffmpeg(), "-y", *inputs, "-i", str(media.bed), *maps, str(film)], timeout=_TIMEOUT)


def melt(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """MLT's command line, which counts its cuts in frames."""
    cuts: list[str] = []
    for cut in reel.cuts:
        last = cut.source.stop.frame - 1
        cuts += [str(media.video), f"in={cut.source.start.frame}", f"out={last}"]
    options = ["vcodec=libx264", "preset=veryfast", "crf=20", "an=1"]
    profile = ["-profile", "atsc_720p_2398"]
    run(["melt", *profile, *cuts, "-consumer", f"avformat:{film}", *options], timeout=_TIMEOUT)


COPYING: dict[str, Contender] = {
    "ours": ours,
    "bare PyAV packet copy": bare_pyav,
    "ffmpeg concat demuxer": concat_demuxer,
    "ffmpeg concat demuxer, mended": concat_demuxer_mended,
}
ENCODING: dict[str, Contender] = {
    "ours, --reencode": ours_reencoded,
    "ffmpeg concat filter": concat_filter,
    **({"melt": melt} if shutil.which("melt") else {}),
}
