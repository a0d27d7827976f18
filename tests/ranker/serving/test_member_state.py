"""What is cached of members gives what the model gives when it reads everything at once."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from ranker import Checkpoint, Histories, Ranker, RequestContext, ViewingLog
from ranker.data.encoding import EncodedTokens, encode, encode_requests, item_features
from ranker.data.events import Column
from ranker.data.tokens import merge_events
from ranker.data.vocabulary import PAD, SPECIALS, UNK
from ranker.data.windows import Spans, make_batch
from ranker.network.model import Prediction, RankerModel
from ranker.request import NO_CONTEXT
from tests.ranker.small_histories import DAY
from tests.ranker.untrained_networks import CONFIGS, EVENTS, NETWORKS, SCHEMA, SMALL, network

EXACT = 1e-4


def append_request(encoded: EncodedTokens, request_1R: Tensor, time: int) -> EncodedTokens:
    """One member's tokens, followed by the step to predict: no title, only its request."""
    time_1 = torch.tensor([time])
    zero_1 = torch.zeros(1, dtype=torch.long)
    return EncodedTokens(
        encoded.members,
        encoded.starts_M,
        torch.cat([encoded.titles_N, zero_1 + UNK]),
        F.pad(encoded.post_action_NF, (0, 0, 0, 1)),
        torch.cat([encoded.request_NR, request_1R]),
        torch.cat([encoded.start_time_N, time_1]),
        torch.cat([encoded.end_time_N, time_1]),
        torch.cat([encoded.weight_N, torch.ones(1)]),
        torch.cat([encoded.engagement_N, zero_1]),
        torch.cat([encoded.recency_N, zero_1 - 1]),
        torch.cat([encoded.role_N, zero_1]),
        encoded.time_zones,
    )


def predict_with_model(model: RankerModel, length: int, request: RequestContext) -> Prediction:
    """The model's prediction after the first events of a member, read at once."""
    items = item_features(SCHEMA)
    tokens = merge_events(ViewingLog.from_events(EVENTS[:length]))
    last = int(tokens.end_time_N[-1]) if length else 0
    time = max(request.at or 0, last)
    request_1R = torch.zeros(1, len(SCHEMA.request_columns), dtype=torch.long)
    if request != NO_CONTEXT:
        gap_1 = np.array([time - last if length else -1])
        device = {"device": Column.from_texts([request.device])}
        request_1R = encode_requests(SCHEMA, np.array([time]), gap_1, device)
    encoded = append_request(encode(SCHEMA, tokens, items), request_1R, time)
    steps = make_batch(encoded, Spans(torch.tensor([0]), torch.tensor([length + 1]))).steps
    with torch.inference_mode():
        states_BLD, _ = model(steps, model.tables(items))
        prediction: Prediction = model.intents(states_BLD[:, -1], None)
    return prediction


def added_by_co_watching(model: RankerModel, length: int) -> Tensor:
    """What the term, if the model has one, adds to the titles' scores after so many events."""
    watched = SCHEMA.vocabulary.encode([event.title_id for event in EVENTS[:length]])
    last_1K = torch.tensor([[*watched[::-1], PAD]])
    if model.co_watching is None:
        return torch.zeros(len(SCHEMA.vocabulary.titles))
    added_1V: Tensor = model.co_watching(last_1K, len(SCHEMA.vocabulary))
    return added_1V[0, SPECIALS:]


@pytest.mark.parametrize("name", CONFIGS)
@settings(max_examples=20, deadline=None)
@given(
    length=st.integers(0, 12),
    wait=st.none() | st.integers(0, 2**33),
    device=st.sampled_from(["", "tv", "fridge"]),
)
def test_a_cached_member_gets_what_the_model_gives(
    name: str, length: int, wait: int | None, device: str
) -> None:
    """Whatever the sizes and intents, the history and the request: scores within 1e-4."""
    model = NETWORKS[name]
    ranker = Ranker(Checkpoint(model, "v"), Histories(EVENTS[:length]))
    at = None if wait is None else EVENTS[max(0, length - 1)].at + wait
    request = RequestContext(at, device) if at is not None else NO_CONTEXT
    expected = predict_with_model(model, length, request)
    state = ranker.state("member-0")
    actual = ranker.score_all(state, request)
    with torch.inference_mode():
        target_VE = model.tables(item_features(SCHEMA)).target_VE[3:]
        scores_V = target_VE @ expected.query_PE[0] + added_by_co_watching(model, length)
    torch.testing.assert_close(actual, scores_V, rtol=0, atol=EXACT)
    recomputed = ranker.score_all(state, request, recompute=True)
    torch.testing.assert_close(recomputed, scores_V, rtol=0, atol=EXACT)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_reasons_are_the_models(name: str) -> None:
    """The same intents, chances and weights as the model's own."""
    model = NETWORKS[name]
    expected = predict_with_model(model, 12, NO_CONTEXT)
    ranking = Ranker(Checkpoint(model, "v"), Histories(EVENTS[:12])).rank("member-0", list("abcde"))
    assert bool(ranking.why) == bool(expected.intent_weight_PI.numel())
    for reason in ranking.why:
        chance_C = expected.logits[reason.intent][0].softmax(dim=0)
        index = list(expected.logits).index(reason.intent)
        assert reason.chance == pytest.approx(float(chance_C.max()), abs=EXACT)
        assert reason.weight == pytest.approx(float(expected.intent_weight_PI[0, index]), abs=EXACT)


@pytest.mark.parametrize("name", CONFIGS)
def test_members_ranked_together_are_ranked_as_alone(name: str) -> None:
    """With long, short and no histories, some cached: each gets the same as when ranked alone."""
    lengths = {"long": 40, "short": 2, "full": 15, "one": 1, "again": 7}
    events = [
        replace(EVENTS[at % len(EVENTS)], member_id=member, at=DAY * (9_000 + at))
        for member, length in lengths.items()
        for at in range(length)
    ]
    checkpoint = Checkpoint(NETWORKS[name], "v")
    histories = Histories(events)
    together, alone = (Ranker(checkpoint, histories) for _ in range(2))
    together.rank("again", "abc")
    members = ["nobody", *lengths, "long"]
    later = replace(events[0], at=DAY * 20_000)
    for round_of in ([], [later]):
        for event in round_of:
            histories.add(event)
        for ranker in (together, alone):
            ranker.outdate([events[0].member_id])
        for member, ranking in zip(members, together.rank_many(members, "abcde"), strict=True):
            expected = alone.rank(member, "abcde")
            assert (ranking.member_id, ranking.cold_start) == (member, member == "nobody")
            assert ranking.title_ids == expected.title_ids
            for one, other in zip(ranking.titles, expected.titles, strict=True):
                assert one.score == pytest.approx(other.score, abs=EXACT)


def test_huge_weights_give_finite_scores() -> None:
    """Where gates are wide open or closed, no exponential overflows."""
    model = network(SMALL)
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(30)
    ranker = Ranker(Checkpoint(model, "v"), Histories(EVENTS[:12]))
    assert (
        ranker.score_all(ranker.state("member-0"), RequestContext(EVENTS[11].at + DAY))
        .isfinite()
        .all()
    )
