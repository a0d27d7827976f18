"""Sizes and settings that are out of range."""

import math

import pytest

from ranker import (
    ConfigError,
    ModelConfig,
    TrainingConfig,
)


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("final_rate", 1.5, "from 0 to 1"),
        ("averaged_share", -0.1, "from 0 to 1"),
        ("ppmi_init", float("nan"), "0 or more"),
        ("anchor", -1.0, "0 or more"),
        ("init", "nowhere", "one of names, seed"),
    ],
)
def test_a_training_setting_out_of_range_is_refused(
    setting: str, value: object, expected: str
) -> None:
    """The message names it and what it can be."""
    with pytest.raises(ConfigError, match=f"`{setting}` is .*{expected}"):
        TrainingConfig(**{setting: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sizes", "what"),
    [
        ({"width": 0}, "`width` is 0"),
        ({"context": -1}, "`context` is -1"),
        ({"blocks": 1.5}, "`blocks` is 1.5"),
        ({"heads": True}, "`heads` is True"),
        ({"width": 30, "heads": 4}, "`width` is 30.* Fix: make it a multiple of 4"),
        ({"dropout": 1}, "`dropout` is 1.* Fix: make it from 0 to below 1"),
        ({"dropout": math.nan}, "`dropout` is nan"),
        ({"attention": "none"}, "`attention` is 'none'.* Fix: make it one of full, low_rank"),
    ],
)
def test_a_model_size_out_of_range_is_refused(sizes: dict[str, float], what: str) -> None:
    """The message names it and what it should be."""
    with pytest.raises(ConfigError, match=what):
        ModelConfig(**sizes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0),
        ("batch_positions", -1),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
    ],
)
def test_a_training_setting_that_is_not_positive_is_refused(name: str, value: float) -> None:
    """The message names it."""
    with pytest.raises(ConfigError, match=f"`{name}` is {value}"):
        TrainingConfig(**{name: value})  # type: ignore[arg-type]
