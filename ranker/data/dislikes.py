"""What members have disliked, and not watched since: pushed down for them where they are ranked.

Names of arrays as in `ranker.data.encoding`.
"""

from collections.abc import Mapping
from typing import Final

from ranker.data.encoding import EncodedTokens
from ranker.data.roles import DISLIKE, TARGET
from ranker.data.signals import SignalPolicy
from ranker.data.vocabulary import SPECIALS

_DAY: Final = 86_400


def dislikes_after(
    earlier: Mapping[int, int], encoded: EncodedTokens, start: int = 0, end: int | None = None
) -> dict[int, int]:
    """The titles that a member dislikes after some tokens, each with the time of the dislike.

    Args:
        earlier: those of before these tokens.
        encoded: holds the tokens.
        start: the member's first token.
        end: the end of the member's tokens, exclusive; None for all.
    """
    role_N = encoded.role_N[start:end].numpy()
    if not earlier and not (role_N == DISLIKE).any():
        return {}
    times = encoded.start_time_N[start:end].tolist()
    first = times[0] if times else None
    disliked = {t: time for t, time in earlier.items() if first is None or time < first}
    titles = encoded.titles_N[start:end].tolist()
    for title, role, time in zip(titles, role_N.tolist(), times, strict=True):
        if role == DISLIKE and title >= SPECIALS:
            disliked[title] = time
        elif role == TARGET:
            disliked.pop(title, None)
    return disliked


def standing(dislikes: Mapping[int, int], now: int, policy: SignalPolicy) -> list[int]:
    """The tokens of the titles that still count as disliked at a time, in seconds since 1970."""
    since = now - policy.dislikes.days * _DAY
    return [title for title, time in dislikes.items() if time >= since]
