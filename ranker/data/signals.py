"""What members' actions say of titles: which are predicted, which push down, which are only read.

A policy is a TOML file, such as `DEFAULT_TOML`; what it leaves out is as there. A model keeps the
policy that it was trained by, so that serving and evaluation go by the same.
"""

import json
import math
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

import msgspec
from msgspec import Struct

from ranker.errors import ConfigError

DEFAULT_TOML: Final = """\
# Names of actions are compared without regard to case; spaces and hyphens count as underscores.
# An action that is not named, or none at all, is a target.

[targets.weights]        # how much an action counts as a target; 1 where it is not named
# trailer = 0.5

[likes]                  # targets that also take back an earlier dislike of the title
actions = ["thumbs_up", "like", "liked", "love", "loved", "upvote", "favorite", "favourite"]

[dislikes]               # push the title down, and do so more than the viewing beside them
actions = ["thumbs_down", "dislike", "disliked", "downvote", "not_interested"]
weight = 1.0             # beside a target that counts fully
days = 365               # for how long the title is pushed down for the member who disliked it
penalty = 5.0            # by so much, in logits

[skips]                  # push the title down
actions = ["skip", "skipped"]
seconds = 10             # so is a target that was watched for less; 0 for none
weight = 0.3

[impressions]            # shown, and not watched within some hours: pushed down, never read
actions = ["impression", "impressions", "shown"]
hours = 24
weight = 0.1

[context]                # read, but not predicted
actions = ["reel"]

[durations]              # a target's weight by its duration
full_share = 0.9         # of the title's runtime that counts fully, where the runtime is known
full_seconds = 5400      # that count fully where it is not
least = 0.25             # the weight of no time
unknown = 0.5            # the weight where the duration is not known

[ratings]
dislike_below = 0.0      # a rating below it is a dislike; any other one is a target
full = 0.0               # the rating that counts fully; 0 if a rating is no weight
"""
"""The default policy as a file, which explains each field."""

_FIX: Final = "`sizzle signals` prints all tables and fields with their defaults."
_MAX: Final = 1e9

Actions = tuple[str, ...]


class Targets(Struct, frozen=True, forbid_unknown_fields=True):
    """Actions that are predicted: all that are not named elsewhere.

    Args:
        weights: by action, how much it counts; 1 where it is not named.
    """

    weights: dict[str, float] = {}


class Likes(Struct, frozen=True, forbid_unknown_fields=True):
    """Targets that also take back an earlier dislike of the title."""

    actions: Actions = (
        *("thumbs_up", "like", "liked", "love", "loved", "upvote", "favorite", "favourite"),
    )


class Dislikes(Struct, frozen=True, forbid_unknown_fields=True):
    """Actions that push their title down.

    Args:
        actions: their names.
        weight: in training, beside a target that counts fully.
        days: for how long the title is pushed down for the member who disliked it.
        penalty: by so much, in logits.
    """

    actions: Actions = ("thumbs_down", "dislike", "disliked", "downvote", "not_interested")
    weight: float = 1.0
    days: float = 365.0
    penalty: float = 5.0


class Skips(Struct, frozen=True, forbid_unknown_fields=True):
    """Viewings that were broken off at once.

    Args:
        actions: their names.
        seconds: a target that is known to have been watched for less is a skip.
        weight: in training, beside a target that counts fully.
    """

    actions: Actions = ("skip", "skipped")
    seconds: float = 10.0
    weight: float = 0.3


class Impressions(Struct, frozen=True, forbid_unknown_fields=True):
    """Titles that were shown; those that were not watched are pushed down.

    Args:
        actions: their names.
        hours: within which a title has to be watched, or it counts as passed over.
        weight: in training, beside a target that counts fully.
    """

    actions: Actions = ("impression", "impressions", "shown")
    hours: float = 24.0
    weight: float = 0.1


class ContextActions(Struct, frozen=True, forbid_unknown_fields=True):
    """Actions that are read, but not predicted."""

    actions: Actions = ("reel",)


class Durations(Struct, frozen=True, forbid_unknown_fields=True):
    """The weight of a target by its duration.

    Args:
        full_share: the share of the title's runtime that counts fully.
        full_seconds: the seconds that count fully where the runtime is not known.
        least: the weight of no time.
        unknown: the weight where the duration is not known.
    """

    full_share: float = 0.9
    full_seconds: float = 5400.0
    least: float = 0.25
    unknown: float = 0.5


