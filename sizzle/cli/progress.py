"""Progress on standard error: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from rich.console import Console

_SECONDS_BETWEEN_LINES: Final = 10.0
"""Where there is no terminal: often enough to see that it goes on, seldom enough for a log."""


class Advance(Protocol):
    """Updates a progress bar."""

    def __call__(self, done: int, of: int | None = None) -> None:
        """Show `done`, of a total if it is known by now."""


@contextmanager
def progress_bar(
    label: str, total: int | None = None, clock: Callable[[], float] = time.monotonic
) -> Iterator[Advance]:
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
    if not console.is_terminal:
        yield _line_printer(console, label, total, clock)
        return
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(label, total=total)

        def advance(done: int, of: int | None = None) -> None:
            progress.update(task, completed=done, total=total if of is None else of)

        yield advance


def _line_printer(
    console: Console, label: str, total: int | None, clock: Callable[[], float]
) -> Advance:
    began = printed = clock()

    def advance(done: int, of: int | None = None) -> None:
        nonlocal printed
        now = clock()
        if now - printed < _SECONDS_BETWEEN_LINES:
            return
        printed = now
        goal = total if of is None else of
        count = f"{done}" if goal is None else f"{done} of {goal}"
        console.print(f"{label}: {count} after {now - began:.0f} s", markup=False, soft_wrap=True)

    return advance
