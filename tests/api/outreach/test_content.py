"""Lines by HTTP: drafted, checked, approved by somebody else, and refused with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.outreach_service import ContentService
from sizzle.database import Database
from sizzle.drafting import Stores
from sizzle.reloading import Reloadable
from tests.api.sample_service import Alphabetical, catalog_in
from tests.databases import new_database
from tests.drafting.scripted_writer import Scripted, answer
from tests.outreach.samples import ADULT, CHILD, LOAN, SERIES

ASK = {"kind": "title", "id": "nocturne", "language": "en", "channel": "EMAIL"}
GOOD = {"subject": "Tonight: {title}", "text": "A new {kind} is waiting, whenever you like."}


@dataclass
class Service:
    """A service with two keys: one writes, one approves too."""

    client: TestClient
    database: Database
    writer: Scripted
    keys: dict[str, str]

    def post(self, path: str, body: object = None, key: str = "writer") -> Response:
        """Send a request with a key."""
        headers = {"Authorization": f"Bearer {self.keys[key]}"}
        return self.client.post(f"/v1/outreach/{path}", json=body, headers=headers)

    def get(self, path: str, key: str = "writer") -> Response:
        """Read with a key."""
        headers = {"Authorization": f"Bearer {self.keys[key]}"}
        return self.client.get(f"/v1/outreach/{path}", headers=headers)

    def draft(self, **fields: Any) -> Response:  # noqa: ANN401 - any JSON
        """Ask for a draft."""
        return self.post("drafts", {**ASK, **fields})


@pytest.fixture
def service(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A series and a loan may be promoted, to two members that are known."""
    both = [ApiScope.OUTREACH_READ, ApiScope.OUTREACH_WRITE, ApiScope.OUTREACH_APPROVE]
    keys = {
        "writer": KeyStore(KeyFile(tmp_path)).create("ada", both)[1],
        "approver": KeyStore(KeyFile(tmp_path)).create("bo", both)[1],
        "player": KeyStore(KeyFile(tmp_path)).create("tv", [ApiScope.READ])[1],
    }
    database = Database(new_database("sqlite", tmp_path, tmp_path_factory))
    stores = Stores(database)
    for promoted in (SERIES, LOAN):
        stores.promoted.save(promoted, 1)
    writer = Scripted()
    loaded = Reloadable(KeyStore(KeyFile(tmp_path)).read())
    content = ContentService(
        stores,
        lambda: 1_796_000_000.0,
        two_people=lambda: loaded.current.usable > 1,
        profile={"cal": CHILD, "ada": ADULT}.get,
        writer=writer,
    )
    app = create_app(
        catalog_in(tmp_path).reader(), Alphabetical(), content=content,
        options=ServiceOptions(keys=loaded),
    )  # fmt: skip
    yield Service(TestClient(app), database, writer, keys)
    database.close()


def test_a_draft_is_approved_by_somebody_else(service: Service) -> None:
    """The author gets 403, another key approves; a changed byte in the store ends that."""
    service.writer.answers = [answer(**GOOD, used=("title", "kind"))]
    made = service.draft(seed=7)
    assert (made.status_code, made.json()["passes"]) == (201, True)
    digest = made.json()["line"]["digest"]
    own = service.post(f"drafts/{digest}:agree")
    assert (own.status_code, own.json()["type"]) == (403, "urn:sizzle:problem:self-approval")
    assert service.post(f"drafts/{digest}:agree", key="approver").status_code == 200
    line = service.get(f"lines/{digest}").json()
    assert line["approved"]
    assert line["drafts"][0]["writer"] == "scripted"
    assert line["verdicts"][0]["verdict"] == "agree"
    with service.database.writing() as connection:
        connection.execute(text("UPDATE lines SET subject = 'Tonight! {title}'"))
    changed = service.get(f"lines/{digest}")
    assert (changed.status_code, changed.json()["title"]) == (409, "Content not approved")


def test_a_child_is_refused_before_any_writer_is_asked(service: Service) -> None:
    """The rule's id and both ages are in the problem; a woman of 46 may be told."""
    ask = {"kind": "offer", "id": "loan", "channel": "SMS"}
    refused = service.draft(**ask, member_id="cal")
    assert refused.status_code == 409
    assert refused.json()["detail"] == "not-for-minors: member is 6, the loan is for 18 and over"
    assert service.writer.asked == []
    assert service.draft(**ask, member_id="ada").status_code == 201
    assert service.draft(**ask, member_id="nobody").status_code == 404


def test_disagreement_goes_into_the_next_try(service: Service) -> None:
    """The next try is told the refused text and why."""
    service.writer.answers = [answer(**GOOD), answer("{title} is on", "Settle in with {title}.")]
    digest = service.draft().json()["line"]["digest"]
    body = {"reason": "too cold", "again": True}
    again = service.post(f"drafts/{digest}:disagree", body, key="approver")
    assert again.status_code == 200
    assert again.json()["draft"]["line"]["subject"] == "{title} is on"
    (refused,) = service.writer.asked[-1].refused
    assert (refused.text, refused.reason) == (GOOD["text"], "too cold")
    assert service.post(f"drafts/{digest}:agree", key="approver").status_code == 200


def test_checks_and_own_texts(service: Service) -> None:
    """A text is checked without being kept; one's own is kept, and not approved with errors."""
    body = {**ASK, "channel": "SMS", "text": "{title}: policíaca. {link}", "language": "es"}
    found = service.post("lines:check", body).json()
    assert (found["sms"]["encoding"], found["sms"]["foreign"]) == ("UCS-2", "í")
    assert "sms-encoding" in [finding["rule"] for finding in found["findings"]]
    assert service.get("lines").json() == []
    kept = service.draft(subject="Hurry", text="Only {title} tonight.").json()
    assert not kept["passes"]
    digest = kept["line"]["digest"]
    assert [each["digest"] for each in service.get("lines?limit=1").json()] == [digest]
    assert service.get(f"lines?after={digest}").json() == []
    refused = service.post(f"drafts/{digest}:agree", key="approver")
    assert (refused.status_code, refused.json()["title"]) == (422, "The checks refuse the line")


def test_prompts_are_versions(service: Service) -> None:
    """Samples come with the program; a new text is the next version."""
    assert "{language}" in service.get("prompts/invite/versions/1").json()["text"]
    added = service.post("prompts", {"name": "invite", "text": "Write {language}."}).json()
    assert added["version"] == 2
    assert added in service.get("prompts").json()


def test_a_player_may_do_nothing(service: Service) -> None:
    """A key of `reels:read` gets 403, whatever it sends."""
    for path in ("drafts", f"drafts/{'0' * 64}:agree", "lines:check", "prompts"):
        assert service.post(path, {}, key="player").status_code == 403
    assert service.get("lines", key="player").status_code == 403


def test_bad_requests_are_problems(service: Service) -> None:
    """What does not fit the schema is a 422, and nothing is kept."""
    bad: list[dict[str, Any]] = [
        {"language": "not a language"}, {"language": "english"}, {"channel": "PIGEON"},
        {"kind": "member"}, {"id": ""}, {"text": "x" * 9000}, {"extra": 1}, {"seed": -1},
    ]  # fmt: skip
    for fields in bad:
        assert service.draft(**fields).status_code == 422, fields
    assert service.draft(id="nope").status_code == 404
    unknown = service.draft(language="fi")
    assert (unknown.status_code, unknown.json()["title"]) == (422, "No writer had a text")
    assert service.get("lines").json() == []
