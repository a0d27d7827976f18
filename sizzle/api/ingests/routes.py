"""The addresses of ingests."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires
from sizzle.api.auth.same_origin import Allow, same_origin
from sizzle.api.http.idempotency_key import IdempotencyKey
from sizzle.api.http.problems import Problem
from sizzle.api.ingests.endpoints import AssetId, Endpoints, JobId, describe_key
from sizzle.api.ingests.ingest_service import IngestService
from sizzle.api.ingests.schema import PublishRequest, RollbackRequest
from sizzle.ingest_jobs import publish
from sizzle.ingest_jobs.accept import FIELDS, FILES
from sizzle.ingest_jobs.records import JobView, Published

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}}
    for status in (400, 403, 404, 409, 413, 422, 503, 507)
}
_WRITING = requires(ApiScope.WRITE)
_TEXT = {"type": "string", "minLength": 1, "maxLength": 1000}
_ASSET_ID = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"}
_OTHER_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_FIELDS = dict.fromkeys((*FIELDS, "filename"), _TEXT) | {"asset_id": _ASSET_ID}
_UPLOAD: dict[str, Any] = {
    "parameters": [
        {"name": name, "in": "query", "schema": schema, "description": "Of a raw upload."}
        for name, schema in _FIELDS.items()
    ],
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["timeline", "asset_id"],
                    "properties": {name: {"type": "string", "format": "binary"} for name in FILES}
                    | _FIELDS
                    | {"bed": {"type": "array", "items": _TEXT}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    },
}


def ingest_routes(desk: IngestService, allow: Allow) -> APIRouter:
    """The routes that take in editors' timelines, check and publish them.

    The desk's jobs run as long as the application that includes them.

    Args:
        desk: where the work is done.
        allow: lets callers in, to read as to write: what is uploaded is not published yet.
    """
    router = APIRouter(
        prefix="/v1",
        tags=["ingests"],
        responses=_PROBLEMS,
        dependencies=[Depends(allow)],
        lifespan=desk.running,
    )
    _add_reads(router, Endpoints(desk))
    _add_writes(router, desk, allow)
    _refuse(router, "/ingests", "GET", "POST")
    _refuse(router, "/ingests/{ingest_id}", "DELETE", "GET")
    return router


def _refuse(router: APIRouter, path: str, *methods: str) -> None:
    """Answer other methods than these with all of these, of which routing would name but one."""

    def refuse() -> None:
        raise HTTPException(405, headers={"Allow": ", ".join(methods)})

    others = sorted(_OTHER_METHODS - {*methods})
    router.add_api_route(
        path, refuse, methods=others, include_in_schema=False, dependencies=[_WRITING]
    )


def _add_reads(router: APIRouter, endpoints: Endpoints) -> None:
    for path, endpoint, media_type in (
        ("/ingests", endpoints.listed, None),
        ("/ingests/{ingest_id}", endpoints.one, None),
        ("/ingests/{ingest_id}/findings", endpoints.findings, None),
        ("/ingests/{ingest_id}/findings.sarif", endpoints.sarif, "application/sarif+json"),
        ("/ingests/{ingest_id}/markers.xml", endpoints.markers, "application/xml"),
        ("/ingests/{ingest_id}/timeline.png", endpoints.picture, "image/png"),
        ("/ingests/{ingest_id}/frames/{frame}.jpg", endpoints.frame, "image/jpeg"),
        ("/ingests/{ingest_id}/events", endpoints.events, "text/event-stream"),
        ("/ingests/{ingest_id}/reel", endpoints.reel, None),
        ("/assets/{asset_id}/versions", endpoints.versions, None),
    ):
        access = requires(ApiScope.READ) if path.startswith("/assets") else _WRITING
        if media_type is None:
            router.add_api_route(path, endpoint, dependencies=[access])
        else:
            described: dict[int | str, dict[str, Any]] = {200: {"content": {media_type: {}}}}
            router.add_api_route(
                path,
                endpoint,
                responses=described,
                response_class=Response,
                response_model=None,
                dependencies=[access],
            )


def _add_writes(router: APIRouter, desk: IngestService, allow: Allow) -> None:
    ours = [_WRITING, Depends(same_origin)]
    once = [*ours, Depends(describe_key)]
    caller_of: Any = Depends(allow)

    @router.post("/ingests", status_code=202, openapi_extra=_UPLOAD, dependencies=ours)
    async def post_ingest(
        request: Request,
        response: Response,
        caller: object = caller_of,
        key: IdempotencyKey = None,
    ) -> JobView:
        """Upload a timeline, and say which file of the media folder is its export."""
        job = await desk.upload(request, str(caller or ""), key)
        response.headers["Location"] = f"/v1/ingests/{job.job_id}"
        return job.view()

    @router.post("/ingests/{ingest_id}/publish", dependencies=once)
    def publish_ingest(ingest_id: JobId, asked: PublishRequest | None = None) -> Published:
        """Publish the clips of an ingest without errors, as a new version of its asset."""
        how = asked or PublishRequest()
        job = desk.jobs.named(ingest_id)
        return publish.publish(
            job, desk.media, desk.catalog, over=how.over, large_change=how.large_change
        )

    @router.delete("/ingests/{ingest_id}", status_code=204, dependencies=once)
    def discard_ingest(ingest_id: JobId) -> None:
        """Discard an ingest; what was published of it stays."""
        desk.jobs.discard(desk.jobs.named(ingest_id))

    @router.post("/assets/{asset_id}/rollback", dependencies=once)
    def roll_back_asset(asset_id: AssetId, asked: RollbackRequest) -> Published:
        """Make an asset again what it was in an earlier version; all others stay as they are."""
        return publish.roll_back(asset_id, asked.to_version, desk.catalog, over=asked.over)
