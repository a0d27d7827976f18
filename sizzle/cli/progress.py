"""Progress bars on standard error, shown only on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Advance(Protocol):
    """Updates a progress bar."""

    def __call__(self, done: int, of: int | None = None) -> None:
        """Show `done`, of a total if it is known by now."""


@contextmanager
def progress_bar(label: str, total: int | None = None) -> Iterator[Advance]:
    """A bar that the yielded function updates; the total may be given later."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=total)

        def advance(done: int, of: int | None = None) -> None:
            progress.update(task, completed=done, total=total if of is None else of)

        yield advance
