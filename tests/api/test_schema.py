"""Whatever the description allows, and much that it does not, is answered as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from tests.api.whole_service import whole_service

# Its cases are built when a test runs: building them takes longer than to collect all tests.
SCHEMA = schemathesis.pytest.from_fixture("description")


@pytest.fixture
def description(
    tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[schemathesis.BaseSchema]:
    """The description that a service gives of itself, and the service behind it."""
    # Schemathesis 4.32 reads an attribute that pytest 9.2 no longer has.
    request.node._nodeid = request.node.nodeid
    with whole_service(tmp_path) as (app, key):
        schema = schemathesis.openapi.from_asgi("/openapi.json", app)
        schema.auth()(_auth_with(key))
        yield schema


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
