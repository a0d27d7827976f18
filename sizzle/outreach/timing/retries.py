"""When to try again what did not go out."""

from __future__ import annotations

from typing import Final

MAX_ATTEMPTS: Final = 12
"""Tries of one message. With the waits below, the last is some 20 hours after the first."""

_FIRST: Final = 60_000  # milliseconds
_LONGEST: Final = 4 * 60 * 60 * 1000
_TRANSPORT_FIRST: Final = 5_000
_TRANSPORT_LONGEST: Final = 5 * 60_000


def retry_after(attempts: int, named: float | None, share: float) -> int:
    """Milliseconds to wait after a message was not taken.

    Args:
        attempts: made so far, at least 1.
        named: seconds that the transport named; never shortened.
        share: from 0 to 1, drawn for each message, so that they do not all come back at once.
    """
    wait = min(_LONGEST, _FIRST * 2 ** min(attempts - 1, 20))
    spread = round(wait * (1 + share / 4))
    return spread if named is None else max(round(named * 1000), 0) + round(1000 * share)


def transport_pause(failures: int, named: float | None) -> int:
    """Milliseconds to leave a transport alone that took nothing.

    Args:
        failures: in a row, at least 1.
        named: seconds that it named.
    """
    wait = min(_TRANSPORT_LONGEST, _TRANSPORT_FIRST * 2 ** min(failures - 1, 20))
    return wait if named is None else max(round(named * 1000), _TRANSPORT_FIRST)
