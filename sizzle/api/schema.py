"""What clients send and get. The timecode list itself is `sizzle.reel.TimecodeList`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from sizzle import cadence

_Id = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Device(BaseModel):
    """What the device can do. Capabilities that we do not know yet are ignored, not refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    dynamic_sizzles: bool = Field(
        default=False, description="It plays timecode lists into a Mega Asset as one film."
    )


class ReelRequest(BaseModel):
    """Ask for a member's reel of a Mega Asset."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "member_id": "member-ada",
                    "asset_id": "demo",
                    "device": {"dynamic_sizzles": True},
                }
            ]
        },
    )

    member_id: _Id
    asset_id: _Id
    device: Device = Device()
    cadence: _Id = cadence.DEFAULT.name
    seed: int = Field(default=0, ge=0, lt=2**31)
    title_ids: tuple[_Id, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Choose from these titles only; all of the asset where it is left out.",
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if self.title_ids is not None and len(set(self.title_ids)) != len(self.title_ids):
            raise ValueError("title_ids names a title twice")
        return self


class Trailer(BaseModel):
    """The plain film that every device plays, and why the device gets it."""

    kind: Literal["trailer"] = "trailer"
    asset_id: str
    asset_version: str
    href: str
    reason: str


class Problem(BaseModel):
    """An error, as RFC 9457 has it; `fix` says how to mend the request."""

    type: str
    title: str
    status: int
    detail: str
    fix: str = ""
    instance: str = ""
