"""The operations of Amazon Pinpoint's API that applications call, on Pinpoint's own wire."""

from sizzle.api.pinpoint.middleware import PinpointMiddleware
from sizzle.api.pinpoint.service import PinpointService

__all__ = ["PinpointMiddleware", "PinpointService"]
