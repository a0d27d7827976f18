"""What is known of a request for titles, beside the member's history."""

from typing import Final

import msgspec

from ranker.errors import RankingError

_MAX_TIME: Final = 253_402_300_799  # the end of the year 9999


class RequestContext(msgspec.Struct, frozen=True, gc=False):
    """What is known when titles are requested; every field is optional.

    Args:
        at: when, in whole seconds since 1970-01-01 UTC.
        device: such as "tv".
        locale: such as "en-GB".
        country: such as "GB".
        surface: where the titles will be shown.
        time_zone: the member's, such as "Europe/London"; by default that of the last viewing.

    Raises:
        RankingError: `at` is out of range.
    """

    at: int | None = None
    device: str = ""
    locale: str = ""
    country: str = ""
    surface: str = ""
    time_zone: str = ""

    def __post_init__(self) -> None:
        """Validate the time."""
        if self.at is not None and not 0 <= self.at <= _MAX_TIME:
            raise RankingError(
                f"`at` is {self.at}, which is not a valid time.", "give seconds since 1970."
            )


NO_CONTEXT: Final = RequestContext()
"""Nothing is known of the request."""
