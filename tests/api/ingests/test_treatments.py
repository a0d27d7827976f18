"""Previews of editors show what experiments change."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sizzle.api.wiring import build
from tests.api.ingests.ingest_app import LAYOUT, export, until
from tests.api.living_installation import ASK, RANKED_AT, prepare, settings_of

TREATMENTS = """
experiment.name = "autumn"
[treatments.lively]
weight = 1
cadence = "backwards"
[treatments.named]
randomised_share = 1
"""


@pytest.mark.full
def test_a_preview_is_the_reel_of_the_members_treatment(tmp_path: Path, media: Path) -> None:
    """With the cadence that the treatment gives: once published, members get just that reel."""
    prepare(tmp_path)
    (tmp_path / "treatments.toml").write_text(TREATMENTS)
    (tmp_path / "cadences.toml").write_text('[cadences]\nbackwards = ["B:40 A:40"]\n')
    settings = settings_of(
        tmp_path,
        ingests=tmp_path / "ingests",
        media=media,
        treatments=tmp_path / "treatments.toml",
        cadences=tmp_path / "cadences.toml",
        refresh_seconds=0.1,
    )
    app = build(settings, lambda: RANKED_AT)
    with TestClient(app, "http://localhost", client=("127.0.0.1", 1)) as client:
        form = {"asset_id": "autumn", "media": "mega.mp4", "bed": "bed.wav"}
        files = {"timeline": ("export.xml", export()), "layout": ("layout.toml", LAYOUT.encode())}
        job = client.post("/v1/ingests", data=form, files=files).json()["links"]["self"]
        until(lambda: client.get(job).json()["state"] == "checked")
        preview = client.get(f"{job}/reel", params={"member_id": "member-ada"}).json()
        assert preview["cadence"] == "backwards"
        assert [cut["rank"] for cut in preview["cuts"]] == [2, 1]
        assert client.post(f"{job}/publish").status_code == 200
        asked = {**ASK, "member_id": "member-ada", "asset_id": "autumn"}
        until(lambda: client.post("/v1/reels", json=asked).status_code == 200)  # it is taken up
        reel = client.post("/v1/reels", json=asked).json()
    assert {name: reel[name] for name in preview} == preview
