"""Long lists, a page at a time: after a key, so that the last page costs no more than the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """Some rows of a list, and the way to the next.

    Attributes:
        rows: of this page.
        after: the key that the rows come after; empty for the first page.
        next_after: the key that the next page comes after; empty on the last one.
        size: rows of a page.
    """

    rows: Sequence[T]
    after: str
    next_after: str
    size: int

    @classmethod
    def of(cls, found: Sequence[T], after: str, size: int, key: Callable[[T], str]) -> Slice[T]:
        """The slice of what was found, where `size + 1` rows were asked for.

        Args:
            found: the rows, at most `size + 1`.
            after: the key that they come after.
            size: rows of a page.
            key: of a row.
        """
        rows = found[:size]
        return cls(rows, after, key(rows[-1]) if len(found) > size else "", size)

    def query(self, after: str, **kept: str) -> str:
        """The query of a page, with what else is chosen."""
        wanted: Mapping[str, str] = {"after": after, **kept}
        return urlencode({name: value for name, value in wanted.items() if value})
