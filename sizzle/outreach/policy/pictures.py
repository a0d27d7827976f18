"""Checks of pictures such as emoji: most of them state something, and no fact says it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.masking import masked
from sizzle.outreach.policy.reading import Reading

DECORATIONS: Final = frozenset(
    "🎬🎥🎞📽📺📹🎦🎟🍿🥤☕🍵🫖🍫🍪🕯🛋🛏🧣🧦🧸🎧🎶🎵🎼🎹🎷🎸🎻🔊🔉💡🔦🌃🌆🌇🌉🌌🌙🌕🌑🌛🌜🌟✨⛅☁🌧☔☂🌫❄☃⛄🌨🌊"
    "⛵🚢🧭🗺🏔⛰🏝🏞🏙🏠🏡🪟🚪🐚🐋🐬🍂🍁🌲🌿🌸🌻👋🙂😊😌😴🤗👀👇👉☝❤♥💙💛💚🧡💜🖤🤍▶⏯♪♫"
)
"""Pictures that set a mood and state nothing: no star, medal, money, clock, number or flag."""

_HIDDEN: Final = dict.fromkeys(map(ord, "\u200d\ufe0e\ufe0f"))
_SIGNS: Final = re.compile(r"(?<=[\w.])[°](?=\w)|[©®™]")  # of units and marks: they are no pictures


def check_pictures(reading: Reading) -> Iterator[Finding]:
    """Findings on pictures that say what no fact says, such as five stars or a trophy."""
    for where, raw in reading.fields:
        text = _SIGNS.sub("", masked(reading, raw).translate(_HIDDEN))
        found = [letter for letter in text if _is_picture(letter) and letter not in DECORATIONS]
        for letter in dict.fromkeys(found):
            name = unicodedata.name(letter, f"U+{ord(letter):04X}").lower()
            yield error(
                "picture-not-a-fact",
                where,
                f"{letter!r} ({name}) states something, and no fact does.",
                "leave it out, or take one that only sets a mood, such as 🎬, 🌙 or ☕.",
            )


def _is_picture(letter: str) -> bool:
    return unicodedata.category(letter) in ("So", "Me") or "\U0001f3fb" <= letter <= "\U0001f3ff"
