"""Whatever the description allows, and much that it does not, is answered as it says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import make_url

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKeys, ApiScope, create_key
from sizzle.api.health import Health
from sizzle.api.outreach import ContentService
from sizzle.api.outreach.sending import SendingService
from sizzle.database import Database
from sizzle.drafting import Stores
from sizzle.outbox.address_hash import AddressHash
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from sizzle.sending.clock import Clock
from sizzle.sending.inbound import InboundRecorder
from tests.api.events.event_server import event_service
from tests.api.pinpoint.pinpoint_server import pinpoint_service
from tests.api.reels.reasonable_ranker import Reasonable
from tests.api.sample_service import KEY, catalog_in

# Its cases are built when a test runs: building them takes longer than to collect all tests.
SCHEMA = schemathesis.pytest.from_fixture("description")


@pytest.fixture
def description(
    tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[schemathesis.BaseSchema]:
    """The description that a service gives of itself, and the service behind it."""
    # Schemathesis 4.32 reads an attribute that pytest 9.2 no longer has.
    request.node._nodeid = request.node.nodeid
    reader = catalog_in(tmp_path).reader()
    health = Health(reader, {})
    health.refresh()
    key = create_key(tmp_path, "a test", [ApiScope.ADMIN], rate=1e9)[1]
    options = ServiceOptions(health=health, keys=Reloadable(ApiKeys.read(tmp_path)))
    database = f"sqlite:///{tmp_path}/sizzle.db"
    events, pinpoint = event_service(database), pinpoint_service(database)
    content = ContentService(Stores(Database(make_url(database))), time.time)
    inbound = InboundRecorder(Database(make_url(database)), events.log, AddressHash(KEY), Clock())
    sending = SendingService(inbound.database, inbound, b"w" * 32)
    app = create_app(
        reader, Reasonable(), events=events, pinpoint=pinpoint, content=content,
        sending=sending,
        ids=ReelIds(KEY), options=options,
    )  # fmt: skip
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    schema.auth()(_auth_with(key))
    yield schema
    events.log.close()
    pinpoint.log.close()


def _auth_with(key: str) -> type:
    class Auth:
        """Sends a key, but where schemathesis leaves it out to see whether it is needed."""

        def get(self, _case: schemathesis.Case[Any], _context: schemathesis.AuthContext) -> str:
            return key

        def set(
            self, case: schemathesis.Case[Any], data: str, _context: schemathesis.AuthContext
        ) -> None:
            case.headers["Authorization"] = f"Bearer {data}"

    return Auth


@SCHEMA.parametrize()
@settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case: schemathesis.Case[Any]) -> None:
    """Statuses, types and shapes, for what is right and for what is wrong."""
    case.call_and_validate()


@pytest.mark.full
@SCHEMA.parametrize()
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_answers_are_as_described(case: schemathesis.Case[Any]) -> None:
    """The same, longer."""
    case.call_and_validate()
