"""Tokens and titles as the tensors that a model reads, by its schema.

Post-action features are known only after a viewing, such as its duration; request-time features
are known when titles are requested, such as the hour and the device.

Names of arrays end in their shape: N tokens, M members, V titles and special tokens, A values of
metadata, F post-action features, R request-time features, J titles that were passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import accumulate, chain
from typing import Any, Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ranker.data.arrays import Floats, Ints
from ranker.data.events import REQUEST_FIELDS, Column
from ranker.data.roles import CONTEXT, DISLIKE, SKIP
from ranker.data.schema import LOG2_BUCKETS, Schema
from ranker.data.target_weights import target_weights
from ranker.data.titles import NO_METADATA, MetadataByTitle, TitleMetadata
from ranker.data.tokens import Tokens
from ranker.data.vocabulary import SPECIALS, UNK, Vocabulary

_DAY: Final = 86_400
_DAYS_OF_MONTH: Final = 30.44
_RECENCY_DAYS: Final = (30, 180, 365, 3 * 365, 10 * 365, 25 * 365)
_FEW: Final = 4
"""So many tokens are encoded one by one in less time than at once."""


@dataclass(frozen=True, slots=True)
class ItemFeatures:
    """Titles as a model reads and scores them: those it was trained on, and any new ones.

    Args:
        vocabulary: their tokens; trained titles come first.
        metadata: of each token, including special ones.
        metadata_VA: the metadata as numbers; a title's values of one field add up to 1.
        age_popularity_V2: the age in decades, and the logarithm of the views in training.
        has_id_V: whether the model has an id embedding of the title.
        released_day_V: days from 1970 to the release; NaN if it is unknown.
        runtime_V: in seconds; NaN if it is unknown.
    """

    vocabulary: Vocabulary
    metadata: tuple[TitleMetadata, ...]
    metadata_VA: Tensor
    age_popularity_V2: Tensor
    has_id_V: Tensor
    released_day_V: NDArray[np.float64]
    runtime_V: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PushDowns:
    """Titles that score too high if they score above the average where they were not wanted.

    Args:
        start_N: where those before each token begin, followed by their number; N + 1.
        titles_J: tokens of the titles, ordered by the token that they precede.
        weight_J: how much each counts, beside a target of weight 1.
    """

    start_N: Tensor
    titles_J: Tensor
    weight_J: Tensor


@dataclass(frozen=True, slots=True)
class EncodedTokens:
    """Tokens as a model reads them, ordered by member.

    Args:
        members: the members' ids.
        starts_M: the index of each member's first token, followed by the number of tokens.
        titles_N: tokens of the titles.
        post_action_NF: post-action features as row indexes of the model's table; 0 is unknown.
        request_NR: request-time features, likewise.
        start_time_N: when the token began, in seconds since 1970.
        end_time_N: when it ended.
        weight_N: the weight as a target; 0 for other roles.
        engagement_N: indexes into `ENGAGEMENTS`.
        recency_N: indexes into `RECENCIES`; -1 if the release is unknown.
        role_N: as in `ranker.data.roles`.
        time_zones: each member's last known time zone; "" if none is known.
        push_downs: what training pushes down; None where nothing is trained.
    """

    members: tuple[str, ...]
    starts_M: Tensor
    titles_N: Tensor
    post_action_NF: Tensor
    request_NR: Tensor
    start_time_N: Tensor
    end_time_N: Tensor
    weight_N: Tensor
    engagement_N: Tensor
    recency_N: Tensor
    role_N: Tensor
    time_zones: tuple[str, ...]
    push_downs: PushDowns | None = None

    def of_member(self, number: int) -> Self:
        """One member's tokens, which share the memory of all."""
        start, end = self.starts_M[number : number + 2].tolist()
        own: dict[str, Any] = {name: getattr(self, name)[start:end] for name in _BY_TOKEN}
        return type(self)(
            members=self.members[number : number + 1],
            starts_M=torch.tensor([0, end - start]),
            time_zones=self.time_zones[number : number + 1],
            **own,
        )

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The tokens of all parts, at least one, in their order."""
        counts = torch.cat([part.starts_M.diff() for part in parts])
        joined: dict[str, Any] = {
            name: torch.cat([getattr(part, name) for part in parts]) for name in _BY_TOKEN
        }
        return cls(
            members=tuple(chain.from_iterable(part.members for part in parts)),
            starts_M=F.pad(counts.cumsum(dim=0), (1, 0)),
            time_zones=tuple(chain.from_iterable(part.time_zones for part in parts)),
            **joined,
        )


_BY_TOKEN: Final = tuple(field.name for field in fields(EncodedTokens) if "_N" in field.name)


def item_features(schema: Schema, titles: MetadataByTitle | None = None) -> ItemFeatures:
    """The trained titles, followed by those of `titles` that are new."""
    titles = titles or {}
    vocabulary = schema.vocabulary.with_titles(titles)
    new = vocabulary.titles[len(schema.metadata) :]
    metadata = (*[NO_METADATA] * SPECIALS, *schema.metadata, *(titles[title] for title in new))
    counts = [*[0] * SPECIALS, *schema.counts, *[0] * len(new)]
    ages = [_age_in_decades(schema.as_of, title.released) for title in metadata]
    age_count_2V = torch.tensor([ages, counts], dtype=torch.float32)
    has_id_V = torch.arange(len(vocabulary)) < len(schema.vocabulary)
    has_id_V[UNK] = False
    return ItemFeatures(
        vocabulary,
        metadata,
        _encode_metadata(schema, metadata),
        torch.stack([age_count_2V[0], age_count_2V[1].log1p()], dim=1),
        has_id_V,
        np.array([_days_since_1970(title.released) for title in metadata]),
        np.array([title.runtime or np.nan for title in metadata], np.float64),
    )


def encode(
    schema: Schema, tokens: Tokens, items: ItemFeatures, *, targets: bool = True
) -> EncodedTokens:
    """Members' tokens as a model reads them.

    Args:
        schema: of the model.
        tokens: ordered by member.
        items: the titles.
        targets: whether they are to be predicted; else what only targets need is not worked out.
    """
    members, starts = _members(tokens)
    titles_N = items.vocabulary.encode_column(tokens.title)
    request_NR = _encode_token_requests(schema, tokens)
    return EncodedTokens(
        members=members,
        starts_M=torch.tensor([*starts, len(tokens)]),
        titles_N=torch.from_numpy(titles_N),
        post_action_NF=_encode_post_action(schema, tokens, request_NR),
        request_NR=request_NR,
        start_time_N=torch.from_numpy(tokens.start_time_N),
        end_time_N=torch.from_numpy(tokens.end_time_N),
        role_N=torch.from_numpy(tokens.role_N),
        time_zones=_last_time_zones(tokens, starts),
        push_downs=_push_downs(schema, tokens, items, titles_N) if targets else None,
        **_target_features(schema, tokens, titles_N, items if targets else None),
    )


def _members(tokens: Tokens) -> tuple[tuple[str, ...], Sequence[int]]:
    """The members, and the index of each one's first token."""
    if len(tokens.member.values) == 1 and len(tokens):
        return tokens.member.values, (0,)
    codes, starts = np.unique(tokens.member.codes_E, return_index=True)
    return tuple(tokens.member.values[code] for code in codes), starts.tolist()


