"""Whether somebody else can approve what a person has made."""

from __future__ import annotations

import os
from typing import Final

from sizzle.accounts import Users
from sizzle.api.auth.api_keys import ApiKeys

ISSUER_VARIABLE: Final = "SIZZLE_OIDC_ISSUER"


def has_two_people(keys: ApiKeys, users: Users, *, provider: bool) -> bool:
    """Whether two may use the installation, so that nobody approves what they made.

    Args:
        keys: of the installation.
        users: of the installation.
        provider: whether people of an OpenID Connect provider sign in: they need neither.

    Raises:
        DatabaseUnavailableError: the users cannot be read.
    """
    return provider or keys.usable + users.count() > 1


def has_provider() -> bool:
    """Whether the environment names an OpenID Connect provider, as it does for the service."""
    return bool(os.environ.get(ISSUER_VARIABLE))
