"""Whatever the description allows, and much that it does not, is answered as it says."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKeys, ApiScope, create_key
from sizzle.api.health import Health
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from tests.api.events.event_server import event_service
from tests.api.sample_service import KEY, Alphabetical, catalog_in

_FOLDER = TemporaryDirectory()
_READER = catalog_in(Path(_FOLDER.name)).reader()
_HEALTH = Health(_READER, {})
_HEALTH.refresh()
_KEY = create_key(Path(_FOLDER.name), "a test", [ApiScope.ADMIN], rate=1e9)[1]
_OPTIONS = ServiceOptions(health=_HEALTH, keys=Reloadable(ApiKeys.read(Path(_FOLDER.name))))
_EVENTS = event_service(f"sqlite:///{_FOLDER.name}/sizzle.db")
_APP = create_app(_READER, Alphabetical(), events=_EVENTS, ids=ReelIds(KEY), options=_OPTIONS)
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", _APP)


@SCHEMA.auth()
class Auth:
    """Sends a key, but where schemathesis leaves it out to see whether it is needed."""

    def get(self, _case: schemathesis.Case[Any], _context: schemathesis.AuthContext) -> str:
        """The key."""
        return _KEY

    def set(
        self, case: schemathesis.Case[Any], data: str, _context: schemathesis.AuthContext
    ) -> None:
        """Send it."""
        case.headers["Authorization"] = f"Bearer {data}"


@SCHEMA.parametrize()
@settings(
    max_examples=10,
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
