"""Reels of a service that can explain them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi.testclient import TestClient

from tests.api.sample_service import ASK

NOW = 1_790_000_000
"""By the service's clock, which stands still."""


def post(client: TestClient, **changes: object) -> Any:  # noqa: ANN401
    """A member's reel."""
    answer = client.post("/v1/reels", json={**ASK, **changes})
    assert answer.status_code == 200, answer.text
    return answer.json()


def seconds(text: str) -> float:
    """A time of the wire in seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()
