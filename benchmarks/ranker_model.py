"""A ranker of the usual size over made-up histories; its weights do not matter to time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

import torch

from ranker import ModelConfig, TitleMetadata, ViewingEvent, ViewingLog
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel

TITLES: Final = 3700
LENGTH: Final = 199
"""Events of each history; with the position that is predicted they fill the context."""

WIDTH, CONTEXT, HEADS, BLOCKS = 64, 200, 2, 2
_GENRES = ("drama", "comedy", "crime", "nature", "space", "war", "music", "family")
_START, _DAY = 1_600_000_000, 86_400


def title_ids(count: int = TITLES) -> list[str]:
    """The first titles of the catalogue."""
    return [f"title-{number}" for number in range(count)]


def member_ids(count: int) -> list[str]:
    """The first members."""
    return [f"member-{number}" for number in range(count)]


def viewing_events(members: Sequence[str]) -> list[ViewingEvent]:
    """One event a day for each member."""
    draw = random.Random(0)  # noqa: S311 - no secret depends on it
    titles = title_ids()
    return [
        ViewingEvent(member, draw.choice(titles), _START + _DAY * day)
        for member in members
        for day in range(LENGTH)
    ]


def next_event(member_id: str, title_id: str, number: int = 0) -> ViewingEvent:
    """An event after all of `viewing_events`."""
    return ViewingEvent(member_id, title_id, _START + _DAY * (LENGTH + number))


def network(events: Sequence[ViewingEvent]) -> RankerModel:
    """An untrained model of the titles in some events."""
    draw = random.Random(1)  # noqa: S311
    about = {title: TitleMetadata(genres=tuple(draw.sample(_GENRES, 2))) for title in title_ids()}
    schema = Schema.from_tokens(merge_events(ViewingLog.from_events(events)), about)
    torch.manual_seed(0)
    config = ModelConfig(context=CONTEXT, width=WIDTH, heads=HEADS, blocks=BLOCKS, horizon=1)
    return RankerModel(config, schema).eval()
