"""A network of each kind, with random weights, and the events that it can read."""

from dataclasses import replace

import torch

from ranker import ModelConfig, ViewingLog
from ranker.data.followers import Followers
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.co_watching import CoWatching, CoWatchingSettings
from ranker.network.model import RankerModel
from tests.ranker.small_histories import TITLES, rich_events

EVENTS = rich_events(members=4)
SCHEMA = Schema.from_tokens(merge_events(ViewingLog.from_events(EVENTS)), TITLES)
SMALL = ModelConfig(context=16, width=16, heads=4, blocks=3)
CONFIGS = {
    "hierarchical": SMALL,
    "oracle": replace(SMALL, intent="oracle"),
    "flat": replace(SMALL, intent="flat"),
    "no intent": replace(SMALL, intent="none"),
    "ids only": replace(SMALL, metadata=False, heads=1, blocks=1),
    "low rank": replace(SMALL, attention="low_rank"),
    "co-watching": SMALL,
}


def network(config: ModelConfig) -> RankerModel:
    """A network with weights so large, also of norms and biases, that a missing one shows."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = RankerModel(config, SCHEMA).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
    return model


def followers() -> Followers:
    """How often titles follow one another in the events."""
    tokens = merge_events(ViewingLog.from_events(EVENTS))
    title_N = SCHEMA.vocabulary.encode_column(tokens.title)
    return Followers.count(title_N, tokens.member.codes_E, len(SCHEMA.vocabulary), within=3)


NETWORKS = {name: network(config) for name, config in CONFIGS.items()}
NETWORKS["co-watching"].co_watching = CoWatching(
    CoWatchingSettings(reversed_share=0.3, target_power=0.2, weight=2.0, sharpness=0.5),
    followers(),
    SCHEMA,
)
