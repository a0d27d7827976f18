"""Folders of shards, made of the tokens of small logs."""

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import numpy as np

from ranker import ViewingLog
from ranker.data.encoded_spans import widened
from ranker.data.shard_files import (
    Manifest,
    ShardFiles,
    column_values,
    write_shard,
    write_values,
)
from ranker.data.signals import DEFAULT_POLICY, SignalPolicy
from ranker.data.tokens import Tokens, merge_events


def shard_folder(folder: Path, log: ViewingLog, shards: int) -> ShardFiles:
    """The tokens of a log in so many shards: its members are dealt to them in turn."""
    tokens = merge_events(log)
    files = [
        write_shard(folder, number, every_nth_member(tokens, shards, number))
        for number in range(shards)
    ]
    values = write_values(folder, column_values(tokens))
    Manifest("of a test", len(log), values, tuple(files)).write(folder)
    return ShardFiles(folder)


def every_nth_member(tokens: Tokens, count: int, first: int) -> Tokens:
    """The tokens of every so manieth member, from one on."""
    members = np.unique(tokens.member.codes_E)[first::count]
    return tokens.take(np.isin(tokens.member.codes_E, members))


def of_members(tokens: Tokens) -> dict[str, list[tuple[object, ...]]]:
    """What tokens say of each member."""
    fields = [column.texts() for _, column in sorted(tokens.request_fields.items())]
    actions = [has_N.tolist() for _, has_N in sorted(tokens.actions.items())]
    numbers = (tokens.start_time_N, tokens.end_time_N, tokens.gap_N, tokens.seconds_N)
    columns: list[Iterable[object]] = [tokens.title.texts(), *(array.tolist() for array in numbers)]
    columns += [tokens.engagement_N.tolist(), tokens.role_N.tolist(), *fields, *actions]
    if tokens.rating_N is not None:
        columns.append(map(str, tokens.rating_N.tolist()))
    if tokens.time_zone is not None:
        columns.append(tokens.time_zone.texts())
    if tokens.shown is not None:
        names = [tokens.title.values[code] for code in tokens.shown.title_J.tolist()]
        ends = tokens.shown.start_N.tolist()
        columns.append([names[start:end] for start, end in pairwise(ends)])
    found: dict[str, list[tuple[object, ...]]] = {}
    for member, *row in zip(tokens.member.texts(), *columns, strict=True):
        found.setdefault(member, []).append(tuple(row))
    return found


def expect_tokens_of(
    shards: ShardFiles, log: ViewingLog, policy: SignalPolicy = DEFAULT_POLICY
) -> None:
    """The shards have the tokens of a log in memory, each member's in one shard."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for tokens in shards:
        own = of_members(widened(tokens))
        assert not own.keys() & found.keys()
        found |= own
    assert found == of_members(merge_events(log, policy))
