"""Who may use the service: keys, people, a provider, and the open mode."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from sizzle.accounts import Attempts, Sessions, Users
from sizzle.api.auth.api_keys import ApiKeys
from sizzle.api.auth.approvers import has_two_people
from sizzle.api.auth.browser_sessions import BrowserSessions
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyReloader
from sizzle.api.auth.oidc import Oidc
from sizzle.api.auth.oidc_sign_in import OidcSignIn
from sizzle.api.server.settings import Settings
from sizzle.api.sign_in import People
from sizzle.database import Database, DatabaseUnavailableError
from sizzle.errors import InputError
from sizzle.links.signing import Signing
from sizzle.reloading import Reloadable
from sizzle.secret import derived

if TYPE_CHECKING:
    pass

_log = logging.getLogger(__name__)


def people_of(
    settings: Settings,
    database: Database,
    keys: Reloadable[ApiKeys],
    oidc: Oidc | None,
    secret: bytes,
) -> People:
    """Who signs in at the pages: here, or with a provider."""
    hour, minute = 3_600_000, 60_000
    sessions = Sessions(
        database, int(settings.session_hours * hour), int(settings.session_idle_minutes * minute)
    )
    return People(
        Users(database),
        Attempts(database),
        BrowserSessions(sessions, time.time),
        keys,
        time.time,
        _provider(settings, oidc, secret),
    )


def _provider(settings: Settings, oidc: Oidc | None, secret: bytes) -> OidcSignIn | None:
    """Where people sign in, if it is not here."""
    if oidc is None or settings.oidc_client_id is None:
        return None
    own = settings.oidc_client_secret
    return OidcSignIn(
        oidc,
        settings.oidc_client_id,
        own.get_secret_value() if own else None,
        derived(secret, "sign-in with a provider"),
        settings.oidc_roles_claim,
        settings.oidc_name,
    )


def close_to_strangers(settings: Settings, users: Users, keys: KeyReloader) -> None:
    """Keep the open mode ended where there are users, who may have been created elsewhere."""
    try:
        if not keys.current.required and users.exist():
            KeyFile(settings.state).require()
            keys.refresh()
    except DatabaseUnavailableError as error:
        _log.error("Whether there are users is not known yet: %s", error)


def access_options(settings: Settings, oidc: Oidc | None) -> dict[str, Any]:
    """Options of the access middleware."""
    return {"rate": settings.rate, "share": 1 / settings.workers, "oidc": oidc}


def announce_access(settings: Settings, keys: ApiKeys) -> None:
    """Log who is answered before the first key and after the last, and keep the open mode ended."""
    if keys.unreadable:
        return  # which has been logged
    if keys.keys:
        KeyFile(settings.state).require()  # an installation may be older than the marker file
    elif keys.required:
        _log.warning("No API key is left: all requests are refused until one is created.")
    elif settings.oidc_issuer is None:
        _log.warning("No API key exists yet: direct requests from this machine need none.")


def two_people_of(settings: Settings, users: Users, keys: Reloadable[ApiKeys]) -> bool:
    """Whether there are two people, so that nobody approves what they made."""
    return has_two_people(keys.current, users, provider=settings.oidc_issuer is not None)


def signing_of(settings: Settings, secret: bytes) -> Signing | None:
    """How addresses of streams are signed; None where they are not."""
    if not settings.sign_addresses:
        return None
    return Signing(derived(secret, "addresses"), time.time, settings.address_seconds)


def oidc_of(settings: Settings) -> Oidc | None:
    """The provider of tokens; None without one. Raises InputError: it has no audience."""
    if settings.oidc_issuer is None:
        return None
    if settings.oidc_audience is None and settings.oidc_client_id is None:
        raise InputError(
            "SIZZLE_OIDC_ISSUER is set without SIZZLE_OIDC_AUDIENCE.",
            fix="set it to the audience of its tokens, as tokens for others must be refused; or "
            "SIZZLE_OIDC_CLIENT_ID, for people to sign in.",
        )
    return Oidc(settings.oidc_issuer, settings.oidc_audience or "")
