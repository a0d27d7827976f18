"""OTIO files and bundles: what they say, and how unsound ones are refused."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest

from fixtures.defects import TITLES
from fixtures.exports import otio_json
from fixtures.timeline import demo_timeline
from fixtures.titles import demo_clips
from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import Reading, inspect_reading
from sizzle.ingest.premiere_xml import premiere_xml
from sizzle.ingest.read_content import read_content
from sizzle.layout import DEFAULT, FrameSize, ItemKind, check
from sizzle.timecode import FrameRate, TimeRange

TIMELINE = demo_timeline(TITLES, demo_clips(TITLES))
RATE = 24000 / 1001


def time(value: float, rate: float = RATE) -> otio.opentime.RationalTime:
    """A moment or a duration."""
    return otio.opentime.RationalTime(value, rate)


def clip(name: str, length: float, rate: float = RATE, **more: Any) -> otio.schema.Clip:  # noqa: ANN401
    """A clip of media that is there."""
    reference = otio.schema.ExternalReference(f"file:///{name}.mov")
    source = otio.opentime.TimeRange(time(10, rate), time(length, rate))
    return otio.schema.Clip(name, reference, source, **more)


def timeline_of(*children: otio.core.Composable) -> otio.schema.Timeline:
    """A timeline with one video track."""
    timeline = otio.schema.Timeline("Mega", global_start_time=time(86400))
    timeline.tracks.append(otio.schema.Track(kind="Video", children=list(children)))
    return timeline


def read(timeline: otio.schema.Timeline) -> Reading:
    """Read it as a file."""
    return read_json(json.loads(otio.adapters.write_to_string(timeline, "otio_json")))


def read_json(said: object) -> Reading:
    """Read a JSON document as a file."""
    return read_content(json.dumps(said).encode(), "export.otio")


def test_a_converted_export_reads_as_the_export_does() -> None:
    """The same timeline as FCP7 XML and as the OTIO made of it."""
    xml = premiere_xml(TIMELINE, FrameSize(640, 360))
    converted = otio.adapters.read_from_string(xml, adapter_name="fcp_xml")
    reading = read(converted)
    assert reading.findings == ()
    assert reading.timeline == replace(TIMELINE, picture=None)


@pytest.mark.parametrize(
    ("effect", "found"),
    [
        (otio.schema.LinearTimeWarp(time_scalar=-1.0), "100 %, reversed"),
        (otio.schema.FreezeFrame(), "0 %"),
        (otio.schema.TimeEffect(), "0 %"),
    ],
    ids=["reversed", "frozen", "of another kind"],
)
def test_every_effect_that_changes_time_is_a_retime(
    effect: otio.schema.TimeEffect, found: str
) -> None:
    """In the words of the finding."""
    retimed = clip("aurora-clip-1", 40)
    retimed.effects.append(effect)
    findings = check(read(timeline_of(retimed)).timeline, DEFAULT).findings
    assert [finding.found for finding in findings if finding.rule == "retimed"] == [found]


def test_a_track_that_is_switched_off() -> None:
    """It would be black in the export."""
    timeline = timeline_of(clip("aurora-clip-1", 40))
    timeline.tracks[0].enabled = False
    assert read(timeline).timeline.disabled_tracks == (1,)


@pytest.mark.parametrize("place", ["stack", "track", "clip"])
def test_markers_wherever_a_program_puts_them(place: str) -> None:
    """On the stack and on tracks they count from the start, on clips from the media's start."""
    shots = [clip("a", 40), clip("b", 40)]
    timeline = timeline_of(*shots)
    owner, value = {
        "stack": (timeline.tracks, 45),
        "track": (timeline.tracks[0], 45),
        "clip": (shots[1], 15),
    }[place]
    moment = otio.opentime.TimeRange(time(value), time(0))
    owner.markers.append(otio.schema.Marker("b-clip-1", moment))
    outside = otio.opentime.TimeRange(time(9), time(0))
    shots[1].markers.append(otio.schema.Marker("trimmed away", outside))
    assert [(marker.name, marker.frame) for marker in read(timeline).timeline.markers] == [
        ("b-clip-1", 45)
    ]


