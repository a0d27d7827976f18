"""Commands on timelines and what is published of them: validate, ingest, titles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.ingest import Reading
    from sizzle.layout import Checked, Finding, Layout

_Timeline = Annotated[Path, typer.Argument(help="The editor's export, Final Cut Pro 7 XML.")]


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
        Path | None, typer.Option(help="Check the exported media against the timeline too.")
    ] = None,
    sarif: options.SarifFile = None,
    markers: options.MarkersFile = None,
    picture: options.PictureFile = None,
    as_json: Json = False,
) -> None:
    """Check a timeline against its layout and print every finding.

    Reads Final Cut Pro 7 XML, `.otio`, `.otioz` and, with `--rate`, CMX3600 EDLs.

    Exits with 1 where a finding stops publication.

    Example: `sizzle validate mega.xml --layout layout.toml`
    """
    from sizzle.layout import failed

    reading, checked = _check(timeline, options.read_layout(layout), sequence, rate, media)
    _write_reports(timeline, reading, checked, sarif, markers, picture)
    _print_findings(timeline, reading, checked, as_json)
    raise typer.Exit(1 if failed(checked.findings) else 0)


def ingest(
    timeline: _Timeline,
    video: Annotated[Path, typer.Option(help="The Mega Asset's media, exported with it.")],
    asset: options.AssetId,
    bed: Annotated[
        list[Path] | None, typer.Option(help="A music bed; the first is the default one.")
    ] = None,
    bed_loops: Annotated[
        bool, typer.Option("--bed-loops", help="Music begins again under longer reels.")
    ] = False,
    bed_fade: Annotated[
        int, typer.Option(min=0, help="Frames over which music fades out at a reel's end.")
    ] = 0,
    trailer: Annotated[
        Path | None, typer.Option(help="The plain film for devices that play no reels.")
    ] = None,
    titles: Annotated[
        Path | None, typer.Option(help="The title sheet, CSV: title_id, name and more.")
    ] = None,
    layout: options.LayoutFile = None,
    sequence: options.SequenceName = None,
    rate: options.EdlRate = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    sarif: options.SarifFile = None,
    markers: options.MarkersFile = None,
    picture: options.PictureFile = None,
    as_json: Json = False,
) -> None:
    """Check a timeline, index its clips and publish the index to the catalog.

    Nothing is published where a finding is an error.

    Example: `sizzle ingest mega.xml --video mega.mp4 --asset demo --bed bed.wav`
    """
    from sizzle.catalog import Catalog
    from sizzle.ingest import MediaFiles, build_index, read_titles
    from sizzle.layout import failed

    reading, checked = _check(
        timeline, options.read_layout(layout), sequence, rate, _if_there(video)
    )
    _write_reports(timeline, reading, checked, sarif, markers, picture)
    if failed(checked.findings):
        _print_findings(timeline, reading, checked, as_json)
        say("Nothing was published.")
        raise typer.Exit(1)
    index = build_index(
        asset,
        reading.timeline,
        checked,
        MediaFiles(video, tuple(bed or ()), trailer, bed_loops, bed_fade),
        read_titles(titles) if titles else {},
    )
    publication = Catalog.open(catalog).publish(index)
    published = {
        "asset_id": asset,
        "asset_version": publication.segments[asset],
        "catalog_version": publication.version,
        "titles": len(index.titles),
        "clips": len(index.clips),
        "findings": [finding.to_json() for finding in checked.findings],
    }
    if as_json:
        print_json(published)
    else:
        print_table("Published", ("what", "value"), list(published.items())[:-1])


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


def _check(
    path: Path, layout: Layout, sequence: str | None, rate: str | None, media: Path | None
) -> tuple[Reading, Checked]:
    """Read and check a timeline and its media; all their findings come in order."""
    from dataclasses import replace

    from sizzle.ingest import read_timeline
    from sizzle.ingest.media_check import check_media
    from sizzle.layout import check, in_order
    from sizzle.timecode import FrameRate

    exact = FrameRate.parse(rate) if rate else None
    reading = read_timeline(path, sequence=sequence, rate=exact)
    checked = check(reading.timeline, layout)
    findings = reading.findings + checked.findings
    if media is not None:
        findings += check_media(media, reading.timeline, checked, reading.timeline.picture)
    return reading, replace(checked, findings=in_order(findings))


def _if_there(video: Path) -> Path | None:
    """A timeline that is wrong is worth saying, even where its media is not there yet."""
    return video if video.is_file() else None


def _write_reports(
    path: Path,
    reading: Reading,
    checked: Checked,
    sarif: Path | None,
    markers: Path | None,
    picture: Path | None,
) -> None:
    """The findings in each form that was asked for."""
    from sizzle.layout import Picture
    from sizzle.reports import write_markers, write_picture, write_sarif

    if sarif:
        write_sarif(sarif, checked.findings, path)
    if markers:
        size = reading.timeline.picture or Picture(1920, 1080)
        write_markers(markers, reading.timeline, checked.findings, path, size)
    if picture:
        write_picture(picture, reading.timeline, checked)
    for written in filter(None, (sarif, markers, picture)):
        say(f"Wrote {written}.")


def _print_findings(path: Path, reading: Reading, checked: Checked, as_json: bool) -> None:
    findings = checked.findings
    if as_json:
        print_json(
            {
                "timeline": str(path),
                "sequence": reading.timeline.name,
                "findings": [finding.to_json() for finding in findings],
            }
        )
    elif findings:
        columns = ("timecode", "track", "clip", "rule", "expected", "found", "fix")
        title = f"{path}: {len(findings)} finding{'s' if len(findings) > 1 else ''}"
        print_table(title, columns, map(_cells, findings))
    else:
        clips = len(checked.clips)
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
