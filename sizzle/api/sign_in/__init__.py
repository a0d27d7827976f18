"""Signing in and out: by address and password, by a provider, or with an API key."""

from sizzle.api.sign_in.people import People
from sizzle.api.sign_in.refusals import refusal_page
from sizzle.api.sign_in.routes import sign_in_routes

__all__ = ["People", "refusal_page", "sign_in_routes"]
