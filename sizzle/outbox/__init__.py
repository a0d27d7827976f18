"""Endpoints: the ways to reach members, and the applications that they belong to."""

from sizzle.outbox.apps import App, Apps
from sizzle.outbox.endpoint import EndpointFields, EndpointUser, InvalidEndpointError
from sizzle.outbox.endpoints import Endpoint, Endpoints, EndpointUpdate

__all__ = [
    "App",
    "Apps",
    "Endpoint",
    "EndpointFields",
    "EndpointUpdate",
    "EndpointUser",
    "Endpoints",
    "InvalidEndpointError",
]
