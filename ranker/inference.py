"""Inference: a member's history and some titles in, those titles in the member's order out."""
# ruff: noqa: N806 - a tensor's name shows its shape

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import torch
from torch import Tensor

from ranker.checkpoint import Checkpoint, load_model
from ranker.errors import RankingError
from ranker.histories import Histories
from ranker.ranking import RankedTitle, Ranking, refuse_repeats
from ranker.vocabulary import BOS


class Ranker:
    """Ranks titles for members; immutable, so any number of threads may ask at once.

    Args:
        checkpoint: the model.
        histories: what each member has watched, up to now.
    """

    def __init__(self, checkpoint: Checkpoint, histories: Histories) -> None:
        self._network = checkpoint.network
        self._vocabulary = checkpoint.vocabulary
        self._histories = histories
        self.version = checkpoint.version

    @classmethod
    def load(cls, model_path: Path, histories: Histories) -> Self:
        """A ranker of the model in a file; raises ModelFileError as `load_model` does."""
        return cls(load_model(model_path), histories)

    def rank(self, member_id: str, title_ids: Sequence[str]) -> Ranking:
        """Put titles in the order in which the member is likely to watch them next.

        A score is the title's probability among those asked for, so scores add up to 1. Titles the
        model was not trained on all score as its unknown title does; equal scores are in the order
        of the title ids. A member without a history gets the order for any new member.

        Args:
            member_id: any text; it need not be known.
            title_ids: at least one, each once; watched ones are ranked like any other.

        Raises:
            RankingError: no title is given, or one is given twice.
        """
        asked = tuple(title_ids)
        _refuse_unless_askable(asked)
        watched = self._histories.of(member_id)
        scores = self._scores(watched, asked)
        ranked = sorted(map(RankedTitle, asked, scores), key=_best_first)
        return Ranking(member_id, tuple(ranked), self.version, cold_start=not watched)

    @torch.inference_mode()
    def _scores(self, watched: Sequence[str], asked: Sequence[str]) -> list[float]:
        """The probability of each asked title among them, after what was watched."""
        asked_N = torch.tensor(self._vocabulary.encode(asked))
        logits_N = self._network.score(self._context(watched), asked_N)
        # In double precision, so that no two titles become equal that were not.
        scores: list[float] = logits_N.double().softmax(dim=0).tolist()
        return scores

    def _context(self, watched: Sequence[str]) -> Tensor:
        """BOS, then the most recent titles that fit in the model's context; L."""
        room = self._network.config.context - 1
        recent = watched[max(0, len(watched) - room) :]
        return torch.tensor([BOS, *self._vocabulary.encode(recent)])


def _best_first(title: RankedTitle) -> tuple[float, str]:
    return -title.score, title.title_id


def _refuse_unless_askable(title_ids: tuple[str, ...]) -> None:
    if not title_ids:
        raise RankingError("No titles were asked for.", "name at least one title to rank.")
    refuse_repeats(title_ids)