@pytest.mark.parametrize("first", [0, 86400])
def test_markers_in_a_field_of_the_timeline_itself(first: int) -> None:
    """Which the format does not have: they count from the first frame, or in its timecode."""
    document = json.loads(
        otio.adapters.write_to_string(timeline_of(clip("a", 40), clip("b", 40)), "otio_json")
    )
    markers = [
        otio.schema.Marker(name, otio.opentime.TimeRange(time(first + frame), time(0)))
        for name, frame in (("a-clip-1", 0), ("b-clip-1", 40))
    ]
    document["markers"] = [json.loads(marker.to_json_string()) for marker in markers]
    reading = read_json(document)
    assert [(marker.name, marker.frame) for marker in reading.timeline.markers] == [
        ("a-clip-1", 0),
        ("b-clip-1", 40),
    ]
    assert [place.path for place in reading.places] == [("markers", 0), ("markers", 1)]
    for unsound in ({"a": 1}, [7], [{"OTIO_SCHEMA": "Clip.2"}], "a-clip-1"):
        with pytest.raises(UnreadableTimelineError, match="not a list of markers"):
            read_json({**document, "markers": unsound})


def test_otio_does_not_hold_the_count_so_the_layouts_holds() -> None:
    """Else an editor would be told to change what the file cannot say."""
    drop_frame = FrameRate(30000, 1001, drop_frame=True)
    start = drop_frame.parse_timecode("00:59:56;00")
    layout = replace(DEFAULT, rate=drop_frame, start=start)
    shots = [clip(f"a-clip-{n}", length, 30000 / 1001) for n, length in enumerate(DEFAULT.run, 1)]
    timeline = timeline_of(*shots)
    timeline.global_start_time = time(start, 30000 / 1001)
    at = 0
    for shot in shots:
        moment = otio.opentime.TimeRange(time(at, 30000 / 1001), time(0, 30000 / 1001))
        timeline.tracks.markers.append(otio.schema.Marker(shot.name, moment))
        at += round(shot.duration().value)
    inspection = inspect_reading(read(timeline), layout)
    assert inspection.findings == ()
    assert inspection.timeline.timecode(0) == "00:59:56;00"


def test_gaps_effects_and_kinds() -> None:
    """Gaps move what follows; retimes, disabling, nesting and generators are seen."""
    faster = clip("fast", 40)
    faster.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    off = clip("off", 40)
    off.enabled = False
    converted = clip("converted", 40, metadata={"fcp_xml": {"enabled": "FALSE"}})
    nested = otio.schema.Stack("nest", source_range=otio.opentime.TimeRange(time(0), time(40)))
    bars = clip("bars", 40)
    bars.media_reference = otio.schema.GeneratorReference("bars", "SMPTEBars")
    lost = clip("lost", 40)
    lost.media_reference = otio.schema.MissingReference()
    gap = otio.schema.Gap(duration=time(10))
    items = read(timeline_of(faster, gap, off, converted, nested, bars, lost)).timeline.items
    assert [item.record.start for item in items] == [0, 50, 90, 130, 170, 210]
    assert [item.speed for item in items] == [2, 1, 1, 1, 1, 1]
    assert [item.enabled for item in items] == [True, False, False, True, True, True]
    assert items[3].kind is ItemKind.NESTED
    assert items[4].kind is ItemKind.GENERATOR
    assert (items[5].media, items[0].source_in) == (None, 10)


