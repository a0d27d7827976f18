"""Who looks at a page, and what they may do there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from sizzle.api.auth.api_keys import ApiKey, ApiScope
from sizzle.api.auth.browser_sessions import SESSION
from sizzle.api.auth.caller import CALLER, STRANGER

ROLES: Final = {
    ApiScope.READ: "play reels",
    ApiScope.WRITE: "edit assets",
    ApiScope.METRICS_READ: "read figures",
    ApiScope.OUTREACH_READ: "read",
    ApiScope.OUTREACH_WRITE: "write",
    ApiScope.OUTREACH_APPROVE: "approve",
    ApiScope.OUTREACH_SEND: "send",
    ApiScope.ADMIN: "administrator",
}
"""What pages call the scopes."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page.

    Attributes:
        caller: None in the open mode, in which this machine may do everything.
        signed_in: whether by a session, which can be ended.
        stranger: whether nobody knows who it is, so that the page leads nowhere.
    """

    caller: ApiKey | None
    signed_in: bool
    stranger: bool = False

    @property
    def name(self) -> str:
        """As the page shows it."""
        if self.caller is None:
            return "This machine"
        return self.caller.name or self.caller.key_id

    @property
    def id(self) -> str:
        """As records have it; empty in the open mode."""
        return self.caller.key_id if self.caller is not None else ""

    @property
    def roles(self) -> list[str]:
        """What pages call the viewer's scopes."""
        scopes = self.caller.scopes if self.caller is not None else ()
        return [ROLES.get(scope, scope.value) for scope in scopes]

    def may(self, *scopes: str) -> bool:
        """Whether one of these scopes is the viewer's."""
        if self.caller is None:
            return not self.stranger
        return any(self.caller.allows(ApiScope(scope)) for scope in scopes)

    def why_not(self, *scopes: str) -> str:
        """Why the viewer may not do something that needs one of these; empty if they may."""
        if self.may(*scopes):
            return ""
        roles = " or ".join(f"“{ROLES.get(ApiScope(scope), scope)}”" for scope in scopes)
        return f"This needs the role {roles}, which {self.name} does not have."


def viewer_of(scope: Scope) -> Viewer:
    """Who looks at the page of a request."""
    caller = scope.get(CALLER)
    if isinstance(caller, ApiKey):
        return Viewer(caller, SESSION in scope)
    return Viewer(None, False, scope.get(STRANGER, False))
