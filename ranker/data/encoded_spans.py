"""Spans of tokens, encoded when they are used: of a log, only what a step reads is in this form.

Names of tensors as in `ranker.data.windows`.
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import torch

from ranker.data.encoding import EncodedTokens, ItemFeatures, encode
from ranker.data.events import Column
from ranker.data.roles import ShownTitles
from ranker.data.schema import Schema
from ranker.data.tokens import Tokens
from ranker.data.windows import Spans, ranges


def encode_spans(
    schema: Schema, tokens: Tokens, items: ItemFeatures, spans: Spans
) -> tuple[EncodedTokens, Spans]:
    """The tokens of some spans as a model reads them, and where each span is among them."""
    taken, where = take_spans(tokens, spans)
    return encode(schema, widened(taken), items), where


def take_spans(tokens: Tokens, spans: Spans) -> tuple[Tokens, Spans]:
    """The tokens of some spans, one span after the other, and where each of them is now.

    Each span has a member of its own, named by its number, since two may be of the same member.
    """
    length_W = spans.ends_W - spans.starts_W
    ends_W = length_W.cumsum(0)
    names = tuple(map(str, range(len(length_W))))
    member = Column(names, torch.repeat_interleave(length_W).numpy())
    taken = tokens.take(ranges(spans.starts_W, spans.ends_W).numpy())
    return replace(taken, member=member), Spans(ends_W - length_W, ends_W)


def widened(tokens: Tokens) -> Tokens:
    """The tokens with all integers in 64 bits, as they are computed with; files have fewer."""
    return replace(
        tokens,
        **{field.name: _widened(getattr(tokens, field.name)) for field in fields(tokens)},
    )


def _widened(part: Any) -> Any:  # noqa: ANN401 - what the fields of tokens are
    if isinstance(part, Mapping):
        return {name: _widened(value) for name, value in part.items()}
    if isinstance(part, Column):
        return Column(part.values, _widened(part.codes_E))
    if isinstance(part, np.ndarray) and part.dtype.kind in "iu":
        return part.astype(np.int64, copy=False)
    if isinstance(part, ShownTitles):
        return ShownTitles(_widened(part.start_N), _widened(part.title_J))
    return part
