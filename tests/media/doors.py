"""Every way by which media comes in, each as its users call it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from fixtures.timeline import demo_timeline
from fixtures.titles import DEMO_TITLES, demo_clips
from player_stub import ReelMedia, RenderSettings, render_reel
from sizzle.clips import Bed, ClipIndex, MegaAsset
from sizzle.ingest.media_check import check_media
from sizzle.layout import DEFAULT, Layout, Severity, check
from sizzle.mega import Options, plan, render
from sizzle.packager import Encoding, PackageSettings, package
from sizzle.reel import TimecodeList
from sizzle.timecode import FrameRate
from tests.player_stub import synthetic

RUN = (24, 12, 12)
TITLES = DEMO_TITLES[:1]
CLIPS = demo_clips(TITLES, RUN)
CUTS = ((24, 48), (0, 24))
"""Of the rendered reel."""
SHOWN = [*range(24, 48), *range(24)]

_BEST = PackageSettings(ladder=(4320,), encoding=Encoding(preset="ultrafast", crf=8))


def layout_of(rate: str) -> Layout:
    """The layout of the films."""
    return replace(DEFAULT, rate=FrameRate.snapped(Fraction(rate)), run=RUN)


def ingest(path: Path, rate: str) -> list[str]:
    """The errors that `validate --media` and `ingest` find: rule, what was found, and the fix."""
    layout = layout_of(rate)
    timeline = demo_timeline(TITLES, CLIPS, layout)
    findings = check_media(path, timeline, check(timeline, layout))
    return [
        f"{each.rule}: {each.found}. {each.fix}"
        for each in findings
        if each.severity is Severity.ERROR
    ]


def packaged(path: Path, bed: Path, rate: str, folder: Path) -> Path:
    """The largest rendition of a package of the film."""
    layout = layout_of(rate)
    beds = (Bed("main", str(bed), layout.rate.frames(Fraction(7, 2))),)
    asset = MegaAsset("demo", layout.rate, layout.start, 48, str(path), beds)
    made = package(ClipIndex(asset, TITLES, CLIPS), folder, _BEST)
    return max(made.folder.glob("*p.mp4"))


def built(path: Path, rate: str, folder: Path, output: Path | None = None) -> Path | list[str]:
    """The media of a Mega Asset built from the film, or the errors that were found."""
    output = output or folder / "mega.mp4"
    layout, sheet = layout_of(rate), folder / "sheet.csv"
    rows = [f"aurora,{path},{clip.source.start},{clip.length}" for clip in CLIPS]
    sheet.write_text("\n".join(["title_id,source,in,length", *rows]))
    made = plan(sheet, layout, Options())
    if made.timeline is None:
        return [
            f"{each.rule}: {each.found}. {each.fix}"
            for each in made.findings
            if each.severity is Severity.ERROR
        ]
    assert made.timeline.picture is not None
    render(output, made.cuts, layout, made.timeline.picture)
    return output


def reel_of(rate: str) -> TimecodeList:
    """A reel of the film, by two cuts."""
    return synthetic.reel_of(*CUTS, rate=layout_of(rate).rate)


def rendered(path: Path, bed: Path, rate: str, output: Path, *, reencode: bool) -> Path:
    """A film of a reel of it."""
    settings = RenderSettings(reencode=reencode)
    return render_reel(reel_of(rate), ReelMedia(path, bed), output, settings).path
