"""The service's settings, from the environment."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each is set by `SIZZLE_` and its name in capitals, such as `SIZZLE_CATALOG`.

    Attributes:
        catalog: the folder of published indexes.
        model: the ranker's file.
        histories: the members' viewing histories, JSON Lines.
    """

    model_config = SettingsConfigDict(env_prefix="SIZZLE_", frozen=True)

    catalog: Path = Path("catalog")
    model: Path = Path("ranker.pt")
    histories: Path = Path("histories.jsonl")
