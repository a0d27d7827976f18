"""Experiments: who gets which treatment, and what a difference between treatments is worth."""

from sizzle.experiments.assignment import HOLDOUT, assign, fraction, weighted_choice
from sizzle.experiments.intervals import Count, Interval, newcombe_interval, wilson_interval
from sizzle.experiments.means import Sample, mean_interval, mean_sequence
from sizzle.experiments.sample_ratio import SampleRatio, check_sample_ratio
from sizzle.experiments.sample_size import members_needed
from sizzle.experiments.sequences import DEFAULT_SCALE, confidence_sequence, scale_for

__all__ = [
    "DEFAULT_SCALE",
    "HOLDOUT",
    "Count",
    "Interval",
    "Sample",
    "SampleRatio",
    "assign",
    "check_sample_ratio",
    "confidence_sequence",
    "fraction",
    "mean_interval",
    "mean_sequence",
    "members_needed",
    "newcombe_interval",
    "scale_for",
    "weighted_choice",
    "wilson_interval",
]