def _last_time_zones(tokens: Tokens, starts: Sequence[int]) -> tuple[str, ...]:
    """Each member's last time zone that is known."""
    if tokens.time_zone is None or not len(tokens):
        return ("",) * len(starts)
    codes_N, names = tokens.time_zone.codes_E, (*tokens.time_zone.values, "")
    last_N = np.maximum.accumulate(np.where(codes_N >= 0, np.arange(len(codes_N)), -1))
    last_M = last_N[np.array([*starts[1:], len(codes_N)], np.int64) - 1]
    known_M = last_M >= np.array(starts)
    codes = np.where(known_M, codes_N[last_M], -1).tolist()
    return tuple(names[code] for code in codes)


def _push_downs(schema: Schema, tokens: Tokens, items: ItemFeatures, titles_N: Ints) -> PushDowns:
    """Disliked and skipped titles at their own tokens, and what was passed over before a token."""
    policy = schema.policy
    weight_N = np.select(
        [tokens.role_N == DISLIKE, tokens.role_N == SKIP],
        [policy.dislikes.weight, policy.skips.weight],
        0.0,
    )
    before_J = np.flatnonzero(weight_N > 0)
    title_J, weight_J = titles_N[before_J], weight_N[before_J]
    if tokens.shown is not None:
        shown = Column(tokens.title.values, tokens.shown.title_J)
        shown_J = items.vocabulary.encode_column(shown)
        before_J = np.concatenate([before_J, tokens.shown.before_J])
        title_J = np.concatenate([title_J, shown_J])
        weight_J = np.append(weight_J, np.full(len(shown_J), policy.impressions.weight))
    known_J = np.flatnonzero(title_J >= SPECIALS)
    order = known_J[np.argsort(before_J[known_J], kind="stable")]
    return PushDowns(
        torch.from_numpy(np.searchsorted(before_J[order], np.arange(len(tokens) + 1))),
        torch.from_numpy(title_J[order]),
        torch.from_numpy(weight_J[order].astype(np.float32)),
    )


