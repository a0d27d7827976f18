"""The schema of a model: the titles, values and columns that it was trained on, and their order.

A model file carries its schema, so that a number always means what it meant in training.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np

from ranker.data.events import REQUEST_FIELDS, TEXT_FIELDS
from ranker.data.signals import DEFAULT_POLICY, SignalPolicy
from ranker.data.titles import METADATA_FIELDS, NO_METADATA, MetadataByTitle, TitleMetadata
from ranker.data.token_summary import TokenSummary
from ranker.data.tokens import ENGAGEMENTS, Tokens
from ranker.data.vocabulary import Vocabulary

LOG2_BUCKETS: Final = 32
"""Powers of two of seconds: of the gap between tokens, and of their duration."""

_CALENDAR: Final = {"hour": 24, "weekday": 7, "season": 12}

RECENCIES: Final = ("a month", "half a year", "a year", "3 years", "10 years", "25 years", "older")
"""The most time between a title's release and its viewing."""

METADATA_INTENTS: Final = ("genres", "language", "kind")
"""Metadata fields that are predicted as intents and then add to the scores of matching titles."""


@dataclass(frozen=True)
class Schema:
    """What a model was trained on.

    Args:
        vocabulary: its titles.
        metadata: of each title.
        counts: how often each title was a target.
        as_of: the time of the last event, from which the titles' ages count.
        metadata_values: by metadata field, its values.
        text_values: by text field of events, its values.
        has_durations: whether events have durations.
        has_engagements: whether members return to titles, so that engagements can be predicted.
        signals: what actions say of titles; None in models of before there was such a policy.
    """

    vocabulary: Vocabulary
    metadata: tuple[TitleMetadata, ...]
    counts: tuple[int, ...]
    as_of: int
    metadata_values: Mapping[str, tuple[str, ...]]
    text_values: Mapping[str, tuple[str, ...]]
    has_durations: bool
    has_engagements: bool
    signals: SignalPolicy | None = None

    @property
    def policy(self) -> SignalPolicy:
        """What actions say of titles."""
        return self.signals or DEFAULT_POLICY

    @classmethod
    def from_tokens(
        cls,
        tokens: Tokens,
        titles: MetadataByTitle,
        signals: SignalPolicy | None = DEFAULT_POLICY,
    ) -> Self:
        """The schema of training data, whose tokens were merged by these signals."""
        return cls.from_summary(TokenSummary.of(tokens), titles, signals)

    @classmethod
    def from_summary(
        cls,
        tokens: TokenSummary,
        titles: MetadataByTitle,
        signals: SignalPolicy | None = DEFAULT_POLICY,
    ) -> Self:
        """The schema of training data, from what is counted in it."""
        counts = tokens.counts
        vocabulary = Vocabulary(sorted(counts))
        metadata = tuple(titles.get(title, NO_METADATA) for title in vocabulary.titles)
        return cls(
            vocabulary,
            metadata,
            tuple(counts[title] for title in vocabulary.titles),
            as_of=tokens.as_of,
            metadata_values={field: _values(metadata, field) for field in METADATA_FIELDS},
            text_values={name: tokens.text_values.get(name, ()) for name in TEXT_FIELDS},
            has_durations=tokens.has_durations,
            has_engagements=len(tokens.engagements) > 1,
            signals=signals,
        )

    def extended(
        self, tokens: TokenSummary, titles: MetadataByTitle, signals: SignalPolicy | None = None
    ) -> Self:
        """The schema with the titles of later tokens appended.

        New values of metadata and events remain unknown until a model is trained from scratch.

        Args:
            tokens: of the training data.
            titles: metadata.
            signals: by which the tokens were merged; by default this schema's.
        """
        new_counts = tokens.counts
        vocabulary = self.vocabulary.with_titles(new_counts)
        metadata = dict(zip(self.vocabulary.titles, self.metadata, strict=True))
        counts = dict(zip(self.vocabulary.titles, self.counts, strict=True))
        return type(self)(
            vocabulary,
            tuple(titles.get(t, metadata.get(t, NO_METADATA)) for t in vocabulary.titles),
            tuple(max(new_counts.get(t, 0), counts.get(t, 0)) for t in vocabulary.titles),
            max(self.as_of, tokens.as_of),
            self.metadata_values,
            self.text_values,
            self.has_durations,
            self.has_engagements,
            signals or self.signals,
        )

    def metadata_slices(self) -> dict[str, slice]:
        """By metadata field, its columns among all values; fields without values are left out."""
        sizes = [len(self.metadata_values[field]) for field in METADATA_FIELDS]
        ends = np.cumsum(sizes).tolist()
        return {
            field: slice(end - size, end)
            for field, size, end in zip(METADATA_FIELDS, sizes, ends, strict=True)
            if size
        }

    @cached_property
    def post_action_columns(self) -> dict[str, int]:
        """The post-action features and their numbers of values; request-time features included."""
        actions = {f"action {action}": 1 for action in self.text_values["action"]}
        durations = {"seconds": LOG2_BUCKETS} if self.has_durations else {}
        return actions | durations | self.request_columns

    @cached_property
    def request_columns(self) -> dict[str, int]:
        """The request-time features and their numbers of values."""
        texts = {
            name: len(self.text_values[name]) for name in REQUEST_FIELDS if self.text_values[name]
        }
        return {"gap": LOG2_BUCKETS} | _CALENDAR | texts

    def intent_sizes(self) -> dict[str, int]:
        """What can be predicted of the next step before its title, and the numbers of classes."""
        slices = self.metadata_slices()
        of_metadata = {
            name: len(self.metadata_values[name])
            for name in METADATA_INTENTS
            if name in slices and len(self.metadata_values[name]) > 1
        }
        engagement = {"engagement": len(ENGAGEMENTS)} if self.has_engagements else {}
        recency = {"recency": len(RECENCIES)} if "released" in slices else {}
        return engagement | of_metadata | recency

    def intent_classes(self, intent: str) -> tuple[str, ...]:
        """The names of an intent's classes."""
        fixed = {"engagement": ENGAGEMENTS, "recency": RECENCIES}
        return fixed.get(intent) or self.metadata_values[intent]

    def to_json(self) -> dict[str, Any]:
        """The schema as plain data, for a model's file."""
        return {
            "titles": list(self.vocabulary.titles),
            "metadata": [metadata.to_json() for metadata in self.metadata],
            "counts": list(self.counts),
            "as_of": self.as_of,
            "about": {field: list(values) for field, values in self.metadata_values.items()},
            "texts": {field: list(values) for field, values in self.text_values.items()},
            "timed": self.has_durations,
            "engagements": self.has_engagements,
            **({} if self.signals is None else {"signals": self.signals.to_json()}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The schema in plain data.

        Raises:
            KeyError, TypeError, ValueError: the data is not a schema.
        """
        vocabulary = Vocabulary(data["titles"])
        metadata = tuple(map(TitleMetadata.from_json, data["metadata"]))
        counts = tuple(map(int, data["counts"]))
        if not len(vocabulary.titles) == len(metadata) == len(counts):
            raise ValueError("titles, metadata and counts differ in length")
        return cls(
            vocabulary,
            metadata,
            counts,
            int(data["as_of"]),
            {field: tuple(data["about"][field]) for field in METADATA_FIELDS},
            {field: tuple(data["texts"][field]) for field in TEXT_FIELDS},
            bool(data["timed"]),
            bool(data["engagements"]),
            SignalPolicy.from_json(data["signals"]) if "signals" in data else None,
        )


def _values(metadata: Iterable[TitleMetadata], field: str) -> tuple[str, ...]:
    return tuple(sorted({value for title in metadata for value in title.values(field)}))
