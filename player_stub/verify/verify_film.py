"""Verifies a film frame by frame and sample by sample, and names what is wrong with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from player_stub.media import has_audio, open_media
from player_stub.render.mix_audio import write_mix
from player_stub.render.settings import Audio, ReelMedia
from player_stub.render.video_source import VideoSource
from player_stub.verify.audio_checks import audio_windows, check_audio
from player_stub.verify.audio_windows import FilmAudio, measure_audio
from player_stub.verify.edit_lists import read_edit_lists
from player_stub.verify.film_packets import read_film_video
from player_stub.verify.frame_path import PROOFS
from player_stub.verify.match_frames import match_frames
from player_stub.verify.picture_checks import check_pictures
from player_stub.verify.report import Check, Verification
from sizzle.files import scratch_folder
from sizzle.media.digest import unchanged
from sizzle.reel.timecode_list import TimecodeList


def verify_film(
    reel: TimecodeList, film: Path, media: ReelMedia, audio: Audio = "bed"
) -> Verification:
    """Check that a film is the reel: every frame the right one, over the bed and in sync.

    Neither the film nor the bed is held in memory.

    Args:
        reel: what the film should be.
        film: any video.
        media: what it should be made from.
        audio: the audio that the film was rendered with.

    Returns:
        Every check, passed or not. A wrong film is not an error.

    Raises:
        MediaError: the film, the media or the bed cannot be read at all, or is not the published
            one.
    """
    rate = reel.rate.to_frame_rate()
    media.check(reel.asset_id)
    picture = read_film_video(film)
    with (
        unchanged(media.video, media.bed),
        open_media(media.video) as container,
        ThreadPoolExecutor(2) as thread,
    ):
        comparing = thread.submit(media.check, reel.asset_id, whole=True)
        source = VideoSource(container)
        source.check(reel)
        measuring = (
            thread.submit(_measure_audio, reel, film, media, audio) if has_audio(film) else None
        )
        matches = match_frames(reel, film, picture, source)
        sound = measuring.result() if measuring else None
        comparing.result()
    checks, faults = check_pictures(reel, picture, matches)
    return Verification(
        reel_id=reel.reel_id,
        film=str(film),
        frames=len(picture.times),
        audio_seconds=float(sound.track.end) if sound else 0.0,
        checks=(*checks, _check_edits(film), *_sound_checks(reel, sound)),
        faults=tuple(faults),
        proofs={proof: matches.proofs.count(proof) for proof in PROOFS},
        windows=audio_windows(sound, rate) if sound else (),
        max_offset_ms=_largest_offset(sound) if sound else None,
        drift_ms_per_minute=sound.drift() if sound else None,
    )


def _measure_audio(reel: TimecodeList, film: Path, media: ReelMedia, audio: Audio) -> FilmAudio:
    """Compare a film's audio with the bed, or with a mix that is made for it."""
    if audio == "bed" and reel.bed.is_plain:
        return measure_audio(reel, film, media.bed, reel.bed.range.start.frame)
    with scratch_folder() as scratch:
        mix = scratch / "mix.wav"
        write_mix(reel, media, audio, mix)
        return measure_audio(reel, film, mix, 0)


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


def _sound_checks(reel: TimecodeList, sound: FilmAudio | None) -> list[Check]:
    track = Check(
        "audio track",
        passed=sound is not None,
        measured="none" if sound is None else "one",
        required="one",
        detail="" if sound else "The film has no audio to verify.",
    )
    if sound is None:
        return [track]
    return [track, *check_audio(sound, reel.rate.to_frame_rate(), reel.duration.frame)]


def _largest_offset(sound: FilmAudio) -> float | None:
    return max((abs(offset) for _, offset in sound.offsets()), default=None)
