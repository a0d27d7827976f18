"""Pictures of clips over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.params import Path as PathParameter
from fastapi.params import Query
from starlette.responses import RedirectResponse, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.http.content import FOREVER, Content, ContentResponse
from sizzle.api.http.parameters import AssetId
from sizzle.api.http.problems import problem_responses
from sizzle.clips import Indexes
from sizzle.errors import NotFoundError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.links.addresses import still_address
from sizzle.packager import Packages

_LIFETIME: Final = 60  # seconds: another version or package may be announced at any moment

_Key = Annotated[str, PathParameter(max_length=MAX_ID_LENGTH + 12, pattern=PRINTABLE)]
_Name = Annotated[str, PathParameter(pattern="^[0-9a-f]{32}$", description="From a message.")]
_Width = Annotated[int, Query(ge=1, le=10_000, description="Pixels that are needed.")]


def still_routes(indexes: Indexes, packages: Packages) -> APIRouter:
    """The routes of stills.

    The picture itself is public, as mail programs send no key; its address is a digest of its
    bytes, which nobody can guess who has not got the picture. Which picture a clip has takes a key:
    the keys of clips can be guessed.
    """
    endpoints = _StillEndpoints(indexes, packages)
    router = APIRouter(prefix="/v1", tags=["assets"])
    for path, endpoint, access, status in (
        ("/stills/{name}.jpg", endpoints.get_still, PUBLIC, 200),
        (
            "/assets/{asset_id}/clips/{key}/still.jpg",
            endpoints.get_clip_still,
            requires(ApiScope.READ),
            307,
        ),
    ):
        described = {status: {"content": {"image/jpeg": {}}}, **problem_responses(404, 422)}
        router.add_api_route(
            path,
            endpoint,
            dependencies=[access],
            responses=described,
            response_class=Response,
            status_code=status,
        )
        router.add_api_route(
            path, endpoint, methods=["HEAD"], include_in_schema=False, dependencies=[access]
        )
    return router


@dataclass(frozen=True, slots=True)
class _StillEndpoints:
    indexes: Indexes
    packages: Packages

    async def get_still(self, name: _Name) -> Response:
        """A picture, which never changes."""
        data = await asyncio.to_thread(Path.read_bytes, self.packages.still(name))
        return ContentResponse(Content((data,), "image/jpeg", name, FOREVER))

    async def get_clip_still(self, asset_id: AssetId, key: _Key, width: _Width = 640) -> Response:
        """Redirect to a picture of a clip, of the version in use."""
        index = self.indexes.index(asset_id)
        index.clip(key)
        stills = self.packages.of_version(asset_id, index.version).stills
        name = stills.name(key, width) if stills is not None else None
        if name is None:
            raise NotFoundError(
                f"Clip {key} has no still.", fix="package the asset again: that makes its stills."
            )
        address = f"../../../../..{still_address(name)}"
        headers = {"cache-control": f"private, max-age={_LIFETIME}"}
        return RedirectResponse(address, 307, headers)
