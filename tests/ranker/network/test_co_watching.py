"""The co-watching term of a network's scores."""

import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ranker import (
    BatchScorer,
    Checkpoint,
    Histories,
    Ranker,
    ViewingLog,
    load_model,
    save_model,
)
from ranker.data.followers import Followers
from ranker.data.vocabulary import PAD, SPECIALS
from ranker.network.co_watching import CoWatching, CoWatchingSettings
from tests.ranker.untrained_networks import EVENTS, NETWORKS, SCHEMA, followers

A, B, C, D, E = range(SPECIALS, SPECIALS + 5)
SETTINGS = CoWatchingSettings(
    source_power=0.5, target_power=0.2, recency_power=1.5, scale=3.0, weight=0.7
)
MODEL = NETWORKS["co-watching"]


def test_adds_what_the_formula_says() -> None:
    """For several members at once, with titles that training did not know, and padding."""
    counted = followers()
    term = CoWatching(SETTINGS, counted, SCHEMA)
    histories = [[B, A, B, 99], [C], []]
    last_PK = torch.tensor([(*history, PAD, PAD, PAD, PAD)[:4] for history in histories])
    views = dict(enumerate(SCHEMA.counts, start=SPECIALS))
    expected = torch.zeros(3, SPECIALS + 7)
    for row, history in enumerate(histories):
        for ago, title in enumerate(history, start=1):
            if title == 99:
                continue
            for other, strength in zip(*map(np.ndarray.tolist, counted.of(title)), strict=True):
                weighted = strength * (views[title] + 1) ** -0.5 * (views[other] + 1) ** -0.2
                expected[row, other] += weighted * ago**-1.5
    expected = 0.7 * (1 + 3.0 * expected).log()
    assert expected.any()
    assert torch.allclose(term(last_PK, SPECIALS + 7), expected, atol=1e-5)


def test_one_title_at_a_time_and_all_members_at_once_score_alike() -> None:
    """A ranking, cached or not, has the order of the batch; and the term does change it."""
    checkpoint, titles = Checkpoint(MODEL, "v"), SCHEMA.vocabulary.titles
    batch = BatchScorer(checkpoint).top(ViewingLog.from_events(EVENTS), 5, include_watched=True)
    ranker = Ranker(checkpoint, Histories(EVENTS))
    without = Ranker(Checkpoint(NETWORKS["hierarchical"], "v"), Histories(EVENTS))
    changed = 0
    for scored in batch:
        first, cached = (ranker.rank(scored.member_id, titles) for _ in range(2))
        assert first == cached
        assert first.title_ids == scored.titles
        chances = torch.tensor(scored.scores).softmax(dim=0).tolist()
        assert [title.score for title in first.titles] == pytest.approx(chances, abs=1e-6)
        state = ranker.state(scored.member_id)
        assert torch.allclose(
            ranker.score_all(state), ranker.score_all(state, recompute=True), atol=1e-4
        )
        changed += first.title_ids != without.rank(scored.member_id, titles).title_ids
    assert changed


def test_a_model_file_keeps_the_term(tmp_path: Path) -> None:
    """With the same scores; and programs that do not know it refuse the file."""
    save_model(tmp_path / "model", MODEL)
    assert (tmp_path / "model").read_bytes().startswith(b"sizzle-ranker 3 ")
    read = load_model(tmp_path / "model").network.co_watching
    assert read is not None
    assert MODEL.co_watching is not None
    last_PK = torch.tensor([[A, B], [C, D]])
    assert torch.equal(read(last_PK, 10), MODEL.co_watching(last_PK, 10))


def _too_long(content: dict[str, Any]) -> None:
    content["start_V"] = torch.cat([content["start_V"], content["start_V"][-1:]])


def _outside(content: dict[str, Any]) -> None:
    content["other_J"][0] = 1000


def _negative(content: dict[str, Any]) -> None:
    content["strength_J"][0] = -1.0


def _not_a_number(content: dict[str, Any]) -> None:
    content["settings"]["weight"] = math.nan


@pytest.mark.parametrize("spoil", [_too_long, _outside, _negative, _not_a_number])
def test_parts_that_do_not_fit_are_refused(spoil: Callable[[dict[str, Any]], None]) -> None:
    """Before anything is looked up in them."""
    assert MODEL.co_watching is not None
    buffer = io.BytesIO()
    torch.save(MODEL.co_watching.to_content(), buffer)
    content = torch.load(io.BytesIO(buffer.getvalue()), weights_only=True)
    CoWatching.from_content(content, SCHEMA)
    spoil(content)
    with pytest.raises(ValueError, match=r"fit together|finite"):
        CoWatching.from_content(content, SCHEMA)


def test_rows_are_bounded() -> None:
    """Of a title that many follow, the strongest are kept."""
    few = Followers.none(len(SCHEMA.vocabulary))
    assert not CoWatching(SETTINGS, few, SCHEMA)(torch.tensor([[A]]), 9).any()
