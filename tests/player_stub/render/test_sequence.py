"""A reel written as a sequence reads back as the same cuts, with our own ingest and with OTIO."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest

from player_stub import ReelMedia
from player_stub.render.sequence import write_sequence
from sizzle.errors import InputError
from sizzle.ingest import read_timeline
from sizzle.reel.timecode_list import TimecodeList


@pytest.mark.parametrize("suffix", [".otio", ".xml"])
def test_reads_back(reel: TimecodeList, media: ReelMedia, tmp_path: Path, suffix: str) -> None:
    """Record and source ranges, media, names and markers are those of the timecode list."""
    path = tmp_path / f"reel{suffix}"
    write_sequence(reel, media, path)
    media_errors = read_timeline(path)
    assert not media_errors.findings
    timeline = media_errors.timeline
    assert timeline.rate == reel.rate.to_frame_rate()
    assert [(item.name, item.record, item.source_in, item.media) for item in timeline.items] == [
        (
            cut.clip_key,
            cut.record.to_time_range(),
            cut.source.start.frame,
            media.video.absolute().as_uri(),
        )
        for cut in reel.cuts
    ]
    assert [(each.name, each.frame, each.comment) for each in timeline.markers] == [
        (cut.clip_key, cut.record.start.frame, cut.title) for cut in reel.cuts
    ]


@pytest.mark.parametrize(("suffix", "adapter"), [(".otio", "otio_json"), (".xml", "fcp_xml")])
def test_carries_the_bed(
    reel: TimecodeList, media: ReelMedia, tmp_path: Path, suffix: str, adapter: str
) -> None:
    """Another reader finds the bed's range on an audio track, as long as the picture."""
    path = tmp_path / f"reel{suffix}"
    write_sequence(reel, media, path)
    timeline = otio.adapters.read_from_file(str(path), adapter)
    (bed,) = (clip for track in timeline.audio_tracks() for clip in track.find_clips())
    start, length = bed.source_range.start_time, bed.source_range.duration
    assert (start.value, length.value) == (50, 240)
    assert bed.media_reference.target_url == media.bed.absolute().as_uri()
    assert timeline.duration() == length


def test_refuses_other_formats(reel: TimecodeList, media: ReelMedia, tmp_path: Path) -> None:
    """What no editor opens is not written."""
    with pytest.raises(InputError, match=r"cannot be a \.doc"):
        write_sequence(reel, media, tmp_path / "reel.doc")
    assert not [*tmp_path.iterdir()]
