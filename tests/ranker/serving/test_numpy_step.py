"""The step in numpy beside the model that it stands for."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import Checkpoint, EventLog, Histories, ModelConfig, Ranker, Request
from ranker.data.encoding import encode, encode_requests, shelve, with_request
from ranker.data.events import Column
from ranker.data.schema import Schema
from ranker.data.tokens import merge
from ranker.data.windows import Spans, batch_of
from ranker.network.model import Answer, RankerModel
from ranker.serving.inference import NOTHING_KNOWN
from tests.ranker.worlds import DAY, TITLES, rich_events

EVENTS = rich_events(members=4)
SCHEMA = Schema.of(merge(EventLog.of(EVENTS)), TITLES)
SMALL = ModelConfig(context=16, width=16, heads=4, blocks=3)
CONFIGS = {
    "hierarchical": SMALL,
    "oracle": replace(SMALL, intent="oracle"),
    "flat": replace(SMALL, intent="flat"),
    "no intent": replace(SMALL, intent="none"),
    "ids only": replace(SMALL, metadata=False, heads=1, blocks=1),
    "low rank": replace(SMALL, attention="low_rank"),
}
EXACT = 1e-4


def network(config: ModelConfig) -> RankerModel:
    """A network whose every weight, of norms and biases too, is large enough to be missed."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = RankerModel(config, SCHEMA).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
    return model


NETWORKS = {name: network(config) for name, config in CONFIGS.items()}


def told_by_the_model(model: RankerModel, length: int, request: Request) -> Answer:
    """What the model itself says after the first events of a member, all read at once."""
    shelf = shelve(SCHEMA)
    tokens = merge(EventLog.of(EVENTS[:length]))
    last = int(tokens.last_N[-1]) if length else 0
    at = max(request.at or 0, last)
    request_1R = torch.zeros(1, len(SCHEMA.request_columns()), dtype=torch.long)
    if request != NOTHING_KNOWN:
        gap_1 = np.array([at - last if length else -1])
        device = {"device": Column.of([request.device])}
        request_1R = encode_requests(SCHEMA, np.array([at]), gap_1, device)
    encoded = with_request(encode(SCHEMA, tokens, shelf), request_1R, at)
    steps = batch_of(encoded, Spans(torch.tensor([0]), torch.tensor([length + 1]))).steps
    with torch.inference_mode():
        states_BLD, _ = model(steps, model.tables(shelf))
        answer: Answer = model.intents(states_BLD[:, -1], None)
    return answer


@pytest.mark.parametrize("name", CONFIGS)
@settings(max_examples=20, deadline=None)
@given(
    length=st.integers(0, 12),
    wait=st.none() | st.integers(0, 2**33),
    device=st.sampled_from(["", "tv", "fridge"]),
)
def test_a_step_after_what_was_read_is_what_the_model_says(
    name: str, length: int, wait: int | None, device: str
) -> None:
    """Whatever the sizes and intents, the history and the request: scores within 1e-4."""
    model = NETWORKS[name]
    ranker = Ranker(Checkpoint(model, "v"), Histories(EVENTS[:length]))
    at = None if wait is None else EVENTS[max(0, length - 1)].at + wait
    request = Request(at, device) if at is not None else NOTHING_KNOWN
    expected = told_by_the_model(model, length, request)
    state = ranker.state("member-0")
    actual = ranker.score_all(state, request)
    with torch.inference_mode():
        targets_VE = model.tables(shelve(SCHEMA)).targets_VE[3:]
        scores_V = targets_VE @ expected.query_PE[0]
    torch.testing.assert_close(actual, scores_V, rtol=0, atol=EXACT)
    anew = ranker.score_all(state, request, anew=True)
    torch.testing.assert_close(anew, scores_V, rtol=0, atol=EXACT)


@pytest.mark.parametrize("name", CONFIGS)
def test_the_reasons_are_the_models(name: str) -> None:
    """Why an order is as it is: the same intents, chances and weights as the model's own."""
    model = NETWORKS[name]
    expected = told_by_the_model(model, 12, NOTHING_KNOWN)
    ranking = Ranker(Checkpoint(model, "v"), Histories(EVENTS[:12])).rank("member-0", list("abcde"))
    assert bool(ranking.why) == bool(expected.weights_PI.numel())
    for reason in ranking.why:
        chance_C = expected.logits[reason.intent][0].softmax(dim=0)
        place = list(expected.logits).index(reason.intent)
        assert reason.chance == pytest.approx(float(chance_C.max()), abs=EXACT)
        assert reason.weight == pytest.approx(float(expected.weights_PI[0, place]), abs=EXACT)


@pytest.mark.parametrize("name", CONFIGS)
def test_members_ranked_together_are_ranked_as_alone(name: str) -> None:
    """Of long, short and no histories, some read before: one by one each gets the same."""
    lengths = {"long": 40, "short": 2, "full": 15, "one": 1, "again": 7}
    events = [
        replace(EVENTS[at % len(EVENTS)], member_id=member, at=DAY * (9_000 + at))
        for member, length in lengths.items()
        for at in range(length)
    ]
    checkpoint = Checkpoint(NETWORKS[name], "v")
    together, alone = (Ranker(checkpoint, Histories(events)) for _ in range(2))
    together.rank("again", "abc")
    members = ["nobody", *lengths, "long"]
    later = replace(events[0], at=DAY * 20_000)
    for round_of in ([], [later]):
        together.watch(round_of)
        alone.watch(round_of)
        for member, ranking in zip(members, together.rank_many(members, "abcde"), strict=True):
            expected = alone.rank(member, "abcde")
            assert (ranking.member_id, ranking.cold_start) == (member, member == "nobody")
            assert ranking.title_ids == expected.title_ids
            for one, other in zip(ranking.titles, expected.titles, strict=True):
                assert one.score == pytest.approx(other.score, abs=EXACT)


def test_numbers_beyond_all_measure_stay_numbers() -> None:
    """Where gates are wide open or shut fast, no exponential runs over."""
    model = network(SMALL)
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(30)
    ranker = Ranker(Checkpoint(model, "v"), Histories(EVENTS[:12]))
    assert ranker.score_all(ranker.state("member-0"), Request(EVENTS[11].at + DAY)).isfinite().all()
