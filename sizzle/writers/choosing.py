"""Chooses a writer by its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from sizzle.errors import InputError
from sizzle.writers.catalogue import CatalogueWriter
from sizzle.writers.writer import Writer

WRITERS: Final = ("catalogue", "openai", "bedrock")


@dataclass(frozen=True, slots=True)
class WriterSettings:
    """Which writer to use.

    Attributes:
        name: one of `WRITERS`.
        url: of `openai` up to `/v1`; of `bedrock` only for another endpoint.
        model: as the provider names it.
        key: for `openai`; never printed.
        seconds: for one answer.
    """

    name: str = "catalogue"
    url: str = ""
    model: str = ""
    key: str = field(default="", repr=False)
    seconds: float = 60.0


def choose_writer(settings: WriterSettings) -> Writer:
    """The writer of these settings.

    Raises:
        InputError: there is none of that name, or something that it needs is not set.
    """
    if settings.name == "catalogue":
        return CatalogueWriter()
    if settings.name not in WRITERS:
        raise InputError(
            f"There is no writer {settings.name[:40]!r}.", fix=f"use one of {', '.join(WRITERS)}."
        )
    if not settings.model:
        raise InputError(
            f"The writer {settings.name} needs a model.", fix="set SIZZLE_OUTREACH_WRITER_MODEL."
        )
    if settings.name == "bedrock":
        from sizzle.writers.bedrock import BedrockWriter

        return BedrockWriter(settings.model, settings.url, seconds=settings.seconds)
    from sizzle.writers.openai import OpenAiWriter

    if urlsplit(settings.url).scheme not in ("http", "https"):
        raise InputError(
            "The writer openai needs an http or https address.",
            fix="set SIZZLE_OUTREACH_WRITER_URL, such as http://127.0.0.1:8000/v1.",
        )
    return OpenAiWriter(settings.url, settings.model, settings.key, seconds=settings.seconds)
