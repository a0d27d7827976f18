"""The syntax of policy files: TOML, whose fields each policy checks by itself."""

from __future__ import annotations

import tomllib
from typing import Any

from sizzle.errors import PolicyError


def read_toml(text: str, what: str, where: str = "") -> dict[str, Any]:
    """The tables of a policy.

    Args:
        text: the policy.
        what: names it in the error, such as "layout".
        where: the file, named in the error.

    Raises:
        PolicyError: not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(
            f"The {what} is not valid TOML: {error}.", where=where, fix="correct its syntax."
        ) from error
