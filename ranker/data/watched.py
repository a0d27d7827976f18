"""Whether titles that a member has watched are suggested again.

Some services are for watching once, where to suggest what was watched wastes a place; others live
from members who return to a series or a channel. Evaluation and batch scoring of one log must
choose alike, or what is delivered is not what was measured.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, Self

from ranker.data.tokens import DISCOVER, Tokens

WatchedTitles = Literal["auto", "exclude", "include"]
"""What is chosen: by the data, or that watched titles are left out or ranked like all others."""

RETURNING_SHARE: Final = 0.05
"""The share of viewings of watched titles from which on `auto` ranks these titles too.

Logs of ratings and purchases have none or a few, by mistake; those of series and channels many. One
repeated event must not change what a metric means.
"""


@dataclass(frozen=True, slots=True)
class WatchedChoice:
    """Whether watched titles are ranked, and why.

    Args:
        include: whether they are.
        returns: the viewings of a title that their member had watched before.
        viewings: all viewings.
        by_data: whether the share of returns has decided, rather than the caller.
    """

    include: bool
    returns: int
    viewings: int
    by_data: bool

    @classmethod
    def of(cls, tokens: Tokens, watched: WatchedTitles = "auto") -> Self:
        """The choice for the viewings of a log: what is a target, by a policy of signals."""
        return cls.over([tokens], watched)

    @classmethod
    def over(cls, parts: Iterable[Tokens], watched: WatchedTitles = "auto") -> Self:
        """The choice for a log in parts, each with all of its members' viewings."""
        returns, viewings = 0, 0
        for tokens in parts:
            target_N = tokens.targets()
            returns += int((tokens.engagement_N[target_N] != DISCOVER).sum())
            viewings += len(target_N)
        by_data = watched == "auto"
        include = returns >= RETURNING_SHARE * viewings > 0 if by_data else watched == "include"
        return cls(include, returns, viewings, by_data)

    @property
    def share(self) -> float:
        """The share of viewings that return to a title."""
        return self.returns / self.viewings if self.viewings else 0.0

    def as_facts(self) -> dict[str, object]:
        """The choice for a report that programs read."""
        return {
            "ranked": self.include,
            "decided_by_data": self.by_data,
            "viewings": self.viewings,
            "returns": self.returns,
        }

    def __str__(self) -> str:
        """One sentence for reports."""
        what = "ranked like all others" if self.include else "left out"
        why = (
            f"{self.returns} of {self.viewings} viewings ({self.share:.1%}) return to a title; "
            f"from {RETURNING_SHARE:.0%} on they are ranked"
            if self.by_data
            else f"as chosen; {self.share:.1%} of {self.viewings} viewings return to a title"
        )
        return f"Titles that a member has watched are {what} ({why})."
