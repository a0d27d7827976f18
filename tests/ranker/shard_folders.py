"""Folders of shards, made of the tokens of small logs."""

from pathlib import Path

import numpy as np

from ranker import ViewingLog
from ranker.data.shard_files import (
    Manifest,
    ShardFiles,
    column_values,
    write_shard,
    write_values,
)
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
