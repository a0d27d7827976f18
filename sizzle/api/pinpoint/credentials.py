"""Temporary credentials, with which a device signs for its own endpoint alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final

import msgspec
from fastapi import APIRouter
from msgspec import Meta
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiKey, ApiScope
from sizzle.api.auth.aws_credentials import MAX_SECONDS, AwsCredentials, EndpointGrant
from sizzle.api.auth.caller import CALLER
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JSON, JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.errors import SizzleError
from sizzle.events.sent import Id

_OIDC: Final = "oidc:"


class NoKeyError(SizzleError):
    """Credentials that would belong to no API key, so that nothing could revoke them."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "key-needed"
    title: ClassVar[str] = "API key needed"


class CredentialsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for credentials of one endpoint."""

    app: Annotated[Id, Meta(description="Pinpoint's application id.")]
    endpoint_id: Annotated[Id, Meta(description="The only endpoint that they may write of.")]
    member_id: Annotated[
        Id, Meta(description="The only user that the endpoint may be said to belong to.")
    ] = ""
    seconds: Annotated[int, Meta(ge=60, le=MAX_SECONDS, description="How long they hold.")] = 3600


class CredentialsResponse(BaseModel):
    """As AWS's clients read credentials."""

    AccessKeyId: str
    SecretAccessKey: str
    SessionToken: str
    Expiration: str = Field(description="RFC 3339, in UTC.")


_body: Final = JsonBody(
    CredentialsRequest, {"app": "phones", "endpoint_id": "phone-1", "member_id": "member-ada"}
)


def credential_routes(credentials: AwsCredentials, clock: Callable[[], float]) -> APIRouter:
    """Make temporary credentials."""
    endpoints = _CredentialEndpoints(credentials, clock)
    router = APIRouter(prefix="/v1/outreach", tags=["events"])
    router.post(
        "/credentials",
        status_code=201,
        response_model=CredentialsResponse,
        responses=problem_responses(415, 422),
        openapi_extra=_body.openapi,
        dependencies=[requires(ApiScope.EVENTS_WRITE)],
    )(endpoints.create_credentials)
    return router


@dataclass(frozen=True, slots=True)
class _CredentialEndpoints:
    credentials: AwsCredentials
    clock: Callable[[], float]

    async def create_credentials(self, request: Request) -> Response:
        """Make credentials with which a device signs Pinpoint's requests for one endpoint.

        They end when they expire, or with the API key that asked for them.
        """
        check_content_type(request.headers.get("content-type", ""))
        wanted = _body.read(await request.body())
        caller = request.scope.get(CALLER)
        if not isinstance(caller, ApiKey) or caller.key_id.startswith(_OIDC):
            raise NoKeyError(
                "Temporary credentials belong to an API key, and end with it.",
                fix="ask for them with a key of `sizzle keys create`.",
            )
        expires = int(self.clock()) + wanted.seconds
        grant = EndpointGrant(
            expires, caller.key_id, wanted.app, wanted.endpoint_id, wanted.member_id
        )
        made = self.credentials.temporary(grant)
        answer = CredentialsResponse(
            AccessKeyId=made.access_key_id,
            SecretAccessKey=made.secret,
            SessionToken=made.token,
            Expiration=f"{datetime.fromtimestamp(expires, UTC):%Y-%m-%dT%H:%M:%SZ}",
        )
        headers = {"cache-control": "no-store"}
        return Response(answer.model_dump_json(), 201, headers, media_type=JSON)
