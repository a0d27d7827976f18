"""`GET /v1/members/{id}/intents`: what a member is likely to want at the moment."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import create_app
from sizzle.catalog import Reader
from tests.api.reels.explained_reels import post, seconds
from tests.api.sample_service import Alphabetical


def intents_of(client: TestClient, member_id: str, **query: str) -> Any:  # noqa: ANN401
    """The response's JSON."""
    answer = client.get(f"/v1/members/{quote(member_id, safe='')}/intents", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_intents_are_those_of_the_members_reels(client: TestClient) -> None:
    """The same as in a reel's explanation, for the same context and time."""
    context = {"device_type": "tv", "locale": "tlh"}
    found = intents_of(client, "member-ada", **context)
    why = post(client, explain=True, context=context)["explanation"]
    assert (found["intents"], found["context"]) == (why["intents"], why["context"])
    assert (found["context"]["device_type"], found["context"]["locale"]) == ("tv", "")
    assert seconds(found["context"]["at"]) > 0
    assert found["model_version"] == "model-1"


def test_an_unknown_member_has_those_of_a_new_one(client: TestClient) -> None:
    """Whatever the id; and says so."""
    assert not intents_of(client, "member-ada")["cold_start"]
    for member_id in ("nobody", "a/b", "intents", "✨", "x" * 100):
        found = intents_of(client, member_id)
        assert (found["member_id"], found["cold_start"]) == (member_id, True)
        assert found["intents"]


def test_intents_are_not_kept_by_caches(client: TestClient) -> None:
    """They change with what the member does."""
    answer = client.get("/v1/members/member-ada/intents")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("member-ada/intents?mood=calm", "mood"),
        ("member-ada/intents?locale=" + "x" * 101, "locale"),
        ("member-ada/intents?surface=%00", "surface"),
        ("member-ada/intents?locale=en&locale=de", "locale is given twice"),
        ("member-ada/intents?" + "&".join(f"v{n}=1" for n in range(5000)), "v0"),
        ("x" * 101 + "/intents", "member_id"),
        ("%E2%80%AE/intents", "member_id"),
        ("/intents", "member_id"),
    ],
)
def test_a_malformed_request_is_refused(client: TestClient, path: str, where: str) -> None:
    """With the parameter and what to do."""
    answer = client.get(f"/v1/members/{path}")
    assert answer.status_code == 422, answer.text
    assert where in answer.json()["detail"]
    assert answer.json()["fix"]


def test_openapi_describes_the_parameters(client: TestClient) -> None:
    """The member, and the fields of a reel's context."""
    paths = client.get("/openapi.json").json()["paths"]
    found = paths["/v1/members/{member_id}/intents"]["get"]["parameters"]
    body = paths["/v1/reels"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    fields = body["properties"]["context"]["properties"]
    assert {each["name"]: each["in"] for each in found} == {
        "member_id": "path",
        **dict.fromkeys(fields, "query"),
    }
    assert {each["name"]: each["schema"].get("maxLength") for each in found} == dict.fromkeys(
        ["member_id", *fields], 100
    )


def test_a_ranker_without_intents_says_so(reader: Reader) -> None:
    """As a problem."""
    plain = TestClient(create_app(reader, Alphabetical()))
    answer = plain.get("/v1/members/member-ada/intents")
    assert (answer.status_code, "no intents" in answer.json()["detail"]) == (404, True)
