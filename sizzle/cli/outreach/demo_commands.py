"""Commands of `sizzle` as the demo runs them: shown as they would be typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from sizzle.cli.output import say
from sizzle.errors import SizzleError


def outreach(*arguments: object) -> None:
    """Run `sizzle outreach`; its tables are left out. Raises SizzleError: it fails."""
    if code := outreach_code(*arguments):
        raise SizzleError(f"sizzle outreach {' '.join(map(str, arguments))} ended with {code}.")


def outreach_code(*arguments: object) -> int:
    """Run `sizzle outreach`; returns its exit code."""
    with redirect_stdout(StringIO()):
        return command("outreach", *arguments)


def outreach_json(*arguments: object) -> Any:  # noqa: ANN401 - any JSON
    """What `sizzle outreach` prints for programs. Raises SizzleError: it fails."""
    printed = StringIO()
    with redirect_stdout(printed):
        code = command("outreach", *arguments, "--json")
    if code:
        raise SizzleError(f"sizzle outreach {' '.join(map(str, arguments))} ended with {code}.")
    return json.loads(printed.getvalue())


def command(*arguments: object) -> int:
    """Run a command of `sizzle` as the terminal would. Returns its exit code."""
    from typer.main import get_command

    from sizzle.cli.app import app

    say(f"  $ sizzle {' '.join(_shown(arguments))}")
    try:
        result = get_command(app).main([*map(str, arguments)], standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    return result if isinstance(result, int) else 0


def _shown(arguments: Sequence[object]) -> Iterator[str]:
    for argument in arguments:
        text = argument.name if isinstance(argument, Path) else str(argument)
        yield f"'{text}'" if " " in text or "{" in text else text
