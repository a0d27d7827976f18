"""The marketer's desk at /outreach, and the front page.

Each area has a module here, with its pages and forms, and a folder of templates. `Desk` has the
services that they stand on; `portal_routes` has all of them.
"""

from sizzle.api.portal.desk import Desk
from sizzle.api.portal.routes import portal_routes

__all__ = ["Desk", "portal_routes"]
