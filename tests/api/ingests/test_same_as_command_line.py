"""One inspection and one index: a timeline gives the same by the command line and over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fixtures.defects import DEFECTS
from sizzle.catalog import Catalog
from sizzle.cli.app import app
from sizzle.clips import Bed
from tests.api.ingests.ingest_app import LAYOUT, Ingests, export

TITLES = "title_id,name,genre\naurora,Aurora,drama\nharbor,Harbor,crime\n"
PLAYBACK = {
    "as published": ({}, ()),
    "loops": ({"bed_loops": "true"}, ("--bed-loops",)),
    "loops and fades": (
        {"bed_loops": "true", "bed_fade": "24"},
        ("--bed-loops", "--bed-fade", "24"),
    ),
    "ends": ({"bed_loops": "false", "bed_fade": "0"}, ("--no-bed-loops", "--bed-fade", "0")),
}


SAMPLE = {"as published", "loops and fades"}
"""Those that are uploaded each time; the others only where there is time."""


def run(*arguments: object) -> dict[str, Any]:
    """A command's JSON, whatever its exit code."""
    answer = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    printed: dict[str, Any] = json.loads(answer.stdout)
    return printed


def ingest(folder: Path, media: Path, catalog: Path, asset_id: str, *more: str) -> dict[str, Any]:
    """Ingest the editor's export by the command line."""
    for name, content in (("t.xml", export()), ("l.toml", LAYOUT.encode())):
        (folder / name).write_bytes(content)
    (folder / "titles.csv").write_text(TITLES)
    return run(
        *("ingest", folder / "t.xml", "--layout", folder / "l.toml"),
        *("--titles", folder / "titles.csv", "--asset", asset_id, "--catalog", catalog),
        *("--video", media / "mega.mp4", "--trailer", media / "mega.mp4"),
        *("--bed", media / "bed.wav", *more),
    )


def upload_and_publish(ingests: Ingests, asset_id: str, **fields: str) -> dict[str, Any]:
    """Ingest the editor's export over HTTP, with the same files."""
    job = ingests.ingest(
        export(),
        asset_id=asset_id,
        media="mega.mp4",
        bed="bed.wav",
        trailer="mega.mp4",
        titles=TITLES,
        **fields,
    )
    published: dict[str, Any] = ingests.client.post(f"/v1/ingests/{job['id']}/publish").json()
    return published


@pytest.mark.parametrize(
    ("fields", "options"),
    [
        pytest.param(*both, id=name, marks=() if name in SAMPLE else pytest.mark.full)
        for name, both in PLAYBACK.items()
    ],
)
def test_the_same_upload_is_the_same_index(
    ingests: Ingests, media: Path, tmp_path: Path, fields: dict[str, str], options: tuple[str, ...]
) -> None:
    """Byte for byte: the asset's version is the hash of its segment."""
    asset_id = "same" + "".join(options)
    by_command = ingest(tmp_path, media, tmp_path / "catalog", asset_id, *options)
    over_http = upload_and_publish(ingests, asset_id, **fields)
    assert over_http["asset_version"] == by_command["asset_version"]


@pytest.mark.parametrize("again", ["command line", "HTTP"])
def test_an_asset_published_again_keeps_how_its_bed_plays(
    ingests: Ingests, media: Path, tmp_path: Path, again: str
) -> None:
    """What an upload does not say stays as it is published, by either way; what it says counts."""
    asset_id = f"kept-{again[:4].lower()}"
    folder = Path(ingests.service.catalog.storage.location)
    ingest(tmp_path, media, folder, asset_id, "--bed-loops", "--bed-fade", "24")

    def publish(loops: bool | None) -> Bed:
        if again == "HTTP":
            upload_and_publish(ingests, asset_id, **_field(loops))
        else:
            ingest(tmp_path, media, folder, asset_id, *_option(loops))
        return Catalog.open(folder).index(asset_id).asset.beds[0]

    kept = publish(None)
    assert (kept.loops, kept.fade) == (True, 24)
    changed = publish(False)
    assert (changed.loops, changed.fade) == (False, 24)


def test_the_editors_page_says_how_the_bed_will_play(ingests: Ingests) -> None:
    """Before it is published, in the box that asks for it."""
    job = ingests.ingest(export(), asset_id="says", media="mega.mp4", bed="bed.wav", bed_fade="24")
    page = ingests.client.get(f"/editor/ingests/{job['id']}").text
    assert "Bed bed does not loop, and fades out over 24 frames." in page


@pytest.mark.parametrize(
    "defect",
    [
        "79 frames",
        "marker deleted",
        pytest.param("gap", marks=pytest.mark.full),
        pytest.param("dissolve", marks=pytest.mark.full),
    ],
)
def test_the_same_timeline_has_the_same_findings(
    ingests: Ingests, tmp_path: Path, media: Path, defect: str
) -> None:
    """With its media, which is another export: every finding, in the same order."""
    timeline = next(each for each in DEFECTS if each.name == defect).xml()
    (tmp_path / "t.xml").write_bytes(timeline)
    by_command = run("validate", tmp_path / "t.xml", "--media", media / "mega.mp4")
    job = ingests.ingest(timeline, layout=None, media="mega.mp4")
    over_http = ingests.client.get(f"/v1/ingests/{job['id']}/findings").json()
    assert over_http["findings"] == by_command["findings"]
    assert over_http["sequence"] == by_command["sequence"]


@pytest.mark.parametrize(
    "fields", [{"bed_loops": "maybe"}, {"bed_fade": "-1"}, {"bed_fade": "1.5"}, {"bed_fade": "²"}]
)
def test_odd_playback_is_refused(ingests: Ingests, fields: dict[str, Any]) -> None:
    """With the field's name, before anything is accepted."""
    answer = ingests.upload(export(), **fields)
    assert answer.status_code == 400
    assert next(iter(fields)) in answer.json()["detail"]


def _field(loops: bool | None) -> dict[str, str]:
    return {} if loops is None else {"bed_loops": str(loops).lower()}


def _option(loops: bool | None) -> tuple[str, ...]:
    return () if loops is None else ("--bed-loops" if loops else "--no-bed-loops",)