@pytest.mark.parametrize("name", ["Fusion Title", "Text+", "Adjustment Clip"])
def test_what_resolve_generates_is_not_offline(name: str) -> None:
    """Whether it is written as a generator, or as a clip without media."""
    references = (
        otio.schema.GeneratorReference(name, "Rich"),
        otio.schema.MissingReference(),
        otio.schema.MissingReference(name),
    )
    shots = [clip(name, 40) for _ in references]
    for shot, reference in zip(shots, references, strict=True):
        shot.media_reference = reference
    shots[2].name = "my lower third"
    kinds = [item.kind for item in read(timeline_of(*shots)).timeline.items]
    assert kinds == [ItemKind.GENERATOR] * 3
    real = clip(name, 40)
    assert read(timeline_of(real)).timeline.items[0].kind is ItemKind.CLIP


def test_transitions_lie_over_the_cut() -> None:
    """They take no time of their own."""
    dissolve = otio.schema.Transition("dissolve", "SMPTE_Dissolve", time(6), time(10))
    first, transition, second = read(
        timeline_of(clip("a", 40), dissolve, clip("b", 40))
    ).timeline.items
    assert (first.record, second.record) == (TimeRange(0, 40), TimeRange(40, 80))
    assert (transition.kind, transition.record) == (ItemKind.TRANSITION, TimeRange(34, 50))


def test_other_rates_are_summed_exactly() -> None:
    """What floats make of mixed rates, 128.00000000000003, is 128 frames."""
    children = [clip(f"c{number}", 160.16, 30.0) for number in range(4)]
    reading = read(timeline_of(*children))
    assert [item.record for item in reading.timeline.items] == [
        TimeRange(at, at + 128) for at in range(0, 512, 128)
    ]
    assert reading.timeline.items[0].rate == FrameRate(30)
    assert reading.findings == ()


def test_a_clip_between_two_frames_is_a_finding() -> None:
    """It is placed at the nearest frame, and said."""
    reading = read(timeline_of(clip("half", 40.5), clip("next", 40)))
    assert [finding.rule for finding in reading.findings] == ["item-position", "item-position"]
    assert "40.500 frames" in reading.findings[0].found


def test_a_retime_kept_only_as_metadata_is_seen() -> None:
    """The FCP7 adapter turns a time remapping into a plain effect."""
    remapped = clip("remapped", 40)
    effect = otio.schema.Effect("Time Remap", metadata={"fcp_xml": {"effectid": "timeremap"}})
    remapped.effects.append(effect)
    assert read(timeline_of(remapped)).timeline.items[0].speed == Fraction(0)


def test_a_newer_schema_is_read_and_said() -> None:
    """Where the library would refuse the whole file for one marker."""
    timeline = timeline_of(clip("a", 40))
    marker = otio.schema.Marker("a-clip-1", otio.opentime.TimeRange(time(0), time(0)))
    timeline.tracks.markers.append(marker)
    said = json.loads(otio.adapters.write_to_string(timeline, "otio_json"))
    said["tracks"]["markers"][0]["OTIO_SCHEMA"] = "Marker.3"
    said["tracks"]["markers"][0]["color"] = {"OTIO_SCHEMA": "Color.1", "r": 1.0}
    reading = read_json(said)
    assert [marker.name for marker in reading.timeline.markers] == ["a-clip-1"]
    assert [(finding.rule, finding.found) for finding in reading.findings] == [
        ("newer-schema", "Marker.3")
    ]


