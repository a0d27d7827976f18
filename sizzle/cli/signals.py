"""The command that prints what actions say of titles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sizzle.cli.output import Json, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(signals)


def signals(
    model: Annotated[
        Path | None,
        typer.Argument(help="A model, to print the policy that it was trained by."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print which actions are targets, which push titles down, and how much they count (TOML).

    Without a model it is the default policy, with what each field means: a file to start from.

    Example: `sizzle signals > signals.toml`, then `sizzle train histories.jsonl --signals
    signals.toml`
    """
    from ranker.data.signals import DEFAULT_POLICY, DEFAULT_TOML

    policy = DEFAULT_POLICY
    if model is not None:
        from ranker import load_model

        policy = load_model(model).network.schema.policy
    if as_json:
        print_json(policy.to_json())
    else:
        sys.stdout.write(DEFAULT_TOML if policy == DEFAULT_POLICY else policy.to_toml())
