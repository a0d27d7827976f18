"""While everything that operators fear happens at once, no answer is wrong and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.chaos.run import run
from tests.databases import KINDS

SECONDS = 90.0
"""`python -m benchmarks.chaos` does it for ten minutes."""

pytestmark = pytest.mark.full


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_is_wrong_and_nothing_accepted_is_lost(kind: str, tmp_path: Path) -> None:
    """Kills, publications, migrations, a full disk, slow clients, batches: on both databases."""
    ledger = run(tmp_path, kind, SECONDS)
    assert ledger.wrong == []
    assert ledger.counts["reel: 200"] > 50
    assert len(ledger.events) > 50
    assert len(ledger.troubles) > 3
