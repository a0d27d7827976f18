"""What `sizzle rank` and `sizzle compose --explain` print."""

from __future__ import annotations

import pytest

from ranker import ExplainedTitle, Explanation, Intent, RankedTitle, Ranking, RequestContext
from sizzle.cli.explanations import print_explanation
from sizzle.reel.explanation import to_reel_explanation
from tests.reel.sample_reels import TITLE_IDS, index_of


def test_an_order_is_printed_with_its_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    """For what it is, what moved each title, and the likeliest intents; names are no markup."""
    first, second = TITLE_IDS[:2]
    ranking = Ranking("ada", (RankedTitle(first, 0.8), RankedTitle(second, 0.2)), "m", False)
    explanation = Explanation(
        ranking,
        (Intent("genres", 0.75, {"[red]": 0.9, "War": 0.1}),),
        (
            ExplainedTitle(first, 0.8, 2, {"taste": 1.0, "genres": -0.25}),
            ExplainedTitle(second, 0.2, 1, {}),
        ),
    )
    request = RequestContext(at=1_790_000_000, device="tv", country="GB")
    print_explanation(
        "Order for ada", to_reel_explanation(explanation, request, index_of(TITLE_IDS))
    )
    printed = capsys.readouterr().out
    for what in (
        "Order for ada at 2026-09-21T14:13:20Z, tv, GB",
        "0.8000",
        "taste +1.00, genres -0.25",
        "[red] 90%, War 10%",
        "0.75",
    ):
        assert what in printed