def _target_features(
    schema: Schema, tokens: Tokens, titles_N: Ints, items: ItemFeatures | None
) -> dict[str, Tensor]:
    """Weight, engagement and recency of each token; 0 without `items`."""
    if items is None:
        return dict.fromkeys(("weight_N", "engagement_N", "recency_N"), torch.zeros(len(tokens)))
    age_N = tokens.start_time_N / _DAY - items.released_day_V[titles_N]
    return {
        "weight_N": torch.from_numpy(
            target_weights(tokens, items.runtime_V[titles_N], schema.policy)
        ),
        "engagement_N": torch.from_numpy(tokens.engagement_N),
        "recency_N": torch.from_numpy(_recencies(age_N)),
    }


def append_next_step(encoded: EncodedTokens) -> EncodedTokens:
    """The tokens with one more after each member's, which stands for the step to predict."""
    members = len(encoded.members)
    last_M = encoded.starts_M[1:] - 1
    # With the time of the last token, since the time of the next step is unknown.
    index_N = torch.cat([torch.arange(len(encoded.titles_N)), last_M])
    order = index_N.argsort(stable=True)
    source_N = index_N[order]
    is_next_N = order >= len(encoded.titles_N)
    end_time_N = encoded.end_time_N[source_N]
    return EncodedTokens(
        encoded.members,
        encoded.starts_M + torch.arange(members + 1),
        encoded.titles_N[source_N].masked_fill(is_next_N, UNK),
        encoded.post_action_NF[source_N],
        encoded.request_NR[source_N],
        torch.where(is_next_N, end_time_N, encoded.start_time_N[source_N]),
        end_time_N,
        encoded.weight_N[source_N],
        encoded.engagement_N[source_N],
        encoded.recency_N[source_N],
        encoded.role_N[source_N].masked_fill(is_next_N, CONTEXT),
        encoded.time_zones,
    )


def _encode_token_requests(schema: Schema, tokens: Tokens) -> Tensor:
    """The request-time features of tokens, NR."""
    offset_N = tokens.local_offsets()
    local_time_N = tokens.start_time_N if offset_N is None else tokens.start_time_N + offset_N
    if len(tokens) > _FEW:
        return encode_requests(schema, local_time_N, tokens.gap_N, tokens.request_fields)
    fields = [dict.fromkeys(REQUEST_FIELDS, "") for _ in range(len(tokens))]
    for name, column in tokens.request_fields.items():
        for number, text in enumerate(column.texts()):
            fields[number][name] = text
    times = zip(local_time_N.tolist(), tokens.gap_N.tolist(), fields, strict=True)
    rows = [encode_request(schema, *request) for request in times]
    return torch.tensor(rows, dtype=torch.long).view(len(tokens), len(schema.request_columns))


def encode_requests(
    schema: Schema, time_N: Ints, gap_N: Ints, request_fields: Mapping[str, Column]
) -> Tensor:
    """Request-time features, NR.

    Args:
        schema: of the model.
        time_N: the local time of the request, as seconds since 1970 would be if the member's clock
            were UTC's; -1 if unknown.
        gap_N: seconds since the member's previous token; -1 if unknown.
        request_fields: the device and so on.
    """
    days_N = time_N // _DAY
    codes = {
        "gap": _log2_buckets(gap_N),
        "hour": time_N // 3600 % 24,
        "weekday": (days_N + 3) % 7,  # 1970 began on a Thursday
        "season": (days_N % 365.25 / _DAYS_OF_MONTH).astype(np.int64) % 12,
    }
    unknown_N = time_N < 0
    if unknown_N.any():
        for name in ("hour", "weekday", "season"):
            codes[name] = np.where(unknown_N, -1, codes[name])
    codes |= {
        name: _known_codes(column, schema.text_values[name])
        for name, column in request_fields.items()
    }
    return torch.from_numpy(_row_indexes(codes, schema.request_columns, len(time_N)))


