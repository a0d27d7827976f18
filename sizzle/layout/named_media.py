"""Titles that clips and their files are named after.

Where an edit left all markers on cuts, but on those of other clips, only the names tell: editors
mostly name a title's footage by its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from urllib.parse import unquote

from sizzle.layout.timeline import Item

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST_NAME = 300  # characters that are looked at
_NOTHING: frozenset[str] = frozenset()


def titles_in_names(clips: Sequence[Item], title_ids: Iterable[str]) -> list[frozenset[str]]:
    """The titles whose ids are among the words of each clip's name or its file's; often none."""
    by_words: dict[tuple[str, ...], set[str]] = {}
    for title_id in title_ids:
        by_words.setdefault(_words(title_id), set()).add(title_id)
    longest = max(map(len, by_words), default=0)

    @cache
    def titles(name: str) -> frozenset[str]:
        words = _words(name[-_LONGEST_NAME:])
        found: set[str] = set()
        for start in range(len(words)):
            for end in range(start + 1, min(start + longest, len(words)) + 1):
                found |= by_words.get(words[start:end], _NOTHING)
        return frozenset(found)

    return [titles(item.name) | titles(_file_name(item.media)) for item in clips]


def _words(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(name.lower()))


def _file_name(media: str | None) -> str:
    return unquote((media or "").replace("\\", "/").rpartition("/")[2])
