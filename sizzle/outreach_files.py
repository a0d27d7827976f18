"""The files of outreach: what is promoted, and the policy that `SIZZLE_OUTREACH_POLICY` names."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sizzle.errors import PolicyError
from sizzle.outreach.content.promoted_file import parse_promoted
from sizzle.outreach.policy import STANDARD_POLICY, GuardPolicy
from sizzle.outreach.policy.guard_policy import parse_guard_policy
from sizzle.outreach.vocabulary import Promoted

MAX_BYTES: Final = 2**24
MAX_PROMPT: Final = 8000
"""Letters of a prompt."""


def read_promoted(path: Path) -> list[Promoted]:
    """What a file promotes. Raises PolicyError: the file is absent, too large or malformed."""
    return parse_promoted(_read(path, "file of what is promoted"), str(path))


def read_guard_policy(path: Path | None) -> GuardPolicy:
    """The policy of a TOML file, or the standard one where there is no file.

    Raises:
        PolicyError: the file is absent, too large or malformed.
    """
    if path is None:
        return STANDARD_POLICY
    return parse_guard_policy(_read(path, "outreach policy"), str(path))


def read_prompt(path: Path) -> str:
    """The text of a prompt. Raises PolicyError: the file is absent, empty or too long."""
    text = _read(path, "prompt").strip()
    if not 0 < len(text) <= MAX_PROMPT:
        raise PolicyError(
            f"The prompt has {len(text)} letters.",
            where=str(path),
            fix=f"write 1 to {MAX_PROMPT} letters.",
        )
    return text


def _read(path: Path, what: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise PolicyError(
                f"The {what} is larger than {MAX_BYTES} bytes.", where=str(path), fix="split it."
            )
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"The {what} cannot be read: {error}.",
            where=str(path),
            fix="check the path, and write it in UTF-8.",
        ) from error
