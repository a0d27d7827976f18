"""How commands print: tables for people, JSON for programs, errors in one shape."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Protocol

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

_PIPED_WIDTH = 160  # columns, where there is no terminal to ask


def print_json(value: object) -> None:
    """Print a value as JSON on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as a table on standard output."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    first, *others = columns
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    console.print(table)


def say(message: str) -> None:
    """Print a line for people on standard error, apart from the output for programs."""
    sys.stderr.write(f"{message}\n")


class ExplainedError(Protocol):
    """An error that says what is wrong, where, and how to correct it, as `SizzleError` does."""

    what: str
    where: str
    fix: str


def print_error(error: ExplainedError) -> None:
    """Print what is wrong, where, and how to correct it, on standard error."""
    say(f"error: {error.what}")
    if error.where:
        say(f"   at: {error.where}")
    if error.fix:
        say(f"  fix: {error.fix}")