def encode_request(
    schema: Schema, time: int, gap: int, request_fields: Mapping[str, str]
) -> list[int]:
    """The features of one request, R, as from `encode_requests`, in a tenth of the time.

    Args:
        schema: of the model.
        time: of the request, local; -1 if unknown.
        gap: seconds since the member's previous token; -1 if unknown.
        request_fields: the device and so on; those without values are unknown.
    """
    days = time // _DAY
    known = time >= 0
    codes = {
        "gap": min((gap + 1).bit_length(), LOG2_BUCKETS) - 1,
        "hour": time // 3600 % 24 if known else -1,
        "weekday": (days + 3) % 7 if known else -1,
        "season": int(days % 365.25 / _DAYS_OF_MONTH) % 12 if known else -1,
    }
    rows, offset = [], 1
    for name, size in schema.request_columns.items():
        code = (
            codes[name] if name in codes else _index(schema.text_values[name], request_fields[name])
        )
        rows.append(0 if code < 0 else code + offset)
        offset += size
    return rows


def _index(values: Sequence[str], value: str) -> int:
    return values.index(value) if value in values else -1


def _encode_post_action(schema: Schema, tokens: Tokens, request_NR: Tensor) -> Tensor:
    """Post-action features, NF: actions and duration, followed by the request-time features."""
    of_request = schema.request_columns
    columns = schema.post_action_columns
    own = {name: size for name, size in columns.items() if name not in of_request}
    if not own:
        return request_NR
    actions = {
        f"action {action}": has_action_N - 1 for action, has_action_N in tokens.actions.items()
    }
    codes = actions | {"seconds": _log2_buckets(tokens.seconds_N)} if "seconds" in own else actions
    own_NF = _row_indexes(codes, own, len(tokens))
    rows_NR = request_NR.numpy()
    shifted_NR = (rows_NR + sum(own.values())) * (rows_NR > 0)
    return torch.from_numpy(np.concatenate([own_NF, shifted_NR], axis=1))


def _row_indexes(codes: Mapping[str, Ints], columns: Mapping[str, int], count: int) -> Ints:
    """Codes as row indexes of one table of all columns' values; a code of -1 becomes row 0."""
    rows = np.full((count, len(columns)), -1, np.int64)
    for number, name in enumerate(columns):
        if name in codes:
            rows[:, number] = codes[name]
    first = np.array(list(accumulate(columns.values(), initial=1))[:-1], np.int64)
    return (rows + first) * (rows >= 0)


def _known_codes(column: Column, values: Sequence[str]) -> Ints:
    """A column's codes among the values that the model knows; -1 for others."""
    code_of = {value: code for code, value in enumerate(values)}
    codes = np.array([*(code_of.get(value, -1) for value in column.values), -1], np.int64)
    return codes[column.codes_E]


def _log2_buckets(seconds_N: Ints) -> Ints:
    """Powers of two, from 0 for less than a second; -1 for unknown."""
    exponents = np.frexp(np.maximum(seconds_N, -1) + 1.0)[1]  # of a half up to 1, but 0 for 0
    return np.minimum(exponents, LOG2_BUCKETS) - 1


def _recencies(days_N: Floats) -> Ints:
    bucket_N = np.searchsorted(_RECENCY_DAYS, days_N)
    return np.where(np.isnan(days_N), -1, bucket_N)


def _encode_metadata(schema: Schema, metadata: Sequence[TitleMetadata]) -> Tensor:
    """Metadata as numbers, VA."""
    size = sum(map(len, schema.metadata_values.values()))
    metadata_VA = np.zeros((len(metadata), size), np.float32)
    for field, part in schema.metadata_slices().items():
        values = schema.metadata_values[field]
        column_of = {value: part.start + number for number, value in enumerate(values)}
        for row, title in enumerate(metadata):
            columns = [column_of[value] for value in title.values(field) if value in column_of]
            metadata_VA[row, columns] = 1 / max(1, len(columns))
    return torch.from_numpy(metadata_VA)


def _days_since_1970(released: date | None) -> float:
    """Days from 1970 to a release; NaN if it is unknown."""
    return np.nan if released is None else (released - date(1970, 1, 1)).days


def _age_in_decades(as_of: int, released: date | None) -> float:
    """A title's age; 0, as of a new title, if its release is unknown."""
    return 0.0 if released is None else (as_of / _DAY - _days_since_1970(released)) / 3652.5
