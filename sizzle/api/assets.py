"""What is published: assets, their titles, their clips, their trailers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter
from fastapi.params import Path, Query
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.http.content import Answer, Content
from sizzle.api.http.problems import described
from sizzle.api.schema import (
    LONGEST_ID,
    PRINTABLE,
    AssetEntry,
    AssetList,
    AssetPage,
    ClipEntry,
    TitleEntry,
)
from sizzle.catalog.trailer import trailer_file
from sizzle.clips import Index, Indexes
from sizzle.packager import Packages

_LIFETIME = 5  # seconds: another version may be announced at any moment
_MOST = 1000  # titles of a page

_AssetId = Annotated[str, Path(max_length=LONGEST_ID, pattern=PRINTABLE)]
_Key = Annotated[str, Path(max_length=LONGEST_ID + 12, pattern=PRINTABLE)]
_After = Annotated[
    str | None,
    Query(max_length=LONGEST_ID, pattern=PRINTABLE, description="The last title that was seen."),
]
_Limit = Annotated[int, Query(ge=1, le=_MOST, description="How many titles to show.")]


def asset_routes(indexes: Indexes, packages: Packages | None) -> APIRouter:
    """Where clients see what is published, at the version in use.

    Args:
        indexes: of the assets.
        packages: of the assets; None where no reel is streamed.
    """
    endpoints = _Endpoints(indexes, packages)
    router = APIRouter(prefix="/v1/assets", tags=["assets"])
    for path, endpoint, model in (
        ("", endpoints.all, AssetList),
        ("/{asset_id}", endpoints.one, AssetPage),
        ("/{asset_id}/clips/{key}", endpoints.clip, ClipEntry),
    ):
        refusals = described(404, 422)
        reading = [requires(ApiScope.READ)]
        router.add_api_route(
            path, endpoint, response_model=model, responses=refusals, dependencies=reading
        )
        router.add_api_route(
            path, endpoint, methods=["HEAD"], include_in_schema=False, dependencies=reading
        )
    router.add_api_route(
        "/{asset_id}/trailer",
        endpoints.trailer,
        dependencies=[PUBLIC],  # devices that play no reel send no key either
        responses={200: {"content": {"video/mp4": {}}}, **described(404, 422)},
        response_class=FileResponse,
    )
    return router


@dataclass(frozen=True, slots=True)
class _Endpoints:
    indexes: Indexes
    packages: Packages | None

    async def all(self) -> Response:
        """All assets there are."""
        found = [self.indexes.index(asset_id) for asset_id in self.indexes.assets()]
        return _held(AssetList(assets=[self._entry(index) for index in found]))

    async def one(self, asset_id: _AssetId, after: _After = None, limit: _Limit = 100) -> Response:
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
        return _held(page)

    async def clip(self, asset_id: _AssetId, key: _Key) -> Response:
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
        return _held(entry)

    async def trailer(self, asset_id: _AssetId) -> FileResponse:
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


def _held(model: BaseModel) -> Response:
    """A document under a tag that changes with it, so that it need not be sent twice."""
    data = json.dumps(model.model_dump(mode="json"), separators=(",", ":")).encode()
    tag = sha256(data).hexdigest()[:20]
    return Answer(Content((data,), "application/json", tag, _LIFETIME, shared=False))
