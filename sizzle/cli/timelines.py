"""Commands on timelines and the assets published from them: validate, ingest, titles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.catalog import Publication
    from sizzle.clips import Bed, ClipIndex
    from sizzle.ingest import Inspection
    from sizzle.layout import Finding
    from sizzle.reports import FixedTimeline

_Timeline = Annotated[
    Path, typer.Argument(help="The editor's export: Final Cut Pro 7 XML, OTIO or EDL.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(validate)
    app.command()(ingest)
    app.command()(titles)


def validate(
    timeline: _Timeline,
    layout: options.LayoutFile = None,
    sequence: options.SequenceName = None,
    rate: options.EdlRate = None,
    media: Annotated[
        Path | None, typer.Option(help="Also check this exported media against the timeline.")
    ] = None,
    markers_from: options.MarkerList = None,
    fix: options.FixedFile = None,
    sarif: options.SarifFile = None,
    markers: options.MarkersFile = None,
    picture: options.PictureFile = None,
    as_json: Json = False,
) -> None:
    """Check a timeline against its layout and print every finding.

    Reads Final Cut Pro 7 XML, `.otio`, `.otioz` and, with `--rate`, CMX3600 EDLs.

    Exits with 1 if a finding is an error; with `--fix`, if one is left that an editor must mend.

    Example: `sizzle validate mega.xml --layout layout.toml`
    """
    from sizzle.ingest import inspect_timeline
    from sizzle.layout import failed

    inspection = inspect_timeline(
        timeline,
        options.read_layout(layout),
        sequence=sequence,
        rate=rate,
        media=media,
        markers=markers_from,
    )
    _write_reports(timeline, inspection, sarif, markers, picture)
    fixed = (
        _fix(timeline, fix, inspection, sequence, as_list=markers_from is not None) if fix else None
    )
    _print_findings(timeline, inspection, as_json, fixed)
    left = fixed.left if fixed else inspection.findings
    raise typer.Exit(1 if failed(left) else 0)


def _fix(
    timeline: Path, fix: Path, inspection: Inspection, sequence: str | None, *, as_list: bool
) -> FixedTimeline:
    """Write the timeline with its markers mended, and say what was done."""
    from sizzle.reports import fix_timeline, read_export, write_fixed

    fixed = fix_timeline(
        read_export(timeline),
        str(timeline),
        inspection.reading,
        inspection.findings,
        sequence=sequence,
        as_list=as_list,
        as_csv=fix.suffix.lower() == ".csv",
    )
    write_fixed(fix, fixed, timeline)
    for change in fixed.done:
        say(f"Fixed: {change}.")
    if fixed.left:
        say(f"{len(fixed.left)} of {len(inspection.findings)} findings are left for an editor.")
    say(f"Wrote {fix}.")
    return fixed


def ingest(
    timeline: _Timeline,
    video: Annotated[Path, typer.Option(help="The timeline's exported media.")],
    asset: options.AssetId,
    bed: Annotated[
        list[Path] | None,
        typer.Option(help="A music bed; repeat for more. The first is the default."),
    ] = None,
    bed_loops: Annotated[
        bool | None,
        typer.Option(
            "--bed-loops/--no-bed-loops",
            help="Whether beds start again under longer reels.",
            show_default="as the published asset",
        ),
    ] = None,
    bed_fade: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Frames over which beds fade out at a reel's end.",
            show_default="as the published asset",
        ),
    ] = None,
    trailer: Annotated[
        Path | None, typer.Option(help="The trailer for devices that play no reels.")
    ] = None,
    titles: Annotated[
        Path | None, typer.Option(help="The title sheet, CSV: title_id, name and metadata.")
    ] = None,
    layout: options.LayoutFile = None,
    sequence: options.SequenceName = None,
    rate: options.EdlRate = None,
    markers_from: options.MarkerList = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    sarif: options.SarifFile = None,
    markers: options.MarkersFile = None,
    picture: options.PictureFile = None,
    as_json: Json = False,
) -> None:
    """Check a timeline, index its clips and publish the index to the catalog.

    If a finding is an error, nothing is published.

    Example: `sizzle ingest mega.xml --video mega.mp4 --asset demo --bed bed.wav`
    """
    from sizzle.catalog import Catalog
    from sizzle.ingest import MediaFiles, build_index, inspect_timeline, read_titles
    from sizzle.layout import failed
    from sizzle.media.digest import unchanged

    files = [path for path in (video, *(bed or ())) if path.is_file()]
    opened = Catalog.open(catalog)
    with unchanged(*files):
        inspection = inspect_timeline(
            timeline,
            options.read_layout(layout),
            sequence=sequence,
            rate=rate,
            markers=markers_from,
            # Findings of the timeline are worth printing even where its media is not there yet.
            media=video if video in files else None,
        )
        _write_reports(timeline, inspection, sarif, markers, picture)
        if failed(inspection.findings):
            _print_findings(timeline, inspection, as_json)
            say("Nothing was published.")
            raise typer.Exit(1)
        index = build_index(
            asset,
            inspection.timeline,
            inspection.checked,
            MediaFiles(video, tuple(bed or ()), trailer, bed_loops, bed_fade),
            read_titles(titles) if titles else {},
            opened.announced_media(asset),
        )
    _print_published(index, opened.publish(index), inspection.findings, as_json)


def titles(
    asset: Annotated[str, typer.Argument(help="The Mega Asset's id.")],
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """List the titles of a published Mega Asset with their clips.

    Example: `sizzle titles demo --catalog catalog`
    """
    from sizzle.catalog import Catalog

    index = Catalog.open(catalog).index(asset)
    rows: list[dict[str, Any]] = []
    for title in index.titles:
        clips = index.clips_of(title.title_id)
        lengths = [clip.length for clip in clips]
        rows.append(
            {
                "title_id": title.title_id,
                "name": title.name,
                "clips": len(clips),
                "lengths": lengths,
                "starts_at": index.asset.timecode(clips[0].source.start),
            }
        )
    if as_json:
        print_json(rows)
        return
    cells = ([*row.values()] for row in rows)
    print_table(f"Titles of {asset}", ("title id", "name", "clips", "lengths", "from"), cells)


def _print_published(
    index: ClipIndex, publication: Publication, findings: Sequence[Finding], as_json: bool
) -> None:
    asset_id = index.asset.asset_id
    published = {
        "asset_id": asset_id,
        "asset_version": publication.segments[asset_id],
        "catalog_version": publication.version,
        "titles": len(index.titles),
        "clips": len(index.clips),
    }
    beds = index.asset.beds
    if as_json:
        playback = [{"bed_id": bed.bed_id, "loops": bed.loops, "fade": bed.fade} for bed in beds]
        found = [finding.to_json() for finding in findings]
        print_json({**published, "beds": playback, "findings": found})
    else:
        rows = [*published.items(), *(("bed", _bed_playback(bed)) for bed in beds)]
        print_table("Published", ("what", "value"), rows)


def _bed_playback(bed: Bed) -> str:
    loops = "loops" if bed.loops else "does not loop"
    fade = f"fades out over {bed.fade} frames" if bed.fade else "does not fade out"
    return f"{bed.bed_id}: {loops}, {fade}"


def _write_reports(
    path: Path,
    inspection: Inspection,
    sarif: Path | None,
    markers: Path | None,
    picture: Path | None,
) -> None:
    """The findings in each form that was asked for."""
    from sizzle.reports import write_markers, write_picture, write_sarif

    if sarif:
        write_sarif(sarif, inspection.findings, path)
    if markers:
        write_markers(markers, inspection.timeline, inspection.findings, path)
    if picture:
        write_picture(picture, inspection.timeline, inspection.checked)
    for written in filter(None, (sarif, markers, picture)):
        say(f"Wrote {written}.")


def _print_findings(
    path: Path, inspection: Inspection, as_json: bool, fixed: FixedTimeline | None = None
) -> None:
    findings = inspection.findings
    if as_json:
        printed = {
            "timeline": str(path),
            "sequence": inspection.timeline.name,
            "findings": [finding.to_json() for finding in findings],
        }
        if fixed:
            printed["fixed"] = list(fixed.done)
            printed["left"] = [finding.to_json() for finding in fixed.left]
        print_json(printed)
    elif findings:
        columns = ("timecode", "track", "clip", "rule", "expected", "found", "fix")
        title = f"{path}: {len(findings)} finding{'s' if len(findings) > 1 else ''}"
        print_table(title, columns, map(_cells, findings))
    else:
        clips = len(inspection.checked.clips)
        say(f"{path}: no findings; {clips} clips keep their layout.")


def _cells(finding: Finding) -> tuple[str, ...]:
    return (
        finding.timecode,
        f"V{finding.track}" if finding.track else "",
        finding.clip,
        f"{finding.rule} ({finding.severity})",
        finding.expected,
        finding.found,
        finding.fix,
    )
