"""What clients of ingests send and get."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictBool

from sizzle.ingest_jobs.records import JobView, Record


class JobList(Record):
    """Jobs, the newest first."""

    jobs: tuple[JobView, ...]


class FindingList(Record):
    """Findings in timeline order, as `sizzle validate --json` prints them."""

    timeline: str
    sequence: str
    findings: tuple[dict[str, Any], ...]


class PublishRequest(Record):
    """How to publish."""

    over: Annotated[str, Field(max_length=64)] | None = Field(
        default=None,
        description="The asset's version that this replaces; without it the one at the upload.",
    )
    large_change: StrictBool = Field(
        default=False, description="Let the clips become more or fewer by over a half."
    )


class RollbackRequest(Record):
    """Where to go back to."""

    to_version: int = Field(ge=1, lt=2**53, description="A version of the catalog.")
    over: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="The asset's version that this replaces, if it must be that."
    )
