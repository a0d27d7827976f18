"""The end of a training as by a kill, for tests that resume it."""

from collections.abc import Callable

from ranker import Progress


class KilledError(Exception):
    """Ends a training."""


def kill_at(step: int) -> Callable[[Progress], None]:
    """For `on_step`: raises a KilledError after a step."""

    def kill(progress: Progress) -> None:
        if progress.step == step:
            raise KilledError

    return kill
