"""What clients of ingests send and get."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool

from sizzle.ingest_jobs.records import JobRecord, JobView


class JobList(JobRecord):
    """JobStore, the newest first."""

    jobs: tuple[JobView, ...]


class FindingList(JobRecord):
    """Findings in timeline order, as `sizzle validate --json` prints them."""

    timeline: str
    sequence: str
    findings: tuple[dict[str, Any], ...]


class PublishRequest(JobRecord):
    """How to publish."""

    model_config = ConfigDict(json_schema_extra={"example": {"large_change": False}})

    replaces: Annotated[str, Field(max_length=64)] | None = Field(
        default=None,
        description="The asset's version that this replaces; without it the one at the upload.",
    )
    large_change: StrictBool = Field(
        default=False, description="Allow the number of clips to change by more than half."
    )


class RollbackRequest(JobRecord):
    """Where to go back to."""

    model_config = ConfigDict(json_schema_extra={"example": {"to_version": 3}})

    to_version: int = Field(ge=1, lt=2**53, description="A version of the catalog.")
    replaces: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="The asset's version that this must replace, if it matters."
    )
