"""Tokens in forms, which no page of another site can know.

Each is bound to the session of its page, or to a random cookie as long as there is none.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from starlette.responses import Response
from starlette.types import Scope

from sizzle.accounts import Session
from sizzle.api.auth.browser_sessions import SESSION
from sizzle.api.auth.cookies import FORM_COOKIE, read_cookie, set_cookie

FIELD: Final = "form_token"
"""The name of the field."""

_NEW: Final = "sizzle.new_form_cookie"


class FormTokens:
    """Makes tokens and checks them.

    Args:
        key: secret.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, scope: Scope) -> str:
        """The token for the forms of a page."""
        return self._token(_binding(scope) or _new_binding(scope))

    def is_valid(self, scope: Scope, token: str) -> bool:
        """Whether a form that was sent has a token of this browser's."""
        binding = _binding(scope)
        return bool(binding) and hmac.compare_digest(self._token(binding), token.encode().decode())

    def keep(self, scope: Scope, response: Response) -> None:
        """Have the browser keep what the tokens of this page are bound to."""
        if new := scope.get(_NEW):
            set_cookie(response, scope, FORM_COOKIE, new)

    def _token(self, binding: str) -> str:
        return hmac.digest(self._key, binding.encode(), "sha256").hex()


def _binding(scope: Scope) -> str:
    session = scope.get(SESSION)
    if isinstance(session, Session):
        return f"session {session.token_hash.hex()}"
    cookie = read_cookie(scope, FORM_COOKIE) or scope.get(_NEW, "")
    return f"browser {cookie}" if cookie else ""


def _new_binding(scope: Scope) -> str:
    scope[_NEW] = secrets.token_urlsafe(16)
    return f"browser {scope[_NEW]}"
