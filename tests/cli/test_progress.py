"""Progress where there is no terminal."""

import pytest

from sizzle.cli.progress import progress_bar


def test_progress_is_a_line_now_and_then_without_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On standard error, with what is done and of how much; a short task says nothing."""
    now = [100.0]
    with progress_bar("Training [1]", 400, lambda: now[0]) as advance:
        for step in range(250):
            now[0] += 0.125
            advance(step)
        now[0] += 11
        advance(300, 500)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "Training [1]: 79 of 400 after 10 s",
        "Training [1]: 159 of 400 after 20 s",
        "Training [1]: 239 of 400 after 30 s",
        "Training [1]: 300 of 500 after 42 s",
    ]
