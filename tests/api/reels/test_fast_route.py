"""`POST /v1/reels` gets the same response ahead of FastAPI as from FastAPI's route."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.api.app import create_app
from sizzle.reel.ids import ReelIds
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in

_FOLDER = TemporaryDirectory()
CLIENT = TestClient(
    create_app(catalog_in(Path(_FOLDER.name)).reader(), Alphabetical(), ids=ReelIds(KEY)),
    raise_server_exceptions=False,
)
HOT = {"content-type": "application/json"}
COLD = {"content-type": "application/vnd.sizzle+json"}  # which the hot route leaves alone

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 2**33),
    st.floats(),
    st.text(max_size=5),
    st.just("x" * 101),
    st.sampled_from(["demo", "quick", "random", "7", "true"]),
    st.lists(st.sampled_from(["title-1", "title-2", "hls", "25", 7]), max_size=3),
    st.dictionaries(st.sampled_from(["plays", "max_height", "other"]), st.integers(0, 3)),
)
devices = st.fixed_dictionaries(
    {},
    optional={
        "dynamic_sizzles": st.one_of(st.booleans(), values),
        "plays": values,
        "max_height": values,
        "frame_rates": values,
        "hologram": values,
    },
)
changes = st.dictionaries(
    st.sampled_from(
        ["member_id", "asset_id", "cadence", "context", "seed", "title_ids", "treatment", "extra"]
    ),
    values,
    max_size=2,
)


def both(body: bytes) -> None:
    """Both routes give the same response."""
    hot, cold = (CLIENT.post("/v1/reels", content=body, headers=each) for each in (HOT, COLD))
    assert (hot.status_code, hot.content) == (cold.status_code, cold.content), body
    assert hot.headers["content-type"] == cold.headers["content-type"]


@settings(max_examples=60)
@given(changes, st.one_of(devices, values))
def test_any_request_gets_the_same_response(changed: dict[str, Any], device: object) -> None:
    """Valid requests, and those with any invalid field."""
    both(json.dumps({**ASK, **changed, "device": device}).encode())


@given(st.one_of(st.binary(max_size=20), st.text(max_size=20).map(lambda text: text.encode())))
def test_any_body_gets_the_same_response(body: bytes) -> None:
    """Bodies that are not requests at all."""
    both(body)


def test_unusual_json_gets_the_same_response() -> None:
    """Repeated names, white space, a byte order mark, other notations of numbers."""
    text = json.dumps(ASK)
    for body in (
        text.replace('"asset_id"', '"asset_id": "x", "asset_id"'),
        f" \n{text}\t",
        f"\ufeff{text}",
        text.replace("}}", '}, "seed": 7.0}'),
        text.replace("}}", '}, "seed": 1e2}'),
        text.replace("}}", '}, "seed": -0}'),
        text.replace("}}", '}, "seed": 00}'),
        text.replace("}}", '}, "seed": NaN}'),
        text.replace("member-ada", "\\u0041\\ud83d\\ude00"),
        text.replace("member-ada", "\\ud83d"),
        f"{text},",
        "[]",
        '"x"',
        "",
    ):
        both(body.encode())
