"""The schema: which titles, values and columns a model was trained on, and their places.

A model file carries its schema, so that a model never meets numbers that mean something else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from ranker.data.events import SURROUNDINGS, TEXTS
from ranker.data.titles import FIELDS, UNKNOWN, TitleMetadata, Titles
from ranker.data.tokens import ENGAGEMENTS, Tokens
from ranker.data.vocabulary import Vocabulary

MAGNITUDES: Final = 32
"""Powers of two: of seconds between tokens, and of those that a token lasted."""

_CLOCK: Final = {"hour": 24, "weekday": 7, "season": 12}

RECENCIES: Final = ("a month", "half a year", "a year", "3 years", "10 years", "25 years", "older")
"""How long after its release a title was watched: at most so long."""

ATTRIBUTES: Final = ("genres", "language", "kind")
"""Fields of metadata that are predicted first, and narrow which title comes next."""


@dataclass(frozen=True)
class Schema:
    """What a model was trained on.

    Args:
        vocabulary: its titles.
        metadata: of each of them.
        counts: how often each was watched.
        as_of: when the last event was; titles' ages count from then.
        about: by field of metadata, its values.
        texts: by text field of events, its values.
        timed: whether events say how long they lasted.
        engagements: whether members return to titles, so that there is an engagement to predict.
    """

    vocabulary: Vocabulary
    metadata: tuple[TitleMetadata, ...]
    counts: tuple[int, ...]
    as_of: int
    about: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, tuple[str, ...]]
    timed: bool
    engagements: bool

    @classmethod
    def of(cls, tokens: Tokens, titles: Titles) -> Self:
        """Of what there is to train on."""
        watched = _counts(tokens)
        vocabulary = Vocabulary(sorted(watched))
        metadata = tuple(titles.get(title, UNKNOWN) for title in vocabulary.titles)
        told = {name: column.values for name, column in tokens.surroundings.items()}
        told["action"] = tuple(tokens.actions)
        return cls(
            vocabulary,
            metadata,
            tuple(watched[title] for title in vocabulary.titles),
            as_of=int(tokens.last_N.max(initial=0)),
            about={field: _values(metadata, field) for field in FIELDS},
            texts={name: told.get(name, ()) for name in TEXTS},
            timed=bool((tokens.seconds_N >= 0).any()),
            engagements=len(np.unique(tokens.engagement_N)) > 1,
        )

    def grown(self, tokens: Tokens, titles: Titles) -> Self:
        """With the titles of later tokens added; what was there keeps its place.

        Values of metadata and events that are new stay unknown, until a model is trained anew.
        """
        watched = _counts(tokens)
        vocabulary = self.vocabulary.with_titles(watched)
        before = dict(zip(self.vocabulary.titles, self.metadata, strict=True))
        counts = dict(zip(self.vocabulary.titles, self.counts, strict=True))
        return type(self)(
            vocabulary,
            tuple(titles.get(t, before.get(t, UNKNOWN)) for t in vocabulary.titles),
            tuple(max(watched.get(t, 0), counts.get(t, 0)) for t in vocabulary.titles),
            max(self.as_of, int(tokens.last_N.max(initial=0))),
            self.about,
            self.texts,
            self.timed,
            self.engagements,
        )

    def sections(self) -> dict[str, slice]:
        """Where each field of metadata lies among all values; a field without values is absent."""
        ends = np.cumsum([len(self.about[field]) for field in FIELDS]).tolist()
        return {
            field: slice(end - len(self.about[field]), end)
            for field, end in zip(FIELDS, ends, strict=True)
            if self.about[field]
        }

    def happened_columns(self) -> dict[str, int]:
        """The columns of what happened, and how many values each has."""
        actions = {f"action {action}": 1 for action in self.texts["action"]}
        lasted = {"seconds": MAGNITUDES} if self.timed else {}
        return actions | lasted | self.request_columns()

    def request_columns(self) -> dict[str, int]:
        """The columns of what is known when a title is asked for, and how many values each has."""
        told = {name: len(self.texts[name]) for name in SURROUNDINGS if self.texts[name]}
        return {"gap": MAGNITUDES} | _CLOCK | told

    def intents(self) -> dict[str, int]:
        """What can be predicted of a next step before its title, and into how many classes."""
        sections = self.sections()
        attributes = {
            name: len(self.about[name])
            for name in ATTRIBUTES
            if name in sections and len(self.about[name]) > 1
        }
        engagement = {"engagement": len(ENGAGEMENTS)} if self.engagements else {}
        recency = {"recency": len(RECENCIES)} if "released" in sections else {}
        return engagement | attributes | recency

    def intent_names(self, intent: str) -> tuple[str, ...]:
        """The names of an intent's classes."""
        named = {"engagement": ENGAGEMENTS, "recency": RECENCIES}
        return named.get(intent) or self.about[intent]

    def to_json(self) -> dict[str, Any]:
        """As plain data, for a model's file."""
        return {
            "titles": list(self.vocabulary.titles),
            "metadata": [about.to_json() for about in self.metadata],
            "counts": list(self.counts),
            "as_of": self.as_of,
            "about": {field: list(values) for field, values in self.about.items()},
            "texts": {field: list(values) for field, values in self.texts.items()},
            "timed": self.timed,
            "engagements": self.engagements,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """From plain data; KeyError, TypeError or ValueError where it is no schema."""
        titles = Vocabulary(data["titles"])
        metadata = tuple(map(TitleMetadata.from_json, data["metadata"]))
        counts = tuple(map(int, data["counts"]))
        if not len(titles.titles) == len(metadata) == len(counts):
            raise ValueError("its titles, metadata and counts are not equally many")
        return cls(
            titles,
            metadata,
            counts,
            int(data["as_of"]),
            {field: tuple(data["about"][field]) for field in FIELDS},
            {field: tuple(data["texts"][field]) for field in TEXTS},
            bool(data["timed"]),
            bool(data["engagements"]),
        )


def _counts(tokens: Tokens) -> dict[str, int]:
    codes, counts = np.unique(tokens.title.codes_E, return_counts=True)
    return {tokens.title.values[c]: int(n) for c, n in zip(codes, counts, strict=True)}


def _values(metadata: Iterable[TitleMetadata], field: str) -> tuple[str, ...]:
    return tuple(sorted({value for about in metadata for value in about.values(field)}))
