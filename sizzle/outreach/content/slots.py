"""Slots of lines: `{title}` and the like, which are filled with plain text, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sizzle.errors import InputError

SEND_SLOTS: Final = frozenset({"name", "link", "titles"})
"""Slots that are filled for each member as a message is composed: the member's name, the address
of the reel, and its titles in their order. No writer is given what fills them."""

SLOT: Final = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}", re.ASCII)


def slots_in(text: str) -> list[str]:
    """The names of the slots of a text, in their order."""
    return SLOT.findall(text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text with its slots filled. What fills a slot is not read for slots again.

    Raises:
        InputError: a slot has no value.
    """
    missing = [name for name in slots_in(text) if name not in values]
    if missing:
        raise InputError(
            f"The slot {{{missing[0]}}} has nothing to fill it.",
            fix=f"use one of {', '.join(sorted(values))}.",
        )
    return SLOT.sub(lambda slot: values[slot[1]], text)
