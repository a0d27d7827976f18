"""The command that packages a Mega Asset for ordinary players."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.packager import Packaged

_DEFAULT_LADDER = "1080,720,480,240"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(package)


def package(
    asset: Annotated[str, typer.Argument(help="The Mega Asset's id.")],
    out: Annotated[
        str,
        typer.Option(
            envvar="SIZZLE_PACKAGES", help="The packages: a folder, or the URL of an object store."
        ),
    ] = "packages",
    ladder: Annotated[
        str,
        typer.Option(
            help="Heights in pixels, separated by commas; those above the media's are left out."
        ),
    ] = _DEFAULT_LADDER,
    preset: Annotated[
        str, typer.Option(help="x264 preset: slower ones need fewer bits for the same picture.")
    ] = "medium",
    crf: Annotated[int, typer.Option(min=1, max=51, help="x264 quality: lower is better.")] = 21,
    codecs: Annotated[
        str,
        typer.Option(
            help="Codecs of the renditions: `h264`, or `h264,av1`; devices that say that they play "
            "AV1 need fewer bits for the same picture."
        ),
    ] = "h264",
    av1_preset: Annotated[
        int, typer.Option(min=0, max=13, help="SVT-AV1 preset: lower ones need fewer bits.")
    ] = 8,
    av1_crf: Annotated[
        int, typer.Option(min=1, max=63, help="SVT-AV1 quality: lower is better.")
    ] = 32,
    loop_beds_to: Annotated[
        int, typer.Option(min=0, help="Repeat beds that loop to at least this many frames.")
    ] = 7_200,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """Package a published asset, so that HLS and DASH players can play any reel of it.

    A complete package is left as it is; an interrupted one is continued.

    Example: `sizzle package demo --out packages`
    """
    from sizzle.catalog import Catalog
    from sizzle.cli.progress import progress_bar
    from sizzle.object_store import is_store_url
    from sizzle.packager import Encoding, PackageMirror, PackageSettings, parse_codecs, parse_ladder
    from sizzle.packager import package as make

    settings = PackageSettings(
        ladder=parse_ladder(ladder),
        encoding=Encoding(preset, crf, av1_preset=av1_preset, av1_crf=av1_crf),
        codecs=parse_codecs(codecs),
        loop_beds_to=loop_beds_to,
    )
    published = Catalog.open(catalog)
    index = published.index(asset)
    if index.asset.digest is None:
        say(
            f"{asset} was published without digests of its media: whether the files are still the "
            "same is not checked. Ingest it again to have them checked."
        )
    mirror = PackageMirror.open(out) if is_store_url(out) else None
    root = mirror.root if mirror else Path(out)
    with progress_bar("Packaging", index.asset.duration) as advance:
        packaged = make(index, root, settings, on_progress=advance)
    if mirror is not None:
        mirror.upload(packaged.segment_map.package_id, index.version)
    published.publish_package(index, packaged.segment_map.package_id, packaged.map_bytes)
    if as_json:
        print_json(_facts(packaged))
    else:
        _print(packaged)


def _facts(packaged: Packaged) -> dict[str, object]:
    segment_map = packaged.segment_map
    return {
        "package_id": segment_map.package_id,
        "folder": str(packaged.folder),
        "asset_id": segment_map.asset_id,
        "asset_version": segment_map.asset_version,
        "unchanged": packaged.unchanged,
        "fragment": segment_map.fragment,
        "fragments": len(segment_map.starts) - 1,
        "stills": _clips_with_stills(packaged),
        "files": [
            {"file": track.file, "codecs": track.codecs, "bytes": track.file_size}
            for track in segment_map.tracks
        ],
    }


def _print(packaged: Packaged) -> None:
    segment_map = packaged.segment_map
    what = "Nothing to do for" if packaged.unchanged else "Packaged"
    rows = [
        (track.file, track.codecs, len(track.sizes), track.file_size)
        for track in segment_map.tracks
    ]
    print_table(
        f"{what} {segment_map.asset_id}: {packaged.folder}",
        ("file", "codecs", "fragments", "bytes"),
        rows,
    )
    say(f"Messages can show stills of {_clips_with_stills(packaged)} clips.")


def _clips_with_stills(packaged: Packaged) -> int:
    from sizzle.packager import read_stills

    stills = read_stills(packaged.folder)
    return 0 if stills is None else len(stills.clips)