def bundle(content: bytes, name: str = "content.otio") -> bytes:
    """An OTIO bundle."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, content)
    return file.getvalue()


def test_bundles() -> None:
    """The timeline in the zip is read as one outside."""
    text = otio.adapters.write_to_string(timeline_of(clip("a", 40)), "otio_json").encode()
    assert read_content(bundle(text), "x") == read_content(text, "x")


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 torn", bundle(b"{}")[:60]],
    ids=["torn", "cut short"],
)
def test_what_is_no_bundle_is_refused(content: bytes) -> None:
    """One that is torn."""
    with pytest.raises(UnreadableTimelineError, match="not an OTIO bundle"):
        read_content(content, "x.otioz")


def test_documents_as_other_programs_write_them() -> None:
    """In UTF-16, in a bin within a bin, and with the kind of a track in small letters."""
    document = json.loads(
        otio.adapters.write_to_string(timeline_of(clip("a", 40), clip("b", 40)), "otio_json")
    )
    wide = read_content(json.dumps(document).encode("utf-16"), "export.otio")
    assert [item.name for item in wide.timeline.items] == ["a", "b"]
    for _ in range(2):
        document = {"OTIO_SCHEMA": "SerializableCollection.1", "children": [document]}
    assert read_json(document).root == ("children", 0, "children", 0)
    timeline = document["children"][0]["children"][0]
    timeline["tracks"]["children"][0]["kind"] = "video"
    assert len(read_json(document).timeline.items) == 2
    with pytest.raises(UnreadableTimelineError, match="it is a Track") as raised:
        read_json(timeline["tracks"]["children"][0])
    assert raised.value.fix == "export the whole timeline."


def test_a_nest_is_one_finding_however_many_clips_are_in_it() -> None:
    """A track within a track; the markers of its clips stay on the stack."""
    document = json.loads(otio_json(TIMELINE))
    [track] = document["tracks"]["children"]
    inner = {**track, "name": "Nested Sequence 01"}
    track["children"] = [inner]
    [finding] = inspect_reading(read_json(document), DEFAULT).findings
    assert (finding.rule, finding.found) == (
        "not-a-clip",
        "a nested sequence in place of 28 clips",
    )


def test_one_of_several_timelines() -> None:
    """A collection holds several; a name says which."""
    first, second = timeline_of(clip("a", 40)), timeline_of(clip("b", 40))
    first.name, second.name = "rough", "final"
    collection = otio.schema.SerializableCollection("all", [first, second])
    content = otio.adapters.write_to_string(collection, "otio_json").encode()
    assert read_content(content, "x", sequence="final").timeline.items[0].name == "b"
    with pytest.raises(UnreadableTimelineError, match="2 sequences"):
        read_content(content, "x")


def broken(*path: str | int, value: object) -> dict[str, Any]:
    """The JSON of a sound timeline with one value replaced."""
    said: Any = json.loads(otio.adapters.write_to_string(timeline_of(clip("a", 40)), "otio_json"))
    inner = said
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return dict(said)


CLIP = ("tracks", "children", 0, "children", 0)
DURATION = (*CLIP, "source_range", "duration")


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"hello": "world"}, "not an OTIO document"),
        ({"OTIO_SCHEMA": "Clip.2"}, "it is a Clip"),
        (broken("tracks", value=None), "no stack of tracks"),
        (broken("tracks", value=[]), "no stack of tracks"),
        (broken("tracks", "children", value=[None]), "not objects"),
        (broken(*CLIP, value={"OTIO_SCHEMA": 7}), "not objects"),
        (broken(*CLIP, "OTIO_SCHEMA", value="Clip.two"), "schema is 'Clip.two'"),
        (broken(*CLIP, "OTIO_SCHEMA", value="Clip"), "no objects|schema is 'Clip'"),
        (broken(*CLIP, "OTIO_SCHEMA", value="Clip.1"), "media references of a Clip.2"),
        (broken(*DURATION, "rate", value=0), "at 0 frames"),
        (broken(*DURATION, "rate", value=-24), "at -24 frames"),
        (broken(*DURATION, "value", value=1e300), "1e\\+300"),
        (broken(*DURATION, "value", value="40"), "'40'"),
        (broken(*DURATION, "value", value=-40), "lasts -40 frames"),
        (broken(*DURATION, value=None), "cannot read the file|lasts|no frame rate"),
    ],
)
def test_unsound_documents_are_refused(said: dict[str, Any], says: str) -> None:
    """Before the library sees them, since some of them crash it."""
    with pytest.raises(UnreadableTimelineError, match=says):
        read_json(said)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none_are_refused(word: str) -> None:
    """JSON has no such numbers, but some writers do."""
    content = json.dumps(broken(*DURATION, "value", value=123.25)).replace("123.25", word)
    with pytest.raises(UnreadableTimelineError, match="The JSON contains"):
        read_content(content.encode(), "x")
