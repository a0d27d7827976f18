"""The prompts that come with the program."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

SAMPLE_PROMPTS: Final = ("invite", "short", "offer")
"""The names of the prompts for lines."""

DEFAULT_PROMPT: Final = "invite"


def sample_prompt(name: str) -> str:
    """The text of a prompt that comes with the program: a sample, or `improve`."""
    return files("sizzle.writers").joinpath("prompts", f"{name}.txt").read_text(encoding="utf-8")
