"""A recommender and events that tests of the evaluation share."""

import torch
from torch import Tensor

from ranker import ViewingEvent, ViewingLog
from ranker.evaluation.evaluate import TitleScores
from tests.ranker.small_histories import DAY


def circles(members: int = 40, length: int = 10) -> ViewingLog:
    """Members who watch a circle of 30 titles in order, each from another one on, once each."""
    return ViewingLog.from_events(
        ViewingEvent(f"m{member:02d}", f"t{(member + step) % 30:02d}", (member + step) * DAY)
        for member in range(members)
        for step in range(length)
    )


class FixedScores:
    """A recommender whose scores are given."""

    name = "fixed"

    def __init__(self, score: float | Tensor, titles: int) -> None:
        self.score, self.titles = score, titles

    def scores(self, target_T: Tensor) -> TitleScores:
        """The same for every target."""
        return TitleScores(torch.zeros(len(target_T), self.titles) + self.score, {})
