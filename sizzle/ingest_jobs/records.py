"""The request of a job, its result, and its view for clients."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["queued", "running", "checked", "failed", "published"]


class JobRecord(BaseModel):
    """A document of a job: frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class IngestRequest(JobRecord):
    """What an editor asked for. Media is named as it is called in the media folder."""

    asset_id: str
    timeline: str = Field(description="The uploaded file's name, for people.")
    media: str | None = None
    beds: tuple[str, ...] = ()
    bed_loops: bool | None = Field(
        default=None, description="Whether beds loop; null keeps what the published asset has."
    )
    bed_fade: int | None = Field(
        default=None,
        description="Frames of the beds' fade-out; null keeps what the published asset has.",
    )
    trailer: str | None = None
    sequence: str | None = None
    rate: str | None = None
    created: float = Field(description="Seconds since 1970.")
    base: str = Field(default="", description="The asset's version at the upload; empty if none.")
    fingerprint: str = Field(description="Hash of all fields and files.")

    @property
    def media_names(self) -> tuple[str, ...]:
        """Every file of the media folder that it names."""
        return tuple(name for name in (self.media, *self.beds, self.trailer) if name)


class JobFailure(JobRecord):
    """Why a job could not be done."""

    slug: str
    title: str
    what: str
    fix: str = ""


class MediaFacts(JobRecord):
    """The media as it was when it was checked: its rate as a fraction, and how many frames."""

    numerator: int
    denominator: int
    frames: int
    lead: float = Field(default=0.0, description="Seconds from the file's start to frame 0.")
    matrix: str = Field(default="", description="Of its colours, by ffmpeg's name.")


class JobResult(JobRecord):
    """The result of a job: of its check, or why it failed."""

    failure: JobFailure | None = None
    sequence: str = ""
    video: MediaFacts | None = None
    frames: int = 0
    errors: int = 0
    warnings: int = 0
    clips: int = 0
    titles: int = 0
    stamps: dict[str, str] = Field(
        default_factory=dict, description="Identifies each media file as it was when checked."
    )
    digests: dict[str, tuple[str, str]] = Field(
        default_factory=dict, description="Of each media file: of samples of it, and of all of it."
    )
    lengths: dict[str, str] = Field(
        default_factory=dict, description="Seconds of each bed, as a fraction."
    )
    fixed: bool = Field(default=False, description="Whether there is a timeline with its mends.")


class PublicationResult(JobRecord):
    """What a publication did to an asset."""

    asset_id: str
    asset_version: str = Field(description="The version it has now; empty if it was withdrawn.")
    catalog_version: int
    changed: bool
    pinned: int | None = Field(
        default=None, description="The version of the catalog that readers are held at, if any."
    )


class JobView(JobRecord):
    """A job as clients see it."""

    id: str
    state: State
    asset_id: str
    timeline: str
    media: str | None
    beds: tuple[str, ...]
    bed_loops: bool | None
    bed_fade: int | None
    trailer: str | None
    created: str
    sequence: str
    frames: int
    errors: int
    warnings: int
    clips: int
    titles: int
    publishable: bool = Field(description="Checked, without errors, and with media.")
    failure: JobFailure | None
    publication: PublicationResult | None
    links: dict[str, str]