class Ratings(Struct, frozen=True, forbid_unknown_fields=True):
    """What ratings say; scales differ, so that by default only a negative one is a dislike.

    Args:
        dislike_below: a rating below it is a dislike; any other one is a target.
        full: the rating that counts fully; 0 if ratings are no weights.
    """

    dislike_below: float = 0.0
    full: float = 0.0


class SignalPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """Which actions are predicted, which push down, which are only read, and how much each counts.

    Raises:
        ConfigError: a number is out of range, or an action is named in two tables.
    """

    targets: Targets = Targets()
    likes: Likes = Likes()
    dislikes: Dislikes = Dislikes()
    skips: Skips = Skips()
    impressions: Impressions = Impressions()
    context: ContextActions = ContextActions()
    durations: Durations = Durations()
    ratings: Ratings = Ratings()

    def __post_init__(self) -> None:
        """Validate the numbers and the names."""
        for table in self.__struct_fields__:
            _check_numbers(table, getattr(self, table))
        if not 0 < self.durations.full_share <= 1 or not self.durations.full_seconds > 0:
            _refuse("durations.full_share or full_seconds", "a share of at most 1, and seconds")
        if not 0 < self.durations.least <= 1 or not 0 < self.durations.unknown <= 1:
            _refuse("durations.least or unknown", "more than 0 and at most 1")
        tables = (self.likes, self.dislikes, self.skips, self.impressions, self.context)
        names = [normal_action(name) for table in tables for name in table.actions]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ConfigError(
                f"The signal policy names the action {twice[0]!r} twice.", "name it in one table."
            )

    @classmethod
    def parse(cls, text: str, where: str = "") -> Self:
        """Read a policy from TOML; what it leaves out is as by default.

        Raises:
            ConfigError: not TOML, or a table or field that is unknown or malformed.
        """
        try:
            return cls.from_json(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                f"The signal policy is not valid TOML: {error}.", "correct its syntax.", where=where
            ) from error
        except ConfigError as error:
            raise ConfigError(error.what, error.fix, where=where) from error

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a policy from a file; raises as `parse` does, also if the file cannot be read."""
        try:
            return cls.parse(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The signal policy cannot be read: {error}.", "check the path.", where=str(path)
            ) from error

    @classmethod
    def from_json(cls, data: object) -> Self:
        """The policy in plain data; raises ConfigError."""
        try:
            return msgspec.convert(data, cls)
        except msgspec.ValidationError as error:
            if isinstance(error.__cause__, ConfigError):  # of ours, which it has wrapped
                raise error.__cause__ from None
            raise ConfigError(f"The signal policy is not valid: {error}.", _FIX) from error

    def to_json(self) -> dict[str, Any]:
        """The policy as plain data."""
        data: dict[str, Any] = msgspec.to_builtins(self)
        return data

    def to_toml(self) -> str:
        """The policy as a file, with all fields."""
        tables = self.to_json()
        tables["targets.weights"] = tables.pop("targets")["weights"]
        return "\n".join(
            "".join(
                [f"[{table}]\n", *(f"{_key(name)} = {json.dumps(v)}\n" for name, v in rows.items())]
            )
            for table, rows in tables.items()
        )


@lru_cache(maxsize=1000)
def normal_action(name: str) -> str:
    """The name of an action as it is compared: "Thumbs-Down" is "thumbs_down"."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _key(name: str) -> str:
    """A key of TOML: quoted unless it is a word."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


def _check_numbers(table: str, fields: Struct) -> None:
    values = msgspec.structs.asdict(fields)
    weights = {f"weights.{name}": value for name, value in values.pop("weights", {}).items()}
    for name, value in (values | weights).items():
        if not isinstance(value, float | int):
            continue
        lowest = -_MAX if table == "ratings" else 0
        if not math.isfinite(value) or not lowest <= value <= _MAX:
            _refuse(f"{table}.{name}", "a number of 0 or more" if not lowest else "a number", value)


def _refuse(field: str, expected: str, value: object = None) -> None:
    shown = "" if value is None else f", but is {value!r}"
    raise ConfigError(f"The signal policy's `{field}` must be {expected}{shown}.", _FIX)


DEFAULT_POLICY: Final = SignalPolicy()
