"""Tokens and titles as the numbers that a model reads, by its schema.

Names of arrays end in their shape: N tokens, M members, V titles and special tokens, A values of
metadata, F columns of what happened, R columns of what is known when a title is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ranker.data.arrays import Ints
from ranker.data.events import Column
from ranker.data.schema import MAGNITUDES, Schema
from ranker.data.titles import UNKNOWN, TitleMetadata, Titles
from ranker.data.tokens import Tokens
from ranker.data.vocabulary import SPECIALS, UNK, Vocabulary

_DAY: Final = 86_400
_MONTHS: Final = 30.44
_RECENT: Final = (30, 180, 365, 3 * 365, 10 * 365, 25 * 365)
_FULL: Final = 5400
_LEAST: Final = 0.25


@dataclass(frozen=True, slots=True)
class Shelf:
    """Titles as a model reads and scores them: those it was trained on, and any that are new.

    Args:
        vocabulary: their tokens; the trained ones come first.
        metadata: of each token, special ones included.
        about_VA: the same in numbers; the values a title has of one field add up to 1.
        facts_V2: the age in decades, and the logarithm of how often it was watched in training.
        trained_V: whether the model has an id embedding of it.
    """

    vocabulary: Vocabulary
    metadata: tuple[TitleMetadata, ...]
    about_VA: Tensor
    facts_V2: Tensor
    trained_V: Tensor


@dataclass(frozen=True, slots=True)
class Encoded:
    """Members' tokens as a model reads them; each member's are neighbours.

    Args:
        members: the members' ids.
        starts_M: where each one's tokens begin, and at the end how many there are.
        titles_N: tokens of the titles.
        happened_NF: what is known after the fact, as places in the model's table; 0 is nothing.
        request_NR: what is known when the title is asked for, likewise.
        first_N: when it began, in seconds since 1970.
        last_N: when it ended.
        weight_N: how much it counts as a target.
        engagement_N: one of `ENGAGEMENTS`.
        recency_N: one of `RECENCIES`; -1 where the release is unknown.
    """

    members: tuple[str, ...]
    starts_M: Tensor
    titles_N: Tensor
    happened_NF: Tensor
    request_NR: Tensor
    first_N: Tensor
    last_N: Tensor
    weight_N: Tensor
    engagement_N: Tensor
    recency_N: Tensor


def shelve(schema: Schema, titles: Titles | None = None) -> Shelf:
    """The trained titles, and of `titles` those that are new."""
    titles = titles or {}
    vocabulary = schema.vocabulary.with_titles(titles)
    new = vocabulary.titles[len(schema.metadata) :]
    metadata = (*[UNKNOWN] * SPECIALS, *schema.metadata, *(titles[title] for title in new))
    counts = [*[0] * SPECIALS, *schema.counts, *[0] * len(new)]
    ages = [_decades(schema.as_of, about.released) for about in metadata]
    facts_2V = torch.tensor([ages, counts], dtype=torch.float32)
    trained_V = torch.arange(len(vocabulary)) < len(schema.vocabulary)
    trained_V[UNK] = False
    return Shelf(
        vocabulary,
        metadata,
        _about(schema, metadata),
        torch.stack([facts_2V[0], facts_2V[1].log1p()], dim=1),
        trained_V,
    )


def encode(schema: Schema, tokens: Tokens, shelf: Shelf) -> Encoded:
    """Members' tokens as a model reads them."""
    codes, starts = np.unique(tokens.member.codes_E, return_index=True)
    places = np.array([*shelf.vocabulary.encode(tokens.title.values), UNK], np.int64)
    titles_N = places[tokens.title.codes_E]
    released_V = np.array([_days(about.released) for about in shelf.metadata])
    return Encoded(
        members=tuple(tokens.member.values[code] for code in codes),
        starts_M=torch.tensor([*starts.tolist(), len(tokens)]),
        titles_N=torch.from_numpy(titles_N),
        happened_NF=_happened(schema, tokens),
        request_NR=encode_requests(schema, tokens.first_N, tokens.gap_N, tokens.surroundings),
        first_N=torch.from_numpy(tokens.first_N),
        last_N=torch.from_numpy(tokens.last_N),
        weight_N=torch.from_numpy(_weights(tokens.seconds_N)),
        engagement_N=torch.from_numpy(tokens.engagement_N),
        recency_N=torch.from_numpy(_recencies(tokens.first_N / _DAY - released_V[titles_N])),
    )


def with_request(encoded: Encoded, request_1R: Tensor, at: int) -> Encoded:
    """One member's tokens, and after them a step that is asked for: no title, only its request."""
    at_1 = torch.tensor([at])
    nothing_1 = torch.zeros(1, dtype=torch.long)
    return Encoded(
        encoded.members,
        encoded.starts_M,
        torch.cat([encoded.titles_N, nothing_1 + UNK]),
        F.pad(encoded.happened_NF, (0, 0, 0, 1)),
        torch.cat([encoded.request_NR, request_1R]),
        torch.cat([encoded.first_N, at_1]),
        torch.cat([encoded.last_N, at_1]),
        torch.cat([encoded.weight_N, torch.ones(1)]),
        torch.cat([encoded.engagement_N, nothing_1]),
        torch.cat([encoded.recency_N, nothing_1 - 1]),
    )


