"""The ranker's errors. Each says what is wrong, where, and how to fix it.

RankerError                base, a ValueError: something the caller can fix
├── ConfigError            a size or setting that is out of range
├── HistoryError           a viewing event, title or file of them that is not valid
├── TrainingError          histories that cannot be trained on, or training that diverged
├── ModelFileError         a model or resume file that is missing, corrupt or of another schema
└── RankingError           a ranking that cannot be made, or is not valid
"""


class RankerError(ValueError):
    """Base of all errors that the ranker raises.

    Args:
        what: one sentence that says what is wrong, with the offending value.
        fix: one sentence that says how to fix it.
        where: file, line or field; empty if `what` names it.
    """

    def __init__(self, what: str, fix: str, *, where: str = "") -> None:
        super().__init__(what, fix)
        self.what = what
        self.fix = fix
        self.where = where

    def __str__(self) -> str:
        """`where: what Fix: fix`, without an empty `where`."""
        prefix = f"{self.where}: " if self.where else ""
        return f"{prefix}{self.what} Fix: {self.fix}"


class ConfigError(RankerError):
    """A size or setting that is out of range."""


class HistoryError(RankerError):
    """A viewing event, title or file of them that is not valid."""


class TrainingError(RankerError):
    """Histories that cannot be trained on, or training that diverged."""


class ModelFileError(RankerError):
    """A model or resume file that is missing, corrupt or of another schema."""


class RankingError(RankerError):
    """A ranking that cannot be made, or is not valid."""
