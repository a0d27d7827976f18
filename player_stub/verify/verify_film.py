"""Verifies a film frame by frame and sample by sample, and names what is wrong with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from player_stub.media import has_audio, open_media
from player_stub.render.mix_audio import write_expected_audio
from player_stub.render.settings import DEFAULTS, ReelMedia, RenderSettings
from player_stub.render.video_source import VideoSource
from player_stub.verify.audio_checks import (
    OWN_TOLERANCE_MS,
    audio_windows,
    check_audio,
    max_offset_ms,
)
from player_stub.verify.audio_samples import MOST_CHANNELS
from player_stub.verify.audio_windows import FilmAudio, measure_audio
from player_stub.verify.edit_lists import read_edit_lists
from player_stub.verify.expected_pictures import ExpectedPictures, PictureScaler
from player_stub.verify.film_headers import FilmHeaders, check_headers, read_film_headers
from player_stub.verify.film_packets import FilmVideo, read_film_video
from player_stub.verify.frame_path import PROOFS
from player_stub.verify.match_frames import FrameMatches, match_frames
from player_stub.verify.measure_pictures import PictureMeter
from player_stub.verify.picture_checks import check_pictures
from player_stub.verify.report import Check, Verification
from sizzle.files import scratch_folder
from sizzle.media.checked import checked_audio
from sizzle.media.digest import unchanged
from sizzle.media.facts import VideoFacts
from sizzle.reel.timecode_list import TimecodeList


@dataclass(frozen=True, slots=True)
class _Compared:
    """A film compared with its media.

    Attributes:
        matches: of its frames.
        sound: None where the film has none.
        media: what the media's headers say.
    """

    matches: FrameMatches
    sound: FilmAudio | None
    media: VideoFacts


def verify_film(
    reel: TimecodeList,
    film: Path,
    media: ReelMedia,
    settings: RenderSettings | None = None,
    tolerance_ms: float | None = None,
) -> Verification:
    """Check that a film is the reel: every frame the right one, over the bed and in sync.

    Neither the film nor the bed is held in memory.

    Args:
        reel: what the film should be.
        film: any video.
        media: what it should be made from.
        settings: what the film was rendered with; None for what it says itself, or else the
            defaults.
        tolerance_ms: by how much the audio may be early or late; None for 1 ms in a film that says
            what it was rendered with, and for half a frame in others.

    Returns:
        Every check, passed or not. A wrong film is not an error.

    Raises:
        MediaError: the film, the media or the bed cannot be read at all, or is not the published
            one.
    """
    media.check(reel.asset_id)
    picture, headers = read_film_video(film), read_film_headers(film)
    settings = settings or headers.settings
    if tolerance_ms is None:
        own = headers.settings is not None
        tolerance_ms = OWN_TOLERANCE_MS if own else max_offset_ms(reel.rate.to_frame_rate())
    compared = _compare(reel, film, media, settings or DEFAULTS, picture, headers)
    matches, sound = compared.matches, compared.sound
    checks, faults, picture_faults = check_pictures(reel, picture, matches)
    checks += check_headers(headers, compared.media, settings)
    return Verification(
        reel_id=reel.reel_id,
        film=str(film),
        frames=len(picture.times),
        audio_seconds=float(sound.track.end) if sound else 0.0,
        checks=(*checks, _check_edits(film), *_sound_checks(reel, sound, headers, tolerance_ms)),
        faults=tuple(faults),
        picture_faults=tuple(picture_faults),
        proofs={proof: matches.proofs.count(proof) for proof in PROOFS},
        windows=audio_windows(sound, reel.rate.to_frame_rate()) if sound else (),
        max_offset_ms=_largest_offset(sound) if sound else None,
        drift_ms_per_minute=sound.drift() if sound else None,
    )


def _compare(
    reel: TimecodeList,
    film: Path,
    media: ReelMedia,
    settings: RenderSettings,
    picture: FilmVideo,
    headers: FilmHeaders,
) -> _Compared:
    """Compare pictures and sound with the media, and the media with what was published.

    All three at once, in threads, as each reads its files from end to end.
    """
    with (
        unchanged(media.video, media.bed),
        open_media(media.video) as container,
        ThreadPoolExecutor(2) as threads,
    ):
        checking = threads.submit(media.check, reel.asset_id, whole=True)
        source = VideoSource(container)
        source.check(reel)
        measuring = (
            threads.submit(_measure_audio, reel, film, media, settings) if has_audio(film) else None
        )
        expected = ExpectedPictures(reel, source, settings, picture.size)
        scaler = PictureScaler(picture.size, full_range=headers.video.colours.full_range)
        meter = PictureMeter(expected, scaler, len(picture.times))
        matches = match_frames(reel, film, picture, source, meter)
        sound = measuring.result() if measuring else None
        checking.result()
    return _Compared(matches, sound, source.facts)


def _measure_audio(
    reel: TimecodeList, film: Path, media: ReelMedia, settings: RenderSettings
) -> FilmAudio:
    """Compare a film's audio with the bed, or with what it was rendered to, made again."""
    # More channels are mixed down by the program that encodes, at a level of its own.
    simple = checked_audio(media.bed).channels <= MOST_CHANNELS
    if settings.bed_unchanged and reel.bed.is_plain and simple:
        return measure_audio(reel, film, media.bed, reel.bed.range.start.frame)
    with scratch_folder() as scratch:
        expected = scratch / "expected.wav"
        write_expected_audio(reel, media, settings, expected)
        return measure_audio(reel, film, expected, 0)


def _check_edits(film: Path) -> Check:
    tracks = read_edit_lists(film)
    problems = [f"{each.kind}: {what}." for each in tracks or () for what in each.problems()]
    edits = [
        f"{each.kind} from tick {edit.start}" for each in tracks or () for edit in each.entries
    ]
    return Check(
        "edit lists",
        passed=not problems,
        measured="none" if tracks is None else ", ".join(edits) or "none",
        required="at most one edit a track, at normal speed",
        detail="\n".join(problems),
    )


def _sound_checks(
    reel: TimecodeList, sound: FilmAudio | None, headers: FilmHeaders, tolerance_ms: float
) -> list[Check]:
    tracks = headers.tracks["audio"]
    track = Check(
        "audio track",
        passed=tracks == 1,
        measured={0: "none", 1: "one"}.get(tracks, str(tracks)),
        required="one",
        detail={0: "The film has no audio to verify.", 1: ""}.get(
            tracks, "Players may play another track than the first, which is verified."
        ),
    )
    if sound is None:
        return [track]
    rate = reel.rate.to_frame_rate()
    return [track, *check_audio(sound, rate, reel.duration.frame, tolerance_ms)]


def _largest_offset(sound: FilmAudio) -> float | None:
    return max((abs(offset) for _, offset in sound.offsets()), default=None)
