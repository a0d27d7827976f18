"""What is published: assets, their titles, their clips, their trailers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter
from fastapi.params import Path, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.http.content import Content, ContentResponse
from sizzle.api.http.parameters import AssetId
from sizzle.api.http.problems import problem_responses
from sizzle.catalog.trailer import trailer_file
from sizzle.clips import Index, Indexes
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.packager import Packages

_LIFETIME = 5  # seconds: another version may be announced at any moment
_MAX_TITLES = 1000  # titles of a page

_Key = Annotated[str, Path(max_length=MAX_ID_LENGTH + 12, pattern=PRINTABLE)]
_After = Annotated[
    str | None,
    Query(
        max_length=MAX_ID_LENGTH,
        pattern=PRINTABLE,
        description="The last title of the page before.",
    ),
]
_Limit = Annotated[int, Query(ge=1, le=_MAX_TITLES, description="How many titles to show.")]


class AssetEntry(BaseModel):
    """A published Mega Asset. `frames` and `start` are counts, at its exact rate."""

    asset_id: str
    asset_version: str
    rate: str = Field(examples=["24000/1001"])
    start: str = Field(description="The SMPTE timecode of its first frame.")
    frames: int
    titles: int
    clips: int
    beds: list[str]
    packaged: bool = Field(description="Whether its reels can be streamed.")


class AssetList(BaseModel):
    """All assets of the catalog's version in use."""

    assets: list[AssetEntry]


class TitleEntry(BaseModel):
    """A title of a Mega Asset."""

    title_id: str
    name: str
    clips: int


class AssetPage(AssetEntry):
    """A Mega Asset and a page of its titles, in timeline order; `next` is `after` of the next."""

    shown: list[TitleEntry]
    next: str | None = None


class ClipEntry(BaseModel):
    """One clip; frames count from the first of the asset's media, and `stop` is the first after."""

    asset_id: str
    asset_version: str
    clip_key: str
    title_id: str
    number: int
    start: int
    stop: int
    start_timecode: str
    stop_timecode: str


def asset_routes(indexes: Indexes, packages: Packages | None) -> APIRouter:
    """Where clients see what is published, at the version in use.

    Args:
        indexes: of the assets.
        packages: of the assets; None where no reel is streamed.
    """
    endpoints = _AssetEndpoints(indexes, packages)
    router = APIRouter(prefix="/v1/assets", tags=["assets"])
    for path, endpoint, model in (
        ("", endpoints.list_assets, AssetList),
        ("/{asset_id}", endpoints.get_asset, AssetPage),
        ("/{asset_id}/clips/{key}", endpoints.get_clip, ClipEntry),
    ):
        refusals = problem_responses(404, 422)
        reading = [requires(ApiScope.READ)]
        router.add_api_route(
            path, endpoint, response_model=model, responses=refusals, dependencies=reading
        )
        router.add_api_route(
            path, endpoint, methods=["HEAD"], include_in_schema=False, dependencies=reading
        )
    router.add_api_route(
        "/{asset_id}/trailer",
        endpoints.get_trailer,
        dependencies=[PUBLIC],  # devices that cannot play reels send no key
        responses={200: {"content": {"video/mp4": {}}}, **problem_responses(404, 422)},
        response_class=FileResponse,
    )
    router.add_api_route(
        "/{asset_id}/trailer",
        endpoints.get_trailer,
        methods=["HEAD"],
        include_in_schema=False,
        dependencies=[PUBLIC],
        response_class=FileResponse,
    )
    return router


@dataclass(frozen=True, slots=True)
class _AssetEndpoints:
    indexes: Indexes
    packages: Packages | None

    async def list_assets(self) -> Response:
        """All published assets."""
        indexes = [self.indexes.index(asset_id) for asset_id in self.indexes.assets()]
        return _cacheable(AssetList(assets=[self._entry(index) for index in indexes]))

    async def get_asset(
        self, asset_id: AssetId, after: _After = None, limit: _Limit = 100
    ) -> Response:
        """An asset, and a page of its titles in timeline order."""
        index = self.indexes.index(asset_id)
        start = 0 if after is None else index.position_of(after) + 1
        shown = [
            TitleEntry(
                title_id=title.title_id,
                name=title.name,
                clips=len(index.clips_of(title.title_id)),
            )
            for title in index.titles[start : start + limit]
        ]
        more = start + limit < len(index.titles)
        page = AssetPage(
            **dict(self._entry(index)), shown=shown, next=shown[-1].title_id if more else None
        )
        return _cacheable(page)

    async def get_clip(self, asset_id: AssetId, key: _Key) -> Response:
        """A clip: its frames in the asset's media, at the version in use."""
        index = self.indexes.index(asset_id)
        clip, asset = index.clip(key), index.asset
        entry = ClipEntry(
            asset_id=asset.asset_id,
            asset_version=index.version,
            clip_key=clip.key,
            title_id=clip.title_id,
            number=clip.number,
            start=clip.source.start,
            stop=clip.source.end,
            start_timecode=asset.timecode(clip.source.start),
            stop_timecode=asset.timecode(clip.source.end),
        )
        return _cacheable(entry)

    async def get_trailer(self, asset_id: AssetId) -> FileResponse:
        """The asset's plain trailer, an MP4."""
        return FileResponse(trailer_file(self.indexes.index(asset_id)), media_type="video/mp4")

    def _entry(self, index: Index) -> AssetEntry:
        asset, packages = index.asset, self.packages
        return AssetEntry(
            asset_id=asset.asset_id,
            asset_version=index.version,
            rate=f"{asset.rate.numerator}/{asset.rate.denominator}",
            start=asset.timecode(0),
            frames=asset.duration,
            titles=len(index.titles),
            clips=index.clip_count,
            beds=[bed.bed_id for bed in asset.beds],
            packaged=packages is not None
            and packages.find(asset.asset_id, index.version) is not None,
        )


def _cacheable(model: BaseModel) -> Response:
    """A document with an entity tag, so that a client that has it is not sent it again."""
    data = json.dumps(model.model_dump(mode="json"), separators=(",", ":")).encode()
    tag = sha256(data).hexdigest()[:20]
    return ContentResponse(Content((data,), "application/json", tag, _LIFETIME, shared=False))
