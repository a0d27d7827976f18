"""The error tree of the ranker. Every error says what is wrong, where, and how to mend it.

RankerError                base, a ValueError: something the caller can mend
├── ConfigError            a size, rate or share that no model can have
├── HistoryError           a viewing event, or a file of them, that cannot be used
├── TrainingError          histories that cannot be learnt from, or training that diverged
├── ModelFileError         a model file that is absent, torn, foreign or of another schema
└── RankingError           a ranking that cannot be asked for, or that breaks its promise
"""


class RankerError(ValueError):
    """Base of everything the ranker raises on purpose.

    Args:
        what: one sentence that says what is wrong, with the offending value.
        fix: one sentence that says how to mend it.
        where: file, line or field; empty where `what` already says it.
    """

    def __init__(self, what: str, fix: str, *, where: str = "") -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix
        self.where = where

    def __str__(self) -> str:
        """`where: what Fix: fix`, leaving out an empty place."""
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.what} Fix: {self.fix}"


class ConfigError(RankerError):
    """A size, rate or share that no model can have."""


class HistoryError(RankerError):
    """A viewing event, or a file of them, that cannot be used."""


class TrainingError(RankerError):
    """Histories that cannot be learnt from, or training that diverged."""


class ModelFileError(RankerError):
    """A model file that is absent, torn, foreign or of another schema."""


class RankingError(RankerError):
    """A ranking that cannot be asked for, or that breaks its promise."""
