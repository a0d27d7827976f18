"""Title ids to tokens and back: the only place that knows what a token's number means."""

from collections.abc import Iterable, Sequence
from typing import Final, Self

PAD: Final = 0
"""Fills a short row of a batch; never predicted."""

BOS: Final = 1
"""Begins every sequence; alone, it stands for a member of whom nothing is known."""

UNK: Final = 2
"""Any title of which nothing is known, neither from training nor from its metadata."""

SPECIALS: Final = 3


class Vocabulary:
    """The titles a model knows, each with its token; immutable.

    Args:
        titles: title ids in token order, each once; the first has token 3, after PAD, BOS, UNK.
    """

    def __init__(self, titles: Iterable[str]) -> None:
        self.titles = tuple(titles)
        self._tokens = {title: token for token, title in enumerate(self.titles, start=SPECIALS)}
        assert len(self._tokens) == len(self.titles), "a title is in the vocabulary twice"

    @classmethod
    def of(cls, sequences: Iterable[Sequence[str]]) -> Self:
        """The vocabulary of every title in `sequences`, whatever order they come in."""
        return cls(sorted({title for sequence in sequences for title in sequence}))

    def with_titles(self, titles: Iterable[str]) -> Self:
        """The same tokens, and after them those of the titles that are new, sorted."""
        return type(self)((*self.titles, *sorted(set(titles) - self._tokens.keys())))

    def __len__(self) -> int:
        """How many tokens there are, special ones included."""
        return len(self.titles) + SPECIALS

    def token_of(self, title_id: str) -> int:
        """The title's token, or UNK."""
        return self._tokens.get(title_id, UNK)

    def encode(self, title_ids: Iterable[str]) -> list[int]:
        """The tokens of several titles, in their order."""
        return [self.token_of(title_id) for title_id in title_ids]

    def title_of(self, token: int) -> str:
        """The title of a token that `token_of` gave for a known title."""
        assert SPECIALS <= token < len(self), f"token {token} stands for no title"
        return self.titles[token - SPECIALS]