def with_questions(encoded: Encoded) -> Encoded:
    """After each member's tokens one more, which stands for the step that is to be predicted."""
    members = len(encoded.members)
    lasts_M = encoded.starts_M[1:] - 1
    # Of the last token's time, since nothing is known of when the next one will be.
    place_N = torch.cat([torch.arange(len(encoded.titles_N)), lasts_M])
    order = place_N.argsort(stable=True)
    source_N = place_N[order]
    asked_N = order >= len(encoded.titles_N)
    last_N = encoded.last_N[source_N]
    return Encoded(
        encoded.members,
        encoded.starts_M + torch.arange(members + 1),
        encoded.titles_N[source_N].masked_fill(asked_N, UNK),
        encoded.happened_NF[source_N],
        encoded.request_NR[source_N],
        torch.where(asked_N, last_N, encoded.first_N[source_N]),
        last_N,
        encoded.weight_N[source_N],
        encoded.engagement_N[source_N],
        encoded.recency_N[source_N],
    )


def encode_requests(
    schema: Schema, at_N: Ints, gap_N: Ints, surroundings: Mapping[str, Column]
) -> Tensor:
    """What is known when titles are asked for, NR.

    Args:
        schema: of the model.
        at_N: when, in seconds since 1970; -1 where that is not to be known.
        gap_N: seconds since the member's token before; -1 where there is none.
        surroundings: the device and so on.
    """
    days_N = at_N // _DAY
    codes = {
        "gap": _magnitudes(gap_N),
        "hour": at_N // 3600 % 24,
        "weekday": (days_N + 3) % 7,  # 1970 began on a Thursday
        "season": (days_N % 365.25 / _MONTHS).astype(np.int64) % 12,
    }
    for name in ("hour", "weekday", "season"):
        codes[name] = np.where(at_N < 0, -1, codes[name])
    codes |= {name: _known(column, schema.texts[name]) for name, column in surroundings.items()}
    return _placed(codes, schema.request_columns(), len(at_N))


def _happened(schema: Schema, tokens: Tokens) -> Tensor:
    """What is known after the fact, NF: what was known before, and what came of it."""
    actions = {f"action {action}": yes_N - 1 for action, yes_N in tokens.actions.items()}
    codes = actions | {"seconds": _magnitudes(tokens.seconds_N)}
    before_NR = encode_requests(schema, tokens.first_N, tokens.gap_N, tokens.surroundings)
    columns = schema.happened_columns()
    after = {name: columns[name] for name in columns if name not in schema.request_columns()}
    after_NF = _placed(codes, after, len(tokens))
    shifted_NR = torch.where(before_NR > 0, before_NR + sum(after.values()), 0)
    return torch.cat([after_NF, shifted_NR], dim=1)


def _placed(codes: Mapping[str, Ints], columns: Mapping[str, int], count: int) -> Tensor:
    """Codes, -1 for none, as places in one table of all columns' values, in which 0 is none."""
    placed = np.zeros((count, len(columns)), np.int64)
    offset = 1
    for number, (name, size) in enumerate(columns.items()):
        if name in codes:
            placed[:, number] = np.where(codes[name] < 0, 0, codes[name] + offset)
        offset += size
    return torch.from_numpy(placed)


def _known(column: Column, values: Sequence[str]) -> Ints:
    """A column's codes among the values that the model knows; -1 for any other."""
    place = {value: code for code, value in enumerate(values)}
    codes = np.array([*(place.get(value, -1) for value in column.values), -1], np.int64)
    return codes[column.codes_E]


def _magnitudes(seconds_N: Ints) -> Ints:
    """Powers of two, from 0 for less than a second; -1 where there is nothing."""
    powers = np.log2(np.maximum(seconds_N, 0) + 1.0).astype(np.int64)
    return np.where(seconds_N < 0, -1, np.minimum(powers, MAGNITUDES - 1))


def _weights(seconds_N: Ints) -> NDArray[np.float32]:
    """A film counts more than a trailer: from a quarter up to 1 at an hour and a half."""
    share_N = _LEAST + (1 - _LEAST) * np.clip(seconds_N / _FULL, 0, 1)
    return np.where(seconds_N < 0, 1.0, share_N).astype(np.float32)


def _recencies(days_N: NDArray[np.float64]) -> Ints:
    bucket_N = np.searchsorted(_RECENT, days_N)
    return np.where(np.isnan(days_N), -1, bucket_N)


def _about(schema: Schema, metadata: Sequence[TitleMetadata]) -> Tensor:
    """Metadata in numbers, VA."""
    about_VA = np.zeros((len(metadata), sum(map(len, schema.about.values()))), np.float32)
    for field, section in schema.sections().items():
        place = {value: section.start + n for n, value in enumerate(schema.about[field])}
        for row, about in enumerate(metadata):
            values = [place[value] for value in about.values(field) if value in place]
            about_VA[row, values] = 1 / max(1, len(values))
    return torch.from_numpy(about_VA)


def _days(released: date | None) -> float:
    """Days from 1970 to a release; not a number where it is unknown."""
    return np.nan if released is None else (released - date(1970, 1, 1)).days


def _decades(as_of: int, released: date | None) -> float:
    """A title's age; one whose release is unknown counts as new."""
    return 0.0 if released is None else (as_of / _DAY - _days(released)) / 3652.5
