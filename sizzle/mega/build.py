"""From a sheet to a Mega Asset's timeline: read, plan, write."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from sizzle.clips import Title
from sizzle.errors import InputError
from sizzle.files import write_text
from sizzle.ingest.premiere_xml import MediaFile, premiere_xml
from sizzle.layout import FrameSize, Layout, Timeline
from sizzle.mega import picture as pictures
from sizzle.mega.arrange import arrange, check_rows
from sizzle.mega.cuts import SourceCut, find_cuts
from sizzle.mega.findings import SheetFinding, failed, in_order
from sizzle.mega.otio_text import otio_text
from sizzle.mega.sheet import SheetRow, read_sheet
from sizzle.mega.timeline import lay_out, name_titles, prove

TIMELINE_XML = "mega.xml"
TIMELINE_OTIO = "mega.otio"
TITLES = "titles.csv"


@dataclass(frozen=True, slots=True)
class Options:
    """How a sheet is laid out.

    Attributes:
        name: the sequence's.
        as_listed: whether clips stand in the sheet's order, not arranged to the layout.
        conform: whether sources may run at another rate, each frame played as one.
        picture: the size of the sequence, or None for the largest source's.
    """

    name: str = "Mega Asset"
    as_listed: bool = False
    conform: bool = False
    picture: FrameSize | None = None


@dataclass(frozen=True, slots=True)
class MegaPlan:
    """The Mega Asset that a sheet describes.

    Attributes:
        findings: everything that is wrong with the sheet, by line.
        titles: in timeline order.
        cuts: in timeline order.
        timeline: laid out; None where a finding is an error.
    """

    findings: tuple[SheetFinding, ...]
    titles: tuple[Title, ...] = ()
    cuts: tuple[SourceCut, ...] = ()
    timeline: Timeline | None = None


def plan(sheet: Path, layout: Layout, options: Options | None = None) -> MegaPlan:
    """Read a sheet and its sources, and lay its clips out.

    What is wrong with rows comes back as findings, all at once. A plan with a timeline
    passes the checks of `sizzle validate`.

    Args:
        sheet: a CSV; sources in it are relative to its folder.
        layout: that titles must match.
        options: how to lay them out.

    Raises:
        InputError: the sheet cannot be read at all, the size cannot be encoded, or the layout's
            rate cannot be written.
    """
    options = options or Options()
    _check_rate(layout)
    if options.picture:
        pictures.check_size(options.picture)
    rows, wrong = read_sheet(sheet)
    unreadable = Counter(
        title_id for title_id, _ in {(finding.title_id, finding.lines) for finding in wrong}
    )
    wrong += check_rows(rows, layout, unreadable, as_listed=options.as_listed)
    titles, differing = name_titles(rows)
    cuts, unusable = find_cuts(rows, sheet.parent, layout, conform=options.conform)
    wrong += [*differing, *unusable]
    if failed(wrong):
        return MegaPlan(in_order(wrong))
    return _laid_out(rows, cuts, titles, layout, options, wrong)


def _check_rate(layout: Layout) -> None:
    rate = layout.rate
    if not rate.is_ntsc and rate.denominator != 1:
        raise InputError(
            f"Final Cut Pro XML cannot express {rate} frames a second.",
            where=layout.name,
            fix="use a layout whose rate is a whole number, or 1000/1001 of one.",
        )


def _laid_out(
    rows: list[SheetRow],
    cuts: list[SourceCut],
    titles: list[Title],
    layout: Layout,
    options: Options,
    warnings: list[SheetFinding],
) -> MegaPlan:
    cut_of = {cut.row: cut for cut in cuts}
    ordered = [cut_of[row] for row in (rows if options.as_listed else arrange(rows, layout))]
    size = options.picture or pictures.largest(cut.source for cut in ordered)
    timeline = lay_out(options.name, ordered, titles, layout, size)
    broken = prove(timeline, ordered, layout)
    found = in_order([*warnings, *broken])
    return MegaPlan(found, tuple(titles), tuple(ordered), None if broken else timeline)


def write(made: MegaPlan, folder: Path) -> list[Path]:
    """Write a plan's timeline as FCP7 XML and OTIO, and its titles; each whole or not at all.

    Raises:
        InputError: the folder cannot be written to.
    """
    timeline = made.timeline
    assert timeline, "a plan with errors is not written"
    assert timeline.picture
    files = {cut.source.url: _media_file(cut) for cut in made.cuts}
    frames = {url: file.frames for url, file in files.items()}
    contents = {
        TIMELINE_XML: premiere_xml(timeline, timeline.picture, files),
        TIMELINE_OTIO: otio_text(timeline, frames),
        TITLES: _titles_csv(made.titles),
    }
    for name, text in contents.items():
        write_text(folder / name, text)
    return [folder / name for name in contents]


def check_overwrites_no_source(made: MegaPlan, target: Path) -> None:
    """Raises InputError where a file to be written is one that clips are cut from."""
    if any(cut.source.path == target.resolve() for cut in made.cuts):
        raise InputError(
            "The Mega Asset would overwrite one of its own sources.",
            where=str(target),
            fix="write to another folder with --out.",
        )


def _media_file(cut: SourceCut) -> MediaFile:
    source = cut.source
    size = FrameSize(source.width, source.height)
    return MediaFile(source.frames, size, source.rate, source.start or 0)


def _titles_csv(titles: Iterable[Title]) -> str:
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("title_id", "name"))
    rows.writerows((title.title_id, title.name) for title in titles)
    return text.getvalue()
