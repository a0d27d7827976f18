"""JSON bodies: read by one type, refused with the field that is wrong, and described by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sizzle.api.http.invalid_request import InvalidRequestError, UnsupportedMediaTypeError
from sizzle.api.http.json_body import check_content_type
from sizzle.api.reels.request import BATCH, REEL

BODY: dict[str, Any] = {"member_id": "ada", "asset_id": "demo"}


def test_a_whole_number_may_be_written_as_a_float() -> None:
    """Many languages write all numbers so; anything else is no whole number."""
    body = {**BODY, "seed": 7.0, "device": {"max_height": 720.0}}
    request = REEL.read(json.dumps(body).encode())
    assert (request.seed, request.device.max_height) == (7, 720)
    for seed in (7.5, "7", True, 1e300):
        with pytest.raises(InvalidRequestError, match="seed: "):
            REEL.read(json.dumps({**BODY, "seed": seed}).encode())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": -1}, "seed: Expected `int` >= 0"),
        ({"device": {"plays": [1]}}, r"device.plays\[0\]: Expected `str`, got `int`"),
        ({"title_ids": ["a", "a"]}, "title_ids names a title twice"),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"member_id": ""}, "member_id: Expected `str` of length >= 1"),
        ({"member_id": None}, "member_id: Expected `str`, got `null`"),
    ],
)
def test_a_refusal_names_the_field(change: dict[str, Any], says: str) -> None:
    """And what is expected there."""
    with pytest.raises(InvalidRequestError, match=says) as caught:
        REEL.read(json.dumps({**BODY, **change}).encode())
    assert caught.value.status == 422


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"member_id": "\xff"}', b'{"x":' + b"[" * 100_000, b"\xef\xbb\xbf{}"]
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    """However it fails: cut short, not UTF-8, nested too deeply, with a byte order mark."""
    with pytest.raises(InvalidRequestError, match="cannot be read as JSON"):
        REEL.read(body)


def test_a_batch_is_a_request_for_each_member() -> None:
    """With the same options."""
    options = {"asset_id": "demo", "seed": 3, "cadence": "quick", "treatment": "b"}
    batch = BATCH.read(json.dumps({**options, "member_ids": ["ada", "ben"]}).encode())
    assert batch.each() == [
        REEL.read(json.dumps({**options, "member_id": member_id}).encode())
        for member_id in ("ada", "ben")
    ]


def test_openapi_describes_what_is_read() -> None:
    """Every field with its limits, and no reference to what OpenAPI does not have."""
    described = json.loads(json.dumps(REEL.openapi))["requestBody"]
    schema = described["content"]["application/json"]["schema"]
    assert set(schema["required"]) == {"member_id", "asset_id"}
    assert schema["additionalProperties"] is False
    assert schema["properties"]["seed"]["maximum"] == 2**31 - 1
    assert schema["properties"]["device"]["properties"]["plays"]["default"] == ["timecodes"]
    assert "$ref" not in json.dumps(schema)


@pytest.mark.parametrize("sent", ["application/json", "application/JSON; charset=utf-8"])
def test_json_is_sent_as_such(sent: str) -> None:
    """Or as a kind of it; a form is not."""
    check_content_type(sent)
    check_content_type("application/problem+json")
    for other in ("", "text/plain", "multipart/form-data"):
        with pytest.raises(UnsupportedMediaTypeError):
            check_content_type(other)
