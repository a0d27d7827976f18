"""The addresses of ingests."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends, Request, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires
from sizzle.api.auth.same_origin import CallerDependency, same_origin
from sizzle.api.http.idempotency_key import IdempotencyKey
from sizzle.api.http.parameters import AssetId, JobId
from sizzle.api.http.problems import problem_responses
from sizzle.api.ingest_service import IngestService
from sizzle.api.ingests.endpoints import IngestEndpoints, Replaces, describe_key
from sizzle.api.ingests.schema import PublishRequest, RollbackRequest
from sizzle.catalog import Checks
from sizzle.ingest_jobs.accept import FIELDS, FILES
from sizzle.ingest_jobs.publish import publish, result_of
from sizzle.ingest_jobs.records import JobView, PublicationResult

_PROBLEMS: Final = problem_responses(400, 404, 409, 415, 422, 507)
_WRITING = requires(ApiScope.WRITE)
# Who may roll an asset back has to see to what.
_READING = requires(ApiScope.READ, ApiScope.WRITE)
_TEXT = {"type": "string", "minLength": 1, "maxLength": 1000}
_ASSET_ID = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"}
_FIELDS = dict.fromkeys((*FIELDS, "filename"), _TEXT) | {
    "asset_id": _ASSET_ID,
    "bed_loops": {
        "type": "boolean",
        "description": "Whether beds loop under longer reels. Default: as the published asset.",
    },
    "bed_fade": {
        "type": "integer",
        "minimum": 0,
        "description": "Frames of the beds' fade-out. Default: as the published asset.",
    },
}
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


def ingest_routes(service: IngestService, allow: CallerDependency) -> APIRouter:
    """The routes that take in editors' timelines, check and publish them.

    Its jobs run as long as the application that includes them.

    Args:
        service: where the work is done.
        allow: lets callers in, to read as to write: what is uploaded is not published yet.
    """
    router = APIRouter(
        prefix="/v1",
        tags=["ingests"],
        responses=_PROBLEMS,
        dependencies=[Depends(allow)],
        lifespan=service.running,
    )
    _add_reads(router, IngestEndpoints(service))
    _add_writes(router, service, allow)
    return router


def _add_reads(router: APIRouter, endpoints: IngestEndpoints) -> None:
    for path, endpoint, media_type in (
        ("/ingests", endpoints.list_ingests, None),
        ("/ingests/{ingest_id}", endpoints.get_ingest, None),
        ("/ingests/{ingest_id}/findings", endpoints.get_findings, None),
        ("/ingests/{ingest_id}/findings.sarif", endpoints.get_sarif, "application/sarif+json"),
        ("/ingests/{ingest_id}/markers.xml", endpoints.get_markers, "application/xml"),
        ("/ingests/{ingest_id}/fixed", endpoints.get_fixed_timeline, "application/octet-stream"),
        ("/ingests/{ingest_id}/timeline.png", endpoints.get_timeline_picture, "image/png"),
        ("/ingests/{ingest_id}/frames/{frame}.jpg", endpoints.get_frame, "image/jpeg"),
        ("/ingests/{ingest_id}/events", endpoints.follow_ingest, "text/event-stream"),
        ("/ingests/{ingest_id}/reel", endpoints.preview_reel, None),
        ("/assets/{asset_id}/versions", endpoints.list_versions, None),
    ):
        access = _READING if path.startswith("/assets") else _WRITING
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


def _add_writes(router: APIRouter, service: IngestService, allow: CallerDependency) -> None:
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
        job = await service.upload(request, str(caller or ""), key)
        response.headers["Location"] = f"/v1/ingests/{job.job_id}"
        return job.view()

    @router.post("/ingests/{ingest_id}/publish", dependencies=once)
    def publish_ingest(
        ingest_id: JobId, request: PublishRequest | None = None
    ) -> PublicationResult:
        """Publish the clips of an ingest without errors, as a new version of its asset."""
        how = request or PublishRequest()
        job = service.jobs.named(ingest_id)
        return publish(
            job,
            service.media,
            service.catalog,
            replaces=how.replaces,
            large_change=how.large_change,
        )

    @router.delete("/ingests/{ingest_id}", status_code=204, dependencies=once)
    def discard_ingest(ingest_id: JobId) -> None:
        """Discard an ingest; what was published of it stays."""
        service.jobs.discard(service.jobs.named(ingest_id))

    @router.post("/assets/{asset_id}/rollback", dependencies=once)
    def rollback_asset(asset_id: AssetId, request: RollbackRequest) -> PublicationResult:
        """Publish an asset as it was in an earlier version; all other assets stay as they are."""
        publication = service.catalog.rollback_asset(
            asset_id, request.to_version, replaces=request.replaces
        )
        return result_of(asset_id, publication)

    @router.delete("/assets/{asset_id}", dependencies=once)
    def withdraw_asset(asset_id: AssetId, replaces: Replaces = None) -> PublicationResult:
        """Publish a version without an asset: clients find no such asset from then on.

        Reels that were made before still play, until the versions that had the asset are removed.
        `POST /v1/assets/{asset_id}/rollback` brings it back.
        """
        checks = Checks(replaces=replaces)
        return result_of(asset_id, service.catalog.withdraw(asset_id, checks=checks))
