"""The commands that make a Mega Asset: mega build."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.layout import FrameSize, Layout
    from sizzle.mega import MegaPlan, SheetFinding

_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)


class Container(StrEnum):
    """The container of the encoded media."""

    MP4 = "mp4"
    MOV = "mov"


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    mega = typer.Typer(no_args_is_help=True)
    mega.callback()(_mega)
    mega.command()(build)
    app.add_typer(mega, name="mega")


def _mega() -> None:
    """Make a Mega Asset."""


def build(
    sheet: Annotated[
        Path,
        typer.Argument(help="CSV: title_id, source, in, length, and optionally name and clip."),
    ],
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("mega"),
    layout: options.LayoutFile = None,
    as_listed: Annotated[
        bool,
        typer.Option("--as-listed", help="Keep the sheet's order instead of sorting by length."),
    ] = False,
    conform: Annotated[
        bool, typer.Option("--conform", help="Play sources at other rates frame by frame.")
    ] = False,
    render: Annotated[
        bool, typer.Option("--render", help="Encode the media too, H.264 without sound.")
    ] = False,
    container: Annotated[
        Container, typer.Option(help="The container of the encoded media.")
    ] = Container.MP4,
    size: Annotated[
        str | None,
        typer.Option(help="The frame size, such as 1920x1080; by default the largest source's."),
    ] = None,
    name: Annotated[str, typer.Option(help="The sequence's name.")] = "Mega Asset",
    as_json: Json = False,
) -> None:
    """Lay a sheet of clips out as the timeline an editor would make by hand.

    Writes mega.xml (for Premiere), mega.otio and titles.csv, and with `--render` the media.

    If a row cannot be used, exits with 1 and writes nothing.

    Example: `sizzle mega build sheet.csv --out mega --conform --render`
    """
    from sizzle.mega import Options, plan, write

    policy = options.read_layout(layout)
    made = plan(sheet, policy, Options(name, as_listed, conform, _parse_size(size)))
    written: list[Path] = []
    if made.timeline is not None:
        out.mkdir(parents=True, exist_ok=True)
        # The media first: if it fails, no timeline is left behind that looks finished.
        media = [_render(made, policy, out / f"mega.{container}")] if render else []
        written = [*write(made, out), *media]
    _print(sheet, made, written, as_json)
    raise typer.Exit(0 if written else 1)


def _parse_size(text: str | None) -> FrameSize | None:
    from sizzle.layout import FrameSize

    if text is None:
        return None
    match = _SIZE.fullmatch(text)
    if match is None:
        raise typer.BadParameter("write it as 1920x1080", param_hint="--size")
    return FrameSize(int(match[1]), int(match[2]))


def _render(made: MegaPlan, layout: Layout, path: Path) -> Path:
    from sizzle.cli.progress import progress_bar
    from sizzle.mega import check_overwrites_no_source, render

    timeline = made.timeline
    assert timeline
    assert timeline.picture
    check_overwrites_no_source(made, path)
    with progress_bar("Rendering", timeline.duration) as advance:
        render(path, made.cuts, layout, timeline.picture, on_progress=advance)
    return path


def _print(sheet: Path, made: MegaPlan, written: list[Path], as_json: bool) -> None:
    if as_json:
        print_json(_facts(sheet, made, written))
        return
    if made.findings:
        count = len(made.findings)
        title = f"{sheet}: {count} finding{'s' if count > 1 else ''}"
        columns = ("lines", "title", "rule", "expected", "found", "fix")
        print_table(title, columns, map(_cells, made.findings))
    if made.timeline is None:
        say("Nothing was written.")
        return
    titles, frames = len(made.titles), made.timeline.duration
    say(f"{titles} title{'s' if titles > 1 else ''}, {len(made.cuts)} clips, {frames} frames.")
    for path in written:
        say(f"  {path}")


def _facts(sheet: Path, made: MegaPlan, written: list[Path]) -> dict[str, object]:
    return {
        "sheet": str(sheet),
        "findings": [finding.to_json() for finding in made.findings],
        "titles": len(made.titles),
        "clips": len(made.cuts),
        "frames": made.timeline.duration if made.timeline else 0,
        "written": [str(path) for path in written],
    }


def _cells(finding: SheetFinding) -> tuple[str, ...]:
    from sizzle.mega import spell_lines

    return (
        spell_lines(finding.lines),
        finding.title_id,
        f"{finding.rule} ({finding.severity})",
        finding.expected,
        finding.found,
        finding.fix,
    )
