"""Encode the Mega Asset's media: exactly the frames of the cuts, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import ffmpeg

from sizzle import process
from sizzle.errors import MediaError
from sizzle.files import replacing, sweep
from sizzle.ingest.media import read_packets
from sizzle.layout import FrameSize, Layout
from sizzle.media.digest import unchanged
from sizzle.media.probe import probe_video
from sizzle.mega.cuts import SourceCut
from sizzle.mega.frames import decode
from sizzle.mega.picture import Fitter

Progress = Callable[[int], None]
"""Called with the count of frames done."""

_PATIENCE: Final = 10.0  # seconds per frame, after which the encoder is assumed to hang
_LEAST_PATIENCE: Final = 600.0

_H264: Final = {
    "vcodec": "libx264",
    "preset": "medium",
    "crf": 16,  # visually lossless: all renditions are made from this
    "pix_fmt": "yuv420p",  # what every player decodes
    "sc_threshold": 0,  # no key frames of the encoder's own where the picture changes
    "flags": "+cgop",  # closed GOPs, so that clips can be copied
    "aq-mode": 3,  # bits for the shadows, where fades begin
    "bf": 2,
}


def render(
    path: Path,
    cuts: Sequence[SourceCut],
    layout: Layout,
    picture: FrameSize,
    on_progress: Progress | None = None,
) -> None:
    """Encode cuts as H.264 in MP4 or MOV, atomically; video only.

    Frame n of the file is the nth frame of the cuts: none is repeated, none dropped. There is a
    key frame at each clip's start and every `layout.fragment` frames; every GOP is closed.

    Args:
        path: of the output, `.mp4` or `.mov`.
        cuts: with lengths of the layout.
        layout: gives the rate and the start timecode.
        picture: the size; where a source's aspect ratio differs, black fills the rest.
        on_progress: called with the count of frames given to the encoder.

    Raises:
        InputError: the folder cannot be written to.
        MediaError: a source lacks frames of a cut, they are damaged, or it is changed meanwhile.
        ProcessError: ffmpeg failed.
    """
    total = sum(cut.row.length for cut in cuts)
    sweep(path.parent)
    sources = {cut.source.path for cut in cuts}
    with unchanged(*sources) as check_unchanged, replacing(path) as temporary:
        process.run(
            _command(temporary, layout, picture),
            stdin=_pictures(cuts, picture, on_progress),
            timeout=max(_LEAST_PATIENCE, total * _PATIENCE),
        )
        _check(temporary, total, layout)
        check_unchanged()


def _pictures(
    cuts: Sequence[SourceCut], picture: FrameSize, on_progress: Progress | None
) -> Iterator[bytes]:
    """The frames as raw pictures, made while they are encoded."""
    done = 0
    for cut in cuts:
        fitter = Fitter(cut.source, picture)
        for frame in decode(cut.source, cut.frames):
            yield fitter.raw(frame)
            done += 1
            if on_progress is not None:
                on_progress(done)


def _command(path: Path, layout: Layout, picture: FrameSize) -> list[str]:
    raw = ffmpeg.input(
        "pipe:0",
        format="rawvideo",
        pix_fmt="yuv420p",
        video_size=(picture.width, picture.height),
        framerate=str(layout.rate.fraction),
    )
    # Raw frames carry no colour tags; without tags, players guess by the picture's size.
    tagged = raw.filter(
        "setparams", range="tv", color_primaries="bt709", color_trc="bt709", colorspace="bt709"
    )
    film = ffmpeg.output(tagged, str(path.absolute()), **_H264, **_timing(layout))
    command: list[str] = film.global_args("-nostdin", "-loglevel", "error").compile(
        cmd=process.ffmpeg(), overwrite_output=True
    )
    return command


def _timing(layout: Layout) -> dict[str, object]:
    return {
        # All lengths are multiples of the fragment, so a key frame is at each clip's start too.
        "g": layout.fragment,
        "keyint_min": layout.fragment,
        "fps_mode": "passthrough",  # each frame once: ffmpeg must not repeat or drop any
        # A frame is then exactly the rate's denominator of ticks, in the track and in its edits.
        "video_track_timescale": layout.rate.numerator,
        "movie_timescale": layout.rate.numerator,
        "timecode": layout.rate.timecode(layout.start),  # so that editors see the sequence's
        "movflags": "+faststart",  # the index first, so that the file plays while it loads
    }


def _check(path: Path, total: int, layout: Layout) -> None:
    """Check that every frame exists, at the exact rate, with key frames where clips start."""
    facts, packets = probe_video(path), read_packets(path)
    wanted = frozenset(range(0, total, layout.fragment))
    rate_holds = facts.rate.fraction == layout.rate.fraction
    if rate_holds and len(packets.shown) == total and packets.key_frames == wanted:
        return
    raise MediaError(
        f"Expected {total} frames at {layout.rate}, {len(wanted)} of them key frames; the encoder "
        f"made {len(packets.shown)} at {facts.rate}, {len(packets.key_frames)} of them key frames.",
        where=process.ffmpeg(),
        fix=f"unset {process.VARIABLE} to use the packaged ffmpeg.",
    )
