"""What members had watched at some time, for evaluating what could have been shown to them then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ranker import LoggedHistories
from ranker.data.events import Column, ViewingLog


class PastHistories:
    """Histories that end at times: each time of a member goes by a name of its own.

    Args:
        histories: with all that is known today.
    """

    def __init__(self, histories: LoggedHistories) -> None:
        self._histories = histories

    @staticmethod
    def name(member_id: str, time: int) -> str:
        """What a member goes by at a time, in seconds since 1970; a later event is not known."""
        return f"{time} {member_id}"

    def log_of(self, member_ids: Sequence[str]) -> ViewingLog:
        """The viewings of some names."""
        return ViewingLog.concatenate(list(map(self._log_of, member_ids)))

    def _log_of(self, name: str) -> ViewingLog:
        time, _, member_id = name.partition(" ")
        log = self._histories.log_of([member_id])
        log = log.take(slice(0, int(np.searchsorted(log.time_E, int(time)))))
        return replace(log, member=Column((name,) if len(log) else (), log.member.codes_E))
