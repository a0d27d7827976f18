"""What is asked of a job, what came of it, and how both are shown."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["queued", "running", "checked", "failed", "published"]


class Record(BaseModel):
    """Frozen, and without fields of others."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ask(Record):
    """What an editor asked for. Media is named as it lies in the media folder."""

    asset_id: str
    timeline: str = Field(description="The uploaded file's name, for people.")
    media: str | None = None
    beds: tuple[str, ...] = ()
    trailer: str | None = None
    sequence: str | None = None
    rate: str | None = None
    created: float = Field(description="Seconds since 1970.")
    base: str = Field(default="", description="The asset's version when it was uploaded, or none.")
    fingerprint: str = Field(description="Of all that was asked and uploaded.")


class Trouble(Record):
    """Why a job could not be done."""

    slug: str
    title: str
    what: str
    fix: str = ""


class MediaFacts(Record):
    """The media as it was when it was checked: its rate as a fraction, and how many frames."""

    numerator: int
    denominator: int
    frames: int


class Result(Record):
    """What came of a job: a check, or why there is none."""

    trouble: Trouble | None = None
    sequence: str = ""
    video: MediaFacts | None = None
    frames: int = 0
    errors: int = 0
    warnings: int = 0
    clips: int = 0
    titles: int = 0
    stamps: dict[str, str] = Field(
        default_factory=dict, description="What each media file was when it was checked."
    )


class Published(Record):
    """What a publication came to."""

    asset_id: str
    asset_version: str
    catalog_version: int
    changed: bool
    pinned: int | None = Field(
        default=None, description="The version that readers stay at regardless."
    )


class JobView(Record):
    """A job as clients see it."""

    id: str
    state: State
    asset_id: str
    timeline: str
    media: str | None
    beds: tuple[str, ...]
    trailer: str | None
    created: str
    sequence: str
    frames: int
    errors: int
    warnings: int
    clips: int
    titles: int
    publishable: bool = Field(description="Checked, without errors, and with media.")
    trouble: Trouble | None
    publication: Published | None
    links: dict[str, str]


class AssetVersion(Record):
    """One state of an asset, from one catalog version on."""

    catalog_version: int
    asset_version: str
    published: str
    titles: int
    clips: int
    current: bool


class AssetHistory(Record):
    """What an asset was, the newest first."""

    asset_id: str
    versions: tuple[AssetVersion, ...]
