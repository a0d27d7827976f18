"""The routes of the open pages."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from sizzle.api.auth.route_access import PUBLIC
from sizzle.api.http.problems import problem_responses
from sizzle.api.public_links.endpoints import PublicLinkEndpoints
from sizzle.api.public_links.service import PublicLinks, ReelSources


def public_link_routes(links: PublicLinks, sources: ReelSources) -> APIRouter:
    """The routes behind the links in messages.

    Args:
        links: what the pages stand on.
        sources: where their reels come from.
    """
    endpoints = PublicLinkEndpoints(links, sources)
    # Whoever gets a message has no key: a token that cannot be guessed stands for it.
    router = APIRouter(tags=["messages"], dependencies=[PUBLIC])
    reading = ["GET", "HEAD"]
    for path, endpoint, methods, media_type in (
        ("/r/static/{name}", endpoints.get_static, reading, "text/css"),
        ("/r/{token}", endpoints.get_message_reel, reading, "text/html"),
        ("/u/{token}", endpoints.get_unsubscription, reading, "text/html"),
        ("/u/{token}", endpoints.unsubscribe, ["POST"], "text/html"),
        ("/o/{token}.gif", endpoints.get_opening, reading, "image/gif"),
        ("/o/{token}/{moment}", endpoints.report, ["POST"], "text/plain"),
        ("/push/service-worker.js", endpoints.get_service_worker, reading, "text/javascript"),
    ):
        described = {200: {"content": {media_type: {}}}, **problem_responses(404, 422, 429)}
        for method in methods:
            router.add_api_route(
                path,
                endpoint,
                methods=[method],
                responses=described,
                response_class=Response,
                include_in_schema=method != "HEAD" and "static" not in path,
            )
    return router
